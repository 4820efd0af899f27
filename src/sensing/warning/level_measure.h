// What a level rule looks at, at one step length and one pace of delivery. Where a place has too few streams at a pace, they
// are heard together with those of the next slower one, each value at its own time: two stations that deliver at once and two
// that deliver by the hour are four.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <tuple>
#include <vector>

#include "sensing/warning/field.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

/// Of sound: averaged as energy, whatever statistic of a level the channel is.
[[nodiscard]] bool is_sound_level(std::string_view channel);

class LevelMeasure {
 public:
  /// `rule` outlives this.
  LevelMeasure(Rule const& rule, Millis step, Millis wait);

  /// Streams of this step and pace: of the rule's channel, or of the humidity that heat is felt with. Outlives this.
  void attach(Field const& field, bool humidity);
  [[nodiscard]] Millis step() const { return step_; }
  [[nodiscard]] Millis wait() const { return wait_; }
  [[nodiscard]] bool is_of(Field const& field) const { return &field == values_ || &field == humidity_; }
  /// Whose steps decide when it is measured: of the values as soon as there are some. nullptr: nobody has spoken yet.
  [[nodiscard]] Field const* driver() const;
  /// Values of the running step.
  [[nodiscard]] std::size_t present() const { return values_ == nullptr ? 0 : values_->present(); }

  /// After Field::close of the driver: by district, the city under AreaId{}. What has too few streams here is left to
  /// `slower`; nullptr: there is none. `steps_inside`: so many, with this one, lie in the rule's hours; no value of before counts.
  [[nodiscard]] std::map<AreaId, double> measure(LevelMeasure* slower, std::int64_t steps_inside);

 private:
  enum class What : std::uint8_t { kValue, kHumidity, kDistrict };
  /// Of one station in one step; of a whole district where Thing is 0.
  struct Sample {
    What what = What::kValue;
    AreaId area;
    ThingId thing;
    float value = 0;
    std::size_t stations = 1;  ///< that it stands for
  };
  struct Waiting {
    Instant from;
    Millis step{0};
    Sample sample;
  };
  using Samples = std::map<AreaId, std::vector<Sample>>;
  using ByKind = std::map<What, Samples>;

  [[nodiscard]] Interval span() const { return {driver()->step_begin(), driver()->step_end()}; }
  [[nodiscard]] ByKind take_due();
  void add_own(Samples& samples, Field const* field, What what, bool by_district) const;
  void pass_on_to(LevelMeasure* slower, std::vector<Sample> const& samples) const;
  /// One for all of these, where they are enough to be a district's.
  [[nodiscard]] std::vector<Sample> condensed(std::vector<Sample> const& samples) const;
  [[nodiscard]] std::map<AreaId, double> city(ByKind by_kind, LevelMeasure* slower) const;
  [[nodiscard]] std::map<AreaId, double> districts(ByKind& by_kind, LevelMeasure* slower) const;
  [[nodiscard]] std::map<AreaId, double> perceived(ByKind& by_kind, LevelMeasure* slower) const;
  void add_city(std::map<AreaId, double>& districts, ByKind const& by_kind, LevelMeasure* slower) const;

  Rule const& rule_;
  Millis step_;
  Millis wait_;
  bool energy_;
  std::int64_t fresh_steps_ = 0;  ///< in which a value counts as of now
  Field const* values_ = nullptr;
  Field const* humidity_ = nullptr;
  std::deque<Waiting> waiting_;  ///< from quicker paces, oldest first
};

}  // namespace madang::sensing::warning
