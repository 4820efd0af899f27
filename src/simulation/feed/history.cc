#include "simulation/feed/history.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/mutex.h"
#include "simulation/channels.h"
#include "simulation/feed/limits.h"
#include "simulation/feed/progress.h"
#include "simulation/feed/registration.h"
#include "simulation/noise.h"
#include "simulation/readings.h"

namespace madang::simulation {
namespace {

constexpr std::size_t kConnections = 2;

/// What the two senders share.
struct HistoryRun {
  CityPlan const& plan;
  std::span<std::int64_t const> things;
  HistoryOptions const& options;
  runtime::Clock const& clock;
  std::atomic<bool> const& stop;
  std::atomic<std::size_t> next_node = 0;
  std::atomic<std::size_t> nodes_done = 0;
  std::atomic<std::uint64_t> values = 0;
  std::atomic<std::uint64_t> refused = 0;
  runtime::Mutex mutex;
  std::optional<Error> failure MADANG_GUARDED_BY(mutex);

  [[nodiscard]] bool over() {
    if (stop) return true;
    runtime::Lock const lock(mutex);
    return failure.has_value();
  }
};

class Sender {
 public:
  Sender(HistoryRun& shared, SensorthingsClient server) : shared_(shared), server_(std::move(server)), readings_(shared.plan) {}

  Result<void> run() {
    while (!shared_.over()) {
      std::size_t const node = shared_.next_node++;
      if (node >= shared_.plan.nodes.size()) return {};
      MADANG_CHECK(send_node(node));
      ++shared_.nodes_done;
    }
    return {};
  }

 private:
  Result<void> send_node(std::size_t node) {
    MADANG_TRY(auto const streams, stream_ids(server_, shared_.things[node]));
    Millis const interval = shared_.options.interval;
    Instant const now = shared_.clock.now();
    Instant from = now - shared_.options.length;
    if (streams[0] != 0) {
      MADANG_TRY(auto const newest, server_.newest(streams[0]));
      if (newest && *newest >= from) from = *newest + Millis{1};
    }
    Millis const phase = phase_of(shared_.plan.seed, node, interval);
    std::int64_t step = (millis_of(from) - phase.count() + interval.count() - 1) / interval.count();
    for (;; ++step) {
      Instant const when = instant_of_millis(step * interval.count() + phase.count());
      if (when > now) break;
      Reading reading;
      if (readings_.read(node, when, reading)) pending_.push_back(reading);
      if (pending_.size() * kChannelCount >= kValuesPerBodyMax) MADANG_CHECK(flush(streams));
      if (shared_.stop) break;
    }
    return flush(streams);
  }

  Result<void> flush(StreamIds const& streams) {
    if (pending_.empty()) return {};
    body_ = "[";
    append_data_arrays(body_, streams, pending_);
    body_ += ']';
    MADANG_TRY(auto const refused, server_.create_observations(body_));
    shared_.values += pending_.size() * kChannelCount;
    shared_.refused += refused;
    pending_.clear();
    return {};
  }

  HistoryRun& shared_;
  SensorthingsClient server_;
  Readings readings_;
  std::vector<Reading> pending_;
  std::string body_;
};

}  // namespace

Millis phase_of(std::uint64_t seed, std::size_t node, Millis interval) {
  return Millis{static_cast<std::int64_t>(key_of(seed, 0xFA5E, node) % static_cast<std::uint64_t>(interval.count()))};
}

Millis history_step(Millis interval, Millis length, std::size_t stations) {
  constexpr Millis kAlwaysDense{30'000};  // a day of it is written within a minute or two
  constexpr Millis kSparse = std::chrono::minutes{2};
  if (interval >= kAlwaysDense) return interval;
  double const steps = static_cast<double>(length.count()) / static_cast<double>(interval.count());
  return steps * static_cast<double>(stations * kChannelCount) <= kHistoryValuesDense ? interval : kSparse;
}

Result<HistoryDone> load_history(CityPlan const& plan, std::span<std::int64_t const> things,
                                 HistoryOptions const& options, runtime::Clock const& clock,
                                 std::atomic<bool> const& stop) {
  HistoryRun shared{.plan = plan, .things = things, .options = options, .clock = clock, .stop = stop, .mutex = {}, .failure = {}};
  std::vector<std::jthread> threads;
  std::atomic<std::size_t> running = kConnections;
  for (std::size_t i = 0; i < kConnections; ++i) {
    MADANG_TRY(auto server, SensorthingsClient::to(options.server, stop));
    auto sender = std::make_unique<Sender>(shared, std::move(server));
    threads.emplace_back([&shared, &running, sender = std::move(sender)] {
      auto const done = sender->run();
      if (!done) {
        runtime::Lock const lock(shared.mutex);
        shared.failure = done.error();
      }
      --running;
    });
  }
  auto const per_node = static_cast<std::uint64_t>(options.length / options.interval) * kChannelCount;
  Progress progress(clock, "history", "values", plan.nodes.size() * per_node);
  while (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    // Silent stations and what was there already count as done, and make no value.
    progress.show(shared.nodes_done * per_node, shared.values);
  }
  threads.clear();
  runtime::Lock const lock(shared.mutex);
  if (shared.failure) return fail(*shared.failure);
  progress.finish(shared.nodes_done * per_node, shared.values);
  return HistoryDone{shared.values, shared.refused};
}

}  // namespace madang::simulation
