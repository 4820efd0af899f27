#include "runtime/metrics.h"

#include <fmt/format.h>
#include <prometheus/text_serializer.h>

#include <string_view>

namespace madang::runtime {
namespace {

prometheus::Histogram::BucketBoundaries const kSecondsBounds{0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03,
                                                             0.1,    0.3,    1,     3,     10};


}  // namespace

prometheus::Counter& Metrics::counter(std::string const& name, std::string const& help, Labels const& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add(labels);
}

prometheus::Gauge& Metrics::gauge(std::string const& name, std::string const& help, Labels const& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels);
}

prometheus::Histogram& Metrics::seconds(std::string const& name, std::string const& help, Labels const& labels) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry_).Add(labels, kSecondsBounds);
}

void Metrics::sampled(std::string const& name, std::string const& help, std::function<double()> read) {
  Lock const lock(mutex_);
  sampled_.emplace_back(&gauge(name, help), std::move(read));
}

std::vector<prometheus::MetricFamily> Metrics::collect() {
  {
    Lock const lock(mutex_);
    for (auto const& [gauge, read] : sampled_) gauge->Set(read());
  }
  return registry_.Collect();
}

std::string Metrics::text() { return prometheus::TextSerializer{}.Serialize(collect()); }

std::string Metrics::open_metrics_text() {
  // OpenMetrics names a counter's family without _total and ends with "# EOF"; samples are the same.
  std::string out;
  std::string const plain = text();
  for (std::size_t at = 0; at < plain.size();) {
    auto const end = plain.find('\n', at);
    std::string_view line = std::string_view{plain}.substr(at, end - at);
    at = end + 1;
    if (line.empty()) continue;
    auto const name_end = line.find(' ', 7);
    std::string_view const name = line.starts_with("# ") ? line.substr(7, name_end - 7) : std::string_view{};
    if (name.ends_with("_total"))
      out += fmt::format("{}{}{}\n", line.substr(0, 7), name.substr(0, name.size() - 6), line.substr(name_end));
    else
      out += fmt::format("{}\n", line);
  }
  return out + "# EOF\n";
}

}  // namespace madang::runtime
