#include "city/store.h"

#include <array>

#include "city/codec.h"
#include "city/geojson.h"
#include "storage/records/bulk.h"

namespace madang::city {
namespace {

using storage::BulkInsert;
using storage::read_rows;
using Number = long long;
using Text = std::string;

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
};

/// The first thing that went wrong while rows were read; later rows are skipped.
class Reading {
 public:
  template <typename Value>
  Value take(std::string_view table, Number id, Result<Value> value) {
    if (value) return *std::move(value);
    if (!failure_) failure_ = Error{Code::kCorrupt, std::string{table} + " " + std::to_string(id) + ": " +
                                                        value.error().sentence};
    return Value{};
  }
  [[nodiscard]] Result<void> result() const {
    if (failure_) return fail(*failure_);
    return {};
  }

 private:
  std::optional<Error> failure_;
};

void load_areas(soci::session& sql, Reading& reading, Entities& all) {
  read_rows<Number, Text, Text, Number, Number, Text>(
      sql, "SELECT id, code, name, parent, level, shape FROM area ORDER BY id",
      [&](Number id, Text& code, Text& name, Number parent, Number level, Text& shape) {
        Area area{AreaId{id}, std::move(code), reading.take("area", id, name_of_json(name)), AreaId{parent},
                  static_cast<int>(level), reading.take("area", id, shape_of_geometry(shape))};
        all.areas.push_back(std::make_shared<Area const>(std::move(area)));
      });
}

void load_things(soci::session& sql, Reading& reading, Entities& all) {
  read_rows<Number, Text, Text, Text, Text, Number>(
      sql, "SELECT id, serial, name, description, properties, simulated FROM thing ORDER BY id",
      [&](Number id, Text& serial, Text& name, Text& description, Text& properties, Number simulated) {
        Thing thing{ThingId{id}, std::move(serial), reading.take("thing", id, name_of_json(name)),
                    std::move(description), std::move(properties), simulated != 0};
        all.things.push_back(std::make_shared<Thing const>(std::move(thing)));
      });
}

void load_locations(soci::session& sql, Reading& reading, Entities& all) {
  read_rows<Number, Text, Text, Text, Text, Number, double, double, Text>(
      sql,
      "SELECT id, name, description, encoding_type, geometry, has_point, latitude, longitude, properties"
      " FROM location ORDER BY id",
      [&](Number id, Text& name, Text& description, Text& encoding, Text& geometry, Number has_point, double latitude,
          double longitude, Text& properties) {
        Location location{LocationId{id}, reading.take("location", id, name_of_json(name)), std::move(description),
                          std::move(encoding), std::move(geometry), {}, {}, std::move(properties)};
        if (has_point != 0) location.point = LatLon{latitude, longitude};
        all.locations.push_back(std::make_shared<Location const>(std::move(location)));
      });
  read_rows<Number, Number, Number>(
      sql, "SELECT thing, location, sequence FROM placement ORDER BY sequence",
      [&](Number thing, Number location, Number sequence) {
        all.placements.push_back({ThingId{thing}, LocationId{location}, sequence});
      });
}

MeasurementClass class_of(Number number) {
  constexpr auto kLast = static_cast<Number>(MeasurementClass::kUnknown);
  return number < 0 || number > kLast ? MeasurementClass::kUnknown : static_cast<MeasurementClass>(number);
}

void load_sensors(soci::session& sql, Reading& reading, Entities& all) {
  read_rows<Number, Text, Text, Text, Text, Number, Text, Number, Text, Text, Text, Text, Text>(
      sql,
      "SELECT id, name, description, encoding_type, metadata, metadata_is_json, model, measurement_class, grade, notice,"
      " source, channels, properties FROM sensor ORDER BY id",
      [&](Number id, Text& name, Text& description, Text& encoding, Text& metadata, Number is_json, Text& model,
          Number kind, Text& grade, Text& notice, Text& source, Text& channels, Text& properties) {
        Sensor sensor{SensorId{id}, reading.take("sensor", id, name_of_json(name)), std::move(description),
                      std::move(encoding), std::move(metadata), is_json != 0, std::move(model), class_of(kind),
                      std::move(grade),
                      reading.take("sensor", id, name_of_json(notice)), std::move(source),
                      reading.take("sensor", id, channels_of_json(channels)), std::move(properties)};
        all.sensors.push_back(std::make_shared<Sensor const>(std::move(sensor)));
      });
}

void load_observed_properties(soci::session& sql, Reading& reading, Entities& all) {
  read_rows<Number, Text, Text, Text, Text>(
      sql, "SELECT id, name, definition, description, properties FROM observed_property ORDER BY id",
      [&](Number id, Text& name, Text& definition, Text& description, Text& properties) {
        ObservedProperty property{ObservedPropertyId{id}, reading.take("observed_property", id, name_of_json(name)),
                                  std::move(definition), std::move(description), std::move(properties)};
        all.observed_properties.push_back(std::make_shared<ObservedProperty const>(std::move(property)));
      });
}

void load_features(soci::session& sql, Reading& reading, Entities& all) {
  read_rows<Number, Text, Text, Text, Text, Text>(
      sql, "SELECT id, name, description, encoding_type, geometry, properties FROM feature_of_interest ORDER BY id",
      [&](Number id, Text& name, Text& description, Text& encoding, Text& geometry, Text& properties) {
        FeatureOfInterest feature{FeatureId{id}, reading.take("feature_of_interest", id, name_of_json(name)),
                                  std::move(description), std::move(encoding), std::move(geometry),
                                  std::move(properties)};
        all.features.push_back(std::make_shared<FeatureOfInterest const>(std::move(feature)));
      });
}

void load_datastreams(soci::session& sql, Reading& reading, Entities& all) {
  SharedTexts texts;
  read_rows<Number, Number, Number, Number, Text, Text, Text, Text, Text, Text, Number, Number, Number>(
      sql,
      "SELECT id, thing, sensor, observed_property, channel, name, description, observation_type, unit, properties,"
      " default_feature, interval_ms, fitted FROM datastream ORDER BY id",
      [&](Number id, Number thing, Number sensor, Number property, Text& channel, Text& name, Text& description,
          Text& type, Text& unit, Text& properties, Number feature, Number interval, Number fitted) {
        Datastream datastream{DatastreamId{id}, ThingId{thing}, SensorId{sensor}, ObservedPropertyId{property},
                              channel, reading.take("datastream", id, name_of_json(name)), description, type,
                              reading.take("datastream", id, unit_of_json(unit)), properties, FeatureId{feature},
                              Millis{interval}, fitted != 0};
        texts.share(datastream.name);
        all.datastreams.push_back(std::make_shared<Datastream const>(std::move(datastream)));
      });
}

void save_areas(soci::session& sql, std::vector<AreaPtr> const& areas) {
  if (areas.empty()) return;
  sql << "DELETE FROM area";
  BulkInsert<Number, Text, Text, Number, Number, Text> rows(sql, "area", "id, code, name, parent, level, shape");
  for (auto const& a : areas) {
    rows.add(a->id.value(), a->code, json_of(a->name), a->parent.value(), a->level, geometry_of_shape(a->shape));
  }
  rows.flush();
}

void save_things(soci::session& sql, std::vector<ThingPtr> const& things) {
  if (things.empty()) return;
  BulkInsert<Number, Text, Text, Text, Text, Number> rows(
      sql, "thing", "id, serial, name, description, properties, simulated");
  for (auto const& t : things) {
    rows.add(t->id.value(), t->serial, json_of(t->name), t->description, t->properties, t->simulated ? 1 : 0);
  }
  rows.flush();
}

void save_locations(soci::session& sql, std::vector<LocationPtr> const& locations) {
  if (locations.empty()) return;
  BulkInsert<Number, Text, Text, Text, Text, Number, double, double, Text> rows(
      sql, "location", "id, name, description, encoding_type, geometry, has_point, latitude, longitude, properties");
  for (auto const& l : locations) {
    auto const point = l->point.value_or(LatLon{});
    rows.add(l->id.value(), json_of(l->name), l->description, l->encoding_type, l->geometry, l->point ? 1 : 0,
             point.latitude, point.longitude, l->properties);
  }
  rows.flush();
}

void save_placements(soci::session& sql, std::vector<Placement> const& placements) {
  if (placements.empty()) return;
  BulkInsert<Number, Number, Number> rows(sql, "placement", "thing, location, sequence");
  for (auto const& p : placements) rows.add(p.thing.value(), p.location.value(), p.sequence);
  rows.flush();
}

void save_sensors(soci::session& sql, std::vector<SensorPtr> const& sensors) {
  if (sensors.empty()) return;
  BulkInsert<Number, Text, Text, Text, Text, Number, Text, Number, Text, Text, Text, Text, Text> rows(
      sql, "sensor",
      "id, name, description, encoding_type, metadata, metadata_is_json, model, measurement_class, grade, notice, source,"
      " channels, properties");
  for (auto const& s : sensors) {
    rows.add(s->id.value(), json_of(s->name), s->description, s->encoding_type, s->metadata,
             s->metadata_is_json ? 1 : 0, s->model,
             static_cast<Number>(s->measurement_class), s->grade, json_of(s->notice), s->source,
             json_of(s->channels), s->properties);
  }
  rows.flush();
}

void save_observed_properties(soci::session& sql, std::vector<ObservedPropertyPtr> const& properties) {
  if (properties.empty()) return;
  BulkInsert<Number, Text, Text, Text, Text> rows(sql, "observed_property",
                                                  "id, name, definition, description, properties");
  for (auto const& p : properties) {
    rows.add(p->id.value(), json_of(p->name), p->definition, p->description, p->properties);
  }
  rows.flush();
}

void save_features(soci::session& sql, std::vector<FeaturePtr> const& features) {
  if (features.empty()) return;
  BulkInsert<Number, Text, Text, Text, Text, Text> rows(
      sql, "feature_of_interest", "id, name, description, encoding_type, geometry, properties");
  for (auto const& f : features) {
    rows.add(f->id.value(), json_of(f->name), f->description, f->encoding_type, f->geometry, f->properties);
  }
  rows.flush();
}

void save_datastreams(soci::session& sql, std::vector<DatastreamPtr> const& datastreams) {
  if (datastreams.empty()) return;
  BulkInsert<Number, Number, Number, Number, Text, Text, Text, Text, Text, Text, Number, Number, Number> rows(
      sql, "datastream",
      "id, thing, sensor, observed_property, channel, name, description, observation_type, unit, properties,"
      " default_feature, interval_ms, fitted");
  for (auto const& d : datastreams) {
    rows.add(d->id.value(), d->thing.value(), d->sensor.value(), d->observed_property.value(), d->channel,
             json_of(d->name), d->description, d->observation_type, json_of(d->unit), d->properties,
             d->default_feature.value(), d->interval.count(), d->fitted ? 1 : 0);
  }
  rows.flush();
}

void update_datastreams(soci::session& sql, std::vector<DatastreamPtr> const& changed) {
  for (auto const& datastream : changed) {
    Number const id = datastream->id.value();
    Number const feature = datastream->default_feature.value();
    sql << "UPDATE datastream SET default_feature = :feature WHERE id = :id", soci::use(feature, "feature"),
        soci::use(id, "id");
  }
}

}  // namespace

Result<void> migrate_registry(storage::Records& records) { return records.migrate("city", kMigrations); }

Result<Entities> load_registry(storage::Records& records) {
  Entities all;
  auto const load = [&all](soci::session& sql) {
    Reading reading;
    load_areas(sql, reading, all);
    load_things(sql, reading, all);
    load_locations(sql, reading, all);
    load_sensors(sql, reading, all);
    load_observed_properties(sql, reading, all);
    load_features(sql, reading, all);
    load_datastreams(sql, reading, all);
    return reading.result();
  };
  MADANG_CHECK(records.read(load));
  return all;
}

Result<void> save(storage::Records& records, Entities const& entities) {
  auto const write = [&entities](soci::session& sql) -> Result<void> {
    save_areas(sql, entities.areas);
    save_things(sql, entities.things);
    save_locations(sql, entities.locations);
    save_placements(sql, entities.placements);
    save_sensors(sql, entities.sensors);
    save_observed_properties(sql, entities.observed_properties);
    save_features(sql, entities.features);
    save_datastreams(sql, entities.datastreams);
    update_datastreams(sql, entities.changed_datastreams);
    return {};
  };
  return records.transaction(write);
}

}  // namespace madang::city
