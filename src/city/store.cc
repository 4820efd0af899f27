#include "city/store.h"

#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <optional>

#include "city/limits.h"
#include "city/read_rows.h"
#include "city/registry_changes.h"
#include "city/tables.h"
#include "core/json_writer.h"
#include "runtime/refusal.h"
#include "storage/journal/journal.h"
#include "storage/journal/limits.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

constexpr char const* kCountOnOlderStores = "2026-12 count on servers of an older version, which do not say that they keep readings";

/// Each step keeps its place for ever: the next one comes behind the last, also behind the one that says it differently on SQLite.
constexpr std::array kCityMigrations = {
    storage::Migration{
        "2026-11 keep areas, things and all that hangs on them",
        "CREATE TABLE area (id BIGINT NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        " parent BIGINT NOT NULL, level BIGINT NOT NULL, shape TEXT NOT NULL);"
        "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, serial TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        " description TEXT NOT NULL, properties TEXT NOT NULL, simulated SMALLINT NOT NULL);"
        "CREATE TABLE location (id BIGINT NOT NULL PRIMARY KEY, thing BIGINT NOT NULL REFERENCES thing (id),"
        " name TEXT NOT NULL, description TEXT NOT NULL, encoding_type TEXT NOT NULL, geometry TEXT NOT NULL,"
        " has_point SMALLINT NOT NULL, latitude DOUBLE PRECISION NOT NULL, longitude DOUBLE PRECISION NOT NULL,"
        " properties TEXT NOT NULL);"
        "CREATE TABLE sensor (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL,"
        " encoding_type TEXT NOT NULL, metadata TEXT NOT NULL, model TEXT NOT NULL, measurement_class BIGINT NOT NULL,"
        " grade TEXT NOT NULL, notice TEXT NOT NULL, source TEXT NOT NULL, channels TEXT NOT NULL,"
        " properties TEXT NOT NULL);"
        "CREATE TABLE observed_property (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
        " definition TEXT NOT NULL, description TEXT NOT NULL, properties TEXT NOT NULL);"
        "CREATE TABLE feature_of_interest (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
        " description TEXT NOT NULL, encoding_type TEXT NOT NULL, geometry TEXT NOT NULL, properties TEXT NOT NULL);"
        "CREATE TABLE datastream (id BIGINT NOT NULL PRIMARY KEY, thing BIGINT NOT NULL REFERENCES thing (id),"
        " sensor BIGINT NOT NULL REFERENCES sensor (id),"
        " observed_property BIGINT NOT NULL REFERENCES observed_property (id), channel TEXT NOT NULL,"
        " name TEXT NOT NULL, description TEXT NOT NULL, observation_type TEXT NOT NULL, unit TEXT NOT NULL,"
        " properties TEXT NOT NULL, default_feature BIGINT NOT NULL, interval_ms BIGINT NOT NULL,"
        " fitted SMALLINT NOT NULL);"
        "CREATE UNIQUE INDEX datastream_channel ON datastream (thing, channel) WHERE channel <> ''"},
    // `sequence` keeps the order in which a Thing came to its places; the first one is where it is shown.
    storage::Migration{
        "2026-11 let a place hold any number of things, and keep whether a sensor's metadata are JSON",
        "CREATE TABLE placement (thing BIGINT NOT NULL REFERENCES thing (id), location BIGINT NOT NULL,"
        " sequence BIGINT NOT NULL, PRIMARY KEY (thing, location));"
        "INSERT INTO placement (thing, location, sequence) SELECT thing, id, id FROM location;"
        "CREATE TABLE place (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL,"
        " encoding_type TEXT NOT NULL, geometry TEXT NOT NULL, has_point SMALLINT NOT NULL,"
        " latitude DOUBLE PRECISION NOT NULL, longitude DOUBLE PRECISION NOT NULL, properties TEXT NOT NULL);"
        "INSERT INTO place (id, name, description, encoding_type, geometry, has_point, latitude, longitude, properties)"
        " SELECT id, name, description, encoding_type, geometry, has_point, latitude, longitude, properties"
        " FROM location;"
        "DROP TABLE location;"
        "ALTER TABLE place RENAME TO location;"
        "ALTER TABLE sensor ADD COLUMN metadata_is_json SMALLINT NOT NULL DEFAULT 0"},
    storage::Migration{
        "2026-11 keep which things are retired, and what was done to each entry",
        "ALTER TABLE thing ADD COLUMN retired_at BIGINT;"
        "CREATE TABLE registry_act (id BIGINT NOT NULL PRIMARY KEY, kind SMALLINT NOT NULL, entry BIGINT NOT NULL,"
        " act SMALLINT NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL, said_before TEXT NOT NULL, said_after TEXT NOT NULL,"
        " journal BIGINT NOT NULL);"
        "CREATE INDEX registry_act_entry ON registry_act (kind, entry, id)"},
    storage::Migration{
        "2026-11 count the writes of the registry, so that nobody writes on what another has changed",
        "CREATE TABLE registry_version (id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);"
        "INSERT INTO registry_version (id, version) VALUES (1, 0)"},
    storage::Migration{
        "2026-11 know in which data directories readings of the registry's Datastreams are kept",
        "CREATE TABLE observation_store (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, since BIGINT NOT NULL)"},
    storage::Migration{
        "2026-12 keep with each act on a datastream whose it is, so that a thing's history holds those that are gone",
        "ALTER TABLE registry_act ADD COLUMN of_thing BIGINT NOT NULL DEFAULT 0;"
        "CREATE INDEX registry_act_of_thing ON registry_act (of_thing, kind)"},
    storage::Migration{
        "2026-12 keep which entries each write of the registry changed",
        "CREATE TABLE registry_change (version BIGINT NOT NULL, what BIGINT NOT NULL, entry BIGINT NOT NULL,"
        " PRIMARY KEY (version, what, entry))"},
    storage::Migration{
        "2026-12 keep when each data directory was last seen",
        "ALTER TABLE observation_store ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0"},
    // A server of the version before may be at work on records that several share, with readings of what is here by now: it does not
    // make itself known. (No literal of a step holds a ';'.)
    storage::Migration{kCountOnOlderStores,
                       "INSERT INTO observation_store (id, name, since, seen_at) SELECT 'older-versions', 'servers of an older version', 0, 0"
                       " WHERE EXISTS (SELECT 1 FROM datastream)"},
    // Beside what the registry says of it: an edit of that keeps it. No row: before anybody wrote it down.
    storage::Migration{
        "2026-12 keep in a table of its own when each datastream was registered",
        "CREATE TABLE datastream_registered (id BIGINT NOT NULL PRIMARY KEY, registered_at BIGINT NOT NULL)"},
};
/// What lies in one data directory has one server.
constexpr char const* kCountOnNoOlderStores = "DELETE FROM observation_store WHERE id = 'older-versions'";

