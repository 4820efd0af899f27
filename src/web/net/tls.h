// The TLS context of a server or a client, made of files that somebody renews while it runs.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "web/net/limits.h"

namespace madang::web::net {

/// PEM.
struct TlsFiles {
  std::string certificate_file = {};
  std::string private_key_file = {};
  /// Who signs the other side's certificates. A server without it asks for none; for a client then the system's count.
  std::string ca_file = {};
};

struct TlsOptions {
  std::string_view module;         ///< in log lines
  TlsFiles files;
  std::string alpn = {};           ///< of a server: the one protocol that it speaks, "http/1.1"; empty: nothing is said of it
  std::chrono::milliseconds looked = kTlsFilesLooked;
};

/// Looks at the files on a thread of its own, since a disk may be slow: when they are others by now, what connects from then on gets
/// them, and what is connected stays as it is. Files that do not work, as half of a pair does, are logged, change nothing and are tried again.
/// Thread-safe.
class Tls {
 public:
  using Context = boost::asio::ssl::context;

  /// TLS 1.2 and newer. A certificate that is not valid now is logged. kInvalid: names the file that is wrong and why. `clock`
  /// outlives it.
  static Result<std::unique_ptr<Tls>> server(TlsOptions options, runtime::Clock const& clock);
  static Result<std::unique_ptr<Tls>> client(TlsOptions options, runtime::Clock const& clock);
  /// What server() would log of the files, a sentence each; or why it would refuse them. Logs and keeps nothing.
  static Result<std::vector<std::string>> doubts_of_server(TlsFiles const& files, Instant now);

  /// For one that connects now.
  [[nodiscard]] std::shared_ptr<Context> context() const;

 private:
  using Make = std::function<Result<std::shared_ptr<Context>>(TlsOptions const&)>;

  Tls(TlsOptions options, runtime::Clock const& clock, Make make);
  static Result<std::unique_ptr<Tls>> open(TlsOptions options, runtime::Clock const& clock, Make make);
  Result<void> read();
  void run(std::stop_token const& stop);

  TlsOptions const options_;
  runtime::Clock const& clock_;
  Make const make_;
  std::string seen_;  ///< what the files were when they were last read
  mutable runtime::Mutex mutex_;
  runtime::StoppableCondition wake_;
  std::shared_ptr<Context> context_ MADANG_GUARDED_BY(mutex_);
  std::jthread thread_;  ///< last: stops before what it uses goes
};

}  // namespace madang::web::net
