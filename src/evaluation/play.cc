#include "evaluation/play.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "situations/kinds.h"

namespace madang::evaluation {
namespace {

using simulation::Channel;

constexpr Millis kOnTheWay = std::chrono::seconds{2};
constexpr Millis kBefore = std::chrono::minutes{20};  // an excursion is reported so long after its height
constexpr Millis kAfterLast = std::chrono::hours{4};  // nothing begins so shortly before the end
constexpr double kMillisPerDay = 86'400'000;

Millis days_of(double days) { return Millis{static_cast<std::int64_t>(days * kMillisPerDay)}; }

/// Spread over the year; midnight in the city.
Instant start_of(std::uint64_t seed) { return *parse_instant("2026-01-04T15:00:00Z") + std::chrono::days{(seed * 37) % 330}; }

std::uint8_t bit_of(Family family) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(family)); }

/// What of an event a channel shows.
std::uint8_t families_of(Channel channel) {
  switch (channel) {
    case Channel::kPm25:
    case Channel::kPm10:
    case Channel::kNo2:
    case Channel::kCo:
    case Channel::kSo2:
    case Channel::kNh3:
    case Channel::kH2s: return bit_of(Family::kAir);
    case Channel::kTemperature: return bit_of(Family::kWarmth);
    case Channel::kNoise: return bit_of(Family::kNoise);
    case Channel::kPeople: return bit_of(Family::kPeople);
    default: return 0;
  }
}

struct Large {
  Family family;
  Channel channel;
  double about;
};
/// As the classes of events have it: a plume at a station, a fire, a noise.
constexpr std::array kLarge{Large{Family::kAir, Channel::kPm25, 20}, Large{Family::kWarmth, Channel::kTemperature, 5},
                            Large{Family::kNoise, Channel::kNoise, 10}};

bool is_marked(QualityFlag flag) { return flag != QualityFlag::kGood && flag != QualityFlag::kUnknown; }

/// The rivals stand behind the same quality control, which leaves them what it takes for plausible.
bool is_plausible(Quality q) {
  if (!is_marked(q.flag)) return true;
  auto const test = static_cast<sensing::QualityTest>(q.reason);
  return q.flag == QualityFlag::kSuspect && (test == sensing::QualityTest::kRate || test == sensing::QualityTest::kNeighbour ||
                                             test == sensing::QualityTest::kDrift);
}

}  // namespace

Play::Play(PlayOptions options)
    : options_(std::move(options)),
      plan_(simulation::make_city_plan({.seed = options_.seed * 1000 + 3, .nodes = options_.stations})),
      order_(options_.stations), reports_(options_.stations), arrivals_(options_.stations), gateways_(options_.stations), feels_(options_.stations), is_broken_(options_.stations) {
  Instant const from = start_of(options_.seed);
  when_ = {from, from + days_of(options_.days)};
  Interval const lively{from + days_of(options_.quiet_days), when_.to - kAfterLast};
  events_ = draw_events(plan_, {.seed = options_.seed, .when = lively, .per_day = options_.events_per_day});
  faults_ = draw_faults(options_.seed, plan_.nodes.size(), options_.faults, {lively.from, when_.to});
  for (std::uint32_t n = 0; n < plan_.nodes.size(); ++n) phases_.push_back(simulation::phase_of(options_.seed, n, kStep));
  draw_gateways();
  plan_restarts(lively);
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::stable_sort(order_, {}, [this](std::uint32_t n) { return phases_[n]; });
  simulation::ReadingOptions wanted{.happenings = true, .faults = true};
  wanted.given = &active_;
  wanted.given_faults = &faults_;
  readings_ = std::make_unique<simulation::Readings>(plan_, wanted);
  if (options_.rivals) rivals_ = std::make_unique<Rivals>(plan_, kStep);
}

void Play::draw_gateways() {
  std::mt19937_64 dice(options_.seed * 15'485'863 + 11);
  std::uniform_real_distribution<double> share(0, 1);
  for (auto& gateway : gateways_) {
    if (share(dice) >= options_.late_share) continue;
    gateway = kGateways[static_cast<std::size_t>(share(dice) * kGateways.size())];
  }
}

void Play::plan_restarts(Interval lively) {
  for (int n = 0; n < options_.restarts; ++n) {
    auto const into = lively.length() * (2 * n + 1) / (2 * options_.restarts);
    Instant const from = when_.from + kStep * ((lively.from + into - when_.from) / kStep);
    downs_.push_back({from, from + kDown});
  }
}

bool Play::is_down(Instant when) const {
  return std::ranges::any_of(downs_, [when](Interval const& down) { return down.contains(when); });
}

