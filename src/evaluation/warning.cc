// madang evaluate warning: what the server told of what happened, missed and made up, beside two simpler rules.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <thread>

#include "evaluation/evaluation.h"
#include "evaluation/play.h"
#include "evaluation/warning_cost.h"
#include "evaluation/warning_table.h"
#include "runtime/mutex.h"
#include "sensing/quantities.h"

namespace madang::evaluation {
namespace {

using simulation::Channel;

constexpr double kFaultsPerDay = 10;
constexpr std::array<double, kEventClasses> kEventsPerDay{8, 5, 5, 3, 8, 5};
constexpr double kCoreMost = 0.2;
constexpr std::size_t kCostStreams = 100'000;
constexpr int kCostSteps = 30;
// How the alarms a day are shared where a rule of one channel is tuned: dust, warmth, noise, people.
constexpr std::array<double, kWatchedCount> kShares{0.4, 0.1, 0.3, 0.2};

/// What any shipped rule looks at.
std::vector<Channel> watched_channels() {
  return {Channel::kPm25, Channel::kPm10, Channel::kNo2, Channel::kCo, Channel::kSo2, Channel::kNh3, Channel::kH2s,
          Channel::kNoise, Channel::kTemperature, Channel::kHumidity, Channel::kPeople};
}

std::vector<Channel> channels_of(WarningOptions const& o) {
  auto all = watched_channels();
  auto const is_left_out = [&o](Channel c) {
    return std::ranges::find(o.channels, sensing::city_node_quantities()[simulation::index_of(c)].channel) == o.channels.end();
  };
  if (!o.channels.empty()) std::erase_if(all, is_left_out);
  return all;
}

struct SeedResult {
  Tally ours;
  std::array<std::array<std::array<Tally, kSettings>, 2>, kWatchedCount> rivals;
  EventValues events;

