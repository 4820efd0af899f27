#include "city/registry_changes.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "city/limits.h"
#include "city/read_rows.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

/// Behind the kinds of entries.
constexpr std::int64_t kPlacesOfThing = 7;
constexpr std::int64_t kNewEntries = 8;
static_assert(static_cast<std::int64_t>(last_of(EntryKind{})) < kPlacesOfThing);

struct ChangedRow {
  std::int64_t version = 0;
  std::int64_t what = 0;
  std::int64_t entry = 0;
};
constexpr auto kChanged = storage::table<ChangedRow>("registry_change", storage::key("version", &ChangedRow::version),
                                                     storage::key("what", &ChangedRow::what), storage::key("entry", &ChangedRow::entry));

using Changed = std::set<std::pair<std::int64_t, std::int64_t>>;

Changed changed_in(Entities const& entities) {
  Changed out{{kNewEntries, 0}};
  auto const add = [&out](EntryKind kind, auto const& ids) {
    for (auto const id : ids) out.emplace(static_cast<std::int64_t>(kind), id.value());
  };
  auto const add_all = [&out](EntryKind kind, auto const& entries) {
    for (auto const& entry : entries) out.emplace(static_cast<std::int64_t>(kind), entry->id.value());
  };
  if (!entities.areas.empty()) out.emplace(static_cast<std::int64_t>(EntryKind::kArea), 0);
  auto const& altered = entities.altered;
  add_all(EntryKind::kThing, altered.things);
  add_all(EntryKind::kLocation, altered.locations);
  add_all(EntryKind::kSensor, altered.sensors);
  add_all(EntryKind::kObservedProperty, altered.observed_properties);
  add_all(EntryKind::kDatastream, altered.datastreams);
  add_all(EntryKind::kFeature, altered.features);
  add(EntryKind::kThing, altered.deleted_things);
  add(EntryKind::kLocation, altered.deleted_locations);
  add(EntryKind::kSensor, altered.deleted_sensors);
  add(EntryKind::kObservedProperty, altered.deleted_properties);
  add(EntryKind::kDatastream, altered.deleted_datastreams);
  for (auto const& move : altered.moves) out.emplace(kPlacesOfThing, move.thing.value());
  for (auto const& placed : entities.placements) out.emplace(kPlacesOfThing, placed.thing.value());
  return out;
}

/// What changed between two versions; none: not all of it is known here.
Result<std::optional<Changed>> changed_between(soci::session& sql, std::int64_t from, std::int64_t to) {
  MADANG_TRY(auto const rows, storage::select(sql, kChanged, {"WHERE version > :from AND version <= :to ORDER BY version, what, entry LIMIT " +
                                                                  std::to_string(kRegistryChangesReadMax + 1),
                                                              {{"from", from}, {"to", to}}}));
  if (rows.size() > kRegistryChangesReadMax) return std::nullopt;
  Changed changed;
  std::set<std::int64_t> versions;
  for (auto const& row : rows) {
    versions.insert(row.version);
    if (row.what == static_cast<std::int64_t>(EntryKind::kArea)) return std::nullopt;
    changed.emplace(row.what, row.entry);
  }
  // Whoever writes without a word here, as older programs do, leaves a hole.
  if (static_cast<std::int64_t>(versions.size()) != to - from) return std::nullopt;
  return changed;
}

class Reading {
 public:
  Reading(soci::session& sql, Registry const& known, Changed const& changed) : sql_(sql), known_(known), changed_(changed) {}

  Result<Entities> read() {
    Alterations& altered = out_.altered;
    std::vector<FeatureId> gone_features;  // never deleted
    MADANG_CHECK(read_kind(EntryKind::kThing, kThings, known_.things, out_.things, altered.things, altered.deleted_things));
    MADANG_CHECK(read_kind(EntryKind::kLocation, kLocations, known_.locations, out_.locations, altered.locations, altered.deleted_locations));
    MADANG_CHECK(read_kind(EntryKind::kSensor, kSensors, known_.sensors, out_.sensors, altered.sensors, altered.deleted_sensors));
    MADANG_CHECK(read_kind(EntryKind::kObservedProperty, kObservedProperties, known_.observed_properties, out_.observed_properties,
                           altered.observed_properties, altered.deleted_properties));
    MADANG_CHECK(read_kind(EntryKind::kFeature, kFeatures, known_.features, out_.features, altered.features, gone_features));
    MADANG_CHECK(read_kind(EntryKind::kDatastream, kDatastreams, known_.datastreams, out_.datastreams, altered.datastreams,
                           altered.deleted_datastreams));
    MADANG_CHECK(read_places());
    out_.next = {.thing = storage::next_id(sql_, kThings.name), .location = storage::next_id(sql_, kLocations.name),
                 .sensor = storage::next_id(sql_, kSensors.name), .observed_property = storage::next_id(sql_, kObservedProperties.name),
                 .datastream = storage::next_id(sql_, kDatastreams.name), .feature = storage::next_id(sql_, kFeatures.name)};
    return std::move(out_);
  }

