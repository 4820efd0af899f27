// The real binary as a child process, on free ports and a fresh data directory: what scenario tests talk to.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace madang::test {

/// A directory of its own under the system's temporary one; removed with everything in it at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory const&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct CommandOutcome {
  int status = -1;  ///< exit status, or 128 + signal
  std::string out;  ///< standard output
  std::string err;  ///< standard error
  [[nodiscard]] std::string last_word() const;
};

/// Runs a program to its end. `words[0]` is looked up in PATH.
CommandOutcome run_command(std::vector<std::string> const& words);
/// Runs the binary under test: run_madang({"keys", "create", ...}).
CommandOutcome run_madang(std::vector<std::string> words);

class ServerProcess {
 public:
  /// Starts `madang serve` and waits until it is ready. Fails the test (std::runtime_error) when it does not get so far.
  /// `binary`: another program than Madang itself.
  explicit ServerProcess(std::filesystem::path data, std::vector<std::string> more = {}, std::string const& binary = {});
  ~ServerProcess();
  ServerProcess(ServerProcess const&) = delete;
  ServerProcess& operator=(ServerProcess const&) = delete;

  [[nodiscard]] std::string const& http() const { return http_; }  ///< "http://127.0.0.1:PORT"
  [[nodiscard]] std::uint16_t http_port() const;
  [[nodiscard]] std::uint16_t mqtt_port() const;
  [[nodiscard]] pid_t process() const { return process_; }
  /// What it wrote to standard error so far.
  [[nodiscard]] std::string log() const;

  void kill();  ///< SIGKILL, and waits
  /// SIGTERM; the exit status and how long it took.
  struct Stopped {
    int status = -1;
    std::chrono::milliseconds took{0};
  };
  Stopped stop();
  /// A key for everything (or for the serials named), made while it serves.
  [[nodiscard]] std::string create_key(std::string const& name, std::vector<std::string> const& things = {}) const;

 private:
  std::filesystem::path data_;
  std::filesystem::path out_file_;
  std::filesystem::path err_file_;
  pid_t process_ = -1;
  std::string http_;
  std::string mqtt_;
};

}  // namespace madang::test
