// One rule over one field: how far each station is above what it should say, a one-sided CUSUM of that, confirmation
// by neighbours or by lasting, and the causes that follow.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensing/warning/baseline.h"
#include "sensing/warning/budget.h"
#include "sensing/warning/causes.h"
#include "sensing/warning/field.h"
#include "sensing/warning/model.h"
#include "sensing/warning/neighbours.h"
#include "sensing/warning/resolution.h"

namespace madang::sensing::warning {

/// In the keys of findings about one station.
inline constexpr std::string_view kDeviceWord = "device";
inline constexpr std::string_view kAloneWord = "alone";
/// So many values (or past hours) are learned before a station is judged.
inline constexpr std::uint16_t kKnownLeast = 6;

class Detector {
 public:
  /// `alarms`: how many false ones a day this rule may raise over the city. Both outlive the detector.
  Detector(Rule const& rule, std::uint32_t rule_index, Field const& field, double alarms);

  /// After Field::close. `hour`: of the week, local.
  void step(double hour, std::vector<Finding>& out);

  [[nodiscard]] Rule const& rule() const { return rule_; }
  [[nodiscard]] Field const& field() const { return field_; }
  [[nodiscard]] double threshold() const { return threshold_; }
  /// A cause, a suspect or a lone one stands under this key.
  [[nodiscard]] bool is_open(std::string_view key) const;
  /// Of something that is open.
  [[nodiscard]] bool is_part(std::uint32_t place) const;
  /// An excursion of it lasts, as far as it is heard, or has lasted for so long that it counts as usual, and is said still.
  [[nodiscard]] bool shows(std::uint32_t place) const;
  [[nodiscard]] std::size_t open_causes() const { return causes_.open().size(); }
  /// What a station should say now; for charts and tests.
  [[nodiscard]] Expectation expectation(std::uint32_t place) const;

  /// The means of a past hour by place in the field (NaN: none).
  void teach(double hour, std::vector<float> const& means);
  /// The same of one station, beside the city's median of that hour; none: too few spoke.
  void teach(std::uint32_t place, double hour, std::optional<double> city, double mean);
  /// It stands elsewhere, or on other ground: with other neighbours it goes on as it was.
  void relocate(std::uint32_t place);
  /// Nothing is known of this station any more, and what it began is over.
  void forget(std::uint32_t place);
  void mark_open_unreported();
  /// A station here, and where it stood in another detector of the same rule, at whatever step length.
  struct Move {
    std::uint32_t here = 0;
    std::uint32_t there = 0;
  };
  /// What that one knew of them, and how far each had gone: until there nothing is learned or judged again. True when it
  /// knew all of them well enough to judge them.
  bool inherit(Detector const& before, std::span<Move const> stations);
  /// `places`: its stations in this field, at least one.
  Adoption adopt(Before const& before, std::vector<std::uint32_t> const& places);
  /// The newest value of this station was none: what it began is over.
  void retract_newest(std::uint32_t place);
  /// Stations that have spoken lately, and among them those whose usual values are known, and those that fell silent before that.
  struct Knowledge {
    std::size_t speaking = 0;
    std::size_t known = 0;
    std::size_t stopped = 0;  ///< not known, and silent for as long as it takes to see an end
  };
  [[nodiscard]] Knowledge knowledge() const;

