// What was told held against what happened. The same for the server's Situations, for simpler rules, and for a stored city
// beside its truth file.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "evaluation/drawing.h"
#include "situations/situations.h"

namespace madang::evaluation {

/// What somebody spoke of.
enum class Family : std::uint8_t { kAir, kWarmth, kNoise, kPeople, kLevel, kOther };
inline constexpr std::size_t kFamilies = 6;
std::string_view name_of(Family family);
/// kOther for a channel that no event has.
Family family_of_channel(std::string_view channel);
Family family_of(EventClass what);

/// One Situation, or one alarm of a simpler rule.
struct Alarm {
  std::string rule;
  std::string kind;
  Family family = Family::kOther;
  bool suspect = false;  ///< work for the crew, told to nobody else
  Instant at;            ///< when it was there for operators to see
  std::optional<Instant> confirmed_at;  ///< since when it is more than a notice of what one station shows alone
  std::map<Family, Instant> also;  ///< of what else it spoke, since when: the noise of a crowd, the heat of a fire
  std::optional<Instant> clear_at;  ///< since when its cause is reported gone
  situations::End ended_by = situations::End::kNone;  ///< kNone: it is open still
  std::optional<Instant> ended_at;  ///< it was last seen open; none: it is open still
  std::set<std::uint32_t> nodes;  ///< stations that it names as its cause, over its whole life
  // For notes only.
  Instant until;                           ///< it was last seen open
  std::map<std::uint32_t, double> excess;  ///< of its stations: the highest above what was expected there
};
/// Without `nodes`.
Alarm alarm_of(situations::Situation const& situation, Instant at);

/// Of one class of events.
struct ClassTally {
  std::array<int, kBands> drawn{}, found{};  ///< by size beside `about`
  int must = 0;              ///< those that must be found: at least `about`, of a wide plume for half an hour
  int must_found = 0;        ///< by a confirmed warning where it must be one, else by either
  int must_confirmed = 0;    ///< told as a confirmed warning
  int must_told = 0;         ///< told at all, be it as what one station shows alone
  int must_prompt = 0;       ///< found within kPromptSteps
  std::vector<double> delays;  ///< of those, in sampling intervals from the beginning of the first with such a value
};
inline constexpr double kPromptSteps = 3;
inline constexpr int kWideMinutes = 30;

/// A plume at two stations is found by a warning: a notice that one station shows something is no word of it. What one
/// station alone may show is found by either.
[[nodiscard]] constexpr bool must_be_confirmed(EventClass what) { return what == EventClass::kWide; }

struct Tally {
  std::string name;
  double days = 0;
  std::array<ClassTally, kEventClasses> of{};
  std::map<std::string, int> false_by_rule;  ///< nothing of the kind was there; also those at broken devices
  std::array<int, kFamilies> false_by_family{};
  int at_broken_devices = 0;                 ///< among them
  int as_large = 0;                          ///< of single stations' excursions as large as events; not false
  int levels_right = 0;
  int suspects_broken = 0, suspects_event = 0, suspects_nothing = 0;
  int one_with_another = 0;                  ///< events that were missed, and began where the confirmed warning of another stood
  int events_found = 0, situations_of_events = 0, events_told_once = 0;
  // Of confirmed warnings of events, once they have ended.
  std::vector<double> clear_after;           ///< minutes from the event's end, where they were measured to be over
  int ended_unheard = 0;                     ///< of the others, those of which nobody knew
  int ended_unconfirmed = 0;                 ///< and those that one station still showed
  std::vector<std::string> notes;            ///< false ones and misses, one a line

  void add(Tally const& other);
  [[nodiscard]] int false_alarms() const;
  [[nodiscard]] double false_per_day() const { return days > 0 ? false_alarms() / days : 0; }
};

struct Played {
  std::span<Event const> events;
  std::span<simulation::Fault const> faults;
  std::function<std::string(std::uint32_t)> serial;      ///< of a node, for notes
  std::function<bool(Alarm const&)> level_is_right;       ///< whether the whole city really was like that
  /// Whether one of its stations had an excursion of its own, as real stations have, as large as what an event must have
  /// to be found: that is told rightly, though nobody drew it. None: there are no such.
  std::function<bool(Alarm const&)> is_as_large = {};
  /// The height of a station's own excursion then, for notes; none: there are no such.
  std::function<double(Alarm const&, std::uint32_t)> own_excursion = {};
  Millis step{120'000};
  std::function<Millis(std::uint32_t)> late_of = {};  ///< so long a gateway holds a node's values back; none: nobody does
  double days = 0;  ///< in which something could be told
};
/// By the weather that a seed gives. A district's noise is never that high in this city.
bool weather_says(std::uint64_t seed, Alarm const& level);
Tally score(Played const& played, std::string name, std::span<Alarm const> alarms);

}  // namespace madang::evaluation
