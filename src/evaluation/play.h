// One simulated city lived through on the real path: values by the minute, what happens, what breaks, and what was told.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluation/drawing.h"
#include "evaluation/real_path.h"
#include "evaluation/rivals.h"
#include "evaluation/warning_score.h"
#include "sensing/quality/tests.h"

namespace madang::evaluation {

struct PlayOptions {
  std::uint64_t seed = 1;
  double days = 7;                    ///< the first quiet_days of them only for learning
  double quiet_days = 1;
  std::size_t stations = 850;
  std::size_t faults = 0;
  std::array<double, kEventClasses> events_per_day{};
  double alarms_per_day = 5;
  double fixed_threshold = 0;
  std::vector<simulation::Channel> channels;
  bool rivals = false;
  int pieces = 6;                     ///< of a step: values come a few at a time, as from a network
  /// This share of the stations stands behind gateways that keep values and deliver each 3 min, 15 min or hour.
  double late_share = 0;
  /// So often, spread over the lively days, the server stops for kDown and starts again with what is on disk; what was sent
  /// meanwhile comes when it is back.
  int restarts = 0;
};

/// What the quality control made of the values of events at sound devices.
struct EventValues {
  std::uint64_t values = 0;
  std::uint64_t kept_back = 0;  ///< marked suspect or worse when they came
  std::map<std::uint8_t, std::uint64_t> by_test;
};

class Play {
 public:
  /// What else wants to see each value as it was judged; `when` is by a clock that is right.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void value(std::size_t node, std::size_t channel, Instant when, storage::StoredObservation const& o) = 0;
    /// After each step, with everything stored and told.
    virtual void step(Play& play, Instant end) = 0;
  };

  static Result<std::unique_ptr<Play>> prepare(PlayOptions options);
  Result<void> run(Observer* observer = nullptr);

  [[nodiscard]] simulation::CityPlan const& plan() const { return plan_; }
  [[nodiscard]] std::vector<simulation::Fault> const& faults() const { return faults_; }
  [[nodiscard]] simulation::Readings& readings() { return *readings_; }
  [[nodiscard]] RealPath& path() { return *path_; }
  [[nodiscard]] Interval when() const { return when_; }
  [[nodiscard]] EventValues const& event_values() const { return event_values_; }
  [[nodiscard]] std::uint64_t values() const { return values_; }
  [[nodiscard]] Tally ours() const;
  [[nodiscard]] Rivals const* rivals() const { return rivals_.get(); }
  [[nodiscard]] Played played() const;

  static constexpr Millis kStep{120'000};
  static constexpr Millis kDown{240'000};
  /// Of the gateways that deliver late.
  static constexpr std::array<Millis, 3> kGateways{Millis{180'000}, Millis{900'000}, Millis{3'600'000}};

 private:
  explicit Play(PlayOptions options);
  Result<void> open();
  void make_step(Instant step);
  void draw_gateways();
  void plan_restarts(Interval lively);
  [[nodiscard]] bool is_down(Instant when) const;
  [[nodiscard]] Instant arrival_of(std::uint32_t node, Instant report) const;
  void read_node(std::uint32_t node);
  Result<void> send_pieces(Instant step);
  Result<void> send_what_came(Instant now);
  void look_at_batch(std::span<storage::StoredObservation const> batch);
  Result<void> look_at_situations(Instant now);
  Result<void> look_at_ends(Instant now);
  void ask_rivals(Instant step);
  /// The highest of the station's own excursion shortly before it was reported.
  [[nodiscard]] double own_excursion(Alarm const& alarm, std::uint32_t node) const;
  [[nodiscard]] bool is_as_large(Alarm const& alarm) const;

  PlayOptions options_;
  simulation::CityPlan plan_;
  Interval when_;
  std::vector<Event> events_;
  std::vector<simulation::Fault> faults_;
  std::vector<simulation::Happening> active_;  ///< what the readings are told
  std::unique_ptr<simulation::Readings> readings_;
  std::unique_ptr<RealPath> path_;
  std::unique_ptr<Rivals> rivals_;
  Observer* observer_ = nullptr;

  std::vector<std::uint32_t> order_;           ///< nodes by the moment of the step they report at
  std::vector<Millis> phases_;
  std::vector<Instant> reports_;
  std::vector<Instant> arrivals_;              ///< of what is reported in this step
  std::vector<Millis> gateways_;               ///< by node; 0: at once
  std::vector<Interval> downs_;                ///< the server is away
  std::size_t next_down_ = 0;
  std::multimap<Instant, storage::Observation> coming_;  ///< by arrival
  simulation::Reading reading_;                ///< scratch
  std::vector<std::uint8_t> feels_;            ///< by node: families of events, a bit each
  std::vector<std::uint8_t> is_broken_;        ///< by node, in this step
  std::array<std::vector<float>, kWatchedCount> watched_;
  std::map<SituationId, Alarm> alarms_;
  EventValues event_values_;
  std::uint64_t values_ = 0;
};

}  // namespace madang::evaluation
