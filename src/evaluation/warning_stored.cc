// madang evaluate rule, and madang evaluate warning --data: rules tried on what a city has really stored.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "core/language.h"
#include "evaluation/evaluation.h"
#include "evaluation/stored_city.h"
#include "sensing/warning/warning.h"

namespace madang::evaluation {
namespace {

using sensing::warning::Engine;
using sensing::warning::Finding;
using sensing::warning::RuleSet;

constexpr std::size_t kListed = 200;

struct FoundAlarm {
  Instant at;
  std::string rule, key, where;
  std::string_view severity;
  double value = 0, expected = 0, score = 0, threshold = 0;
  std::size_t stations = 0;
  Finding::What what = Finding::What::kRaise;
};

struct Trial {
  std::vector<FoundAlarm> alarms;
  std::size_t values = 0;
  Interval when{};
  std::vector<std::string> standing;
  std::size_t crowded_out = 0;
};

FoundAlarm describe(Finding const& f, Engine const& engine, city::City const& city) {
  FoundAlarm a;
  a.at = f.at;
  a.rule = engine.rules().rules[f.rule].id;
  a.key = f.key;
  a.severity = situations::name_of(f.severity);
  a.score = f.score;
  a.threshold = f.threshold;
  a.what = f.what;
  a.value = f.excess;
  for (auto const& m : f.members) a.stations += m.cause ? 1 : 0;
  if (!f.members.empty()) {
    a.value = f.members.front().value;
    a.expected = f.members.front().expected;
    auto const thing = city.thing(engine.stream(f.members.front().stream).thing);
    if (thing) a.where = thing->name.in(kSourceLanguage);
  }
  auto const area = f.area ? city.area(f.area) : f.place ? city.area(city.area_at(*f.place)) : nullptr;
  if (area) a.where = area->name.in(kSourceLanguage) + (a.where.empty() ? "" : ", " + a.where);
  return a;
}

Result<Trial> try_rules(StoredCity& stored, RuleSet const& rules, StoredOptions const& o) {
  MADANG_TRY(auto const calendar, sensing::indices::Calendar::of_zone(o.zone));
  Engine engine(rules, {.alarms_per_day = o.alarms_per_day, .calendar = calendar});
  sensing::warning::StreamNumbers numbers;
  Trial trial;
  MADANG_TRY(trial.crowded_out, sensing::warning::add_streams(*stored.city, engine, numbers));
  MADANG_TRY(trial.when, span_of(stored, numbers));
  if (o.days > 0) {
    auto const wanted = Millis{static_cast<std::int64_t>(o.days * 86'400'000.0)};
    trial.when.from = std::max(trial.when.from, trial.when.to - wanted);
  }
  std::set<std::string> told;
  auto const each = [&](Finding const& f) {
    if (f.is_over()) return;
    if (told.insert(fmt::format("{}@{} {}", f.key, millis_of(f.since), static_cast<int>(f.what))).second) {
      trial.alarms.push_back(describe(f, engine, *stored.city));
    }
  };
  MADANG_TRY(trial.values, play(stored, engine, numbers, trial.when, each));
  for (auto const& s : engine.standing()) {
    trial.standing.push_back(fmt::format("{}: {} streams every {} s, fires from {:.1f}", rules.rules[s.rule].id,
                                         s.streams, s.step.count() / 1000, s.threshold));
  }
  return trial;
}

double days_of_trial(Trial const& t) { return static_cast<double>(t.when.length().count()) / 86'400'000.0; }

/// Of less than a day nothing is said about days.
double a_day(int alarms, Trial const& t) { return alarms / std::max(1.0, days_of_trial(t)); }

void print_summary(std::string_view title, Trial const& t) {
  struct Counts {
    int alarms = 0, unconfirmed = 0, suspects = 0;
  };
  std::map<std::string, Counts> by_rule;
  for (auto const& a : t.alarms) {
    auto& counts = by_rule[a.rule];
    ++(a.what == Finding::What::kRaise ? counts.alarms : a.what == Finding::What::kUnconfirmed ? counts.unconfirmed : counts.suspects);
  }
  fmt::print("{}: {} values from {} to {} ({:.1f} days)\n", title, t.values, format_instant(t.when.from),
             format_instant(t.when.to), days_of_trial(t));
  for (auto const& line : t.standing) fmt::print("  {}\n", line);
  if (t.crowded_out > 0) fmt::print("  {} streams found no room and were not judged\n", t.crowded_out);
  fmt::print("  {:<20}{:>10}{:>12}{:>14}{:>18}\n", "rule", "alarms", "a day", "unconfirmed", "device suspects");
  int total = 0;
  for (auto const& [rule, counts] : by_rule) {
    fmt::print("  {:<20}{:>10}{:>12.2f}{:>14}{:>18}\n", rule, counts.alarms, a_day(counts.alarms, t), counts.unconfirmed, counts.suspects);
    total += counts.alarms;
  }
  fmt::print("  {:<20}{:>10}{:>12.2f}\n\n", "all", total, a_day(total, t));
}

std::string_view word_of(FoundAlarm const& a) {
  if (a.what == Finding::What::kSuspect) return "suspect";
  return a.what == Finding::What::kUnconfirmed ? "unconfirmed" : a.severity;
}

void print_alarm(std::string_view mark, FoundAlarm const& a) {
  fmt::print("{} {}  {:<14}{:<12} {:>8.1f} for {:>8.1f} expected, score {:>5.1f} of {:>5.1f}, {:>3} stations  {}\n", mark,
             format_instant(a.at), a.rule, word_of(a), a.value, a.expected, a.score, a.threshold,
             a.stations, a.where);
}

void print_alarms(Trial const& t) {
  for (std::size_t n = 0; n < std::min(kListed, t.alarms.size()); ++n) print_alarm(" ", t.alarms[n]);
  if (t.alarms.size() > kListed) fmt::print("  and {} more\n", t.alarms.size() - kListed);
}

/// Alarms of the same rule whose stories begin within an hour of each other at the same place count as the same.
void print_difference(Trial const& live, Trial const& changed) {
  auto const same = [](FoundAlarm const& a, FoundAlarm const& b) {
    return a.rule == b.rule && a.where == b.where && a.what == b.what && std::chrono::abs(a.at - b.at) <= std::chrono::hours{1};
  };
  auto const missing = [&](Trial const& from, Trial const& in, std::string_view mark) {
    std::size_t listed = 0;
    for (auto const& a : from.alarms) {
      bool const there = std::ranges::any_of(in.alarms, [&](FoundAlarm const& b) { return same(a, b); });
      if (there || ++listed > kListed) continue;
      print_alarm(mark, a);
    }
    return listed;
  };
  fmt::print("only with the live rules (-), only with the changed ones (+):\n");
  std::size_t const gone = missing(live, changed, "-");
  std::size_t const added = missing(changed, live, "+");
  if (gone + added == 0) fmt::print("  none: both give the same alarms\n");
}

Result<RuleSet> rules_of_file(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::kNotFound, fmt::format("--rules: {} cannot be read", path));
  std::stringstream text;
  text << in.rdbuf();
  auto rules = sensing::warning::rule_set_of_json(text.str());
  if (!rules) return fail(rules.error().code, fmt::format("{}: {}", path, rules.error().sentence));
  return rules;
}

Result<void> evaluate(StoredOptions const& o) {
  MADANG_TRY(auto const stored, open_stored_city(o.data, o.records_address));
  sensing::warning::RuleStore store(*stored->records);
  MADANG_TRY(auto const live, store.in_force(stored->clock.now()));
  std::optional<RuleSet> changed;  // read first: a mistake in it need not wait for a whole history
  if (!o.rules_file.empty()) {
    MADANG_TRY(changed, rules_of_file(o.rules_file));
  }
  MADANG_TRY(auto const before, try_rules(*stored, live, o));
  print_summary(fmt::format("live rules, version {}", live.version), before);
  if (!changed) {
    print_alarms(before);
    return {};
  }
  MADANG_TRY(auto const after, try_rules(*stored, *changed, o));
  print_summary(fmt::format("changed rules of {}", o.rules_file), after);
  print_difference(before, after);
  return {};
}

}  // namespace

int evaluate_stored(StoredOptions const& options) {
  auto const done = evaluate(options);
  if (done) return 0;
  fmt::print(stderr, "madang evaluate: {}\n", done.error().sentence);
  return 1;
}

}  // namespace madang::evaluation
