// What the early warning is told and what it finds: rules as data, streams, and findings. Plain structs.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/model.h"
#include "core/geo.h"
#include "core/id.h"
#include "core/time.h"
#include "sensing/units.h"
#include "situations/model.h"

namespace madang::sensing::warning {

using situations::Severity;

/// How an excursion of a station becomes something that needs somebody.
enum class Method : std::uint8_t {
  kNeighbours = 1,  ///< confirmed by another station near by: particles, gases, temperature
  kPersistence,     ///< confirmed by lasting: noise, which neighbours do not share
  kSurge,           ///< confirmed by number and rate: people
  kLevel,           ///< an official threshold, of the city's median or of a district's
};
/// "neighbours", "persistence", "surge", "level".
std::string_view name_of(Method method);
std::optional<Method> method_of(std::string_view name);

/// What a level rule looks at.
enum class Measure : std::uint8_t {
  kMedian = 1,   ///< of the channel, over the city
  kDistrict,     ///< of the channel, per Area of level 1
  kHeat,         ///< perceived temperature from temperature and humidity, per Area of level 1
};
std::string_view name_of(Measure measure);
std::optional<Measure> measure_of(std::string_view name);

inline constexpr std::string_view kNoise = "noise";
/// dB(A): from here on sound harms hearing where it lasts; over a day, outdoors where there are shops and traffic (WHO, Guidelines for
/// community noise, 1999, table 4.1).
inline constexpr double kHarmfulSound = 70;

/// One rule. Lengths in metres, deviations in standard deviations, values in the channel's unit. What a method does not
/// use stays 0. The table in rules.cc says what each number means and what it may be.
struct Rule {
  std::string id;        ///< "pm25_plume"
  std::string channel;   ///< "pm25"
  std::string kind;      ///< of the Situation: "plume", "noise_event", "crowd_surge", "hot_spot", "haze", "heat", ...
  Method method = Method::kNeighbours;
  Measure measure = Measure::kMedian;
  bool enabled = true;
  bool is_public = true;

  // Detectors.
  bool gain = false;         ///< the device's gain is estimated beside its offset
  bool logarithmic = false;  ///< values are compared as ratios
  double share = 0.25;       ///< of the alarms a day
  double threshold = 0;      ///< fixed; 0: from the budget
  double slack = 1.5;        ///< of the CUSUM, deviations
  double step_most = 15;     ///< a single value counts at most so many deviations
  double spread = 1;         ///< deviation of a sound device from one value to the next, before it is known
  double spread_min = 0.5;   ///< never taken for smaller: the resolution of the device
  double bias = 10;          ///< deviation of devices from one another, before it is known
  double excess_min = 8;     ///< less above the expected value is no event
  double excess_serious = 60;   ///< from here on severity serious
  double excess_alone = 0;      ///< from here on what one station alone shows is told to operators, unconfirmed; 0: excess_serious
  double level_alone = 0;       ///< persistence: and that value itself is at least this; 0: however quiet
  double radius = 1200;      ///< neighbours are not farther
  double steps = 2;          ///< it must last so many values
  double back_steps = 5;     ///< it is over when the residual was back for so many values
  double saturation = 0;     ///< persistence: the device can say no more than this, so equal values there mean nothing
  double level_min = 0;      ///< surge: fewer people are no crowd
  double rate_min = 0;       ///< surge: risen by so much a minute at least once
  double density_min = 0;    ///< surge, where the ground is known, instead of level_min: people/m2; 0: not used
  double density_serious = 0;   ///< from here on severity serious
  double density_critical = 0;  ///< from here on severity critical, however slowly it came
  double memory_minutes = 60;   ///< of the recent level

  // Levels: from where each severity begins; 0: not used.
  double notice = 0, caution = 0, serious = 0, critical = 0;
  double hysteresis = 0.08;  ///< over only when so much (share of the level) below
  double minutes = 60;       ///< mean over so long
  double hour_from = 0, hour_to = 24;  ///< local hours in which it holds

  /// Instead of the catalogue's words for this kind.
  city::Name headline, instruction;