/// All rows in the order of their key.
template <typename Row, typename... Ts, typename Entity, typename Finish>
Result<void> load(soci::session& sql, storage::Table<Row, Ts...> const& table, std::vector<std::shared_ptr<Entity const>>& out,
                  Finish const& finish) {
  return read_entities(sql, table, {"ORDER BY id"}, out, finish);
}

template <typename Row, typename... Ts, typename Entity>
Result<void> load(soci::session& sql, storage::Table<Row, Ts...> const& table, std::vector<std::shared_ptr<Entity const>>& out) {
  return load(sql, table, out, [](Entity const&) {});
}

Result<void> load_datastreams(soci::session& sql, std::vector<DatastreamPtr>& out) {
  SharedTexts texts;
  return load(sql, kDatastreams, out, [&texts](Datastream& d) { texts.share(d.name); });
}

Result<void> load_placements(soci::session& sql, std::vector<Placement>& out) {
  return storage::for_each(sql, kPlacements, {"ORDER BY sequence"}, [&](PlacementRow&& row) {
    out.push_back({row.thing, row.location, row.sequence});
  });
}

template <typename Row, typename... Ts, typename Entity>
Result<void> insert_entities(soci::session& sql, storage::Table<Row, Ts...> const& table, std::vector<std::shared_ptr<Entity const>> const& entities) {
  // In parts: the rows of a hundred thousand Things need not all be held at once.
  constexpr std::size_t kTogether = 5'000;
  std::vector<Row> rows;
  for (auto const& entity : entities) {
    rows.push_back(row_of(*entity));
    if (rows.size() < kTogether && entity != entities.back()) continue;
    MADANG_CHECK(storage::insert_all(sql, table, std::span<Row const>{rows}));
    rows.clear();
  }
  return {};
}

