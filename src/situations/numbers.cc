#include "situations/numbers.h"

namespace madang::situations {

Numbers::Numbers(runtime::Metrics& metrics)
    : metrics_(metrics), refused_(metrics.counter("madang_situations_refused_total", "reports refused because too many are open")) {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    auto const severity = static_cast<Severity>(i + 1);
    open_[i] = &metrics.gauge("madang_situations_open", "situations that need somebody", {{"severity", std::string{name_of(severity)}}});
  }
}

void Numbers::show(std::span<SituationPtr const> open) {
  std::array<int, 4> counts{};
  for (auto const& s : open) ++counts[static_cast<std::size_t>(s->signal.severity) - 1];
  for (std::size_t i = 0; i < open_.size(); ++i) open_[i]->Set(counts[i]);
}

void Numbers::count(Entry::Kind kind) {
  metrics_.counter("madang_situations_changes_total", "lines of timelines written", {{"kind", std::string{name_of(kind)}}}).Increment();
}

}  // namespace madang::situations
