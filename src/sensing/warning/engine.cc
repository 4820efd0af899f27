#include "sensing/warning/engine.h"

#include <algorithm>
#include <fmt/format.h>

#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr Millis kStepLeast{1'000};
constexpr std::string_view kHumidity = "humidity";

}  // namespace

std::string_view base_channel(std::string_view channel) {
  for (std::string_view const ending : {"_hourly", "_daily", "_2min"}) {
    if (channel.ends_with(ending)) return channel.substr(0, channel.size() - ending.size());
  }
  return channel;
}

struct Engine::Part {
  Field field;
  std::vector<std::unique_ptr<Detector>> detectors;
  std::vector<std::unique_ptr<Levels>> levels;

  Part(std::string_view channel, Millis step) : field(std::string(channel), step) {}
};

Engine::Engine(RuleSet rules, Options options) : rules_(std::move(rules)), options_(options) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Engine::Part& Engine::part_of(std::string_view channel, Millis step) {
  for (auto const& part : parts_) {
    if (part->field.channel() == channel && part->field.step() == step) return *part;
  }
  parts_.push_back(std::make_unique<Part>(channel, step));
  Part& part = *parts_.back();
  for (std::uint32_t r = 0; r < rules_.rules.size(); ++r) {
    Rule const& rule = rules_.rules[r];
    if (!rule.enabled || rule.channel != channel) continue;
    if (rule.method != Method::kLevel) {
      part.detectors.push_back(
          std::make_unique<Detector>(rule, r, part.field, rule.share * options_.alarms_per_day));
      continue;
    }
    bool const heat = rule.measure == Measure::kHeat;
    Field const* humidity = heat ? &part_of(kHumidity, step).field : nullptr;
    part.levels.push_back(std::make_unique<Levels>(rule, r, part.field, humidity));
  }
  return part;
}

Result<std::uint32_t> Engine::add(Stream const& stream) {
  if (places_.size() >= kStreamsMax) {
    return fail(Code::kLimit, fmt::format("the early warning watches at most {} Datastreams", kStreamsMax));
  }
  auto const index = static_cast<std::uint32_t>(places_.size());
  Part& part = part_of(base_channel(stream.channel), std::max(stream.interval, kStepLeast));
  auto const number = std::ranges::find(parts_, &part, &std::unique_ptr<Part>::get) - parts_.begin();
  places_.push_back({static_cast<std::uint32_t>(number), part.field.add(index, stream)});
  return index;
}

void Engine::observe(std::uint32_t stream, Instant when, double value) {
  Place const place = places_[stream];
  if (!parts_[place.part]->field.observe(place.place, when, value)) ++late_;
}

std::vector<Finding> Engine::advance(Instant now) {
  std::vector<Finding> out;
  for (auto const& part : parts_) {
    Field& field = part->field;
    if (!field.started()) continue;
    // After a long gap (a restart, a stopped clock) the steps in between have no values and say nothing.
    // A field holds the running step and the next one: who waited longer would lose what comes meanwhile.
    Instant const over = now - std::min(options_.lateness, field.step());
    auto const behind = (over - field.step_end()) / field.step();
    if (behind > static_cast<std::int64_t>(kStepsAtOnceMax)) {
      close(*part, out);
      field.start_at(over - field.step());
    }
    while (field.step_end() <= over) close(*part, out);
  }
  return out;
}

void Engine::close(Part& part, std::vector<Finding>& out) {
  part.field.close();
  auto const wall = options_.calendar.wall_time(part.field.step_begin());
  for (auto const& detector : part.detectors) detector->step(wall.hour_of_week() + wall.minute / 60.0, out);
  for (auto const& levels : part.levels) levels->step(static_cast<std::size_t>(wall.hour), out);
  part.field.turn();
}

void Engine::teach(Instant hour, std::span<HourMean const> means) {
  std::vector<std::vector<float>> by_part(parts_.size());
  for (std::size_t p = 0; p < parts_.size(); ++p) by_part[p].resize(parts_[p]->field.size(), kNoValue);
  for (auto const& m : means) by_part[places_[m.stream].part][places_[m.stream].place] = m.mean;
  double const of_week = options_.calendar.wall_time(hour).hour_of_week() + 0.5;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    for (auto const& detector : parts_[p]->detectors) detector->teach(of_week, by_part[p]);
  }
}

void Engine::retell() {
  for (auto const& part : parts_) {
    for (auto const& detector : part->detectors) detector->retell();
    for (auto const& levels : part->levels) levels->retell();
  }
}

bool Engine::adopt(std::string const& key, std::string_view rule, Instant since, Severity severity,
                   std::vector<std::uint32_t> const& streams) {
  bool const suspect = key.find(":device:") != std::string::npos;
  bool adopted = false;
  for (std::uint32_t p = 0; p < parts_.size(); ++p) {
    for (auto const& detector : parts_[p]->detectors) {
      if (detector->rule().id != rule) continue;
      std::vector<std::uint32_t> places;
      for (auto const s : streams) {
        if (s < places_.size() && places_[s].part == p) places.push_back(places_[s].place);
      }
      if (places.empty()) continue;
      if (suspect) detector->adopt_suspect(places.front());
      else detector->adopt(key, since, places);
      adopted = true;
    }
    for (auto const& levels : parts_[p]->levels) {
      if (levels->rule().id != rule) continue;
      levels->adopt(key, since, severity);
      adopted = true;
    }
  }
  return adopted;
}

void Engine::forget(std::string_view key) {
  for (auto const& part : parts_) {
    for (auto const& detector : part->detectors) detector->forget(key);
    for (auto const& levels : part->levels) levels->forget(key);
  }
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
      all.push_back({rule, part->field.step(), part->field.size(), detector->threshold(), detector->open_causes()});
    }
  }
  return all;
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
