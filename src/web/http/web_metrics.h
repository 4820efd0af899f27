// What the web server counts about itself.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "runtime/metrics.h"
#include "web/http/http.h"

namespace madang::web {

/// How a request was served, as the label `class` says it.
enum class Service : std::uint8_t { kNone, kInline, kRead, kScan, kWrite, kPassword, kBulk, kAsync, kStream };
inline constexpr std::size_t kServices = 9;
/// `work`: the request's own class, where the route has several.
Service service_of(Routes::Route const* route, Work work);

/// Thread-safe.
class WebMetrics {
 public:
  explicit WebMetrics(runtime::Metrics& metrics);

  void request(Service service, int status, double seconds);
  /// Why: "connections", "budget", "queue", "scans" (of one address), "memory", "streams".
  void refused(std::string_view why) { refusals(why).Increment(); }
  prometheus::Gauge& connections() { return connections_; }
  prometheus::Gauge& streams() { return streams_; }
  prometheus::Counter& dropped_events() { return dropped_events_; }

 private:
  static constexpr std::array<std::string_view, 7> kReasons{"connections", "budget", "queue", "scans", "memory", "streams", "gone"};
  prometheus::Counter& refusals(std::string_view why);

  std::array<std::array<prometheus::Counter*, 4>, kServices> requests_{};  ///< 2xx (and 1xx), 3xx, 4xx, 5xx
  std::array<prometheus::Histogram*, kServices> seconds_{};
  std::array<prometheus::Counter*, kReasons.size()> refused_{};
  prometheus::Gauge& connections_;
  prometheus::Gauge& streams_;
  prometheus::Counter& dropped_events_;
};

}  // namespace madang::web
