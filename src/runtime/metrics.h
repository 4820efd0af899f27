// Numbers about the server itself, in prometheus-cpp's registry. Names carry module and unit:
// madang_sensing_ingest_seconds, madang_sensing_readings_total{result}.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/mutex.h"

namespace madang::runtime {

/// Thread-safe. Returned references live as long as Metrics.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  prometheus::Counter& counter(std::string const& name, std::string const& help, Labels const& labels = {});
  prometheus::Gauge& gauge(std::string const& name, std::string const& help, Labels const& labels = {});
  /// Bounds in seconds from 0.1 ms to 10 s.
  prometheus::Histogram& seconds(std::string const& name, std::string const& help, Labels const& labels = {});
  /// `read` is asked at each scrape, on the scraping thread.
  void sampled(std::string const& name, std::string const& help, std::function<double()> read);

  /// Prometheus text format 0.0.4, or OpenMetrics 1.0 text.
  [[nodiscard]] std::string text();
  [[nodiscard]] std::string open_metrics_text();

 private:
  [[nodiscard]] std::vector<prometheus::MetricFamily> collect();

  prometheus::Registry registry_{prometheus::Registry::InsertBehavior::Merge};
  Mutex mutex_;
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> sampled_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::runtime