/// Gateways of one pace do not all deliver at the same moment.
Instant Play::arrival_of(std::uint32_t node, Instant report) const {
  auto const pace = gateways_[node];
  Instant arrival = report + kOnTheWay;
  if (pace > Millis{0}) {
    constexpr std::uint32_t kGatewaysOfAPace = 7;
    auto const phase = pace * (node % kGatewaysOfAPace) / kGatewaysOfAPace;
    arrival = Instant{pace * ((report.time_since_epoch() - phase) / pace + 1)} + phase + kOnTheWay;
  }
  auto const down = std::ranges::find_if(downs_, [arrival](Interval const& d) { return d.contains(arrival); });
  return down == downs_.end() ? arrival : down->to;
}

Result<std::unique_ptr<Play>> Play::prepare(PlayOptions options) {
  std::unique_ptr<Play> play(new Play(std::move(options)));
  MADANG_CHECK(play->open());
  return play;
}

Result<void> Play::open() {
  MADANG_TRY(path_, RealPath::open(plan_, {.begin = when_.from,
                                           .step = kStep,
                                           .alarms_per_day = options_.alarms_per_day,
                                           .fixed_threshold = options_.fixed_threshold,
                                           .channels = options_.channels,
                                           .on_disk = options_.restarts > 0,
                                           .listener = [this](auto batch) { look_at_batch(batch); }}));
  return {};
}

Result<void> Play::run(Observer* observer) {
  observer_ = observer;
  for (Instant step = when_.from; step < when_.to; step += kStep) {
    make_step(step);
    MADANG_CHECK(send_pieces(step));
    if (!is_down(step + kStep + kOnTheWay)) MADANG_CHECK(path_->run_jobs());
    if (rivals_) ask_rivals(step);
    if (observer_ != nullptr) observer_->step(*this, step + kStep);
  }
  return {};
}

/// What happens in this step, and who feels it.
void Play::make_step(Instant step) {
  for (std::uint32_t n = 0; n < reports_.size(); ++n) {
    reports_[n] = step + phases_[n];
    arrivals_[n] = arrival_of(n, reports_[n]);
  }
  std::ranges::fill(feels_, std::uint8_t{0});
  active_.clear();
  std::vector<std::uint32_t> feeling;
  for (auto& e : events_) {
    if (step + kStep <= e.happening.when.from || step >= e.last) continue;
    active_.push_back(e.happening);
    feeling.clear();
    feel(e, plan_, step, {.reports = reports_, .arrivals = arrivals_, .in_time = step + kStep + kOnTheWay}, feeling);
    for (auto const n : feeling) feels_[n] = static_cast<std::uint8_t>(feels_[n] | bit_of(family_of(e.what)));
  }
  std::ranges::fill(is_broken_, std::uint8_t{0});
  for (auto const& f : faults_) {
    if (f.when.from < step + kStep && step < f.when.to) is_broken_[f.node] = 1;
  }
  for (auto& values : watched_) values.assign(plan_.nodes.size(), std::numeric_limits<float>::quiet_NaN());
}

void Play::read_node(std::uint32_t node) {
  if (!readings_->read(node, reports_[node], reading_)) return;
  for (auto const c : options_.channels) {
    coming_.emplace(arrivals_[node],
                    storage::Observation{path_->stream(node, c), reading_.phenomenon_time, reading_.value(c), arrivals_[node], {}});
    ++values_;
  }
}

/// Nothing comes while the server is away; it is back with the first values after.
Result<void> Play::send_what_came(Instant now) {
  if (is_down(now)) return {};
  if (next_down_ < downs_.size() && downs_[next_down_].to <= now) {
    MADANG_CHECK(path_->restart(downs_[next_down_].to));
    ++next_down_;
  }
  std::vector<storage::Observation> values;
  auto const last = coming_.upper_bound(now);
  for (auto v = coming_.begin(); v != last; ++v) values.push_back(v->second);
  coming_.erase(coming_.begin(), last);
  MADANG_CHECK(path_->send(std::move(values), now));
  return look_at_situations(now);
}

Result<void> Play::send_pieces(Instant step) {
  std::size_t next = 0;
  for (int piece = 1; piece <= options_.pieces; ++piece) {
    Instant const until = step + kStep * piece / options_.pieces;
    for (; next < order_.size() && reports_[order_[next]] < until; ++next) read_node(order_[next]);
    MADANG_CHECK(send_what_came(until + kOnTheWay));
  }
  return {};
}

