#include "evaluation/warning_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sensing/quality/tests.h"

namespace madang::evaluation {
namespace {

constexpr double kFalsePerDayMost = 3;
constexpr double kNoisePerDayMost = 1;
constexpr double kWideLeast = 0.95;
constexpr double kPromptLeast = 0.9;

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return std::nan("");
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}
double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double share(int part, int whole) { return whole > 0 ? static_cast<double>(part) / whole : std::nan(""); }

template <typename Cell>
void row(std::string_view title, std::vector<Tally> const& columns, Cell const& cell) {
  fmt::print("{:<62}", title);
  for (auto const& t : columns) fmt::print("{:>18}", cell(t));
  fmt::print("\n");
}

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.2f}", value); }
std::string found_of(int found, int all) { return all > 0 ? fmt::format("{:.3f} ({})", share(found, all), all) : "-"; }

std::string_view aim_of(EventClass what) {
  switch (what) {
    case EventClass::kWide: return "plumes >= 20 ug/m3 at 2 stations for >= 30 min";
    case EventClass::kSharp: return "sharp plumes >= 60 ug/m3 at >= 1 station";
    case EventClass::kFire: return "fires >= 5 degC at >= 1 station";
    case EventClass::kLeak: return "leaks above what is worth a word";
    case EventClass::kNoise: return "noise events >= 10 dB for >= 10 min";
    case EventClass::kCrowd: return "crowds of >= 300 more at a station";
  }
  return "";
}

void print_class(EventClass what, std::vector<Tally> const& columns) {
  auto const of = [what](Tally const& t) -> ClassTally const& { return t.of[static_cast<std::size_t>(what)]; };
  row(fmt::format("{}: recall", aim_of(what)), columns, [&](Tally const& t) { return found_of(of(t).must_found, of(t).must); });
  row("  by a confirmed warning", columns, [&](Tally const& t) { return found_of(of(t).must_confirmed, of(t).must); });
  row("  told at all, also unconfirmed of one station", columns, [&](Tally const& t) { return found_of(of(t).must_told, of(t).must); });
  row("  told within 3 intervals", columns, [&](Tally const& t) { return found_of(of(t).must_prompt, of(t).must); });
  row("  median delay, intervals", columns, [&](Tally const& t) { return number(median(of(t).delays)); });
  for (std::size_t b = 0; b < kBands; ++b) {
    row(fmt::format("  {} of {} times that size", must_be_confirmed(what) ? "confirmed" : "told", name_of_band(b)), columns,
        [&](Tally const& t) { return found_of(of(t).found[b], of(t).drawn[b]); });
  }
}

void print_ends(std::vector<Tally> const& columns) {
  auto const ended = [](Tally const& t) { return static_cast<int>(t.clear_after.size()) + t.ended_unheard + t.ended_unconfirmed; };
  auto const early = [](Tally const& t) { return static_cast<int>(std::ranges::count_if(t.clear_after, [](double after) { return after < 0; })); };
  row("minutes from an event's end to the all-clear: median", columns, [](Tally const& t) { return number(median(t.clear_after)); });
  row("  95 % of them within", columns, [](Tally const& t) { return number(quantile(t.clear_after, 0.95)); });
  row("  cleared before the event's end", columns, [&](Tally const& t) { return found_of(early(t), static_cast<int>(t.clear_after.size())); });
  row("  ended as unheard, nobody knew", columns, [&](Tally const& t) { return found_of(t.ended_unheard, ended(t)); });
  row("  ended while one station still showed it", columns, [&](Tally const& t) { return found_of(t.ended_unconfirmed, ended(t)); });
}

double prompt_share(Tally const& t) {
  auto const& sharp = t.of[static_cast<std::size_t>(EventClass::kSharp)];
  auto const& fire = t.of[static_cast<std::size_t>(EventClass::kFire)];
  return share(sharp.must_prompt + fire.must_prompt, sharp.must + fire.must);
}

}  // namespace

void print_warning_table(std::vector<Tally> const& columns) {
  row("", columns, [](Tally const& t) { return t.name; });
  row("false alarms a day, all rules together", columns, [](Tally const& t) { return number(t.false_per_day()); });
  for (std::size_t f = 0; f < kFamilies; ++f) {
    row(fmt::format("  {}", name_of(static_cast<Family>(f))), columns, [&](Tally const& t) { return number(t.false_by_family[f] / t.days); });
  }
  row("  of them at broken devices", columns, [](Tally const& t) { return number(t.at_broken_devices / t.days); });
  row("told of single stations' own excursions as large as events, a day", columns, [](Tally const& t) { return number(t.as_large / t.days); });
  for (std::size_t c = 0; c < kEventClasses; ++c) print_class(static_cast<EventClass>(c), columns);
  row("missed where the confirmed warning of another stood, of all", columns, [](Tally const& t) { return std::to_string(t.one_with_another); });
  row("situations of an event that was told, mean", columns, [](Tally const& t) {
    return number(t.events_found > 0 ? static_cast<double>(t.situations_of_events) / t.events_found : std::nan(""));
  });
  row("  events told as exactly one", columns, [](Tally const& t) { return found_of(t.events_told_once, t.events_found); });
  print_ends(columns);
  row("device suspects a day: broken / an event / nothing", columns, [](Tally const& t) {
    return fmt::format("{:.1f}/{:.1f}/{:.1f}", t.suspects_broken / t.days, t.suspects_event / t.days, t.suspects_nothing / t.days);
  });
  row("levels of the whole city, rightly told", columns, [](Tally const& t) { return fmt::format("{}", t.levels_right); });
}

void print_event_values(std::uint64_t values, std::uint64_t kept_back, std::map<std::uint8_t, std::uint64_t> const& by_test) {
  fmt::print("\nvalues of events at sound devices: {}; marked suspect or worse when they came: {} ({:.2f} %)\n", values, kept_back,
             values > 0 ? 100.0 * static_cast<double>(kept_back) / static_cast<double>(values) : 0.0);
  for (auto const& [test, count] : by_test) fmt::print("  by {}: {}\n", sensing::name_of(static_cast<sensing::QualityTest>(test)), count);
}

void print_false_alarms(Tally const& t) {
  fmt::print("\nours, false alarms a day by rule:\n");
  for (auto const& [rule, count] : t.false_by_rule) fmt::print("  {:<24}{:>8.2f}\n", rule, count / t.days);
}

bool floor_kept(std::string_view what, double value, double limit, bool at_most) {
  bool const kept = at_most ? value <= limit : value >= limit;
  fmt::print("{} {}: {:.3f} ({} {})\n", kept ? "kept  " : "MISSED", what, value, at_most ? "at most" : "at least", limit);
  return kept;
}

bool keeps_floors(Tally const& t) {
  auto const& wide = t.of[static_cast<std::size_t>(EventClass::kWide)];
  fmt::print("\n");
  bool kept = floor_kept("false alarms a day", t.false_per_day(), kFalsePerDayMost, true);
  kept = floor_kept("of them noise", t.false_by_family[static_cast<std::size_t>(Family::kNoise)] / t.days, kNoisePerDayMost, true) && kept;
  kept = floor_kept("recall of plumes at two stations, confirmed", share(wide.must_found, wide.must), kWideLeast, false) && kept;
  return floor_kept("sharp plumes and fires told within 3 intervals", prompt_share(t), kPromptLeast, false) && kept;
}

}  // namespace madang::evaluation
