#include "sensing/warning/engine.h"

#include <algorithm>

#include "sensing/warning/engine_part.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

/// What nearly all have left behind waits so long for the others of the same delivery.
constexpr Millis kStragglersTime = std::chrono::seconds{30};  // or as long as a step

}  // namespace

std::string_view base_channel(std::string_view channel) {
  for (std::string_view const ending : {"_hourly", "_daily", "_2min"}) {
    if (channel.ends_with(ending)) return channel.substr(0, channel.size() - ending.size());
  }
  return channel;
}

Engine::Engine(RuleSet rules, Options options) : rules_(std::move(rules)), options_(options) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Engine::Part& Engine::part_of(std::string_view channel, Stream const& stream, Millis step) {
  auto const lateness = stream.lateness;
  for (auto const& part : parts_) {
    bool const same = part->lateness == lateness && part->simulated == stream.simulated;
    if (same && part->field.channel() == channel && part->field.step() == step) return *part;
  }
  // Who waited longer for streams that deliver at once would tell later.
  auto const wait = lateness > Millis{0} ? lateness : std::min(options_.lateness, step);
  parts_.push_back(std::make_unique<Part>(channel, step, lateness, wait, stream.simulated));
  Part& part = *parts_.back();
  add_detectors(part);
  attach_levels(part);
  part.auxiliary = part.detectors.empty() && std::ranges::none_of(part.levels, [&](Levels* l) { return l->rule().channel == channel; });
  return part;
}

void Engine::add_detectors(Part& part) {
  for (std::uint32_t r = 0; r < rules_.rules.size(); ++r) {
    Rule const& rule = rules_.rules[r];
    if (!rule.enabled || rule.method == Method::kLevel || rule.channel != part.field.channel()) continue;
    part.detectors.push_back(std::make_unique<Detector>(rule, r, part.field, rule.share * options_.alarms_per_day));
  }
}

void Engine::attach_levels(Part& part) {
  for (std::uint32_t r = 0; r < rules_.rules.size(); ++r) {
    Rule const& rule = rules_.rules[r];
    if (!rule.enabled || rule.method != Method::kLevel) continue;
    bool const own = rule.channel == part.field.channel();
    bool const humidity = !own && rule.measure == Measure::kHeat && part.field.channel() == kHumidity;
    if (!own && !humidity) continue;
    auto at = std::ranges::find_if(levels_, [&](auto const& l) { return l->rule().id == rule.id && l->is_simulated() == part.simulated; });
    if (at == levels_.end()) at = levels_.insert(levels_.end(), std::make_unique<Levels>(rule, r, part.simulated));
    (*at)->attach(part.field, humidity);
    part.levels.push_back(at->get());
  }
}

/// Who waits for late values looks at those that came at once as well, so these are closed first.
std::vector<Engine::Part*> Engine::in_order_of_wait() const {
  std::vector<Part*> all;
  for (auto const& part : parts_) all.push_back(part.get());
  std::ranges::stable_sort(all, {}, [](Part const* p) { return std::pair(p->field.wait(), p->field.step()); });
  return all;
}

bool Engine::observe(std::uint32_t stream, Instant when, double value, QualityFlag flag) {
  if (!changed_spots_.empty()) place_witnesses();
  auto const converted = this->stream(stream).unit(value);
  bool is_judged = false;
  for_each_place(stream, [&](Place place, bool own) {
    Part& part = *parts_[place.part];
    auto const accepted = part.field.observe(place.place, when, converted, flag, now_);
    if (!own) return;
    is_judged = accepted == Field::Acceptance::kAccepted;
    ++(is_judged ? part.accepted : part.late);
  });
  return is_judged;
}

void Engine::revise(std::uint32_t stream, Interval when, QualityFlag flag) {
  for_each_place(stream, [&](Place place, bool) {
    Part& part = *parts_[place.part];
    if (!part.field.revise(place.place, when, flag)) return;
    for (auto const& detector : part.detectors) detector->retract_newest(place.place);
  });
}

std::vector<Finding> Engine::advance(Instant now) {
  std::vector<Finding> out;
  if (!changed_spots_.empty()) place_witnesses();
  now_ = now_ ? std::max(*now_, now) : now;
  for (auto* const part : in_order_of_wait()) {
    Field& field = part->field;
    if (!field.started()) continue;
    // After a long gap (a restart, a stopped clock) the steps in between have no values and say nothing.
    Instant const over = now - field.wait();
    auto const behind = (over - field.step_end()) / field.step();
    if (behind > std::max(kStepsAtOnceMax, field.steps_open())) {
      close(*part, out);
      field.start_at(over - field.step());
    }
    while (field.step_end() <= over) close(*part, out);
    if (part->lateness > Millis{0}) catch_up(*part, now, out);
  }
  // What streams of another pace or step still see under the same key is not over.
  std::erase_if(out, [this](Finding const& f) { return f.is_over() && is_open(f.key); });
  return out;
}

