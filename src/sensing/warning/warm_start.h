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
/// A Datastream as the engine sees it, at its pace.
Stream stream_of(StationIndex const& index, std::string const& channel, StreamRef const& ref, Lateness const& lateness);

/// Adds the streams of the city that a rule looks at and that are not in `numbers` yet, each at its pace.
Result<void> add_streams(city::City const& city, Lateness const& lateness, Engine& engine, StreamNumbers& numbers);
/// The same where all deliver at once.
inline Result<void> add_streams(city::City const& city, Engine& engine, StreamNumbers& numbers) {
  return add_streams(city, Lateness{Millis{0}}, engine, numbers);
}

/// Quantities that a rule looks at and that every station measures in a unit which is none of them.
OnlyForeign only_foreign(city::City const& city, RuleSet const& rules);
OnlyForeign only_foreign(StationIndex const& index, RuleSet const& rules);

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
};
/// Streams, baselines from hourly means, then the last hours value by value.
Result<Replayed> warm_start(WarmStart const& needs, Engine& engine, StreamNumbers& numbers, Instant now, Millis history);

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
