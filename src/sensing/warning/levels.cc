#include "sensing/warning/levels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <fmt/format.h>
#include <tuple>
#include <utility>

namespace madang::sensing::warning {
namespace {

constexpr std::string_view kSimulatedWord = ":simulated:";

}  // namespace

Levels::Levels(Rule const& rule, std::uint32_t rule_index, bool simulated) : rule_(rule), rule_index_(rule_index), simulated_(simulated) {}

bool Levels::is_under(std::string_view key) const { return key.contains(kSimulatedWord) == simulated_; }

void Levels::attach(Field const& field, bool humidity) { pace_of(field).measure.attach(field, humidity); }

Levels::Pace& Levels::pace_of(Field const& field) {
  auto const order = [](Millis wait, Millis step) { return std::tuple(wait, step); };
  auto const mine = order(field.wait(), field.step());
  auto at = paces_.begin();
  while (at != paces_.end() && order(at->measure.wait(), at->measure.step()) < mine) ++at;
  if (at != paces_.end() && order(at->measure.wait(), at->measure.step()) == mine) return *at;
  return *paces_.insert(at, Pace{LevelMeasure(rule_, field.step(), field.wait()), {}});
}

/// The next one that anybody speaks at.
LevelMeasure* Levels::slower_than(Pace const& pace) {
  bool after = false;
  for (auto& other : paces_) {
    if (after && other.measure.driver() != nullptr) return &other.measure;
    after = after || &other == &pace;
  }
  return nullptr;
}

Levels::Pace* Levels::pace_of_most() {
  auto const at = std::ranges::max_element(paces_, {}, [](Pace const& p) { return p.measure.present(); });
  return at == paces_.end() ? nullptr : &*at;
}

/// Where a cause of this place goes on: where it stands already, else where it is measured, else where most speak.
Levels::Pace* Levels::pace_that_knows(AreaId area) {
  Pace* found = nullptr;
  auto const knows = [area](Pace const& p) {
    auto const w = p.watches.find(area);
    return w == p.watches.end() ? std::tuple(false, false, std::size_t{0})
                                : std::tuple(w->second.open.has_value(), w->second.judged >= 0, p.measure.present());
  };
  for (auto& pace : paces_)
    if (found == nullptr || knows(pace) > knows(*found)) found = &pace;
  if (found == nullptr || found->watches.contains(area)) return found;
  return pace_of_most();
}

/// Up to this one since the hours began; 0: it lies outside. A step counts when it lies in the hours as a whole, over midnight and in
/// zones of half hours too.
std::int64_t Levels::steps_in_hours(Pace const& pace, double hour_of_day) const {
  if (rule_.hour_to - rule_.hour_from >= 24) return std::numeric_limits<std::int64_t>::max();
  double const length = std::fmod(rule_.hour_to - rule_.hour_from + 24, 24);  // 0: never
  double const since = std::fmod(hour_of_day - rule_.hour_from + 24, 24);
  double const step_hours = static_cast<double>(pace.measure.step().count()) / static_cast<double>(kHourMillis);
  if (since + step_hours > length + 1e-6) return 0;
  return static_cast<std::int64_t>(since / step_hours + 1e-6) + 1;
}

Levels::Watch& Levels::watch_of(Pace& pace, AreaId area) {
  auto const known = pace.watches.find(area);
  if (known != pace.watches.end()) return known->second;
  LevelMean const mean(pace.measure.step(), rule_.minutes, is_sound_level(rule_.channel));
  return pace.watches.emplace(area, Watch{.mean = mean}).first->second;
}

/// Where a level is seen at several paces, those speak that see most of it.
void Levels::step(Field const& closed, double hour_of_day, std::vector<Finding>& out) {
  Pace& pace = pace_of(closed);
  if (pace.measure.driver() != &closed) return;
  std::vector<Finding> found;
  judge(pace, hour_of_day, found);
  Pace const* const most = pace_of_most();
  for (auto& f : found)
    if (f.is_over() || most == &pace || !most->is_open(*this, f.key)) out.push_back(std::move(f));
}

void Levels::judge(Pace& pace, double hour_of_day, std::vector<Finding>& out) {
  auto const number = pace.measure.driver()->number();
  auto const steps_inside = steps_in_hours(pace, hour_of_day);
  if (steps_inside == 0) {
    for (auto& [area, w] : pace.watches) {
      if (number <= w.judged) continue;  // of a past that is read again
      w.mean.clear();
      w.waited = 0;
      if (w.open) end(pace, area, w, Finding::Over::kBack, out);
    }
    return;
  }
  // The city's AreaId{} comes first.
  for (auto const& [area, value] : pace.measure.measure(slower_than(pace), steps_inside)) watch(pace, area, value, out);
  auto const silence = std::max(kSilentSteps, kSilentFor / pace.measure.step());
  for (auto& [area, w] : pace.watches) {
    if (w.measured < 0) w.measured = number;  // gone on with after a restart
    // After a restart a mean over long is only not whole yet while values come.
    auto const patience = !w.whole && number - w.judged < silence ? std::max(silence, std::int64_t{w.mean.steps()}) : silence;
    if (w.open && number - w.measured >= patience) end(pace, area, w, Finding::Over::kSilent, out);
  }
}

/// A district's cause is the city's where the city stands as high, at whatever pace that is seen, and may become it where
/// the city is about to: then the district waits as long as a mean takes.
bool Levels::is_of_the_city(Watch const& w, std::optional<Severity> reached) const {
  auto const highest = std::max(reached, w.open);
  if (!highest) return false;
  bool near = false;
  for (auto const& pace : paces_) {
    auto const city = pace.watches.find(AreaId{});
    if (city == pace.watches.end()) continue;
    if (city->second.open >= highest) return true;
    near = near || city->second.level > begins_at(*highest) * (1 - rule_.hysteresis);
  }
  return near && !w.open && w.waited < w.mean.steps();
}

void Levels::watch(Pace& pace, AreaId area, double value, std::vector<Finding>& out) {
  Watch& w = watch_of(pace, area);
  auto const number = pace.measure.driver()->number();
  if (number <= w.judged) return;
  w.judged = number;
  w.mean.add(number, value);
  auto const mean = w.mean.at(number);
  // Of values with too many gaps nobody knows where it stands: after a while that is silence.
  if (!mean) return;
  w.measured = number;
  w.whole = true;
  w.level = *mean;
  auto const reached = severity(w.level);
  w.waited = reached && !w.open ? w.waited + 1 : 0;
  bool const shared = area && is_of_the_city(w, reached);
  auto const now = shared ? std::nullopt : reached;
  if (now && (!w.open || *now > *w.open)) {
    if (!w.open) w.since = pace.measure.driver()->newest_at();
    w.due = true;
    w.open = now;
  } else if (w.open && (!now || *now < *w.open)) {
    // A level is left only when clearly below its beginning.
    if (!shared && w.level > begins_at(*w.open) * (1 - rule_.hysteresis)) return;
    if (!now) return end(pace, area, w, shared ? Finding::Over::kJoined : Finding::Over::kBack, out);
    w.open = now;
  }
  if (w.open) report(pace, area, w, out);
}

void Levels::report(Pace const& pace, AreaId area, Watch& w, std::vector<Finding>& out) {
  ++w.steps_since_report;
  if (w.reported == *w.open && !std::exchange(w.due, false) && w.steps_since_report < kReportEvery / pace.measure.step()) return;
  w.reported = *w.open;
  w.steps_since_report = 0;
  out.push_back(describe(pace, area, w));
}

void Levels::end(Pace const& pace, AreaId area, Watch& w, Finding::Over how, std::vector<Finding>& out) {
  Finding over = describe(pace, area, w);
  over.what = Finding::What::kClear;
  over.over = how;
  out.push_back(std::move(over));
  w.open.reset();
}

std::optional<Severity> Levels::severity(double value) const {
  std::optional<Severity> found;
  for (auto const s : {Severity::kNotice, Severity::kCaution, Severity::kSerious, Severity::kCritical}) {
    if (begins_at(s) > 0 && value >= begins_at(s)) found = s;
  }
  return found;
}

double Levels::begins_at(Severity severity) const {
  switch (severity) {
    case Severity::kNotice: return rule_.notice;
    case Severity::kCaution: return rule_.caution;
    case Severity::kSerious: return rule_.serious;
    case Severity::kCritical: return rule_.critical;
  }
  return 0;
}

std::string Levels::key_of(AreaId area) const {
  std::string_view const kind = simulated_ ? kSimulatedWord : ":";
  return area ? fmt::format("{}{}area:{}", rule_.id, kind, area.value()) : fmt::format("{}{}city", rule_.id, kind);
}

Finding Levels::describe(Pace const& pace, AreaId area, Watch const& w) const {
  Finding f;
  f.key = key_of(area);
  f.rule = rule_index_;
  f.severity = w.open.value_or(Severity::kNotice);
  f.since = w.since;
  f.at = pace.measure.driver()->step_begin();
  f.measured = pace.measure.driver()->newest_at();
  f.score = w.level;
  f.threshold = begins_at(f.severity);
  f.excess = w.level;
  f.area = area;
  f.simulated = simulated_;
  return f;
}

void Levels::mark_open_unreported() {
  for (auto& pace : paces_)
    for (auto& [area, w] : pace.watches) w.due = true;
}

/// What stood at the same step and pace goes on as it was; where streams deliver at another pace now, so do their means.
void Levels::inherit(Levels const& before) {
  for (auto& pace : paces_) {
    auto const take = [&pace](Pace const& old, bool same) {
      for (auto const& [area, w] : old.watches) {
        auto const [at, is_new] = pace.watches.emplace(area, w);
        if (is_new && !same) at->second.open.reset();
      }
    };
    auto const same_step = [&pace](Pace const& old) { return old.measure.step() == pace.measure.step(); };
    for (auto const& old : before.paces_)
      if (same_step(old) && old.measure.wait() == pace.measure.wait()) take(old, true);
    for (auto const& old : before.paces_)
      if (same_step(old)) take(old, false);
  }
}

Adoption Levels::adopt(Before const& before) {
  auto const at = before.key.rfind(":area:");
  std::int64_t id = 0;
  if (at != std::string::npos) {
    for (char const c : before.key.substr(at + 6)) id = c >= '0' && c <= '9' ? id * 10 + (c - '0') : id;
  }
  Pace* const pace = pace_that_knows(AreaId{id});
  if (pace == nullptr) return Adoption::kNoStations;
  Watch& w = watch_of(*pace, AreaId{id});
  // What stands there is the same one by its key.
  if (before.stood == Before::Stood::kCleared && (!w.open || !severity(w.level))) {
    w.open.reset();
    return Adoption::kOver;
  }
  Field const* const driver = pace->measure.driver();
  auto const within = std::max(kGoesOnWithin, kGoesOnSteps * pace->measure.step());
  bool const seen_lately = driver != nullptr && driver->step_begin() - before.seen <= within;
  if (before.stood == Before::Stood::kSettled && !w.open && !seen_lately) return Adoption::kOver;
  w.open = before.severity;
  w.reported = before.severity;
  w.since = before.since;
  w.steps_since_report = 0;
  // Silence counts from now on where nobody knows here how long it was before.
  if (w.measured < 0 && driver != nullptr) w.measured = driver->number();
  return Adoption::kGoesOn;
}

bool Levels::Pace::is_open(Levels const& levels, std::string_view key) const {
  return std::ranges::any_of(watches, [&](auto const& each) { return each.second.open && levels.key_of(each.first) == key; });
}

bool Levels::is_open(std::string_view key) const {
  return std::ranges::any_of(paces_, [&](Pace const& pace) { return pace.is_open(*this, key); });
}

}  // namespace madang::sensing::warning
