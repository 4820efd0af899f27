#include "support/server_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace madang::test {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kReadyWait{60};

std::string read_file(fs::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

pid_t spawn(std::vector<std::string> const& words, fs::path const& out, fs::path const& err) {
  pid_t const child = ::fork();
  if (child != 0) return child;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  std::vector<char*> arguments;
  for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

int status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

/// The rest of the line that starts with `word` and a space.
std::string after(std::string const& text, std::string const& word) {
  auto const at = ("\n" + text).find("\n" + word + " ");
  if (at == std::string::npos) return {};
  auto const from = at + word.size() + 1;
  return text.substr(from, text.find('\n', from) - from);
}

std::uint16_t port_of(std::string const& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (fs::temp_directory_path() / "madang-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory can be made");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string CommandOutcome::last_word() const {
  auto const end = out.find_last_not_of(" \n");
  if (end == std::string::npos) return {};
  auto const space = out.find_last_of(" \n", end);
  auto const start = space == std::string::npos ? 0 : space + 1;
  return out.substr(start, end - start + 1);
}

CommandOutcome run_command(std::vector<std::string> const& words) {
  TemporaryDirectory const folder;
  auto const child = spawn(words, folder.path() / "out", folder.path() / "err");
  int waited = 0;
  ::waitpid(child, &waited, 0);
  return {status_of(waited), read_file(folder.path() / "out"), read_file(folder.path() / "err")};
}

CommandOutcome run_madang(std::vector<std::string> words) {
  words.insert(words.begin(), MADANG_BINARY);
  return run_command(words);
}

ServerProcess::ServerProcess(fs::path data, std::vector<std::string> more, std::string const& binary) : data_(std::move(data)) {
  static std::atomic<int> count = 0;
  auto const number = std::to_string(++count);
  fs::create_directories(data_);
  out_file_ = data_ / ("stdout-" + number);
  err_file_ = data_ / ("stderr-" + number);
  std::vector<std::string> words{binary.empty() ? MADANG_BINARY : binary, "serve", "--data", data_.string(), "--listen", "127.0.0.1:0",
                                 "--mqtt",      "127.0.0.1:0"};
  words.insert(words.end(), more.begin(), more.end());
  process_ = spawn(words, out_file_, err_file_);
  for (auto const deadline = Steady::now() + kReadyWait; Steady::now() < deadline;) {
    auto const out = read_file(out_file_);
    if (out.find("ready\n") != std::string::npos) {
      http_ = after(out, "http");
      mqtt_ = after(out, "mqtt");
      return;
    }
    int waited = 0;
    if (::waitpid(process_, &waited, WNOHANG) == process_) {
      process_ = -1;
      throw std::runtime_error("madang serve ended with " + std::to_string(status_of(waited)) + ": " + log());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  kill();
  throw std::runtime_error("madang serve did not get ready: " + log());
}

ServerProcess::~ServerProcess() { kill(); }

std::uint16_t ServerProcess::http_port() const { return port_of(http_); }

std::uint16_t ServerProcess::mqtt_port() const { return port_of(mqtt_); }

std::string ServerProcess::log() const { return read_file(err_file_); }

void ServerProcess::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

ServerProcess::Stopped ServerProcess::stop() {
  auto const start = Steady::now();
  ::kill(process_, SIGTERM);
  int waited = 0;
  ::waitpid(process_, &waited, 0);
  process_ = -1;
  return {status_of(waited), std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start)};
}

std::string ServerProcess::create_key(std::string const& name, std::vector<std::string> const& things) const {
  std::vector<std::string> words{"keys", "create", "--data", data_.string(), "--name", name};
  for (auto const& thing : things) words.insert(words.end(), {"--thing", thing});
  auto const made = run_madang(words);
  if (made.status != 0) throw std::runtime_error("no key: " + made.err);
  return made.last_word();
}

}  // namespace madang::test
