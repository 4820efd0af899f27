#include "sensing/warning/registry_changes.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "sensing/means.h"
#include "sensing/model/city_median.h"

namespace madang::sensing::warning {
namespace {

/// So many of a channel tell its median of a past hour well enough.
constexpr std::size_t kSample = 200;

/// nullopt: no rule looks at it, or the index has it in no channel.
std::optional<Stream> watched(DatastreamId id, Registered const& registry, RuleSet const& rules) {
  auto const* ref = registry.index.stream(id);
  if (ref == nullptr) return std::nullopt;
  auto const& channel = *registry.index.channel_of(id);
  if (!is_wanted(channel, rules)) return std::nullopt;
  return stream_of(registry, channel, *ref);
}

/// Until there is no room again.
void add_waiting_streams(Registered const& registry, Engine& engine, StreamNumbers& numbers, AppliedChanges& done) {
  done.outcome = {};
  for (auto const& [channel, streams] : registry.index.by_channel) {
    if (!is_wanted(channel, engine.rules())) continue;
    for (auto const& ref : streams) {
      if (numbers.contains(ref.datastream)) continue;
      auto const number = engine.add(stream_of(registry, channel, ref));
      if (!number) {
        done.outcome = fail(number.error());
        return;
      }
      numbers.emplace(ref.datastream, *number);
      done.anew.push_back(*number);
    }
  }
}

/// What is compared with each other: real streams of a channel, or simulated ones.
struct Part {
  std::string channel;
  bool simulated = false;
  auto operator<=>(Part const&) const = default;
};

Part part_of(Stream const& s) { return {s.channel, s.simulated}; }

/// Some of the streams of this part, spread over all.
std::vector<DatastreamId> sample_of(Part const& part, Engine const& engine, StreamNumbers const& numbers) {
  std::vector<DatastreamId> all;
  for (auto const& [id, number] : numbers)
    if (part_of(engine.stream(number)) == part) all.push_back(id);
  std::ranges::sort(all);
  auto const every = all.size() / kSample + 1;
  std::vector<DatastreamId> some;
  for (std::size_t i = 0; i < all.size(); i += every) some.push_back(all[i]);
  return some;
}

using Medians = std::map<Instant, double>;

Result<Medians> medians_of(Part const& part, storage::ObservationStore& store, Engine const& engine,
                           StreamNumbers const& numbers, Interval when) {
  MADANG_TRY(auto const means, read_hour_means(store, averaging_of(part.channel, {}), sample_of(part, engine, numbers), when));
  std::map<Instant, std::vector<float>> by_hour;
  for (auto const& m : means) by_hour[m.hour].push_back(static_cast<float>(engine.stream(numbers.at(m.datastream)).unit(m.mean)));
  Medians medians;
  for (auto& [hour, values] : by_hour)
    if (values.size() >= kMedianMembersMin) medians[hour] = median_of(values);
  return medians;
}

}  // namespace

ChangedStreams changed_streams(city::Changes const& changes, city::City const& city, StationIndex const& index, StreamNumbers const& numbers) {
  ChangedStreams changed;
  // An Area that lies elsewhere in the hierarchy gives stations another district without moving one of them.
  if (changes.read_all_anew || changes.any_of(city::EntryKind::kArea)) {
    for (auto const& [channel, streams] : index.by_channel)
      for (auto const& ref : streams) changed[ref.datastream] = !numbers.contains(ref.datastream);
    for (auto const& [id, number] : numbers) changed[id] = false;
    return changed;
  }
  for (auto const& change : changes.changes) {
    if (change.kind == city::EntryKind::kDatastream) {
      auto const at = changed.try_emplace(DatastreamId{change.id}, true).first;
      at->second = at->second && change.act == city::Act::kMade;
    } else if (change.kind == city::EntryKind::kThing && change.act != city::Act::kMade) {
      for (auto const& datastream : city.datastreams_of(change.thing)) changed[datastream->id] = false;
    }
  }
  return changed;
}

AppliedChanges apply_changes(ChangedStreams const& changed, Registered const& registry, Engine& engine, StreamNumbers& numbers) {
  AppliedChanges done;
  bool some_left = false;
  for (auto const& [id, is_new] : changed) {
    auto now = watched(id, registry, engine.rules());
    auto const known = numbers.find(id);
    if (now && known == numbers.end()) {
      auto const number = engine.add(*now);
      if (!number) {
        done.outcome = fail(number.error());
        continue;
      }
      numbers.emplace(id, *number);
      if (!is_new) done.anew.push_back(*number);
    } else if (now) {
      Stream const& before = engine.stream(known->second);
      now->lateness = before.lateness;
      if (before == *now) continue;
      if (engine.would_end_what_is_open(known->second, *now)) done.needs_rebuild = true;
      else if (engine.change(known->second, *now)) done.anew.push_back(known->second);
    } else if (known != numbers.end()) {
      engine.remove(known->second);
      numbers.erase(known);
      some_left = true;
    }
  }
  if (some_left) add_waiting_streams(registry, engine, numbers, done);
  return done;
}

Result<void> teach_anew(storage::ObservationStore& store, Engine& engine, StreamNumbers const& numbers,
                        std::span<std::uint32_t const> anew, Interval when) {
  std::map<Part, std::vector<DatastreamId>> by_part;
  for (auto const number : anew) by_part[part_of(engine.stream(number))].push_back(engine.stream(number).datastream);
  for (auto& [part, ids] : by_part) {
    std::ranges::sort(ids);
    MADANG_TRY(auto const medians, medians_of(part, store, engine, numbers, when));
    MADANG_TRY(auto const means, read_hour_means(store, averaging_of(part.channel, {}), ids, when));
    for (auto const& m : means) {
      auto const number = numbers.at(m.datastream);
      auto const median = medians.find(m.hour);
      std::optional<double> city;
      if (median != medians.end()) city = median->second;
      engine.teach(number, m.hour, city, engine.stream(number).unit(m.mean));
    }
  }
  return {};
}

}  // namespace madang::sensing::warning