/// New ones get exactly the ids that the plan gave them, or somebody else has written meanwhile.
template <typename Row, typename... Ts, typename Entity>
Result<void> add_new(soci::session& sql, storage::Table<Row, Ts...> const& table, std::vector<std::shared_ptr<Entity const>> const& made) {
  if (made.empty()) return {};
  auto const first = storage::take_ids(sql, table.name, static_cast<std::int64_t>(made.size()));
  if (first != made.front()->id.value()) {
    return runtime::refuse(Code::kConflict, "refusal.registry.registered_elsewhere", {{"kind", table.name}});
  }
  return insert_entities(sql, table, made);
}

/// `kind`: the table, which is called as its kind of entry is.
std::unexpected<Error> changed_meanwhile(std::string_view kind, std::int64_t id) {
  return runtime::refuse(Code::kConflict, "refusal.registry.changed_elsewhere", {{"kind", kind}, {"id", std::to_string(id)}});
}

/// Locks the row until the end of the transaction; false: there is none.
template <typename Row, typename... Ts, typename EntityId>
Result<bool> lock_row(soci::session& sql, storage::Table<Row, Ts...> const& table, EntityId id) {
  MADANG_TRY(auto const rows, storage::execute(sql, "UPDATE " + std::string{table.name} + " SET id = id WHERE id = :id", {{"id", id}}));
  return rows > 0;
}

template <typename Row, typename... Ts>
Result<bool> is_same(storage::Table<Row, Ts...> const& table, Row const& a, Row const& b) {
  MADANG_TRY(auto const values_of_a, storage::detail::values_of(table, a));
  MADANG_TRY(auto const values_of_b, storage::detail::values_of(table, b));
  return values_of_a == values_of_b;
}

/// The row says what this program knows of the entity; one that an older version wrote may say it in other words.
template <typename Row, typename... Ts, typename Entity>
Result<void> check_known(soci::session& sql, storage::Table<Row, Ts...> const& table, std::shared_ptr<Entity const> const& known) {
  if (known == nullptr) return {};  // made in this very write
  auto const id = known->id.value();
  MADANG_TRY(bool const stands, lock_row(sql, table, known->id));
  if (!stands) return changed_meanwhile(table.name, id);
  MADANG_TRY(auto rows, storage::select(sql, table, {"WHERE id = :id", {{"id", known->id}}}));
  auto const wanted = row_of(*known);
  MADANG_TRY(bool const as_written, is_same(table, rows.front(), wanted));
  if (as_written) return {};
  MADANG_TRY(auto const read, entity_of(std::move(rows.front())));
  MADANG_TRY(bool const as_read, is_same(table, row_of(read), wanted));
  return as_read ? Result<void>{} : changed_meanwhile(table.name, id);
}

