#include "situations/notices/tally.h"

#include <algorithm>
#include <array>

namespace madang::situations::notices {
namespace {

constexpr std::array kResults{"delivered", "failed", "refused", "given_up", "superseded", "dropped"};

}  // namespace

Tallies::Tallies(runtime::Metrics& metrics, runtime::Clock const& clock) : metrics_(metrics) {
  // Zeros are there from the start, so that a rate has something to start from.
  for (auto const channel : {Channel::kEmail, Channel::kWebhook})
    for (auto const* result : kResults) count(channel, result, 0);
  metrics.sampled("madang_situations_notices_owed", "notices that wait to be delivered",
                  [seen = seen_] { return static_cast<double>(seen->pending); });
  metrics.sampled("madang_situations_notices_oldest_owed_seconds", "age of the oldest notice that waits",
                  [seen = seen_, &clock] {
                    auto const oldest = seen->oldest.load();
                    if (oldest == 0) return 0.0;
                    return std::max(0.0, static_cast<double>(millis_of(clock.now()) - oldest) / 1000);
                  });
}

void Tallies::count(Channel channel, std::string const& result, std::int64_t how_many) {
  metrics_.counter("madang_situations_notices_total", "notices by what became of them; failed ones are tried again",
                   {{"channel", std::string{name_of(channel)}}, {"result", result}})
      .Increment(static_cast<double>(how_many));
}

void Tallies::set_backlog(Backlog const& backlog) {
  seen_->pending = backlog.pending;
  seen_->oldest = backlog.oldest ? millis_of(*backlog.oldest) : 0;
}

}  // namespace madang::situations::notices
