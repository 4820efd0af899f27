// What needs somebody: a Situation, its evidence and its life. Plain structs. A rule, a device or a person
// reports a cause as a Signal; one cause at one place is one Situation, however often it is reported.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/model.h"
#include "core/geo.h"
#include "core/id.h"
#include "core/quality.h"
#include "core/time.h"
#include "situations/facts.h"

namespace madang::situations {

/// firing -> acknowledged -> acting -> resolved or dismissed; from each of the first three straight to an end.
enum class State : std::uint8_t { kFiring = 1, kAcknowledged = 2, kActing = 3, kResolved = 4, kDismissed = 5 };
[[nodiscard]] constexpr bool is_open(State s) { return s <= State::kActing; }

/// "firing", "acknowledged", "acting", "resolved", "dismissed".
std::string_view name_of(State state);

/// Why one ended. Only kGone says that the danger is over.
enum class End : std::uint8_t {
  kNone = 0,
  kGone = 1,    ///< the cause was reported gone, and stayed gone
  kOperator,    ///< somebody resolved or dismissed it
  kRuleOff,     ///< the rule that raised it was switched off or removed: nobody looks any more
  kUnheard,     ///< the stations of the cause are not heard any more: nobody knows
  kJoined,      ///< it turned out to be part of another one, which goes on
  kUnconfirmed, ///< one station still shows it, and no other confirms that any more
  kUsual,       ///< it has been so for so long that it counts as usual
};
constexpr End last_of(End) { return End::kUsual; }  ///< no later one can be stored
/// "", "gone", "operator", "rule_off", "unheard", "joined", "unconfirmed", "usual".
std::string_view name_of(End end);

/// A part of a cause that ended while the cause goes on, for another reason than that it is gone.
struct PartEnd {
  std::string channel;
  city::Name name;  ///< of the quantity, which the facts may not name any more
  End why = End::kNone;
  friend bool operator==(PartEnd const&, PartEnd const&) = default;
};

/// What the person who works on it looks at. Times and values are copies: evidence stays as it was.
struct EvidenceValue {
  Instant time;
  double value = 0;
  QualityFlag flag = QualityFlag::kUnknown;
  friend bool operator==(EvidenceValue const&, EvidenceValue const&) = default;
};
struct EvidenceStream {
  DatastreamId datastream;  ///< 0: not of a Datastream
  ThingId thing;
  std::string channel;
  std::string unit;
  std::string role;         ///< "cause", "neighbour", "city" (the city's median beside it)
  std::optional<LatLon> place;
  double expected = 0;      ///< the baseline at that hour, in the unit
  std::vector<EvidenceValue> values;  ///< ascending, at most kEvidenceValuesMax
  friend bool operator==(EvidenceStream const&, EvidenceStream const&) = default;
};
struct Evidence {
  city::Name reason;        ///< one sentence: which rule spoke, by how much, confirmed by whom
  double score = 0;         ///< of the rule, in its own measure
  double threshold = 0;     ///< where the rule fires
  std::vector<EvidenceStream> streams;  ///< at most kEvidenceStreamsMax
  friend bool operator==(Evidence const&, Evidence const&) = default;
};

/// What is reported about one cause. Equal `source` and `key` mean the same cause: the open Situation is updated.
struct Signal {
  std::string source;       ///< who reports: "sensing.warning", "sensing.health", "desk", ...
  std::string key;          ///< of the cause within the source, stable while it lasts
  std::string kind;         ///< "plume", "haze", "noise_event", "crowd_surge", "index", "heat", "device_suspect", ...
  std::string group;        ///< Situations of one group are shown as one; empty: on its own
  std::string rule;         ///< which rule spoke
  std::uint32_t rule_version = 0;
  Severity severity = Severity::kNotice;
  city::Name headline;      ///< "Air pollution near Sangam": true from the first report to long after the end
  city::Name description;   ///< what, where, since when, from `facts`
  city::Name instruction;   ///< what to do; may be empty for internal ones
  std::optional<LatLon> place;
  double radius = 0;        ///< metres around `place`; 0: the Area, or unknown
  AreaId area;              ///< 0: none
  bool whole_city = false;  ///< it concerns all of the city, wherever `place` is; without an Area
  Instant since;            ///< when it began in the world
  bool is_public = false;   ///< citizens see it
  bool simulated = false;   ///< all of its sources are simulated: CAP status Exercise
  Facts facts;
  Evidence evidence;
  std::vector<PartEnd> ended_parts = {};  ///< since the report before; told in the line of this report, not kept here
  bool by_program = false;  ///< reported by hand, by a program that shows a key
  std::optional<Severity> milder = {};  ///< of a program's: how severe it was reported last, where that is not told yet
};

struct Situation {
  SituationId id;
  Signal signal;            ///< as last reported
  State state = State::kFiring;
  Severity severity_max = Severity::kNotice;
  Instant raised_at;
  Instant updated_at;       ///< of anything that has a line
  Instant words_at;         ///< headline, description or instruction were last changed, with a line or without
  Instant seen_at;          ///< the cause was last reported as lasting
  std::optional<Instant> clear_since;  ///< the cause is reported as gone since then; it stays until keep-firing is over
  std::optional<Instant> acknowledged_at;
  std::optional<Instant> ended_at;
  PartyId assignee;         ///< 0: nobody
  std::string assignee_name;
  End ended_by = End::kNone;
  std::string end_reason;   ///< why dismissed or resolved by hand
  int escalation = 0;       ///< how often it was escalated because nobody acknowledged
  bool silenced = false;    ///< inside a silence window: kept, shown, not told outside
  std::int64_t version = 0; ///< the number of its newest Entry; also CAP's sequence
  std::optional<Instant> eased_since;   ///< reported as less severe since then; eases after keep-firing
  std::optional<Instant> escalated_at;  ///< the last time
  Instant last_standing_at;             ///< of the newest line about the cause itself
  Standing last_standing;               ///< how it stood in that line
  bool recorded = true;     ///< false: looked back at, and of then only the timeline is known; what it does not say is empty
};

/// Somebody ended it by hand, and nobody has measured that its cause is over.
[[nodiscard]] bool lasts_after_end(Situation const& s);

/// Citizens see it, feeds carry it.
[[nodiscard]] inline bool shown_to_public(Situation const& s) { return s.signal.is_public && !s.silenced; }

/// One line of the timeline; append-only. kSilenced says that a silence began or ended: see Situation::silenced.
/// kUpdated of an unchanged cause says, twice a day, that a public one still lasts. kConfirmed: what one station alone
/// had shown is seen by others too.
struct Entry {
  enum class Kind : std::uint8_t {
    kRaised = 1, kUpdated, kWorsened, kEased, kCleared, kReturned, kAcknowledged, kActing, kAssigned, kNoted,
    kResolved, kDismissed, kEscalated, kSilenced, kConfirmed,
  };
  SituationId situation;
  std::int64_t number = 0;  ///< 1, 2, ... within the Situation
  Instant at;
  Kind kind = Kind::kRaised;
  PartyId by;               ///< 0: the machine
  std::string by_name;
  std::string text;         ///< a note or reason in the words of who wrote it; never shown to the public
  std::optional<Standing> from = {};  ///< how the cause stood in the line before; none: in the first one
  std::optional<Standing> to = {};    ///< how it stands now; of lines about the cause
  std::vector<PartEnd> ended_parts = {};
};
/// "raised", "updated", ..., "silenced", "confirmed".
std::string_view name_of(Entry::Kind kind);

/// While one lasts, matching Situations are kept and shown but told to nobody outside.
struct Silence {
  std::int64_t id = 0;
  std::string kind = {};    ///< empty: any
  std::string source = {};  ///< empty: any
  AreaId area = {};         ///< 0: any; else this Area and all inside it
  Interval when = {};
  std::string reason = {};
  PartyId by = {};
  std::string by_name = {};
};

}  // namespace madang::situations