template <typename Row, typename... Ts, typename Entity>
Result<void> update_entities(soci::session& sql, storage::Table<Row, Ts...> const& table, Table<Entity> const& known,
                             std::vector<std::shared_ptr<Entity const>> const& edited) {
  for (auto const& entity : edited) {
    MADANG_CHECK(check_known(sql, table, known.find(entity->id)));
    MADANG_CHECK(storage::update(sql, table, row_of(*entity)));
  }
  return {};
}

/// The last id must be known before what had it goes.
template <typename Row, typename... Ts, typename Entity>
Result<void> erase_entities(soci::session& sql, storage::Table<Row, Ts...> const& table, Table<Entity> const& known,
                            std::vector<typename Table<Entity>::EntityId> const& deleted) {
  if (!deleted.empty()) (void)storage::take_ids(sql, table.name, 0);
  for (auto const id : deleted) {
    MADANG_CHECK(check_known(sql, table, known.find(id)));
    MADANG_CHECK(storage::erase(sql, table, id));
  }
  return {};
}

Result<void> place(soci::session& sql, std::vector<Placement> const& placements) {
  std::vector<PlacementRow> rows;
  for (auto const& p : placements) rows.push_back({p.thing, p.location, p.sequence});
  return storage::insert_all(sql, kPlacements, std::span<PlacementRow const>{rows});
}

Result<void> leave_places(soci::session& sql, ThingId thing) {
  MADANG_CHECK(storage::execute(sql, "DELETE FROM placement WHERE thing = :thing", {{"thing", thing}}));
  return {};
}

std::int64_t version_in(soci::session& sql) {
  long long version = 0;
  sql << "SELECT version FROM registry_version WHERE id = 1", soci::into(version);
  return version;
}

/// Its row stays locked until the end of the transaction: writes of the registry follow one another, in whichever program.
std::int64_t take_version(soci::session& sql) {
  sql << "UPDATE registry_version SET version = version + 1 WHERE id = 1";
  return version_in(sql);
}

Result<void> save_areas(soci::session& sql, std::vector<AreaPtr> const& areas) {
  if (areas.empty()) return {};
  sql << "DELETE FROM area";
  return insert_entities(sql, kAreas, areas);
}

/// Where the Thing is, as this program knows it.
Result<void> check_known_places(soci::session& sql, Registry const& known, ThingId thing) {
  MADANG_TRY(bool const stands, lock_row(sql, kThings, thing));
  MADANG_TRY(auto const rows, storage::select(sql, kPlacements, {"WHERE thing = :thing ORDER BY sequence", {{"thing", thing}}}));
  auto const is_at = [](PlacementRow const& row, LocationPtr const& location) { return row.location == location->id; };
  if (stands && std::ranges::equal(rows, known.locations_of(thing), is_at)) return {};
  return changed_meanwhile(kThings.name, thing.value());
}

/// Those that one write adds have ids that follow one another.
Result<void> keep_registered(soci::session& sql, std::vector<DatastreamPtr> const& added, Instant now) {
  if (added.empty()) return {};
  MADANG_CHECK(storage::execute(sql,
                                "INSERT INTO datastream_registered (id, registered_at) "
                                "SELECT id, CAST(:at AS BIGINT) FROM datastream WHERE id >= :first AND id <= :last",
                                {{"at", now}, {"first", added.front()->id}, {"last", added.back()->id}}));
  return {};
}

