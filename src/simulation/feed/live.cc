#include "simulation/feed/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "simulation/feed/history.h"
#include "simulation/feed/progress.h"
#include "simulation/feed/truth_log.h"
#include "simulation/readings.h"

namespace madang::simulation {
namespace {

constexpr std::chrono::milliseconds kNapMax{50};
constexpr std::chrono::seconds kReportPeriod{10};
constexpr Millis kTruthPeriod{60'000};
constexpr std::chrono::seconds kCollectMax{1};

class Live {
 public:
  Live(CityPlan const& plan, Sink& sink, LiveOptions const& options, runtime::Clock const& clock,
       std::atomic<bool> const& stop)
      : plan_(plan), sink_(sink), options_(options), clock_(clock), stop_(stop), started_(clock.now()),
        scale_{started_, options.speed}, staged_(stage(options.staged)), readings_(plan, {.staged = staged_}),
        flushed_(clock.tick()), reported_(clock.tick()) {
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) phases_.push_back(phase_of(plan.seed, i, options.interval));
    order_.resize(plan.nodes.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, {}, [this](std::size_t node) { return phases_[node]; });
  }

  Result<void> run() {
    for (auto const& happening : staged_) {
      Interval const sent{scale_.sent(happening.when.from), scale_.sent(happening.when.to)};
      fmt::print("happening: {}\n", sentence_of(plan_, happening, sent));
    }
    std::fflush(stdout);
    std::optional<TruthLog> truth;
    if (!options_.truth_file.empty()) {
      MADANG_TRY(auto log, TruthLog::open(options_.truth_file, plan_, scale_, {options_.truth_from, started_}, staged_));
      truth.emplace(std::move(log));
    }
    std::int64_t cycle = millis_of(started_) / options_.interval.count();
    for (; !over(clock_.now()); ++cycle) {
      for (auto const node : order_) {
        Instant const due = instant_of_millis(cycle * options_.interval.count()) + phases_[node];
        if (due < started_) continue;
        MADANG_CHECK(wait_until(due));
        if (over(clock_.now())) break;
        if (truth && due >= truth_due_) {
          MADANG_CHECK(truth->advance(due + kTruthPeriod));
          truth_due_ = due + kTruthPeriod;
        }
        MADANG_CHECK(send(node, due));
        report(due);
      }
    }
    MADANG_CHECK(sink_.flush());
    sink_.finish();
    return {};
  }

 private:
  [[nodiscard]] std::vector<Happening> stage(std::vector<StagedHappening> const& all) const {
    std::vector<Happening> staged;
    for (auto const& one : all) {
      Instant const from = started_ + one.delay;
      Interval const when{scale_.simulated(from), scale_.simulated(from + one.length)};
      // Larger than any number by seed, and another one in the next feed that appends to the same file.
      auto const number = millis_of(started_) * static_cast<std::int64_t>(kStagedMax) + static_cast<std::int64_t>(staged.size());
      staged.push_back(happening_of(one, when, number));
    }
    return staged;
  }

  [[nodiscard]] bool over(Instant now) const {
    return stop_ || (options_.duration && now >= started_ + *options_.duration);
  }

  Result<void> wait_until(Instant due) {
    bool flushed = false;
    for (Instant now = clock_.now(); now < due && !over(now); now = clock_.now()) {
      if (!flushed) MADANG_CHECK(sink_.flush());
      if (!flushed) flushed_ = clock_.tick();
      flushed = true;
      std::this_thread::sleep_for(std::min<Millis>(due - now, kNapMax));
    }
    return {};
  }

  /// A feed that has fallen a whole interval behind leaves messages out, and counts them, instead of lying late.
  Result<void> send(std::size_t node, Instant due) {
    if (clock_.now() - due > options_.interval) {
      ++left_out_;
      return {};
    }
    Instant const simulated = scale_.simulated(due);
    Reading reading;
    if (!readings_.read(node, simulated, reading)) return {};
    reading.phenomenon_time = due + (reading.phenomenon_time - simulated);
    MADANG_CHECK(sink_.send(node, reading));
    // Nobody waits where the feed is behind, and what is collected must not wait for that either.
    if (clock_.tick() - flushed_ < kCollectMax) return {};
    flushed_ = clock_.tick();
    return sink_.flush();
  }

  void report(Instant due) {
    Tick const now = clock_.tick();
    if (now - reported_ < kReportPeriod) return;
    double const seconds = std::chrono::duration<double>(now - reported_).count();
    auto const counts = sink_.counts();
    auto const behind = std::max<std::int64_t>(0, (clock_.now() - due).count());
    fmt::print("live {} messages sent ({:.0f}/s, {:.0f} values/s), {} acknowledged, {} waiting, {} refused, {} left out, {} ms behind{}{}\n",
               with_thousands(counts.sent), static_cast<double>(counts.sent - reported_sent_) / seconds,
               static_cast<double>((counts.sent - reported_sent_) * kChannelCount) / seconds,
               with_thousands(counts.acknowledged), counts.waiting, counts.refused, left_out_, behind,
               counts.last_refusal.empty() ? "" : "; last refusal: ", counts.last_refusal);
    std::fflush(stdout);
    reported_ = now;
    reported_sent_ = counts.sent;
  }

  CityPlan const& plan_;
  Sink& sink_;
  LiveOptions const& options_;
  runtime::Clock const& clock_;
  std::atomic<bool> const& stop_;
  Instant const started_;
  TimeScale const scale_;
  std::vector<Happening> const staged_;
  Readings readings_;
  std::vector<Millis> phases_;
  std::vector<std::size_t> order_;  ///< nodes by phase
  Instant truth_due_;
  std::uint64_t left_out_ = 0;
  Tick flushed_;
  Tick reported_;
  std::uint64_t reported_sent_ = 0;
};

}  // namespace

Result<void> run_live(CityPlan const& plan, Sink& sink, LiveOptions const& options, runtime::Clock const& clock,
                      std::atomic<bool> const& stop) {
  return Live(plan, sink, options, clock, stop).run();
}

}  // namespace madang::simulation
