// The HTTP/1.1 server: TLS, keep-alive and pipelining, bounded queues per class of work, access checks,
// server-sent events. Asio and Beast stay in its source files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "web/http/http.h"
#include "web/http/limits.h"

namespace madang::web {

/// Threads that run handlers of one Work class, and how many requests may wait for them: more are answered 503
/// with Retry-After.
struct WorkQueue {
  std::size_t threads = 2;
  std::size_t waiting_max = 256;
};

/// Tokens of one address (an IPv6 /64 counts as one) on public routes, and for refused logins and keys.
struct PublicBudget {
  double requests_per_second = 200;
  double burst = 2000;
  bool loopback_exempt = true;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;        ///< 0: a free one
  std::string certificate_file;  ///< PEM chain; with private_key_file: TLS
  std::string private_key_file;
  std::size_t threads = 2;       ///< network threads
  WorkQueue read{.threads = 2, .waiting_max = 512};
  WorkQueue scan{.threads = 1, .waiting_max = 32};  ///< in which accounts take turns (runtime/turns.h)
  WorkQueue write{.threads = 2, .waiting_max = 512};
  WorkQueue password{.threads = 1, .waiting_max = 64};
  WorkQueue bulk{.threads = 1, .waiting_max = 16};
  /// Streamed bodies, of requests and answers: a slow client holds a thread, though not for longer than it keeps up
  /// limits.body_bytes_per_second.
  WorkQueue flow{.threads = 4, .waiting_max = 64};
  PublicBudget budget;
  /// "https://city.example/madang": where clients find this server. Empty: what their Host field says.
  std::string base_address = {};
  /// Proxies whose X-Forwarded-For, -Proto, -Host, -Port and -Prefix are believed: "127.0.0.1, 10.0.0.0/8".
  std::string trusted_proxies = {};
  Limits limits = {};
  /// How a program is told that its caller does not hold a permission, in his language; must not block. Empty: by its name.
  std::function<Response(Request const&, Permission const&)> denied = {};
  /// Instead of JSON for a browser's GET of a path that is not there; must not block. Empty: JSON for all.
  std::function<Response(Request const&)> missing_page = {};
  /// The same for every other refusal, its status excepted; must not block. Empty: JSON for all.
  std::function<Response(Request const&, Error const&)> refused_page = {};
  /// The same for who does not hold a permission. Empty: as `denied` says it.
  std::function<Response(Request const&, Permission const&)> denied_page = {};
};

/// What clients may object to in the files of TLS, a sentence each, or why no server would start with them (kInvalid). Starts nothing.
/// An empty `client_ca_file`: devices show no certificates.
Result<std::vector<std::string>> doubts_of_tls(std::string certificate_file, std::string private_key_file, std::string client_ca_file,
                                               Instant now);

/// Thread-safe. Routes, authenticator, clock and metrics outlive it.
class Server {
 public:
  /// Listens when it returns. kInvalid: the address, certificate, key or a route's pattern is wrong; kUnavailable:
  /// the port is taken.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Routes routes, Authenticator& authenticator,
                                               runtime::Clock const& clock, runtime::Metrics& metrics);
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// "http://127.0.0.1:8080", with https when it speaks TLS.
  [[nodiscard]] virtual std::string address() const = 0;
  /// No new connections; running requests finish within limits.stop_wait; streams end. Idempotent. A Done called
  /// later is ignored.
  virtual void stop() = 0;
};

}  // namespace madang::web
