#include "app/bench/http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "app/bench/http_load.h"
#include "app/bench/machine.h"
#include "core/json_writer.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "web/http/server.h"

extern char** environ;

namespace madang::app {
namespace {

using web::Access;
using web::Request;
using web::Response;

constexpr std::string_view kHello = R"({"hello":"city"})";
constexpr std::array<std::size_t, 2> kDepths{1, 16};
constexpr std::chrono::seconds kNginxStartWait{5};

class Nobody final : public web::Authenticator {
 public:
  Result<web::Principal> principal_of_key(std::string_view) override { return fail(Code::kUnauthorized, "no keys here"); }
  Result<web::Principal> principal_of_session(std::string_view) override { return fail(Code::kUnauthorized, "no logins here"); }
};

/// A port that was free a moment ago: nginx cannot choose one itself.
Result<std::uint16_t> free_port() {
  int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bool const ok = bind(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0 &&
                  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  if (!ok) return fail(Code::kUnavailable, "no free port");
  return ntohs(address.sin_port);
}

/// nginx in the foreground with one worker, in a temporary folder of its own; ends with this object.
class Nginx {
 public:
  static Result<std::unique_ptr<Nginx>> start(std::string const& program) {
    auto nginx = std::unique_ptr<Nginx>(new Nginx);
    std::string pattern = std::filesystem::temp_directory_path() / "madang_bench_XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) return fail(Code::kUnavailable, "no temporary folder");
    nginx->folder_ = pattern;
    MADANG_TRY(nginx->port_, free_port());
    std::ofstream(nginx->folder_ / "nginx.conf") << nginx->configuration();
    MADANG_CHECK(nginx->spawn(program));
    MADANG_CHECK(nginx->await());
    return nginx;
  }
  ~Nginx() {
    if (process_ > 0) {
      kill(process_, SIGTERM);
      waitpid(process_, nullptr, 0);
    }
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  Nginx(Nginx const&) = delete;
  Nginx& operator=(Nginx const&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Nginx() = default;

  [[nodiscard]] std::string configuration() const {
    return fmt::format(
        "daemon off;\nworker_processes 1;\npid {0}/nginx.pid;\nerror_log {0}/error.log;\n"
        "events {{ worker_connections 4096; }}\n"
        "http {{\n  access_log off;\n  keepalive_requests 1000000000;\n  default_type application/json;\n"
        "  client_body_temp_path {0}/a;\n  proxy_temp_path {0}/b;\n  fastcgi_temp_path {0}/c;\n"
        "  uwsgi_temp_path {0}/d;\n  scgi_temp_path {0}/e;\n"
        "  server {{ listen 127.0.0.1:{1}; location /hello {{ return 200 '{2}'; }} }}\n}}\n",
        folder_.string(), port_, kHello);
  }

  Result<void> spawn(std::string const& program) {
    auto const log = (folder_ / "error.log").string();
    auto const config = (folder_ / "nginx.conf").string();
    std::string name = program;
    std::string c = "-c";
    std::string e = "-e";
    std::string config_text = config;
    std::string log_text = log;
    std::array<char*, 6> arguments{name.data(), c.data(), config_text.data(), e.data(), log_text.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int const outcome = posix_spawnp(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (outcome != 0) {
      process_ = 0;
      return fail(Code::kUnavailable, fmt::format("{} does not start; install nginx-light", program));
    }
    return {};
  }

  [[nodiscard]] Result<void> await() const {
    auto const until = std::chrono::steady_clock::now() + kNginxStartWait;
    HttpLoad const once{.port = port_, .connections = 1, .duration = std::chrono::milliseconds{1}};
    for (;;) {
      auto const reached = run_http_load(once);
      if (reached) return {};
      if (std::chrono::steady_clock::now() > until)
        return fail(Code::kUnavailable, "nginx does not answer: " + reached.error().sentence);
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }

  std::filesystem::path folder_;
  pid_t process_ = 0;
  std::uint16_t port_ = 0;
};

struct Figure {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

struct Comparison {
  std::size_t depth = 1;
  Figure ours;
  Figure nginx;
  [[nodiscard]] double ratio() const { return nginx.per_second > 0 ? ours.per_second / nginx.per_second : 0; }
};

Figure median(std::vector<Figure> figures) {
  auto const middle = figures.begin() + static_cast<std::ptrdiff_t>(figures.size() / 2);
  std::nth_element(figures.begin(), middle, figures.end(),
                   [](Figure const& a, Figure const& b) { return a.per_second < b.per_second; });
  return *middle;
}

Result<Figure> measure(std::uint16_t port, std::size_t depth, BenchHttpOptions const& options) {
  HttpLoad const load{.port = port, .connections = options.connections, .depth = depth, .duration = options.round};
  MADANG_TRY(auto outcome, run_http_load(load));
  return Figure{.per_second = outcome.per_second(), .p50_ms = outcome.percentile_ms(0.5), .p99_ms = outcome.percentile_ms(0.99)};
}

/// In turn, so that whatever else the machine does meets both alike.
Result<Comparison> compare(std::uint16_t our_port, std::uint16_t nginx_port, std::size_t depth,
                           BenchHttpOptions const& options) {
  std::vector<Figure> ours;
  std::vector<Figure> theirs;
  for (int round = 0; round < options.rounds; ++round) {
    MADANG_TRY(auto our_figure, measure(our_port, depth, options));
    MADANG_TRY(auto their_figure, measure(nginx_port, depth, options));
    ours.push_back(our_figure);
    theirs.push_back(their_figure);
  }
  return Comparison{.depth = depth, .ours = median(std::move(ours)), .nginx = median(std::move(theirs))};
}

Result<std::vector<Comparison>> measure_all(BenchHttpOptions const& options) {
  Nobody nobody;
  runtime::SystemClock const clock;
  runtime::Metrics metrics;
  web::Routes routes;
  routes.get<Access::kPublic>(
      "/hello", [](Request const&) -> Result<Response> { return web::json(std::string{kHello}); }, web::Work::kInline);
  web::ServerOptions server_options;
  server_options.threads = 1;
  MADANG_TRY(auto server, web::Server::start(server_options, std::move(routes), nobody, clock, metrics));
  MADANG_TRY(auto nginx, Nginx::start(options.nginx));
  std::vector<Comparison> all;
  for (auto const depth : kDepths) {
    MADANG_TRY(auto comparison, compare(server->port(), nginx->port(), depth, options));
    all.push_back(comparison);
  }
  server->stop();
  return all;
}

void print(std::vector<Comparison> const& all, BenchHttpOptions const& options) {
  fmt::print("HTTP hello, one server thread, {} connections; {}\n", options.connections, describe(this_machine()));
  fmt::print("{:>8}  {:>12} {:>9} {:>9}  {:>12} {:>9} {:>9}  {:>6}\n", "pipeline", "ours /s", "p50 ms", "p99 ms", "nginx /s",
             "p50 ms", "p99 ms", "ratio");
  for (auto const& c : all)
    fmt::print("{:>8}  {:>12.0f} {:>9.3f} {:>9.3f}  {:>12.0f} {:>9.3f} {:>9.3f}  {:>6.2f}\n", c.depth, c.ours.per_second,
               c.ours.p50_ms, c.ours.p99_ms, c.nginx.per_second, c.nginx.p50_ms, c.nginx.p99_ms, c.ratio());
}

void write_figure(JsonWriter& w, Figure const& figure) {
  w.begin_object().field("requests_per_second", figure.per_second);
  w.field("p50_ms", figure.p50_ms).field("p99_ms", figure.p99_ms).end_object();
}

bool write_json(std::vector<Comparison> const& all, BenchHttpOptions const& options) {
  JsonWriter w;
  w.begin_object().field("bench", "http").field("machine", describe(this_machine()));
  w.field("connections", options.connections).field("ratio_min", options.ratio_min).key("depths").begin_array();
  for (auto const& c : all) {
    w.begin_object().field("depth", c.depth).key("ours");
    write_figure(w, c.ours);
    w.key("nginx");
    write_figure(w, c.nginx);
    w.field("ratio", c.ratio()).end_object();
  }
  w.end_array().end_object();
  std::ofstream out(options.json_file);
  out << w.text() << '\n';
  return static_cast<bool>(out.flush());
}

}  // namespace

int bench_http(BenchHttpOptions const& options) {
  auto const all = measure_all(options);
  if (!all) {
    fmt::print(stderr, "bench http: {}\n", all.error().sentence);
    return 2;
  }
  print(*all, options);
  if (!options.json_file.empty() && !write_json(*all, options)) {
    fmt::print(stderr, "bench http: cannot write {}\n", options.json_file);
    return 2;
  }
  bool const enough = std::ranges::all_of(*all, [&](Comparison const& c) { return c.ratio() >= options.ratio_min; });
  if (!enough) fmt::print("below the floor: ours must be at least {} of nginx's\n", options.ratio_min);
  return enough ? 0 : 1;
}

}  // namespace madang::app
