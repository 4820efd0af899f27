// A PostgreSQL server of a test's own: in a temporary directory (as `nobody` when the test runs as root), on a socket there and on no
// port, stopped when it goes.
#pragma once

#include <string>

#include "support/server_process.h"

namespace madang::test {

class Postgresql {
 public:
  static bool installed();

  /// Starts it. Where that fails, std::runtime_error.
  Postgresql();
  ~Postgresql();
  Postgresql(Postgresql const&) = delete;
  Postgresql& operator=(Postgresql const&) = delete;

  void start() const;
  /// As a power cut would.
  void stop() const;

  /// libpq's text for a database, of which "postgres" is there already.
  [[nodiscard]] std::string conninfo(std::string const& database) const;
  void create_database(std::string const& name) const;

 private:
  void make_cluster() const;
  void run(std::string const& program) const;
  [[nodiscard]] std::string folder() const { return directory_.path().string(); }

  TemporaryDirectory directory_;
  std::string as_user_;
};

}  // namespace madang::test