  void add(SeedResult const& o) {
    ours.add(o.ours);
    for (std::size_t w = 0; w < kWatchedCount; ++w)
      for (std::size_t r = 0; r < 2; ++r)
        for (std::size_t s = 0; s < kSettings; ++s) rivals[w][r][s].add(o.rivals[w][r][s]);
    events.values += o.events.values;
    events.kept_back += o.events.kept_back;
    for (auto const& [test, count] : o.events.by_test) events.by_test[test] += count;
  }
};

Result<SeedResult> run_seed(std::uint64_t seed, WarningOptions const& o, std::string& note) {
  auto const began = std::chrono::steady_clock::now();
  MADANG_TRY(auto const play, Play::prepare({.seed = seed,
                                             .days = o.days,
                                             .quiet_days = std::min(1.0, o.days / 4),
                                             .stations = o.stations,
                                             .faults = static_cast<std::size_t>(kFaultsPerDay * o.days),
                                             .events_per_day = kEventsPerDay,
                                             .alarms_per_day = o.alarms_per_day,
                                             .fixed_threshold = o.fixed_threshold,
                                             .channels = channels_of(o),
                                             .rivals = true,
                                             .late_share = o.late_share,
                                             .restarts = o.restarts}));
  MADANG_CHECK(play->run());
  SeedResult result{.ours = play->ours(), .rivals = {}, .events = play->event_values()};
  for (std::size_t w = 0; w < kWatchedCount; ++w)
    for (std::size_t r = 0; r < 2; ++r)
      for (std::size_t s = 0; s < kSettings; ++s) {
        result.rivals[w][r][s] = score(play->played(), r == 0 ? "threshold" : "robust z", play->rivals()->alarms(w, r, s));
        result.rivals[w][r][s].notes.clear();  // there are thousands
      }
  double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::string standing;
  for (auto const& line : play->path().standing()) standing += "; " + line;
  note = fmt::format("seed {}: {} values from {} in {:.0f} s, {} events, {} faults{}", seed, play->values(),
                     format_instant(play->when().from), seconds, play->played().events.size(), play->faults().size(), standing);
  return result;
}

Result<std::map<std::uint64_t, SeedResult>> run_all(WarningOptions const& o) {
  std::map<std::uint64_t, SeedResult> results;
  runtime::Mutex mutex;
  std::optional<Error> failure;
  std::atomic<std::uint64_t> next = o.first_seed;
  auto const work = [&] {
    for (std::uint64_t seed = next++; seed <= o.last_seed; seed = next++) {
      std::string note;
      auto result = run_seed(seed, o, note);
      runtime::Lock const lock(mutex);
      if (!result) {
        failure = result.error();
        return;
      }
      fmt::print("{}\n", note);
      if (o.notes) {
        for (auto const& line : result->ours.notes) fmt::print("  {}\n", line);
      }
      std::fflush(stdout);
      results.emplace(seed, *std::move(result));
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(o.threads);
  for (std::size_t n = 0; n < o.threads; ++n) threads.emplace_back(work);
  for (auto& t : threads) t.join();
  if (failure) return fail(*failure);
  return results;
}

/// A simple rule over all watched channels: of each the setting of one place of its grid.
struct Rival {
  std::string name;
  std::size_t rule = 0;
  std::array<std::size_t, kWatchedCount> setting{};
};

Tally together(SeedResult const& all, Rival const& r) {
  Tally sum;
  sum.name = r.name;
  for (std::size_t w = 0; w < kWatchedCount; ++w) {
    auto const& one = all.rivals[w][r.rule][r.setting[w]];
    auto part = one;
    sum.days = one.days;
    part.days = 0;
    // Of each channel only the events that it can show.
    for (std::size_t c = 0; c < kEventClasses; ++c) {
      bool const own = family_of(static_cast<EventClass>(c)) == family_of_channel(sensing::city_node_quantities()[simulation::index_of(kWatched[w])].channel);
      if (!own) part.of[c] = {};
    }
    sum.add(part);
  }
  sum.name = r.name;
  return sum;
}

/// The lowest setting of each channel whose false alarms stay within the budget on the seeds that tune; else the highest.
Rival tuned(SeedResult const& tuning, std::size_t rule, double alarms_per_day) {
  Rival r{rule == 1 ? "robust z, tuned" : "threshold, tuned", rule, {}};
  for (std::size_t w = 0; w < kWatchedCount; ++w) {
    r.setting[w] = kSettings - 1;
    for (std::size_t s = kSettings; s-- > 0;) {
      if (tuning.rivals[w][rule][s].false_per_day() > kShares[w] * alarms_per_day) break;
      r.setting[w] = s;
    }
  }
  return r;
}

std::string settings_text(Rival const& r) {
  std::string text;
  for (std::size_t w = 0; w < kWatchedCount; ++w)
    text += fmt::format("{}{}", w > 0 ? " / " : "", r.rule == 1 ? kDeviations[r.setting[w]] : kLimits[w][r.setting[w]]);
  return text;
}

bool kept_what_it_costs() {
  auto const cost = measure_warning_cost(kCostStreams, kCostSteps);
  fmt::print("{} Datastreams at a value each two minutes: {:.1f} ms of processor time a step\n", kCostStreams, cost.seconds_per_step * 1000);
  fmt::print("where each fourth station delivers by the day: {:.0f} MB for what is heard of their neighbours\n", cost.witness_megabytes);
  return floor_kept("share of one core", cost.share_of_core, kCoreMost, true);
}

}  // namespace

int evaluate_warning(WarningOptions const& o) {
  fmt::print("evaluate warning on the real path (ingest, quality, early warning, Situations): seeds {} to {}, {} days of 2-minute "
             "values of {} stations each, {} alarms a day allowed\n{}\n",
             o.first_seed, o.last_seed, o.days, o.stations, o.alarms_per_day, o.machine);
  if (!o.channels.empty()) fmt::print("NOT TO BE REPORTED: only {}\n", fmt::join(o.channels, ", "));
  if (o.late_share > 0) fmt::print("{:.0f} % of the stations behind gateways that deliver each 3 min, 15 min or hour\n", 100 * o.late_share);
  if (o.restarts > 0) fmt::print("the server stops {} times and starts again after {} min\n", o.restarts, Play::kDown / std::chrono::minutes{1});
  std::fflush(stdout);
  auto const results = run_all(o);
  if (!results) {
    fmt::print(stderr, "madang evaluate warning: {}\n", results.error().sentence);
    return 2;
  }
  SeedResult tuning;
  SeedResult report;
  std::size_t odd = 0;
  for (auto const& [seed, result] : *results) {
    (seed % 2 == 0 ? tuning : report).add(result);
    odd += seed % 2;
  }
  bool const development = odd == 0;
  if (odd == results->size()) tuning = report;
  if (development) report = tuning;
  Rival const usual_threshold{"threshold, usual", 0, {2, 3, 1, 1}};  // very bad air, a heat wave, the day's limit, 500 people
  Rival const tuned_threshold = tuned(tuning, 0, o.alarms_per_day);
  Rival const tuned_z = tuned(tuning, 1, o.alarms_per_day);
  fmt::print("\n{}; rivals tuned on {} seeds (dust / warmth / noise / people): threshold {}; robust z {}\n\n",
             development ? "DEVELOPMENT SEEDS ONLY: not to be reported" : "reported on odd seeds",
             odd == results->size() ? "the same (no even ones were given)" : "even", settings_text(tuned_threshold), settings_text(tuned_z));
  print_warning_table({report.ours, together(report, tuned_threshold), together(report, tuned_z), together(report, usual_threshold)});
  print_event_values(report.events.values, report.events.kept_back, report.events.by_test);
  print_false_alarms(report.ours);
  if (!development && tuning.ours.days > 0) {
    fmt::print("\nours on the even seeds: {:.2f} false alarms a day\n", tuning.ours.false_per_day());
  }
  bool const kept = keeps_floors(report.ours);
  return kept_what_it_costs() && kept ? 0 : 1;
}

}  // namespace madang::evaluation