 private:
  template <typename Row, typename... Ts, typename Entity>
  Result<void> read_kind(EntryKind kind, storage::Table<Row, Ts...> const& table, Table<Entity> const& known,
                         std::vector<std::shared_ptr<Entity const>>& made, std::vector<std::shared_ptr<Entity const>>& edited,
                         std::vector<typename Table<Entity>::EntityId>& deleted) {
    auto const finish = [&](Entity& entity) {
      // In which Area it lies is not kept, but found.
      if constexpr (std::is_same_v<Entity, Location>) entity.area = entity.point ? known_.area_index()->at(*entity.point) : AreaId{};
    };
    MADANG_CHECK(read_entities(sql_, table, {"WHERE id >= :first ORDER BY id", {{"first", known.next_id()}}}, made, finish));
    auto const number = static_cast<std::int64_t>(kind);
    for (auto at = changed_.lower_bound({number, 0}); at != changed_.end() && at->first == number; ++at) {
      typename Table<Entity>::EntityId const id{at->second};
      if (known.find(id) == nullptr) continue;  // it came and changed since
      auto const before = edited.size();
      MADANG_CHECK(read_entities(sql_, table, {"WHERE id = :id", {{"id", id}}}, edited, finish));
      if (edited.size() == before) deleted.push_back(id);
    }
    return {};
  }

  Result<void> read_places() {
    MADANG_TRY(auto const of_new, storage::select(sql_, kPlacements, {"WHERE thing >= :first ORDER BY sequence", {{"first", known_.things.next_id()}}}));
    for (auto const& row : of_new) out_.placements.push_back({row.thing, row.location, row.sequence});
    for (auto at = changed_.lower_bound({kPlacesOfThing, 0}); at != changed_.end() && at->first == kPlacesOfThing; ++at) {
      ThingId const thing{at->second};
      if (known_.things.find(thing) == nullptr) continue;
      if (std::ranges::find(out_.altered.deleted_things, thing) != out_.altered.deleted_things.end()) continue;
      MADANG_TRY(auto const rows, storage::select(sql_, kPlacements, {"WHERE thing = :thing ORDER BY sequence", {{"thing", thing}}}));
      Move move{thing, {}};
      for (auto const& row : rows) move.to.push_back({row.thing, row.location, row.sequence});
      out_.altered.moves.push_back(std::move(move));
    }
    return {};
  }

  soci::session& sql_;
  Registry const& known_;
  Changed const& changed_;
  Entities out_;
};

}  // namespace

Result<void> save_changed(soci::session& sql, std::int64_t version, Entities const& entities) {
  std::vector<ChangedRow> rows;
  for (auto const& [what, entry] : changed_in(entities)) rows.push_back({version, what, entry});
  MADANG_CHECK(storage::insert_all(sql, kChanged, std::span<ChangedRow const>{rows}));
  MADANG_TRY(auto const old, storage::execute(sql, "DELETE FROM registry_change WHERE version <= :old", {{"old", version - kRegistryWritesKept}}));
  (void)old;
  return {};
}

Result<std::optional<Entities>> load_changed(storage::Records& records, Registry const& known, std::int64_t version) {
  std::optional<Entities> out;
  MADANG_CHECK(storage::snapshot(records, [&](soci::session& sql) -> Result<void> {
    out.reset();
    MADANG_TRY(auto const now, version_of_registry(sql));
    MADANG_TRY(auto const changed, changed_between(sql, version, now));
    if (!changed) return {};
    MADANG_TRY(out, Reading(sql, known, *changed).read());
    out->version = now;
    return {};
  }));
  return out;
}

}  // namespace madang::city
