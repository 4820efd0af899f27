// The rules over an imported network: what each rule flags, and whether the faults that are really in the data are
// found. What should be found is told by plain definitions over the values, not by the rules.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "evaluation/quality.h"
#include "sensing/quality/engine.h"
#include "sensing/quality/warm_up.h"

namespace madang::evaluation {
namespace {

using sensing::QualityTest;
using sensing::StreamPlan;
using storage::Observation;

constexpr Instant day_in_korea(int year, unsigned month, unsigned day) {
  return Instant{std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}}} - std::chrono::hours{9};
}
/// The day on which the whole network of the 2020 files sent nonsense.
constexpr Interval kBadDay{day_in_korea(2020, 4, 3), day_in_korea(2020, 4, 4)};

bool is_bad(Quality q) {
  return q.flag == QualityFlag::kSuspect || q.flag == QualityFlag::kFail || q.flag == QualityFlag::kMissing;
}

/// Values that must not be taken for good.
struct Expected {
  std::string name;
  bool (*applies)(std::string_view channel, Observation const& o);
  std::uint64_t there = 0;
  std::uint64_t found = 0;
};

std::vector<Expected> expectations() {
  return {
      {"-999 and other numbers for \"no value\", every channel",
       [](std::string_view, Observation const& o) { return o.value == -999 || o.value == -9999; }},
      {"corrected PM below zero",
       [](std::string_view c, Observation const& o) { return c.starts_with("pm") && c.contains("corrected") && o.value < 0; }},
      {"air above 80 C (353 C)",
       [](std::string_view c, Observation const& o) { return c.starts_with("temperature") && o.value > 80; }},
      {"wind or gust above 100 m/s (30,059 m/s)",
       [](std::string_view c, Observation const& o) { return (c.starts_with("wind_speed") || c.starts_with("gust_speed")) && o.value > 100; }},
      {"vibration above 16 g (108,476 g)",
       [](std::string_view c, Observation const& o) { return c.starts_with("vibration") && o.value > 16; }},
      {"ultraviolet index above 16 (744)",
       [](std::string_view c, Observation const& o) { return c.starts_with("ultraviolet") && o.value > 16; }},
      {"noise of -4 to 30 dB",
       [](std::string_view c, Observation const& o) { return c.starts_with("noise") && o.value > -900 && o.value <= 30; }},
      {"the bad network day 2020-04-03: air above 45 C",
       [](std::string_view c, Observation const& o) {
         return c.starts_with("temperature") && kBadDay.contains(o.phenomenon_time) && o.value > 45;
       }},
  };
}

/// What one Datastream's values are like, seen without any rule.
struct Looks {
  std::uint64_t values = 0;
  std::uint64_t absent = 0;  ///< zero; five too for the globe thermometer
  Instant newest{kInstantMin};
};

class RealRun {
 public:
  RealRun(city::City const& city, storage::ObservationStore& store, ReportProgress const& report_progress)
      : store_(store), report_progress_(report_progress), plans_(sensing::all_plans(city)), expected_(expectations()) {
    for (auto const& plan : plans_) engine_.plan(plan);
    engine_.find_neighbours();
  }

  Result<RealQuality> run() {
    for (auto const& channel : sensing::by_channel(plans_)) {
      MADANG_CHECK(sensing::each_slice(store_, channel, {kInstantMin, kInstantMax}, false, [&](std::vector<Observation>& values) {
        take(channel.front()->channel, values);
        return Result<void>{};
      }));
      close(*channel.front());
    }
    RealQuality out;
    out.tables.push_back(by_rule());
    out.tables.push_back(faults());
    return out;
  }

 private:
  void take(std::string const& channel, std::vector<Observation>& values) {
    for (auto& o : values) {
      o.quality = {};
      o.received_at = o.phenomenon_time;  // an import's own time of arrival says nothing about the devices
      auto& looks = looks_[o.datastream];
      ++looks.values;
      bool const globe = channel.starts_with("globe");
      looks.absent += o.value == 0 || (globe && o.value == 5) ? 1 : 0;
      looks.newest = std::max(looks.newest, o.phenomenon_time);
    }
    engine_.judge(values);
    for (auto const& o : values)
      for (auto& e : expected_) {
        if (!e.applies(channel, o)) continue;
        ++e.there;
        e.found += is_bad(o.quality) ? 1 : 0;
      }
  }

  void close(StreamPlan const& any) {
    auto const& counts = engine_.counts();
    for (std::size_t t = 0; t < sensing::kQualityTests; ++t)
      for (std::size_t f = 0; f < 3; ++f) {
        auto const more = counts.by_test[t][f] - seen_.by_test[t][f];
        if (more > 0) rows_.push_back({fmt::format("{}: {}, {}", any.channel, sensing::name_of(static_cast<QualityTest>(t)),
                                                   std::array{"suspect", "fail", "missing"}[f]), "values", static_cast<double>(more)});
      }
    seen_ = counts;
  }

