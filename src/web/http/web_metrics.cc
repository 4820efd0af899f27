#include "web/http/web_metrics.h"

#include <algorithm>
#include <string>

namespace madang::web {
namespace {

constexpr std::array<std::string_view, kServices> kNames{"none", "inline", "read", "scan", "write", "password", "bulk", "async", "stream"};
constexpr std::array<std::string_view, 4> kStatusNames{"2xx", "3xx", "4xx", "5xx"};

}  // namespace

Service service_of(Routes::Route const* route, Work work) {
  if (route == nullptr) return Service::kNone;
  if (route->async_handler) return Service::kAsync;
  if (route->stream_handler) return Service::kStream;
  switch (work) {
    case Work::kInline: return Service::kInline;
    case Work::kRead: return Service::kRead;
    case Work::kScan: return Service::kScan;
    case Work::kWrite: return Service::kWrite;
    case Work::kPassword: return Service::kPassword;
    case Work::kBulk: return Service::kBulk;
  }
  return Service::kNone;
}

WebMetrics::WebMetrics(runtime::Metrics& metrics)
    : connections_(metrics.gauge("madang_web_connections", "open HTTP connections")),
      streams_(metrics.gauge("madang_web_streams", "open server-sent event streams")),
      dropped_events_(metrics.counter("madang_web_events_dropped_total", "events a slow listener did not get")) {
  for (std::size_t s = 0; s < kServices; ++s) {
    std::string const name{kNames[s]};
    for (std::size_t i = 0; i < kStatusNames.size(); ++i)
      requests_[s][i] = &metrics.counter("madang_web_requests_total", "answered HTTP requests",
                                         {{"class", name}, {"status", std::string{kStatusNames[i]}}});
    seconds_[s] = &metrics.seconds("madang_web_request_seconds", "from the whole request to its answer", {{"class", name}});
  }
  for (std::size_t i = 0; i < kReasons.size(); ++i)
    refused_[i] = &metrics.counter("madang_web_refused_total", "requests and connections turned away",
                                   {{"reason", std::string{kReasons[i]}}});
}

void WebMetrics::request(Service service, int status, double seconds) {
  auto const s = static_cast<std::size_t>(service);
  auto const hundreds = std::clamp(status / 100, 2, 5) - 2;
  requests_[s][static_cast<std::size_t>(hundreds)]->Increment();
  seconds_[s]->Observe(seconds);
}

prometheus::Counter& WebMetrics::refusals(std::string_view why) {
  auto const found = std::find(kReasons.begin(), kReasons.end(), why);
  MADANG_ASSERT(found != kReasons.end());
  return *refused_[static_cast<std::size_t>(found - kReasons.begin())];
}

}  // namespace madang::web
