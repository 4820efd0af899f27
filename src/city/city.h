// The face of the city's registry: Areas, Things and all that hangs on them, parties and keys. Records live in
// SQL; what every reading needs is also held in memory and looked up without I/O.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/changes.h"
#include "city/closed_streams.h"
#include "city/model.h"
#include "core/error.h"
#include "modules/permissions.h"
#include "runtime/clock.h"
#include "web/http/http.h"

namespace madang::runtime {
class Metrics;
}

namespace madang::storage {
class Records;  // storage/records/records.h: SQLite or PostgreSQL behind SOCI
}

namespace madang::city {

struct StoreEntry;  // city/stores.h

using ThingPtr = std::shared_ptr<Thing const>;
using LocationPtr = std::shared_ptr<Location const>;
using SensorPtr = std::shared_ptr<Sensor const>;
using ObservedPropertyPtr = std::shared_ptr<ObservedProperty const>;
using DatastreamPtr = std::shared_ptr<Datastream const>;
using DatastreamsPtr = std::shared_ptr<std::vector<DatastreamPtr> const>;
using FeaturePtr = std::shared_ptr<FeatureOfInterest const>;
using AreaPtr = std::shared_ptr<Area const>;

/// One Thing with everything new that belongs to it (SensorThings deep insert). An entity whose id is set is
/// linked, not made.
struct NewDatastream {
  Datastream datastream;
  Sensor sensor;
  ObservedProperty observed_property;
};
struct NewThing {
  Thing thing;
  std::vector<Location> locations;
  std::vector<NewDatastream> datastreams;
};

/// What is made together within City::write: ids are given at once, everything becomes durable and visible at the end,
/// or nothing does. Links may go to what exists or to what was added before. `share` links an entity that equals one in
/// everything but its id, and makes it otherwise.
class Writer {
 public:
  virtual ~Writer() = default;

  /// An empty serial becomes "thing-ID". kConflict: the serial exists already.
  virtual Result<ThingId> add(Thing thing) = 0;
  /// At no Thing yet.
  virtual Result<LocationId> add(Location location) = 0;
  /// Puts a Thing at a Location, behind those where it is already. Its Datastreams without a default feature get the
  /// one made from it.
  virtual Result<void> place(ThingId thing, LocationId location) = 0;
  virtual Result<SensorId> add(Sensor sensor) = 0;
  virtual Result<SensorId> share(Sensor sensor) = 0;
  virtual Result<ObservedPropertyId> add(ObservedProperty property) = 0;
  virtual Result<ObservedPropertyId> share(ObservedProperty property) = 0;
  virtual Result<FeatureId> add(FeatureOfInterest feature) = 0;
  virtual Result<FeatureId> share(FeatureOfInterest feature) = 0;
  /// Sensors and ObservedProperties equal in everything to one that exists are linked, not made again. A Datastream without a
  /// default feature gets the one made from its Thing's first Location.
  virtual Result<DatastreamId> add(ThingId thing, NewDatastream datastream) = 0;
  /// With all that comes with it.
  Result<ThingId> add(NewThing thing);
  /// Behind those where the Thing is already.
  Result<LocationId> add(ThingId thing, Location location);

  // Changes of what exists, found by its id; each goes into the entry's history and into the journal. What is said anew
  // replaces all that was said. One that changes nothing is no act. kNotFound: there is none, or it is made in this very
  // write; kInvalid, kLimit: as when it is made.
  /// Its serial and whether it is retired stay: kInvalid where another serial is given.
  virtual Result<void> edit(Thing thing) = 0;
  /// Its Area follows. A FeatureOfInterest that was made from it and lies where it lay follows too: it was never elsewhere.
  virtual Result<void> edit(Location location) = 0;
  virtual Result<void> edit(Sensor sensor) = 0;
  virtual Result<void> edit(ObservedProperty property) = 0;
  virtual Result<void> edit(FeatureOfInterest feature) = 0;
  /// Its Thing stays. kConflict: the Thing has another Datastream with this channel.
  virtual Result<void> edit(Datastream datastream) = 0;
  /// From now on the Thing is at these places and at no other. What it measured before stays where it was.
  virtual Result<void> move(ThingId thing, std::vector<LocationId> const& places) = 0;
  /// Out of service from now on. kConflict: it is already.
  virtual Result<void> retire(ThingId thing) = 0;
  /// In service again. kConflict: it is not retired.
  virtual Result<void> give_back(ThingId thing) = 0;
  /// Gone, with its Datastreams; whoever calls knows that nothing was ever measured by it. Its ids are never given again.
  virtual Result<void> remove(ThingId thing) = 0;
  /// kConflict: a Thing is there.
  virtual Result<void> remove(LocationId location) = 0;
  /// kConflict: a Datastream names it.
  virtual Result<void> remove(SensorId sensor) = 0;
  virtual Result<void> remove(ObservedPropertyId property) = 0;
  virtual Result<void> remove(DatastreamId datastream) = 0;