 private:
  void inherit_causes(Detector const& before, std::span<Move const> stations);
  /// What was an excursion until it counted as usual.
  struct Outlasted {
    float from = 0;           ///< what was expected before, above the city's median
    float more = 0;           ///< so much it said above that; 0: its values say it no more
    std::uint32_t back = 0;   ///< values in a row that did not
  };
  struct Station {
    Baseline base;
    float cusum = 0;
    float partner = 0;    ///< highest CUSUM among the neighbours that are up
    float excess = 0;     ///< above expected, in the unit
    float peak = 0;              ///< highest excess of this excursion
    float expected = 0;   ///< in the unit
    float value = kNoValue;
    float ago = kNoValue; ///< surge: the value some steps ago
    float square_metres = 0;  ///< surge: the ground it counts on; 0: unknown, or the rule does not ask
    float left_with = 0;  ///< the excess with which it stood when all others had left its cause; 0: none did
    std::uint32_t run = 0;    ///< values it has been up in a row
    std::uint32_t up_for = 0; ///< the same by size alone, however usual that is by now
    std::uint32_t high_for = 0;  ///< the same at what a lone one must be
    std::uint32_t grew_for = 0;  ///< of `up_for`, until it was as large as a lone one must be; 0: it never was
    std::uint32_t hot_for = 0;   ///< values for which it still counts as so large
    std::uint32_t unit_for = 0;  ///< of `up_for`, as it would speak in another unit
    std::uint32_t unit_moves = 0;  ///< of these, others than the one before
    bool no_unit = false;     ///< of this excursion: what its neighbours say at once shows that it is in no other unit
    bool shared_unit = false; ///< neighbours began in the same step to say as many times what they should
    std::uint32_t back = 0;   ///< values it has been back in a row
    std::uint32_t same = 0;   ///< equal values in a row
    float finest = 0;         ///< the smallest move that was ever seen: what the device can tell apart; 0: it never moved
    std::uint32_t event = 0;  ///< steps since the excursion began
    std::uint32_t silent = 0; ///< steps without a value
    std::uint32_t missed = 0; ///< of `silent`, those at which most of its neighbours spoke lately: no outage of them all
    std::uint16_t known = 0;  ///< values and hours learned from, at most kKnownLeast
    Instant onset;            ///< when the first value of the excursion was measured
    Instant value_at;         ///< when `value` was
    Instant up_at;            ///< and the newest value of an excursion that was not back
    Instant reported_near;    ///< the last step in which a neighbour near it was `elsewhere`
    std::int64_t judged = 0;  ///< by another detector before: steps below this number
    Resolution resolution;    ///< of all that it said while nothing happened
    bool present = false;
    bool outlasted = false;   ///< in this step: its excursion has lasted for so long that it counts as usual
    Outlasted as_usual;       ///< of the last such excursion, while its values still say it
    bool withdrawn = false;   ///< its newest value was retracted: it was not measured to be usual
    bool rushed = false;      ///< surge: rose quickly enough once in this excursion
    bool suspect = false;
    bool alone = false;       ///< reported as unconfirmed
    bool heard_beside = false;  ///< persistence: a neighbour rose with it, and is up still
    bool elsewhere = false;   ///< a witness whom others confirm where it belongs: reported there
  };

