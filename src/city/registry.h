// The registry in memory: every entity once, found by id, serial, name or place without I/O. Not synchronised:
// city.cc holds the lock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "city/area_index.h"
#include "city/city.h"

namespace madang::city {

/// A Thing is at a Location; which came first is what `sequence`, ascending over all, says.
struct Placement {
  ThingId thing;
  LocationId location;
  std::int64_t sequence = 0;
};

/// Where a Thing is from now on.
struct Move {
  ThingId thing;
  std::vector<Placement> to;
};

/// What an act on an entry that exists leaves behind.
struct Acted {
  EntryKind kind = EntryKind::kThing;
  std::int64_t entry = 0;
  Act act = Act::kEdited;
  std::string before = {};
  std::string after = {};
  ThingId of_thing = {};  ///< whose Datastream it is; none: it is another entry
};

/// What replaces entries that exist, found by their ids, and what takes them away. Of an entry that is deleted all that is
/// part of it is named too.
struct Alterations {
  std::vector<ThingPtr> things;
  std::vector<LocationPtr> locations;
  std::vector<SensorPtr> sensors;
  std::vector<ObservedPropertyPtr> observed_properties;
  std::vector<DatastreamPtr> datastreams;
  std::vector<FeaturePtr> features;
  std::vector<Move> moves;
  std::vector<ThingId> deleted_things;
  std::vector<LocationId> deleted_locations;
  std::vector<SensorId> deleted_sensors;
  std::vector<ObservedPropertyId> deleted_properties;
  std::vector<DatastreamId> deleted_datastreams;
  std::vector<Acted> acts;

  [[nodiscard]] bool empty() const;
};

/// What no entity may have as its id any more: the next of each kind. 0: not known.
struct NextIds {
  std::int64_t thing = 0, location = 0, sensor = 0, observed_property = 0, datastream = 0, feature = 0;
};

/// Entities that go somewhere together: all that was loaded, or all that one call makes.
struct Entities {
  std::vector<AreaPtr> areas;  ///< every Area there is, when it is not empty
  std::shared_ptr<AreaIndex const> area_index = nullptr;  ///< of them, where it is made already
  std::vector<ThingPtr> things;
  std::vector<LocationPtr> locations;
  std::vector<Placement> placements;
  std::vector<SensorPtr> sensors;
  std::vector<ObservedPropertyPtr> observed_properties;
  std::vector<DatastreamPtr> datastreams;
  std::vector<FeaturePtr> features;
  Alterations altered;
  NextIds next;  ///< when they were loaded
  std::int64_t version = 0;  ///< of the records they were loaded from
};

/// What adding some Entities takes a walk over everything for: it is made of the registry as it is, before readers must wait.
struct Prepared {
  std::shared_ptr<AreaIndex const> area_index;  ///< none: Areas stay as they are
  std::vector<LocationPtr> relocated;           ///< as they are in the Areas that come
  std::vector<std::vector<DatastreamPtr>> of_sensors;  ///< what names each Sensor that is replaced
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;
/// All that have a name; the lowest is found by it.
template <typename EntityId>
using NamedIds = TextMap<std::set<EntityId>>;

/// Lets equal texts share their memory: in a large city thousands of Datastreams have the same name. Bounded: names
/// that are all different push each other out.
class SharedTexts {
 public:
  void share(Name& name);

 private:
  static constexpr std::size_t kKept = 4'096;
  std::unordered_multimap<std::size_t, Texts> kept_;  ///< by hash of content
};

/// Entities by ascending id. Ids are given from 1, and few are deleted: so many places below id - 1 an entity is at most.
template <typename Entity>
class Table {
 public:
  using Pointer = std::shared_ptr<Entity const>;
  using EntityId = decltype(Entity::id);

  [[nodiscard]] Pointer find(EntityId id) const {
    auto const place = position(id);
    return place < rows_.size() ? rows_[place] : nullptr;
  }
  /// rows().size() when there is none.
  [[nodiscard]] std::size_t position(EntityId id) const {
    if (id.value() < 1) return rows_.size();
    auto const last = std::min(static_cast<std::size_t>(id.value() - 1), rows_.size());
    if (last < rows_.size() && rows_[last]->id == id) return last;
    auto const first = last - std::min(last, gaps());
    auto const at = std::lower_bound(rows_.begin() + static_cast<std::ptrdiff_t>(first),
                                     rows_.begin() + static_cast<std::ptrdiff_t>(std::min(last + 1, rows_.size())), id,
                                     [](Pointer const& row, EntityId wanted) { return row->id < wanted; });
    return at != rows_.end() && (*at)->id == id ? static_cast<std::size_t>(at - rows_.begin()) : rows_.size();
  }
  void add(Pointer entity) { rows_.push_back(std::move(entity)); }
  void replace(std::size_t place, Pointer entity) { rows_[place] = std::move(entity); }
  void erase(std::size_t place) {
    keep_next_id(rows_[place]->id.value() + 1);
    rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(place));
  }
  /// Ids below were given once.
  void keep_next_id(std::int64_t next) { next_ = std::max(next_, next); }
  [[nodiscard]] EntityId next_id() const {
    return EntityId{std::max(next_, rows_.empty() ? 1 : rows_.back()->id.value() + 1)};
  }
  [[nodiscard]] std::vector<Pointer> const& rows() const { return rows_; }