  friend bool operator==(Rule const&, Rule const&) = default;
};

/// A version of all rules. Versions count from 1; the one that ships with Madang is 1.
struct RuleSet {
  std::uint32_t version = 1;
  Instant since;
  std::string author;  ///< login; empty: shipped
  std::string note;    ///< why it was changed
  std::vector<Rule> rules;
};

/// A Datastream as the engine sees it.
struct Stream {
  DatastreamId datastream;
  ThingId thing;
  std::string channel;
  LatLon place;
  bool placed = false;   ///< without a place it has no neighbours
  AreaId area;           ///< of level 1; 0: none
  Millis interval{120'000};
  Millis lateness{0};    ///< values come so long after their time; 0: at once. Those of one pace are judged together
  double square_metres = 0;  ///< of the ground on which people are counted; 0: unknown
  bool simulated = false;
  UnitConversion unit = {};  ///< from the Datastream's to that of the rules
  double value_most = std::numeric_limits<double>::infinity();  ///< the device can say no more, in the rules' unit

  friend bool operator==(Stream const&, Stream const&) = default;
};

/// One station of a cause, as it stands.
struct Member {
  std::uint32_t stream = 0;  ///< index given by Engine::add
  double value = 0;
  double expected = 0;
  double score = 0;
  bool cause = true;         ///< false: a neighbour beside it
  bool lone = false;         ///< up alone long before the others: part of it, but no measure of it
  Instant at = {};           ///< when the value was measured
};

/// A part of a cause of before a restart, or of before other rules.
struct Before {
  enum class Stood : std::uint8_t {
    kOpen,     ///< it lasted
    kCleared,  ///< it was reported gone, and its Situation waits whether it stays so
    kSettled,  ///< somebody ended its Situation by hand while it lasted
  };
  std::string key;
  std::string rule;
  Instant since;
  Severity severity = Severity::kNotice;   ///< as told
  std::vector<std::uint32_t> streams;
  Instant seen;                            ///< its last report
  Stood stood = Stood::kOpen;
  bool simulated = false;                  ///< told as an exercise: only stations that are simulated still go on with it
  double score = 0;                        ///< as told; 0: not known of this part
};
/// What becomes of it.
enum class Adoption : std::uint8_t {
  kGoesOn,
  kOver,        ///< nothing is seen of it, and nothing need be waited for
  kElsewhere,   ///< its stations are part of another cause that goes on
  kNoStations,  ///< none of its stations is watched any more
  kNoRule,      ///< its rule is switched off or gone
};
/// A settled cause goes on when it was seen so short a time ago (or kGoesOnSteps of its steps); else what is there now is new.
inline constexpr Millis kGoesOnWithin = std::chrono::minutes{30};
inline constexpr std::int64_t kGoesOnSteps = 6;

/// What the engine says after a step. One cause has one key while it lasts, however it moves.
struct Finding {
  enum class What : std::uint8_t {
    kRaise, kClear,
    kSuspect, kSuspectOver,          ///< one station whose device is at fault
    kUnconfirmed, kUnconfirmedOver,  ///< one station that would be dangerous if it were true
  };
  What what = What::kRaise;
  /// Of those that are over: things are as they were; or no station of it was heard for kSilentFor; or it became part of
  /// another cause; or one station still shows it, and no other confirms that any more; or it has
  /// been so for so long that it counts as usual.
  enum class Over : std::uint8_t { kBack, kSilent, kJoined, kUnconfirmed, kUsual };
  Over over = Over::kBack;
  std::string key;
  std::uint32_t rule = 0;     ///< index into the rule set
  Severity severity = Severity::kNotice;
  Instant since;              ///< when the first value of it was measured
  Instant at;                 ///< the beginning of the step that was judged
  Instant measured;           ///< when the newest value in it was measured
  double score = 0;
  double threshold = 0;
  double excess = 0;          ///< largest above expected, or the level itself
  double city_median = 0;
  std::optional<LatLon> place;
  double radius = 0;          ///< metres
  AreaId area;                ///< of a district's level
  bool simulated = false;     ///< its stations are; else none of them is
  std::size_t stations = 0;   ///< of the cause; `members` holds the strongest of them
  std::vector<Member> members;
  /// Of the cause, the strongest first, at most kMembersNamed; of one that is over those that still show it.
  std::vector<std::uint32_t> streams;

  [[nodiscard]] bool is_over() const {
    return what == What::kClear || what == What::kSuspectOver || what == What::kUnconfirmedOver;
  }
};

}  // namespace madang::sensing::warning
