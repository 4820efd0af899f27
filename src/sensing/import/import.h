// The face of import: published files of sensor data become Things, Datastreams and durable observations, in an
// opened data directory or through a running server. A bad row is set aside and never stops the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "storage/observations/store.h"

namespace madang::sensing {

/// Where imported data goes. Two real things stand behind it: a city and a store opened in this process, and a
/// running server spoken to over HTTP. Not thread-safe.
class ImportTarget {
 public:
  struct KnownStream {
    DatastreamId id;
    std::string channel;
    Millis interval{0};
    bool fitted = true;
    city::Unit unit = {};
    bool takes_words = false;  ///< its observationType wants a text
  };
  struct KnownThing {
    ThingId id;
    bool located = false;
    std::vector<KnownStream> streams;
  };
  struct Stored {
    std::size_t stored = 0;
    std::size_t repeated = 0;    ///< the same value was there
    std::size_t superseded = 0;  ///< another value was there
    std::size_t refused = 0;     ///< by the server; none of it is kept
  };

  virtual ~ImportTarget() = default;
  /// None: no Thing has this serial.
  virtual Result<std::optional<KnownThing>> find(std::string_view serial) = 0;
  virtual Result<void> add_things(std::vector<city::NewThing> things) = 0;
  virtual Result<void> add_datastream(ThingId thing, city::NewDatastream datastream) = 0;
  virtual Result<void> add_location(ThingId thing, city::Location location) = 0;
  /// Durable when it returns.
  virtual Result<Stored> append(storage::Batch const& batch) = 0;
};

/// Both must outlive it.
std::unique_ptr<ImportTarget> direct_target(city::City& city, storage::ObservationStore& store);
/// Lets time pass; the program sleeps, a test does not.
using Pause = std::function<void(Millis)>;
/// `url` is "http://HOST:PORT", `key` one that may write Things. `pause` is called where the server is too busy and a
/// request will be tried again. kInvalid: not such a URL.
Result<std::unique_ptr<ImportTarget>> server_target(std::string_view url, std::string_view key, Pause pause);

struct ImportProgress {
  std::string_view doing;  ///< "looking at", "storing"
  std::string_view file;
  std::uint64_t bytes_done = 0;   ///< of all work: every file is read twice
  std::uint64_t bytes_total = 0;
  std::uint64_t values = 0;       ///< stored so far
};

struct ImportOptions {
  std::vector<std::string> files;
  std::string rejects_file = {};  ///< written anew when something is set aside, gone when nothing is
  std::function<void(ImportProgress const&)> progress;  ///< a few times a second
  runtime::Clock const& clock;
  std::string rejects_folder = {};  ///< where no rejects_file is named: each file has one here; both empty: only counted
};

/// What became of an import. Every row read is in rows or rejected_rows, every value of the former in exactly one of: stored,
/// repeated, superseded, doubled, missing, not_fitted, rejected_values.
struct ImportSummary {
  std::size_t files = 0;
  std::size_t rows = 0;          ///< with a serial and a time
  std::size_t rejected_rows = 0;  ///< set aside whole, in the rejects
  std::size_t values = 0;        ///< cells of known columns in these rows
  std::size_t stored = 0;
  std::size_t repeated = 0;
  std::size_t superseded = 0;
  std::size_t doubled = 0;       ///< a row of the same time comes a little later, within kImportBatchMax values: that one counts
  std::size_t missing = 0;       ///< empty cells, and what else says that there is no value; not stored
  std::size_t not_fitted = 0;    ///< of channels that the station does not have
  std::size_t rejected_values = 0;  ///< not a number, or refused by the server
  // Among those that were sent to the store; stored, repeated or superseded:
  std::size_t out_of_range = 0;    ///< kept as they came, flagged as failed
  std::size_t flagged_missing = 0; ///< -999 and the like, kept as they came, flagged as missing
  std::size_t in_future = 0;       ///< of a time more than a day ahead
  std::size_t things_new = 0;
  std::size_t things_known = 0;
  std::size_t datastreams_new = 0;
  std::size_t channels_not_fitted = 0;
  std::size_t without_position = 0;  ///< Things that have no Location
  std::size_t rejected_places = 0;   ///< set aside; the readings of their stations are not
  std::size_t rejects = 0;       ///< rows, cells and places set aside
  std::vector<std::string> rejects_files;
  double seconds = 0;
  std::vector<std::string> notes;  ///< what was found out: layout, encoding, scale, columns not understood
};

struct SdotOptions {
  ImportOptions import;
  std::string positions_file;  ///< serial, latitude, longitude; empty: stations get no Location
  /// Also stores what is otherwise set aside: numbers that mean "no value" (flagged missing), and all of channels that
  /// are taken as not fitted. For looking at a network as it is, faults and all.
  bool keep_all = false;
};

/// Seoul's S-DoT files: hourly, daily and weekly layouts and device packets, plain or .gz, CP949 or UTF-8.
/// An Error means that nothing more could be done (a file that cannot be read, a full disk); what was stored stays.
Result<ImportSummary> import_sdot(ImportTarget& target, SdotOptions const& options);

struct CsvImportOptions {
  ImportOptions import;
  std::string mapping_file;  ///< TOML; see docs/import.md
};

/// Any city's CSV, read as a mapping file says. kInvalid: the mapping is wrong; names file, line and key.
Result<ImportSummary> import_csv(ImportTarget& target, CsvImportOptions const& options);

}  // namespace madang::sensing