  [[nodiscard]] Page<Entity> page(PageOptions const& options) const {
    Page<Entity> page;
    page.count = rows_.size();
    auto const first = std::min(options.skip, rows_.size());
    auto const count = std::min(options.top, rows_.size() - first);
    page.entities.reserve(count);
    for (std::size_t i = first; i < first + count; ++i) {
      page.entities.push_back(rows_[options.descending ? rows_.size() - 1 - i : i]);
    }
    return page;
  }

 private:
  /// Ids below the last one that nobody has.
  [[nodiscard]] std::size_t gaps() const {
    return rows_.empty() ? 0 : static_cast<std::size_t>(rows_.back()->id.value()) - rows_.size();
  }

  std::vector<Pointer> rows_;
  std::int64_t next_ = 1;
};

std::size_t hash_of(FeatureOfInterest const& feature);

class Registry {
 public:
  [[nodiscard]] Prepared prepare(Entities const& entities) const;
  /// Entities of each kind come by ascending id, above all that are here. What is altered exists. `log` hears of it all.
  /// `prepared` was made of these, since the last change.
  void add(Entities const& entities, Prepared const& prepared, ChangeLog& log);
  /// At once, where nobody hears of it and nobody waits.
  void add(Entities const& entities);

  [[nodiscard]] ThingPtr thing_of_serial(std::string_view serial) const;
  [[nodiscard]] DatastreamsPtr datastreams_of(ThingId thing) const;  ///< never null
  [[nodiscard]] std::vector<LocationPtr> locations_of(ThingId thing) const;
  [[nodiscard]] std::vector<ThingPtr> things_of(LocationId location) const;
  [[nodiscard]] std::int64_t next_sequence() const { return next_sequence_; }  ///< of a Placement
  [[nodiscard]] SensorPtr sensor_named(std::string_view name) const;
  [[nodiscard]] ObservedPropertyPtr observed_property_defined(std::string_view definition) const;
  /// One that equals `wanted` in everything but its id; nullptr: none. Only for the one writer: its index is kept here
  /// and made when it is first asked for.
  [[nodiscard]] FeaturePtr feature_like(FeatureOfInterest wanted) const;
  [[nodiscard]] std::shared_ptr<AreaIndex const> const& area_index() const { return area_index_; }
  /// Of all Datastreams; whether any names this.
  [[nodiscard]] bool is_used(SensorId sensor) const;
  [[nodiscard]] bool is_used(ObservedPropertyId property) const;

  Table<Thing> things;
  Table<Location> locations;
  Table<Sensor> sensors;
  Table<ObservedProperty> observed_properties;
  Table<Datastream> datastreams;
  Table<FeatureOfInterest> features;

 private:
  struct OfThing {
    DatastreamsPtr datastreams;
    std::vector<LocationPtr> locations;
  };

  void set_areas(std::vector<AreaPtr> const& areas, Prepared const& prepared, ChangeLog& log);
  void add_datastreams(std::vector<DatastreamPtr> const& added);
  void add_locations(std::vector<LocationPtr> const& added);
  void add_placements(std::vector<Placement> const& added);
  void name(SensorPtr const& sensor);
  void define(ObservedPropertyPtr const& property);

  void alter(Alterations const& altered, Prepared const& prepared, ChangeLog& log);
  void replace(ThingPtr const& thing, ChangeLog& log);
  void replace(LocationPtr const& location, ChangeLog& log);
  void replace(SensorPtr const& sensor, std::vector<DatastreamPtr> const& named_by, ChangeLog& log);
  void replace(ObservedPropertyPtr const& property, ChangeLog& log);
  void replace(DatastreamPtr const& datastream, ChangeLog& log);
  void replace(FeaturePtr const& feature, ChangeLog& log);
  void move(Move const& move, ChangeLog& log);
  void leave_places(ThingId thing);
  void erase(ThingId thing, ChangeLog& log);
  void erase(LocationId location, ChangeLog& log);
  void erase(SensorId sensor, ChangeLog& log);
  void erase(ObservedPropertyId property, ChangeLog& log);
  void erase(DatastreamId datastream, ChangeLog& log);
  void put_in_places(LocationPtr const& location);
  /// Whoever is there lies elsewhere now.
  void log_moved_things(LocationId location, ChangeLog& log) const;

  TextMap<ThingId> serials_;
  NamedIds<SensorId> sensor_names_;
  NamedIds<ObservedPropertyId> definitions_;
  std::vector<OfThing> of_things_;  ///< same places as `things`
  std::vector<std::vector<ThingId>> of_locations_;  ///< same places as `locations`
  std::int64_t next_sequence_ = 1;
  mutable std::unordered_multimap<std::size_t, FeatureId> feature_hashes_;
  mutable std::size_t features_hashed_ = 0;  ///< rows of `features` that are in it
  std::shared_ptr<AreaIndex const> area_index_ = std::make_shared<AreaIndex const>();
};

}  // namespace madang::city