bool Engine::is_open(std::string_view key) const {
  auto const has = [key](auto const& judge) { return judge->is_open(key); };
  return std::ranges::any_of(levels_, has) ||
         std::ranges::any_of(parts_, [&](auto const& part) { return std::ranges::any_of(part->detectors, has); });
}

/// An hour that is delivered at once is judged when it is there.
void Engine::catch_up(Part& part, Instant now, std::vector<Finding>& out) {
  if (part.passed && now - part.passed_at >= std::min(kStragglersTime, part.field.step())) {
    while (part.field.number() <= *part.passed) close(part, out);
    part.passed.reset();
  }
  if (part.passed) return;
  auto const passed = part.field.newest_passed_step();
  if (!passed || *passed < part.field.number()) return;
  part.passed = passed;
  part.passed_at = now;
}

void Engine::close(Part& part, std::vector<Finding>& out) {
  part.field.close();
  auto const wall = options_.calendar.wall_time(part.field.step_begin());
  double const minutes = wall.minute / 60.0;
  for (auto const& detector : part.detectors) detector->step(wall.hour_of_week() + minutes, out);
  for (auto* const levels : part.levels) levels->step(part.field, wall.hour + minutes, out);
  part.field.next_step();
}

void Engine::teach(Instant hour, std::span<HourMean const> means) {
  if (!changed_spots_.empty()) place_witnesses();
  std::vector<std::vector<float>> by_part(parts_.size());
  for (std::size_t p = 0; p < parts_.size(); ++p) by_part[p].resize(parts_[p]->field.size(), kNoValue);
  for (auto const& m : means) {
    auto const mean = static_cast<float>(this->stream(m.stream).unit(static_cast<double>(m.mean)));
    for_each_place(m.stream, [&](Place place, bool) { by_part[place.part][place.place] = mean; });
  }
  double const of_week = options_.calendar.wall_time(hour).hour_of_week() + 0.5;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    for (auto const& detector : parts_[p]->detectors) detector->teach(of_week, by_part[p]);
  }
}

void Engine::teach(std::uint32_t stream, Instant hour, std::optional<double> city, double mean) {
  if (!changed_spots_.empty()) place_witnesses();
  double const of_week = options_.calendar.wall_time(hour).hour_of_week() + 0.5;
  for_each_place(stream, [&](Place place, bool) {
    for (auto const& detector : parts_[place.part]->detectors) detector->teach(place.place, of_week, city, mean);
  });
}

void Engine::mark_open_unreported() {
  for (auto const& part : parts_) {
    for (auto const& detector : part->detectors) detector->mark_open_unreported();
  }
  for (auto const& levels : levels_) levels->mark_open_unreported();
}

bool Engine::inherit(Engine const& before) {
  if (!changed_spots_.empty()) place_witnesses();
  std::unordered_map<DatastreamId, std::uint32_t> known;
  // One that was out of service and came back has its newest number.
  for (std::uint32_t i = 0; i < before.size(); ++i) known.insert_or_assign(before.stream(i).datastream, i);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Detector::Move>> moves;  // by part here and there
  bool all = true;
  for (std::uint32_t i = 0; i < size(); ++i) {
    auto const was = known.find(stream(i).datastream);
    Stream const* const old = was == known.end() ? nullptr : &before.stream(was->second);
    if (old == nullptr || old->unit != stream(i).unit || old->simulated != stream(i).simulated) {
      all = false;
      continue;
    }
    for_each_place(i, [&](Place here, bool) {
      Place const there = before.nearest_place(was->second, *parts_[here.part]);
      moves[{here.part, there.part}].push_back({here.place, there.place});
    });
  }
  for (auto const& [parts, streams] : moves) {
    for (auto const& detector : parts_[parts.first]->detectors) {
      auto const& others = before.parts_[parts.second]->detectors;
      auto const other = std::ranges::find_if(others, [&](auto const& d) { return d->rule() == detector->rule(); });
      all = other != others.end() && detector->inherit(**other, streams) && all;
    }
  }
  for (auto const& levels : levels_) {
    auto const other = std::ranges::find_if(before.levels_, [&](auto const& l) { return l->rule() == levels->rule() && l->is_simulated() == levels->is_simulated(); });
    if (other != before.levels_.end()) levels->inherit(**other);
  }
  return all;
}

