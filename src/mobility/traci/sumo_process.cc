#include "mobility/traci/sumo_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <system_error>

#include "mobility/traci/limits.h"
#include "runtime/guarded.h"
#include "runtime/mutex.h"

extern char** environ;

namespace madang::mobility::traci {
namespace {

constexpr std::string_view kHomeName = "SUMO_HOME=";
constexpr std::string_view kHomeUsual = "SUMO_HOME=/usr/share/sumo";
constexpr std::size_t kLastWordsMax = 1000;
constexpr int kPortTries = 100;
constexpr Millis kConnectSlice{50};

struct PortsHeld {
  runtime::Mutex mutex;
  std::set<std::uint16_t> numbers MADANG_GUARDED_BY(mutex);
};

PortsHeld& ports_held() {
  static PortsHeld held;
  return held;
}

/// The kernel's next free port; 0: it has none.
std::uint16_t free_port() {
  Descriptor const socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (!socket || bind(socket.get(), any, size) != 0 || getsockname(socket.get(), any, &size) != 0) return 0;
  return ntohs(address.sin_port);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) all.emplace_back(*each);
  if (std::ranges::none_of(all, [](std::string const& each) { return each.starts_with(kHomeName); })) all.emplace_back(kHomeUsual);
  return all;
}

/// A descriptor that can be read once the process has ended. The library's own function has no C++ linkage in glibc 2.36.
int descriptor_of(pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0)); }

/// 0, or why not. Its own group, so that whatever it starts goes with it; stdin is nobody's.
int spawn_in_group(std::vector<std::string>& words, std::filesystem::path const& log, pid_t& process) {
  auto surroundings = environment();
  auto const arguments = pointers_to(words);
  auto const variables = pointers_to(surroundings);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  int const failed = posix_spawn(&process, words.front().c_str(), &actions, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

}  // namespace

Result<std::filesystem::path> find_sumo(std::string const& program) {
  char const* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin" : path;
  while (!rest.empty()) {
    auto const folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    auto const candidate = std::filesystem::path{folder} / program;
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return fail(Code::kUnavailable, fmt::format("{} is not installed: Debian's package \"sumo\" brings it", program));
}

Result<LoopbackPort> LoopbackPort::reserve() {
  auto& held = ports_held();
  for (int i = 0; i < kPortTries; ++i) {
    auto const number = free_port();
    runtime::Lock const lock(held.mutex);
    if (number != 0 && held.numbers.insert(number).second) return LoopbackPort{number};
  }
  return fail(Code::kUnavailable, "127.0.0.1 has no free port");
}

LoopbackPort::~LoopbackPort() {
  if (number_ == 0) return;
  auto& held = ports_held();
  runtime::Lock const lock(held.mutex);
  held.numbers.erase(number_);
}

Result<SumoProcess> SumoProcess::start(std::filesystem::path const& program, std::vector<std::string> arguments,
                                       std::filesystem::path const& log) {
  arguments.insert(arguments.begin(), program.string());
  pid_t process = 0;
  if (int const failed = spawn_in_group(arguments, log, process); failed != 0) {
    return fail(Code::kUnavailable, fmt::format("{} does not start: {}", program.string(), std::generic_category().message(failed)));
  }
  // Nobody has waited for it yet, so its number is still its own. From here on the destructor ends it.
  SumoProcess started{process, Descriptor{descriptor_of(process)}, log};
  if (!started.ended_) {
    return fail(Code::kUnavailable, fmt::format("{}: cannot be watched: {}", program.string(), std::generic_category().message(errno)));
  }
  return started;
}

SumoProcess::~SumoProcess() {
  if (process_ <= 0) return;
  ::kill(-process_, SIGKILL);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool SumoProcess::has_ended(Millis within) const {
  pollfd waiting{.fd = ended_.get(), .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(within.count(), 0))) > 0;
}

Result<Client> SumoProcess::connect(std::uint16_t port, Millis patience) {
  auto const deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto client = Client::connect({.port = port}, patience, std::chrono::steady_clock::now() + kConnectSlice);
    if (client) return client;
    if (has_ended(Millis{0})) return fail(Code::kUnavailable, "sumo ends before it listens: " + last_words());
    if (std::chrono::steady_clock::now() > deadline) return client;
  }
}

Result<void> SumoProcess::wait(Tick deadline) {
  // A signal to this program may end the waiting early.
  while (!has_ended(std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now()))) {
    if (std::chrono::steady_clock::now() >= deadline) return fail(Code::kUnavailable, "sumo does not end in time");
  }
  int how = 0;
  while (waitpid(process_, &how, 0) < 0 && errno == EINTR) {
  }
  process_ = 0;
  if (WIFEXITED(how) && WEXITSTATUS(how) == 0) return {};
  if (WIFSIGNALED(how)) return fail(Code::kUnavailable, fmt::format("sumo is ended by signal {}: {}", WTERMSIG(how), last_words()));
  return fail(Code::kUnavailable, fmt::format("sumo ends with {}: {}", WEXITSTATUS(how), last_words()));
}

std::string SumoProcess::last_words() const {
  std::ifstream in(log_, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.size() > kLastWordsMax) text.erase(0, text.size() - kLastWordsMax);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace madang::mobility::traci
