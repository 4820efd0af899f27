// What an engine must know before its first live value: all streams of the city, how they usually were, what happened
// in the last hours, and what was open when the server stopped.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "city/city.h"
#include "sensing/live/stations.h"
#include "sensing/warning/engine.h"
#include "sensing/warning/lateness.h"
#include "sensing/warning/sight.h"
#include "situations/situations.h"
#include "storage/observations/store.h"

namespace madang::sensing::warning {

using StreamNumbers = std::unordered_map<DatastreamId, std::uint32_t>;

/// Whether a rule looks at this channel, or needs it beside another.
bool is_wanted(std::string_view channel, RuleSet const& rules);
/// What is known of Datastreams; all outlive it.
struct Registered {
  city::City const& city;
  StationIndex const& index;
  Lateness const& lateness;
};
/// A Datastream as the engine sees it, at its pace.
Stream stream_of(Registered const& from, std::string const& channel, StreamRef const& ref);

/// Adds the streams of the city that a rule looks at and that are not in `numbers` yet, each at its pace. How many found no room.
Result<std::size_t> add_streams(city::City const& city, Lateness const& lateness, Engine& engine, StreamNumbers& numbers);
/// The same where all deliver at once.
inline Result<std::size_t> add_streams(city::City const& city, Engine& engine, StreamNumbers& numbers) {
  return add_streams(city, Lateness{Millis{0}}, engine, numbers);
}

/// Quantities that a rule looks at and that every station measures in a unit which is none of them.
OnlyForeign only_foreign(city::City const& city, RuleSet const& rules);
OnlyForeign only_foreign(StationIndex const& index, RuleSet const& rules);

/// Streams that a rule looks at and that are not watched, by quantity: there is no room for more.
CrowdedOut crowded_out(StationIndex const& index, RuleSet const& rules, StreamNumbers const& numbers);

/// A stored value that the early warning judges: it counts, or is doubtful and may be true all the same, and it was measured.
[[nodiscard]] bool is_judged(storage::StoredObservation const& o);

struct WarmStart {
  city::City const& city;
  storage::ObservationStore& store;
  Lateness& lateness;  ///< learns how late the values of the last hours came
  std::function<bool()> is_stopping = [] { return false; };  ///< asked now and then: what is left is not needed any more
  Engine const* before = nullptr;  ///< that judged the same city until now, and heard all of it: what it knew goes on
};
struct Replayed {
  std::size_t values = 0;
  std::size_t left_out = 0;  ///< of the same time, more than there was room for: the oldest of each stream
  std::size_t crowded_out = 0;  ///< streams for which there is no room: the others go on
};
/// Streams, baselines from hourly means, then the last hours value by value.
Result<Replayed> warm_start(WarmStart const& needs, Engine& engine, StreamNumbers& numbers, Instant now, Millis history);

/// Until when its values showed it: what delivers late is judged by the time of its values, and a Situation is reported gone by the
/// clock. The newest time that it names, at most when it was reported gone, or else seen last.
[[nodiscard]] Instant shown_until(situations::Situation const& s);

/// How a Situation of before goes on: what becomes of each of its parts, by the part's key.
struct Continued {
  situations::SituationPtr situation;
  Before::Stood stood = Before::Stood::kOpen;
  struct Part {
    std::string key;
    std::string channel;
    city::Name name;
    Adoption adoption = Adoption::kGoesOn;
  };
  std::vector<Part> parts;
  [[nodiscard]] bool goes_on() const;
};
/// Goes on with the Situations that are open, then with those that wait whether their cause is really gone, then with those
/// that somebody ended by hand: what is found in the replayed past belongs to the first that knows its stations.
std::vector<Continued> adopt_all(situations::Situations const& situations, Engine& engine, StreamNumbers const& numbers);

}  // namespace madang::sensing::warning
