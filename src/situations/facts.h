// The numbers of a cause, once: headline, sentence, evidence, picture, messages and the timeline's "from -> to" are all
// made from these. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/model.h"
#include "core/geo.h"
#include "core/id.h"
#include "core/time.h"

namespace madang::situations {

/// Four, each with a shape of its own on the map. CAP 1.2: Minor, Moderate, Severe, Extreme.
enum class Severity : std::uint8_t { kNotice = 1, kCaution = 2, kSerious = 3, kCritical = 4 };
constexpr Severity last_of(Severity) { return Severity::kCritical; }
/// "notice", "caution", "serious", "critical".
std::string_view name_of(Severity severity);
/// kInvalid: the sentence begins with "severity".
Result<Severity> severity_named(std::string_view name);

/// One quantity of a cause, as its detector found it. Values are rounded to what the instrument says.
struct Quantity {
  std::string part = {};           ///< the detector's own key of this part
  std::string kind = {};           ///< of the part; a lone station ("unconfirmed") may stand beside what others confirm
  std::string rule = {};
  Severity severity = Severity::kNotice;
  std::string channel = {};
  city::Name name = {};            ///< of the quantity
  std::string unit = {};
  std::int64_t stations = 0;  ///< that are part of it, shown in the evidence or not; 0: a level of an Area or of the city
  double value = 0;           ///< the highest at `at`; of a level the mean
  double expected = 0;        ///< usual for the station of `peak`; of a level where it begins
  double peak = 0;            ///< the highest since it began; stands in the evidence
  double city = 0;            ///< the city's median at `at`; NaN: there is none
  double ground = 0;          ///< of a crowd, the m2 on which it is counted; 0: unknown
  Instant at = {};
  Instant peak_at = {};
  Instant since = {};
  std::vector<DatastreamId> members = {};  ///< of the part, the strongest first, at most kPartMembersMax
};

/// A quantity of which the early warning judges nothing.
struct Unjudged {
  std::string channel = {};
  city::Name name = {};
  Instant since = {};
  friend bool operator==(Unjudged const&, Unjudged const&) = default;
};

struct Facts {
  std::int64_t stations = 0;           ///< of all quantities, each station once
  std::vector<Quantity> quantities = {};    ///< the one that speaks for all first; none: reported by hand
  std::optional<LatLon> named_at = {};      ///< where the cause stood when its headline and Area were chosen
  std::vector<Unjudged> not_judged = {};    ///< of kWarningBlind only
};
/// What sentences speak of: parts of one channel are one, with all their stations; in the order of the parts. A lone
/// station beside confirmed parts of its channel is evidence, and no number of theirs.
std::vector<Quantity> by_channel(Facts const& facts);

/// The stations that show it, as far as they are named, each once: not those around it, nor what one shows alone beside it.
std::vector<DatastreamId> named_members(Facts const& facts);

/// How a cause stood when a line of its timeline was written.
struct Standing {
  Severity severity = Severity::kNotice;
  std::int64_t stations = 0;
  std::string channel = {};  ///< empty: without numbers
  std::string unit = {};
  double value = 0;
  friend bool operator==(Standing const&, Standing const&) = default;
};
Standing standing_of(Facts const& facts, Severity severity);
/// So different that people must know: other stations, or a value that is a fifth higher or lower.
bool is_news(Standing const& before, Standing const& now);

}  // namespace madang::situations
