#include "app/commands/own_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "web/http/client.h"

extern char** environ;

namespace madang::app {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::seconds kStartWait{30};
constexpr std::chrono::seconds kStopWait{10};

std::string end_of_file(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.size() > 1000 ? text.substr(text.size() - 1000) : text;
}

}  // namespace

Result<std::unique_ptr<OwnServer>> OwnServer::start(std::filesystem::path const& parent) {
  auto server = std::unique_ptr<OwnServer>(new OwnServer);
  std::string pattern = (parent / "madang-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return fail(Code::kUnavailable, parent.string() + ": no folder can be made here");
  server->folder_ = pattern;
  MADANG_CHECK(server->spawn());
  MADANG_CHECK(server->await());
  return server;
}

OwnServer::~OwnServer() {
  if (process_ > 0) {
    ::kill(process_, SIGTERM);
    auto const until = Steady::now() + kStopWait;
    while (waitpid(process_, nullptr, WNOHANG) == 0) {
      if (Steady::now() > until) ::kill(process_, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<void> OwnServer::spawn() {
  std::error_code failed;
  auto program = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  if (failed) return fail(Code::kUnavailable, "/proc/self/exe: " + failed.message());
  auto const log = (folder_ / "log").string();
  std::array<std::string, 8> words = {program,    "serve",       "--data", (folder_ / "data").string(),
                                      "--listen", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"};
  std::array<char*, 9> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  int const outcome = posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (outcome == 0) return {};
  process_ = 0;
  return fail(Code::kUnavailable, program + " does not start");
}

Result<void> OwnServer::await() {
  auto const until = Steady::now() + kStartWait;
  while (Steady::now() < until) {
    if (waitpid(process_, nullptr, WNOHANG) != 0) {
      process_ = 0;
      break;
    }
    if (auto found = modules::find_local_server(folder_ / "data"); found && !found->http.empty()) {
      auto client = web::HttpClient::to(found->http);
      if (client) {
        auto const ready = client->get("/readyz");
        if (ready && ready->status == 200) {
          address_ = *std::move(found);
          return {};
        }
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return fail(Code::kUnavailable, "the server does not start:\n" + end_of_file(folder_ / "log"));
}

}  // namespace madang::app
