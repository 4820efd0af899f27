// What the early warning costs: 100,000 Datastreams with a value each two minutes, as share of one core.
#include "evaluation/warning_cost.h"

#include <chrono>
#include <ctime>

#include "sensing/quantities.h"
#include "sensing/warning/warning.h"

namespace madang::evaluation {
namespace {

constexpr Millis kCostStep = std::chrono::minutes{2};
constexpr int kCostStepsWarm = 30;
constexpr Millis kByTheDay = std::chrono::hours{30};
constexpr double kStreetsApart = 0.003;  // degrees
constexpr std::size_t kColumns = 80;

/// Processor time of this thread in seconds.
double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Something like a reading: the middle of the channel's scale, trembling, now and then far up.
double reading(sensing::QuantityInfo const& info, std::uint64_t stream, int step) {
  std::uint64_t x = stream * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(step) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  double const u = static_cast<double>(x >> 11) * 0x1p-53;
  double const span = info.scale_max - info.scale_min;
  return info.scale_min + span * (0.3 + 0.02 * u + (x % 997 == 0 ? 0.5 : 0));
}

using sensing::warning::Engine;

/// `late`: each fourth station delivers by the day.
Engine city_of(std::size_t datastreams, bool late) {
  auto const channels = sensing::city_node_quantities();
  Engine engine(sensing::warning::shipped_rules(),
                {.alarms_per_day = 5, .calendar = sensing::indices::Calendar::of_zone("Asia/Seoul").value()});
  for (std::size_t n = 0; n < datastreams; ++n) {
    std::size_t const node = n / channels.size();
    sensing::warning::Stream s;
    s.datastream = DatastreamId{static_cast<std::int64_t>(n + 1)};
    s.thing = ThingId{static_cast<std::int64_t>(node + 1)};
    s.channel = channels[n % channels.size()].channel;
    auto const row = node / kColumns;
    s.place = {37.4 + kStreetsApart * static_cast<double>(row), 126.8 + kStreetsApart * static_cast<double>(node % kColumns)};
    s.placed = true;
    s.area = AreaId{static_cast<std::int64_t>(node % 25 + 1)};
    s.interval = kCostStep;
    if (late && node % 4 == 0) s.lateness = kByTheDay;
    MADANG_ASSERT(engine.add(s).has_value());
  }
  return engine;
}

}  // namespace

WarningCost measure_warning_cost(std::size_t datastreams, int steps) {
  auto const channels = sensing::city_node_quantities();
  auto engine = city_of(datastreams, false);
  Instant const start = *parse_instant("2026-11-23T00:00:00Z");
  WarningCost cost;
  double since = 0;
  for (int step = 0; step < kCostStepsWarm + steps; ++step) {
    if (step == kCostStepsWarm) since = processor_seconds();
    Instant const when = start + kCostStep * step;
    for (std::size_t n = 0; n < datastreams; ++n) {
      engine.observe(static_cast<std::uint32_t>(n), when, reading(channels[n % channels.size()], n, step));
    }
    cost.findings += engine.advance(when + kCostStep).size();
  }
  cost.seconds_per_step = (processor_seconds() - since) / steps;
  auto with_late = city_of(datastreams, true);
  with_late.advance(start);
  cost.witness_megabytes = static_cast<double>(with_late.witness_bytes()) / 1e6;
  cost.share_of_core = cost.seconds_per_step / std::chrono::duration<double>(kCostStep).count();
  return cost;
}

}  // namespace madang::evaluation