Result<void> save_alterations(soci::session& sql, Alterations const& altered, Registry const& known) {
  for (auto const& move : altered.moves) MADANG_CHECK(check_known_places(sql, known, move.thing));
  MADANG_CHECK(update_entities(sql, kThings, known.things, altered.things));
  MADANG_CHECK(update_entities(sql, kLocations, known.locations, altered.locations));
  MADANG_CHECK(update_entities(sql, kSensors, known.sensors, altered.sensors));
  MADANG_CHECK(update_entities(sql, kObservedProperties, known.observed_properties, altered.observed_properties));
  MADANG_CHECK(update_entities(sql, kFeatures, known.features, altered.features));
  MADANG_CHECK(update_entities(sql, kDatastreams, known.datastreams, altered.datastreams));
  for (auto const& move : altered.moves) {
    MADANG_CHECK(leave_places(sql, move.thing));
    MADANG_CHECK(place(sql, move.to));
  }
  MADANG_CHECK(erase_entities(sql, kDatastreams, known.datastreams, altered.deleted_datastreams));
  for (auto const thing : altered.deleted_things) MADANG_CHECK(leave_places(sql, thing));
  MADANG_CHECK(erase_entities(sql, kThings, known.things, altered.deleted_things));
  MADANG_CHECK(erase_entities(sql, kLocations, known.locations, altered.deleted_locations));
  MADANG_CHECK(erase_entities(sql, kSensors, known.sensors, altered.deleted_sensors));
  return erase_entities(sql, kObservedProperties, known.observed_properties, altered.deleted_properties);
}

/// The journal shows what was done to which number; who did it and what the entry said stand behind commitments.
Result<std::int64_t> record_in_journal(soci::session& sql, Acted const& acted, std::string const& actor, Instant now) {
  JsonWriter facts;
  facts.begin_object().field(name_of(acted.kind), acted.entry).end_object();
  std::vector<storage::journal::Secret> secrets{{"actor", actor}, {"before", acted.before}, {"after", acted.after}};
  std::erase_if(secrets, [](auto const& secret) {
    return secret.data.empty() || secret.data.size() > storage::journal::kSecretMax;
  });
  auto const kind = std::string{name_of(acted.kind)} + "_" + std::string{name_of(acted.act)};
  return storage::journal::append(sql, {now, kind, facts.take(), std::move(secrets)});
}

Result<void> forget_oldest(soci::session& sql, Acted const& acted) {
  MADANG_TRY(auto const all, storage::count(sql, kActs, {"WHERE kind = :kind AND entry = :entry", {{"kind", acted.kind}, {"entry", acted.entry}}}));
  if (all <= static_cast<std::int64_t>(kHistoryPerEntryMax)) return {};
  MADANG_CHECK(storage::execute(sql,
                                "DELETE FROM registry_act WHERE id = (SELECT MIN(id) FROM registry_act WHERE kind = :kind AND entry = :entry)",
                                {{"kind", acted.kind}, {"entry", acted.entry}}));
  return {};
}

Result<void> save_acts(soci::session& sql, std::vector<Acted> const& acts, Signed const& by) {
  if (acts.empty()) return {};
  auto id = storage::take_ids(sql, kActs.name, static_cast<std::int64_t>(acts.size()));
  std::vector<ActRow> rows;
  for (auto const& acted : acts) {
    MADANG_TRY(auto const position, record_in_journal(sql, acted, by.actor, by.at));
    rows.push_back({RegistryActId{id++}, acted.kind, acted.entry, acted.act, by.at, by.actor, acted.before, acted.after, position, acted.of_thing});
  }
  MADANG_CHECK(storage::insert_all(sql, kActs, std::span<ActRow const>{rows}));
  for (auto const& acted : acts) MADANG_CHECK(forget_oldest(sql, acted));
  return {};
}

}  // namespace

std::vector<storage::Migration> registry_migrations(storage::Records::Engine engine) {
  std::vector<storage::Migration> steps{kCityMigrations.begin(), kCityMigrations.end()};
  bool const has_one_server = engine == storage::Records::Engine::kSqlite;
  auto const differs = std::ranges::find(steps, kCountOnOlderStores, &storage::Migration::sentence);
  MADANG_ASSERT(differs != steps.end());
  if (has_one_server) differs->sql = kCountOnNoOlderStores;
  return steps;
}

Result<void> migrate_registry(storage::Records& records) {
  MADANG_CHECK(storage::journal::migrate(records));
  return records.migrate("city", registry_migrations(records.engine()));
}