  // What exists and what was added; nullptr when there is none.
  [[nodiscard]] virtual ThingPtr thing(ThingId id) const = 0;
  [[nodiscard]] virtual LocationPtr location(LocationId id) const = 0;
  [[nodiscard]] virtual SensorPtr sensor(SensorId id) const = 0;
  [[nodiscard]] virtual ObservedPropertyPtr observed_property(ObservedPropertyId id) const = 0;
  [[nodiscard]] virtual DatastreamPtr datastream(DatastreamId id) const = 0;
  [[nodiscard]] virtual FeaturePtr feature(FeatureId id) const = 0;
};

/// One act in the history of an entry.
struct HistoryEntry {
  EntryKind kind = EntryKind::kThing;
  std::int64_t entry = 0;
  Act act = Act::kEdited;
  Instant at;
  std::string actor;          ///< who did it; personal
  std::string before = "";    ///< what the entry said, as a JSON object; empty where the act is no edit
  std::string after = "";     ///< what it says since; empty when it is gone
  std::int64_t journal = -1;  ///< position of the same act in the journal
};

/// The newest acts before a cursor, as many as an answer may hold.
struct HistoryPage {
  std::vector<HistoryEntry> entries;
  std::int64_t next = 0;  ///< where older ones go on; 0: there are none
};
/// What a Thing had, whose history is still there.
struct DeletedDatastream {
  DatastreamId id;
  std::string channel;
};
inline constexpr std::int64_t kHistoryFromNewest = std::numeric_limits<std::int64_t>::max();

/// Where a publisher's GeoJSON keeps an Area's code and names: the first of each list that a feature has. The
/// defaults read Korea's SGIS, juso and admdongkor files. Of an `adm_nm` only the last word is the Area's own name.
struct AreaImport {
  int level = 1;  ///< 1: district, 2: neighbourhood, ...
  std::vector<std::string> code_properties = {"code", "SIG_CD", "EMD_CD", "adm_cd", "ADM_CD"};
  /// Text with Hangul goes under "ko", other text under "en".
  std::vector<std::string> name_properties = {"name", "SIG_KOR_NM", "EMD_KOR_NM", "adm_nm", "ADM_NM"};
  std::map<std::string, std::vector<std::string>> names_by_language = {
      {"en", {"name_en", "name_eng", "SIG_ENG_NM", "EMD_ENG_NM"}}, {"ko", {"name_ko", "name_kor"}}};
};

/// What became of a file of Areas.
struct AreasImported {
  std::size_t areas = 0;
  std::size_t set_aside = 0;       ///< features that are no area
  std::vector<std::string> notes;  ///< some sentences about those, and about what was mended
};

/// A page of entities by ascending (or descending) id and the count of all.
struct PageOptions {
  std::size_t top = 100;
  std::size_t skip = 0;
  bool descending = false;
};
template <typename Entity>
struct Page {
  std::vector<std::shared_ptr<Entity const>> entities;
  std::size_t count = 0;
};

/// Thread-safe. Reads come from memory (shared lock, no I/O); writes go to the records first, in one transaction.
class City {
 public:
  static Result<std::unique_ptr<City>> open(storage::Records& records, runtime::Clock const& clock);
  /// The same for who keeps readings in `own`, which others on the same records know of from now on.
  static Result<std::unique_ptr<City>> open(storage::Records& records, runtime::Clock const& clock, StoreEntry const& own);
  virtual ~City() = default;