void Play::look_at_batch(std::span<storage::StoredObservation const> batch) {
  for (auto const& o : batch) {
    auto const from = path_->origin(o.datastream);
    // What is known of this step says nothing about values of before.
    bool const is_of_now = o.received_at == arrivals_[from.node] && gateways_[from.node] == Millis{0};
    if (is_of_now && (feels_[from.node] & families_of(static_cast<Channel>(from.channel))) != 0 && is_broken_[from.node] == 0) {
      ++event_values_.values;
      if (is_marked(o.quality.flag)) {
        ++event_values_.kept_back;
        ++event_values_.by_test[o.quality.reason];
      }
    }
    for (std::size_t w = 0; w < kWatchedCount; ++w) {
      if (is_of_now && from.channel == simulation::index_of(kWatched[w]) && is_plausible(o.quality)) watched_[w][from.node] = static_cast<float>(o.value);
    }
    if (observer_ != nullptr) observer_->value(from.node, from.channel, o.received_at - kOnTheWay, o);
  }
}

Result<void> Play::look_at_situations(Instant now) {
  MADANG_TRY(auto const open, path_->open_situations());
  for (auto const& s : open) {
    auto const [at, fresh] = alarms_.try_emplace(s->id);
    auto& alarm = at->second;
    if (fresh) alarm = alarm_of(*s, now);
    // The public learns nothing of a lone excursion; once others confirm it, it is a warning.
    if (!fresh && alarm.suspect && s->signal.kind != situations::kDeviceSuspect) {
      auto nodes = std::move(alarm.nodes);
      alarm = alarm_of(*s, now);
      alarm.nodes = std::move(nodes);
    }
    if (!alarm.confirmed_at) alarm.confirmed_at = alarm_of(*s, now).confirmed_at;
    alarm.until = now;
    alarm.clear_at = s->clear_since;
    for (auto const& stream : s->signal.evidence.streams) {
      if (stream.role != "cause") continue;
      auto const node = path_->node_of(stream.thing);
      if (!node) continue;
      alarm.nodes.insert(*node);
      alarm.also.try_emplace(family_of_channel(stream.channel), now);
      if (family_of_channel(stream.channel) != alarm.family || stream.values.empty()) continue;
      auto& excess = alarm.excess[*node];
      excess = std::max(excess, stream.values.back().value - stream.expected);
    }
  }
  return look_at_ends(now);
}

/// Of those that are open no more, once each.
Result<void> Play::look_at_ends(Instant now) {
  for (auto& [id, alarm] : alarms_) {
    if (alarm.until == now || alarm.ended_by != situations::End::kNone) continue;
    MADANG_TRY(auto const ended, path_->situation(id));
    alarm.clear_at = ended->clear_since;
    alarm.ended_by = ended->ended_by;
    alarm.ended_at = alarm.until;
  }
  return {};
}

void Play::ask_rivals(Instant step) {
  for (std::size_t w = 0; w < kWatchedCount; ++w) rivals_->step(w, step, watched_[w]);
}

double Play::own_excursion(Alarm const& alarm, std::uint32_t node) const {
  auto const large = std::ranges::find(kLarge, alarm.family, &Large::family);
  if (large == kLarge.end()) return 0;
  double highest = 0;
  for (auto t = alarm.at - kBefore - gateways_[node]; t <= alarm.at; t += kStep) highest = std::max(highest, readings_->spell_at(node, large->channel, t));
  return highest;
}

bool Play::is_as_large(Alarm const& alarm) const {
  auto const large = std::ranges::find(kLarge, alarm.family, &Large::family);
  if (large == kLarge.end()) return false;
  return std::ranges::any_of(alarm.nodes, [&](std::uint32_t node) { return own_excursion(alarm, node) >= large->about; });
}

Played Play::played() const {
  return {.events = events_,
          .faults = faults_,
          .serial = [this](std::uint32_t node) { return plan_.nodes[node].serial; },
          .level_is_right = [this](Alarm const& alarm) { return weather_says(plan_.seed, alarm); },
          .is_as_large = [this](Alarm const& alarm) { return is_as_large(alarm); },
          .own_excursion = [this](Alarm const& alarm, std::uint32_t node) { return own_excursion(alarm, node); },
          .step = kStep,
          .late_of = [this](std::uint32_t node) { return gateways_[node]; },
          .days = options_.days - options_.quiet_days};
}

Tally Play::ours() const {
  std::vector<Alarm> all;
  for (auto const& [id, alarm] : alarms_) {
    // While the models learn nothing is scored.
    if (alarm.at >= when_.from + days_of(options_.quiet_days)) all.push_back(alarm);
  }
  return score(played(), "ours", all);
}

}  // namespace madang::evaluation