Result<Entities> load_registry(storage::Records& records) {
  Entities all;
  auto const load_all = [&all](soci::session& sql) -> Result<void> {
    MADANG_CHECK(load(sql, kAreas, all.areas));
    MADANG_CHECK(load(sql, kThings, all.things));
    MADANG_CHECK(load(sql, kLocations, all.locations));
    MADANG_CHECK(load_placements(sql, all.placements));
    MADANG_CHECK(load(sql, kSensors, all.sensors));
    MADANG_CHECK(load(sql, kObservedProperties, all.observed_properties));
    MADANG_CHECK(load(sql, kFeatures, all.features));
    MADANG_CHECK(load_datastreams(sql, all.datastreams));
    all.version = version_in(sql);
    all.next = {.thing = storage::next_id(sql, kThings.name), .location = storage::next_id(sql, kLocations.name),
                .sensor = storage::next_id(sql, kSensors.name),
                .observed_property = storage::next_id(sql, kObservedProperties.name),
                .datastream = storage::next_id(sql, kDatastreams.name), .feature = storage::next_id(sql, kFeatures.name)};
    return {};
  };
  MADANG_CHECK(storage::snapshot(records, load_all));
  return all;
}

Result<std::int64_t> version_of_registry(soci::session& sql) { return version_in(sql); }

Result<std::int64_t> registry_version(storage::Records& records) {
  std::int64_t version = 0;
  auto const work = [&version](soci::session& sql) -> Result<void> {
    version = version_in(sql);
    return {};
  };
  MADANG_CHECK(records.read(work));
  return version;
}

std::expected<std::int64_t, SaveFailure> save(storage::Records& records, Entities const& entities, KnownRegistry const& known, Signed const& by) {
  std::int64_t version = 0;
  SaveFailure failure;
  auto const write = [&](soci::session& sql) -> Result<void> {
    version = take_version(sql);
    // What names the entry that is another by now comes first; where nothing does, this.
    auto const is_known = [&]() -> Result<void> {
      if (version == known.version + 1) return {};
      return runtime::refuse(Code::kConflict, "refusal.registry.all_changed_elsewhere");
    };
    if (!entities.areas.empty()) MADANG_CHECK(is_known());
    MADANG_CHECK(save_areas(sql, entities.areas));
    MADANG_CHECK(add_new(sql, kThings, entities.things));
    MADANG_CHECK(add_new(sql, kLocations, entities.locations));
    MADANG_CHECK(place(sql, entities.placements));
    MADANG_CHECK(add_new(sql, kSensors, entities.sensors));
    MADANG_CHECK(add_new(sql, kObservedProperties, entities.observed_properties));
    MADANG_CHECK(add_new(sql, kFeatures, entities.features));
    MADANG_CHECK(add_new(sql, kDatastreams, entities.datastreams));
    MADANG_CHECK(keep_registered(sql, entities.datastreams, by.at));
    MADANG_CHECK(save_alterations(sql, entities.altered, known.registry));
    MADANG_CHECK(is_known());
    MADANG_CHECK(save_changed(sql, version, entities));
    return save_acts(sql, entities.altered.acts, by);
  };
  // The last try counts: one is made again only where the one before is known not to stand.
  auto const tried = [&](soci::session& sql) -> Result<void> {
    failure.may_stand = failure.is_stale = failure.is_of_known_version = false;
    auto written = write(sql);
    failure.may_stand = written.has_value();
    failure.is_of_known_version = version == known.version + 1;
    // Where the version is another too, what others wrote is read: that says why.
    failure.is_stale = !written && failure.is_of_known_version;
    return written;
  };
  auto saved = records.transaction(tried);
  if (saved) return version;
  failure.error = std::move(saved).error();
  if (failure.error.code == Code::kConflict && version == known.version + 1) failure.is_stale = true;  // a value is taken that nobody had
  return std::unexpected(std::move(failure));
}

}  // namespace madang::city