  // Writing. Each call is one transaction; nothing half-done stays. kUnavailable also where another program has written to the same
  // records since this one last read them: the next call reads that first, and goes. kOverloaded: other writes were at work until
  // the call's deadline (storage::CallDeadline).
  /// As the Writer's `add`, which of them makes all that comes with a Thing.
  Result<ThingId> add_thing(NewThing thing);
  /// Many at once in one transaction (import, simulation); same order.
  Result<std::vector<ThingId>> add_things(std::vector<NewThing> things);
  Result<DatastreamId> add_datastream(ThingId thing, NewDatastream datastream);
  Result<LocationId> add_location(ThingId thing, Location location);
  Result<SensorId> add_sensor(Sensor sensor);
  Result<ObservedPropertyId> add_observed_property(ObservedProperty property);
  Result<FeatureId> add_feature(FeatureOfInterest feature);
  /// Whatever belongs together, in one transaction; an Error that `work` returns leaves nothing behind. `work` may read
  /// this City, but must not write to it; what it edits it reads itself. `actor`: who changes what exists, for history and journal.
  virtual Result<void> write(std::function<Result<void>(Writer&)> const& work, std::string const& actor) = 0;
  Result<void> write(std::function<Result<void>(Writer&)> const& work) { return write(work, {}); }
  /// What was done to an entry after it was made, the newest first; of one that is deleted too.
  virtual Result<HistoryPage> history_before(EntryKind kind, std::int64_t entry, std::int64_t before) const = 0;
  /// By their ids; also of a Thing that is itself deleted.
  virtual Result<std::vector<DeletedDatastream>> deleted_datastreams_of(ThingId thing) const = 0;
  /// The first page.
  Result<std::vector<HistoryEntry>> history(EntryKind kind, std::int64_t entry) const {
    MADANG_TRY(auto page, history_before(kind, entry, kHistoryFromNewest));
    return std::move(page.entries);
  }
  /// GeoJSON FeatureCollection of (Multi)Polygons in longitude and latitude; replaces areas of the same code, then
  /// finds every parent (the next lower level's Area that holds a point inside) and every Location's Area anew.
  /// Rings that cross themselves are repaired, features of the same code and name are parts of one Area, and a feature
  /// that is no area is set aside. kInvalid: no area is left, or two of a code have different names.
  virtual Result<AreasImported> import_areas(std::string_view geojson, AreaImport const& options) = 0;
  Result<AreasImported> import_areas(std::string_view geojson, int level) {
    AreaImport options;
    options.level = level;
    return import_areas(geojson, options);
  }

  // Reading by id or by what a device says. nullptr when there is none.
  [[nodiscard]] virtual ThingPtr thing(ThingId id) const = 0;
  [[nodiscard]] virtual ThingPtr thing_of_serial(std::string_view serial) const = 0;
  [[nodiscard]] virtual LocationPtr location(LocationId id) const = 0;
  [[nodiscard]] virtual SensorPtr sensor(SensorId id) const = 0;
  [[nodiscard]] virtual ObservedPropertyPtr observed_property(ObservedPropertyId id) const = 0;
  [[nodiscard]] virtual DatastreamPtr datastream(DatastreamId id) const = 0;
  [[nodiscard]] virtual FeaturePtr feature(FeatureId id) const = 0;
  [[nodiscard]] virtual AreaPtr area(AreaId id) const = 0;
  /// The Sensor whose name or model is this, so that deep inserts can share it.
  [[nodiscard]] virtual SensorPtr sensor_named(std::string_view name) const = 0;
  [[nodiscard]] virtual ObservedPropertyPtr observed_property_defined(std::string_view definition) const = 0;

  /// The hot look-up of every MQTT message: all Datastreams of the Thing with this serial, as of now; what is
  /// returned stays as it is while others write. Never null; empty when the serial is unknown or has none.
  [[nodiscard]] virtual DatastreamsPtr datastreams_of_serial(std::string_view serial) const = 0;
  [[nodiscard]] virtual std::vector<DatastreamPtr> datastreams_of(ThingId thing) const = 0;
  /// In the order in which the Thing came to them.
  [[nodiscard]] virtual std::vector<LocationPtr> locations_of(ThingId thing) const = 0;
  [[nodiscard]] virtual std::vector<ThingPtr> things_of(LocationId location) const = 0;
  /// All areas, by level then code.
  [[nodiscard]] virtual std::vector<AreaPtr> areas() const = 0;
  /// The smallest Area that holds the point; 0: none.
  [[nodiscard]] virtual AreaId area_at(LatLon point) const = 0;

