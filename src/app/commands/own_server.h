// A Madang server of this very binary as a child process, on free ports and a fresh folder: for benches that need one.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "modules/local_access.h"
#include "core/error.h"

namespace madang::app {

/// Ends the server (SIGTERM, then SIGKILL after 10 s) and removes its folder.
class OwnServer {
 public:
  /// Waits until it answers. kUnavailable: it does not get so far; the sentence holds the end of its log.
  static Result<std::unique_ptr<OwnServer>> start(std::filesystem::path const& parent);
  ~OwnServer();
  OwnServer(OwnServer const&) = delete;
  OwnServer& operator=(OwnServer const&) = delete;

  [[nodiscard]] modules::LocalServer const& address() const { return address_; }
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  OwnServer() = default;
  Result<void> spawn();
  Result<void> await();

  std::filesystem::path folder_;
  pid_t process_ = 0;
  modules::LocalServer address_;
};

}  // namespace madang::app