  QualityTable by_rule() {
    QualityTable table{"what each rule flags, by channel", std::move(rows_)};
    auto const& counts = engine_.counts();
    for (std::size_t t = 1; t < sensing::kQualityTests; ++t) {
      auto const& n = counts.by_test[t];
      table.rows.push_back({fmt::format("all channels: {}", sensing::name_of(static_cast<QualityTest>(t))), "values",
                            static_cast<double>(n[0] + n[1] + n[2])});
    }
    table.rows.push_back({"all channels: gaps of more than three intervals", "gaps", static_cast<double>(counts.gaps)});
    table.rows.push_back({"values judged", "values", static_cast<double>(counts.judged)});
    return table;
  }

  /// Channels that only ever read what an absent instrument reads, in at least twelve values.
  void add_absent(QualityTable& table, std::string_view prefix, std::string const& name) {
    std::uint64_t there = 0;
    std::uint64_t found = 0;
    std::uint64_t registered = 0;
    for (auto const& plan : plans_) {
      if (!plan.channel.starts_with(prefix) || plan.channel.starts_with("wind_direction")) continue;
      if (!plan.fitted) {
        ++registered;
        continue;
      }
      auto const& looks = looks_[plan.id];
      bool const whole_day = plan.interval >= std::chrono::hours{24} || looks.values >= 24;
      if (looks.values < 12 || !whole_day || looks.absent < looks.values) continue;
      ++there;
      auto const* stream = engine_.find(plan.id);
      found += stream->state.not_fitted || stream->state.stuck ? 1 : 0;
    }
    if (registered > 0)
      table.rows.push_back({fmt::format("{}: known as not fitted since import", name), "channels", static_cast<double>(registered)});
    add_found(table, name, "channels", there, found);
  }

  static void add_found(QualityTable& table, std::string const& name, std::string const& unit, std::uint64_t there, std::uint64_t found) {
    table.rows.push_back({fmt::format("{}: {} of {} found", name, found, there), unit, static_cast<double>(found),
                          there == 0 ? std::nullopt : std::optional{static_cast<double>(there)}});
  }

  QualityTable faults() {
    QualityTable table{"faults that are in the data: found, and how many there are", {}};
    for (auto const& e : expected_) add_found(table, e.name, "values", e.there, e.found);
    add_absent(table, "wind_speed", "zero wind without an anemometer");
    add_absent(table, "globe_temperature", "constant globe thermometer");
    add_absent(table, "noise", "noise always zero");
    add_absent(table, "pm25", "PM2.5 always zero");
    add_silent(table);
    return table;
  }

  /// A week before the end of the data and earlier.
  void add_silent(QualityTable& table) {
    std::map<ThingId, Instant> newest;
    Instant end = kInstantMin;
    for (auto const& plan : plans_) {
      auto const at = looks_[plan.id].newest;
      if (at == kInstantMin) continue;
      auto const [it, made] = newest.try_emplace(plan.thing, at);
      if (!made) it->second = std::max(it->second, at);
      end = std::max(end, at);
    }
    auto const now = end + std::chrono::hours{24};
    std::set<ThingId> there;
    for (auto const& [thing, at] : newest)
      if (now - at > sensing::kSilentAfter) there.insert(thing);
    sensing::CheckUp check_up;
    engine_.check_up(now, 0, engine_.size(), check_up);
    std::uint64_t found = 0;
    std::uint64_t wrong = 0;
    for (auto const& f : sensing::by_device(check_up))
      if (!f.stream && f.ailment == sensing::Ailment::kSilent) ++(there.contains(f.thing) ? found : wrong);
    add_found(table, "stations silent for the last week", "stations", there.size(), found);
    table.rows.push_back({"  stations called silent that are not", "stations", static_cast<double>(wrong), std::nullopt, 0.0});
    if (report_progress_) report_progress_(fmt::format("{} stations, newest value {}", newest.size(), format_instant(end)));
  }

  storage::ObservationStore& store_;
  ReportProgress const& report_progress_;
  std::vector<StreamPlan> plans_;
  std::vector<Expected> expected_;
  sensing::QualityEngine engine_;
  std::map<DatastreamId, Looks> looks_;
  sensing::RuleCounts seen_;
  std::vector<Measured> rows_;
};

}  // namespace

Result<RealQuality> evaluate_real_quality(city::City const& city, storage::ObservationStore& store, ReportProgress const& report_progress) {
  return RealRun(city, store, report_progress).run();
}

}  // namespace madang::evaluation