  void grow_to_field();
  void find_reference();
  void set_reference(double city);
  void set_threshold();
  void judge(std::uint32_t place, double city, double hour);
  void count_speaking();
  template <typename Places>
  [[nodiscard]] bool do_most_speak(Places const& places) const;
  void fall_silent(std::uint32_t place);
  void settle_as_usual(std::uint32_t place, double x, double city, double hour);
  void accept_as_usual(Station& s, Expectation const& e, double x, double city) const;
  void check_as_usual(Station& s, double above_city) const;
  void confirm();
  void confirm_by_neighbours(std::uint32_t place);
  [[nodiscard]] bool confirms(Station const& s, Station const& neighbour) const;
  [[nodiscard]] bool is_confirmed_now(std::uint32_t place) const;
  void mark_left_alone(Cause const& cause);
  [[nodiscard]] bool is_leftover(Station const& s) const;
  [[nodiscard]] bool is_unheard(Station const& s) const { return s.missed >= steps_unheard_; }
  [[nodiscard]] bool do_others_speak(std::uint32_t place) const;
  [[nodiscard]] double score(Station const& s) const;
  [[nodiscard]] bool is_up(Station const& s) const;
  [[nodiscard]] bool is_nearly_over(Station const& s) const;
  [[nodiscard]] bool is_flat(Station const& s) const;
  [[nodiscard]] bool is_stuck(Station const& s) const;
  [[nodiscard]] bool is_heard_beside(std::uint32_t place) const;
  [[nodiscard]] bool is_crowd(Station const& s) const;
  [[nodiscard]] bool is_packed(Station const& s) const;
  /// People per m2; 0 where the ground is unknown.
  [[nodiscard]] double density(Station const& s) const;
  [[nodiscard]] double excess_min(Station const& s) const;
  [[nodiscard]] double share_shown(Station const& s) const;
  [[nodiscard]] Severity severity(Cause const& cause, double excess) const;
  void find_causes(std::vector<Finding>& out);
  [[nodiscard]] Instant confirmed_since(std::uint32_t place) const;
  [[nodiscard]] bool rose_alone(Cause const& cause, std::uint32_t place) const;
  void end_suspects(std::vector<Finding>& out);
  void find_suspects(std::vector<Finding>& out);
  [[nodiscard]] bool is_device_at_fault(std::uint32_t place) const;
  void find_alone(std::vector<Finding>& out);
  void end_alone(std::vector<Finding>& out);
  [[nodiscard]] double excess_alone(Station const& s) const;
  void follow_growth(std::uint32_t place);
  void compare_shared_units();
  void compare_unit_of(std::uint32_t place);
  [[nodiscard]] bool grew_quickly(Station const& s) const;
  void learn_digits(Station& s) const;
  [[nodiscard]] bool is_in_another_unit(std::uint32_t place) const;
  [[nodiscard]] static bool rose_by_no_unit(Station const& s);
  [[nodiscard]] static bool could_be_another_unit(Station const& s) { return s.up_for > 0 && !s.no_unit && s.unit_for >= s.up_for; }
  [[nodiscard]] static bool speaks_in_another_unit(Station const& s);
  [[nodiscard]] bool is_dangerous_alone(Station const& s) const;
  [[nodiscard]] bool is_reported_near(Station const& s) const;
  [[nodiscard]] Cause continued_cause(Before const& before, std::vector<std::uint32_t> const& places);
  Adoption adopt_cause(Before const& before, std::vector<std::uint32_t> const& places);
  Adoption adopt_suspect(Before const& before, std::uint32_t place);
  Adoption adopt_alone(Before const& before, std::uint32_t place);
  void restore_excursion(std::uint32_t place, Instant since);
  [[nodiscard]] double score_of(Before const& before) const;
  [[nodiscard]] bool was_seen_lately(Before const& before) const;
  [[nodiscard]] bool is_up_now(std::uint32_t place) const;
  void report_cause(Cause& cause, std::vector<Finding>& out);
  [[nodiscard]] Finding describe(Cause const& cause) const;
  void add_neighbours(Finding& finding, std::uint32_t strongest) const;
  [[nodiscard]] std::string device_key(std::uint32_t place) const;
  /// One station that is reported by itself: as unconfirmed, or as a device at fault.
  struct Single {
    std::uint32_t place = 0;
    std::string key;
    Instant since;
    double score_max = 0;
    int steps_since_report = 0;
  };
  void report_lasting(std::vector<Single>& all, Finding::What what, int every, std::vector<Finding>& out);
  [[nodiscard]] Finding describe_single(Single const& single, Finding::What what) const;
  [[nodiscard]] Finding::Over how_over(std::uint32_t place) const;
  [[nodiscard]] bool is_lost(Station const& s) const { return s.silent >= steps_of_silence_; }
  [[nodiscard]] double lonely_threshold() const;
  [[nodiscard]] Member member(std::uint32_t place, bool cause) const;
  [[nodiscard]] std::int64_t step_number() const { return millis_of(field_.step_begin()) / field_.step().count(); }

  Rule const& rule_;
  std::uint32_t rule_index_;
  Field const& field_;
  double alarms_;
  BaselinePlan plan_;
  double reference_ = 0;      ///< slow mean of the city's median, on the rule's scale
  bool has_reference_ = false;
  double threshold_ = 0;
  std::uint32_t steps_of_silence_;
  std::uint32_t steps_unheard_;  ///< missed, so that what others show counts more than what it last said
  int report_every_;  ///< steps
  int steps_until_threshold_ = 0;
  bool most_speak_ = false;  ///< of those that are not lost, in this step
  std::vector<Station> stations_;
  std::map<std::string, Cause, std::less<>> inherited_;  ///< causes of the detector before by key, with places here, until they are gone on with
  std::vector<HourProfile> profiles_;
  bool neighbours_stale_ = false;
  std::vector<std::uint32_t> up_;   ///< with a CUSUM above 0, in this step
  Neighbours neighbours_;
  Causes causes_;
  FloodGuard flood_;
  std::vector<Single> suspects_;
  std::vector<Single> alone_;
};

}  // namespace madang::sensing::warning