Adoption Engine::adopt(Before const& before) {
  Detector* fullest = nullptr;
  std::vector<std::uint32_t> most;
  for (std::uint32_t p = 0; p < parts_.size(); ++p) {
    for (auto const& detector : parts_[p]->detectors) {
      if (detector->rule().id != before.rule || parts_[p]->simulated != before.simulated) continue;
      std::vector<std::uint32_t> places;
      for (auto const s : before.streams) {
        if (s < places_.size() && places_[s].part == p) places.push_back(places_[s].place);
      }
      if (places.size() <= most.size()) continue;
      most = std::move(places);
      fullest = detector.get();
    }
  }
  if (fullest != nullptr) return fullest->adopt(before, most);
  auto const levels = std::ranges::find_if(levels_, [&](auto const& l) { return l->rule().id == before.rule && l->is_under(before.key); });
  if (levels != levels_.end()) return (*levels)->adopt(before);
  bool const enabled = std::ranges::any_of(rules_.rules, [&](Rule const& r) { return r.id == before.rule && r.enabled; });
  return enabled ? Adoption::kNoStations : Adoption::kNoRule;
}

Stream const& Engine::stream(std::uint32_t index) const {
  Place const place = places_[index];
  return parts_[place.part]->field.streams()[place.place];
}

std::size_t Engine::size() const { return places_.size(); }

std::vector<situations::EvidenceValue> Engine::recent(std::uint32_t stream) const {
  return parts_[places_[stream].part]->field.recent(places_[stream].place);
}

std::vector<situations::EvidenceValue> Engine::recent_medians(std::uint32_t stream) const {
  return parts_[places_[stream].part]->field.recent_medians();
}

std::vector<Engine::Standing> Engine::standing() const {
  std::vector<Standing> all;
  for (auto const& part : parts_) {
    for (auto const& detector : part->detectors) {
      std::uint32_t rule = 0;
      while (rules_.rules[rule].id != detector->rule().id) ++rule;
      all.push_back({rule, rules_.rules[rule].id, rules_.version, part->field.step(), part->field.watched(), detector->threshold(), detector->open_causes()});
    }
  }
  return all;
}

std::uint64_t Engine::late() const {
  std::uint64_t sum = 0;
  for (auto const& part : parts_) sum += part->late;
  return sum;
}

std::size_t Engine::witness_slots() const {
  std::size_t most = 0;
  for (auto const& part : parts_) most = std::max(most, part->field.witnesses() * part->field.slots());
  return most;
}

std::size_t Engine::witness_bytes() const {
  std::size_t bytes = 0;
  for (auto const& part : parts_) bytes += part->field.witnesses() * part->field.slots() * Field::kBytesOfValue;
  return bytes;
}

std::vector<Engine::Sight> Engine::sight() const {
  std::vector<Sight> all;
  for (auto const& part : parts_) {
    if (part->auxiliary || (part->detectors.empty() && part->levels.empty())) continue;
    Sight s{.channel = part->field.channel(), .simulated = part->simulated, .step = part->field.step(), .streams = part->field.watched()};
    s.accepted = part->accepted;
    s.late = part->late;
    for (auto const& detector : part->detectors) {
      auto const knowledge = detector->knowledge();
      s.speaking = std::max(s.speaking, knowledge.speaking);
      s.known = std::max(s.known, knowledge.known);
      s.stopped = std::max(s.stopped, knowledge.stopped);
    }
    if (part->detectors.empty()) s.speaking = s.known = part->field.present();
    all.push_back(std::move(s));
  }
  return all;
}

bool Engine::shows(std::string_view rule, DatastreamId stream) const {
  for (std::uint32_t number = 0; number < places_.size(); ++number) {
    if (this->stream(number).datastream != stream) continue;
    Place const at = places_[number];
    auto const shows_it = [&](auto const& d) { return d->rule().id == rule && d->shows(at.place); };
    if (std::ranges::any_of(parts_[at.part]->detectors, shows_it)) return true;
  }
  return false;
}

Detector const* Engine::detector(std::string_view rule, Millis step) const {
  for (auto const& part : parts_) {
    if (part->field.step() != step) continue;
    for (auto const& detector : part->detectors) {
      if (detector->rule().id == rule) return detector.get();
    }
  }
  return nullptr;
}

}  // namespace madang::sensing::warning