  [[nodiscard]] virtual Page<Thing> things(PageOptions const& options) const = 0;
  [[nodiscard]] virtual Page<Location> locations(PageOptions const& options) const = 0;
  [[nodiscard]] virtual Page<Sensor> sensors(PageOptions const& options) const = 0;
  [[nodiscard]] virtual Page<ObservedProperty> observed_properties(PageOptions const& options) const = 0;
  [[nodiscard]] virtual Page<Datastream> datastreams(PageOptions const& options) const = 0;
  [[nodiscard]] virtual Page<FeatureOfInterest> features(PageOptions const& options) const = 0;

  /// How far the changes are; without a lock. Who reads it before the entries misses none.
  [[nodiscard]] virtual ChangeCursor change_cursor() const = 0;
  /// What changed from a cursor on; what the changes name is to be read then, as it is by now.
  [[nodiscard]] virtual Changes changes_since(ChangeCursor cursor) const = 0;

  /// Reads everything anew where another program has written to the same records; cheap where none has. Whoever keeps readings sees to it
  /// that others know it. While a write is at
  /// work it does nothing, for that finds out by itself.
  virtual Result<void> refresh() = 0;
  /// Whoever appends readings passes through it; check_never_measured closes what a write deletes.
  [[nodiscard]] virtual ClosedStreams& closed_streams() const = 0;
  /// Other data directories in which readings of these Datastreams may be; none: all of them are in the own one. Asks the records.
  [[nodiscard]] virtual Result<std::vector<StoreEntry>> other_stores() const;
};

/// One reader's place among the changes. The first read says that everything is to be read. Not synchronised.
class ChangeReader {
 public:
  explicit ChangeReader(City const& city) : city_(city) {}
  /// Nothing has changed since the last read; without a lock.
  [[nodiscard]] bool is_current() const { return cursor_ == city_.change_cursor(); }
  [[nodiscard]] ChangeCursor cursor() const { return cursor_; }
  /// Since the last read.
  Changes read() {
    auto changes = city_.changes_since(cursor_);
    cursor_ = changes.cursor;
    return changes;
  }

 private:
  City const& city_;
  ChangeCursor cursor_ = 0;
};

/// Keys of devices and logins of operators. Thread-safe; a key made or revoked by another process on the same
/// records is seen within 2 s.
class Rights : public web::Authenticator {
 public:
  /// `permissions`: what roles that come with the program hold; none: they hold nothing. `metrics`: where it says how far behind it is.
  static Result<std::unique_ptr<Rights>> open(storage::Records& records, runtime::Clock const& clock,
                                              modules::Permissions permissions = modules::Permissions{}, runtime::Metrics* metrics = nullptr);
  /// Sees at once what was changed on the same records through Parties; without it, within 2 s.
  virtual Result<void> refresh() = 0;
  /// The same after a change that stands, whether or not it can be read at the moment: then it is logged, and seen within 2 s of the
  /// records answering again.
  virtual void show_changes() = 0;

  /// The key's text is returned once and never stored in clear. kConflict: the name is taken. `things`: kNoThing alone: it writes to
  /// none. `party`: whose permissions it carries besides. kNotFound, kConflict, kInvalid: it is not there, has ended, or is no device
  /// or service.
  virtual Result<std::string> create_key(std::string name, std::vector<std::string> things, PartyId party = PartyId{}) = 0;
  virtual Result<std::vector<Key>> keys() = 0;
  virtual Result<void> revoke_key(std::string_view name) = 0;

  /// argon2id; holds the role in the whole city. kConflict: the login is taken; kInvalid: password shorter than 10
  /// characters.
  virtual Result<PartyId> create_operator(std::string login, std::string_view password,
                                          std::string_view role = modules::kOperator) = 0;
  virtual Result<void> reset_operator(std::string_view login, std::string_view password) = 0;
  virtual Result<std::size_t> operator_count() = 0;

  struct Login {
    std::string session_token;  ///< for the cookie
    web::Principal principal;   ///< with the CSRF token
  };
  /// Blocking (argon2id takes ~50 ms on purpose). kUnauthorized: wrong, or another password was set meanwhile; kOverloaded: too many
  /// wrong tries from this address (of IPv6: from its /64), or of this login.
  virtual Result<Login> login(std::string_view login, std::string_view password, std::string_view remote_address) = 0;
  virtual Result<void> logout(std::string_view session_token) = 0;
};

}  // namespace madang::city
