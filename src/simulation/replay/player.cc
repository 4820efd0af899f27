#include "simulation/replay/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <future>
#include <span>
#include <thread>

#include "simulation/feed/progress.h"

namespace madang::simulation {
namespace {

constexpr std::chrono::milliseconds kReplayNapMax{50};
constexpr std::chrono::seconds kReplayReportPeriod{10};
constexpr double kStretchMin = 3'600'000;    // ms of the source read at once
constexpr double kStretchMax = 86'400'000;
constexpr double kStretchSeconds = 120'000;  // ms of playing that a stretch should last

using Values = Result<std::vector<ReplayValue>>;

class Player {
 public:
  Player(SensorthingsClient& source, std::vector<ReplayDevice> const& devices, ReplayTarget& target,
         PlayOptions const& options, runtime::Clock const& clock, std::atomic<bool> const& stop)
      : source_(source), devices_(devices), target_(target), options_(options), clock_(clock), stop_(stop),
        stretch_(static_cast<std::int64_t>(std::clamp(options.speed * kStretchSeconds, kStretchMin, kStretchMax))) {}

  Result<void> run() {
    Instant next = options_.when.from;
    auto reading = read_ahead(next);
    bool first = true;
    while (next < options_.when.to && !stop_) {
      MADANG_TRY(auto const values, reading.get());
      if (std::exchange(first, false)) begin();
      next = std::min(next + stretch_, options_.when.to);
      if (next < options_.when.to) reading = read_ahead(next);
      MADANG_CHECK(play_values(values));
    }
    if (reading.valid()) reading.wait();
    MADANG_CHECK(target_.finish());
    report(options_.when.to);
    return {};
  }

 private:
  std::future<Values> read_ahead(Instant from) {
    Interval const when{from, std::min(from + stretch_, options_.when.to)};
    return std::async(std::launch::async, [this, when] { return read_values(source_, devices_, when); });
  }

  void begin() {
    started_ = clock_.now();
    reported_ = clock_.tick();
  }

  [[nodiscard]] Instant sent_at(Instant when) const {
    auto const passed = static_cast<double>((when - options_.when.from).count()) / options_.speed;
    return started_ + Millis{std::llround(passed)};
  }

  Result<void> play_values(std::span<ReplayValue const> values) {
    while (!values.empty() && !stop_) {
      auto const& front = values.front();
      auto const end = std::ranges::find_if(values, [&](ReplayValue const& v) {
        return v.when != front.when || v.device != front.device;
      });
      auto const message = values.first(static_cast<std::size_t>(end - values.begin()));
      Instant const due = sent_at(front.when);
      MADANG_CHECK(wait_until(due));
      MADANG_CHECK(target_.send(due, message));
      if (clock_.tick() - reported_ >= kReplayReportPeriod) report(front.when);
      values = values.subspan(message.size());
    }
    return target_.flush();
  }

  Result<void> wait_until(Instant due) {
    if (clock_.now() >= due) return {};
    MADANG_CHECK(target_.flush());
    for (Instant now = clock_.now(); now < due && !stop_; now = clock_.now()) {
      std::this_thread::sleep_for(std::min<Millis>(due - now, kReplayNapMax));
    }
    return {};
  }

  void report(Instant at) {
    auto const counts = target_.counts();
    fmt::print("replay at {}: {} messages sent, {} acknowledged, {} waiting, {} refused{}{}\n", format_instant(at),
               with_thousands(counts.sent), with_thousands(counts.acknowledged), counts.waiting, counts.refused,
               counts.last_refusal.empty() ? "" : "; last refusal: ", counts.last_refusal);
    std::fflush(stdout);
    reported_ = clock_.tick();
  }

  SensorthingsClient& source_;  ///< used only by the one reading ahead
  std::vector<ReplayDevice> const& devices_;
  ReplayTarget& target_;
  PlayOptions const& options_;
  runtime::Clock const& clock_;
  std::atomic<bool> const& stop_;
  Millis const stretch_;
  Instant started_;
  Tick reported_;
};

}  // namespace

Result<void> play(SensorthingsClient& source, std::vector<ReplayDevice> const& devices, ReplayTarget& target,
                  PlayOptions const& options, runtime::Clock const& clock, std::atomic<bool> const& stop) {
  return Player(source, devices, target, options, clock, stop).run();
}

}  // namespace madang::simulation
