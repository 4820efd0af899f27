#include "city/store.h"

#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <optional>

#include "city/limits.h"
#include "city/tables.h"
#include "core/json_writer.h"
#include "storage/journal/journal.h"
#include "storage/journal/limits.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

constexpr std::array kMigrations = {
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
};

/// All rows in the order of their key, each as the entity that it is.
template <typename Row, typename... Ts, typename Entity, typename Finish>
Result<void> load(soci::session& sql, storage::Table<Row, Ts...> const& table, std::vector<std::shared_ptr<Entity const>>& out,
                  Finish const& finish) {
  Result<void> outcome;
  MADANG_CHECK(storage::for_each(sql, table, {"ORDER BY id"}, [&](Row&& row) {
    if (!outcome) return;
    auto const id = row.id.value();
    auto entity = entity_of(std::move(row));
    if (entity) {
      finish(*entity);
      out.push_back(std::make_shared<Entity const>(*std::move(entity)));
    } else {
      outcome = fail(Code::kCorrupt, std::string{table.name} + " " + std::to_string(id) + ": " + entity.error().sentence);
    }
  }));
  return outcome;
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
Result<void> add(soci::session& sql, storage::Table<Row, Ts...> const& table, std::vector<std::shared_ptr<Entity const>> const& made) {
  if (made.empty()) return {};
  auto const first = storage::take_ids(sql, table.name, static_cast<std::int64_t>(made.size()));
  if (first != made.front()->id.value()) {
    return fail(Code::kConflict, std::string{table.name} + ": another program has registered some meanwhile; this one knows them when it starts again");
  }
  return insert_entities(sql, table, made);
}

std::unexpected<Error> changed_meanwhile(std::string_view table, std::int64_t id) {
  return fail(Code::kConflict, std::string{table} + " " + std::to_string(id) +
                                   ": another program has changed it meanwhile; this one knows that when it starts again");
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
    rows.push_back({RegistryActId{id++}, acted.kind, acted.entry, acted.act, by.at, by.actor, acted.before, acted.after, position});
  }
  MADANG_CHECK(storage::insert_all(sql, kActs, std::span<ActRow const>{rows}));
  for (auto const& acted : acts) MADANG_CHECK(forget_oldest(sql, acted));
  return {};
}

}  // namespace

Result<void> migrate_registry(storage::Records& records) {
  MADANG_CHECK(storage::journal::migrate(records));
  return records.migrate("city", kMigrations);
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
    all.next = {.thing = storage::next_id(sql, kThings.name), .location = storage::next_id(sql, kLocations.name),
                .sensor = storage::next_id(sql, kSensors.name),
                .observed_property = storage::next_id(sql, kObservedProperties.name),
                .datastream = storage::next_id(sql, kDatastreams.name), .feature = storage::next_id(sql, kFeatures.name)};
    return {};
  };
  MADANG_CHECK(records.read(load_all));
  return all;
}

Result<void> save(storage::Records& records, Entities const& entities, Registry const& known, Signed const& by) {
  auto const write = [&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(save_areas(sql, entities.areas));
    MADANG_CHECK(add(sql, kThings, entities.things));
    MADANG_CHECK(add(sql, kLocations, entities.locations));
    MADANG_CHECK(place(sql, entities.placements));
    MADANG_CHECK(add(sql, kSensors, entities.sensors));
    MADANG_CHECK(add(sql, kObservedProperties, entities.observed_properties));
    MADANG_CHECK(add(sql, kFeatures, entities.features));
    MADANG_CHECK(add(sql, kDatastreams, entities.datastreams));
    MADANG_CHECK(save_alterations(sql, entities.altered, known));
    return save_acts(sql, entities.altered.acts, by);
  };
  return records.transaction(write);
}

Result<HistoryPage> load_history(storage::Records& records, EntryKind kind, std::int64_t entry, std::int64_t before) {
  // Two shapes of a megabyte may stand in each: few are read at a time.
  constexpr std::size_t kTogether = 8;
  HistoryPage page;
  std::size_t bytes = 0;
  auto const read = [&](soci::session& sql) -> Result<void> {
    for (auto below = RegistryActId{before};;) {
      MADANG_TRY(auto rows, storage::select(sql, kActs, {"WHERE kind = :kind AND entry = :entry AND id < :below ORDER BY id DESC LIMIT " +
                                                            std::to_string(kTogether),
                                                        {{"kind", kind}, {"entry", entry}, {"below", below}}}));
      for (auto& row : rows) {
        bytes += row.said_before.size() + row.said_after.size() + row.actor.size();
        if (!page.entries.empty() && bytes > kHistoryBytesMax) {
          page.next = below.value();
          return {};
        }
        below = row.id;
        page.entries.push_back({row.kind, row.entry, row.act, row.at, std::move(row.actor), std::move(row.said_before),
                                std::move(row.said_after), row.journal});
      }
      if (rows.size() < kTogether) return {};
    }
  };
  MADANG_CHECK(records.read(read));
  return page;
}

}  // namespace madang::city
