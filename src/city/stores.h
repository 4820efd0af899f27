// Whose readings hang on these records. Several servers may work on one database, each with an observation store of its own in its data
// directory: what none of the others' stores holds nobody can tell from here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "modules/ground.h"
#include "runtime/clock.h"
#include "runtime/data_directory.h"
#include "storage/records/records.h"

namespace madang::city {

struct Signed;  // city/store.h: by whom and when

/// A data directory in which readings of the registry's Datastreams are kept.
struct StoreEntry {
  std::string id;    ///< as the directory itself knows it
  std::string name;  ///< "host:/path", for people
  Instant since;     ///< 0: before anybody wrote it down
  Instant seen = {};  ///< when its server last said so, every minute or so; 0: never
};

/// Stands for those that a server of an older version may have, which does not say so: there from when records that several servers may
/// share were first opened by this version with Datastreams in them, until somebody says that there are no such servers.
inline constexpr char const* kOlderStores = "older-versions";

/// The store of this data directory; made known by City::open. Without an id where the records lie in the directory too: then nobody
/// else works on them. kCorrupt: the file that holds the id is there and says none, though others know the directory by it.
Result<StoreEntry> store_of(runtime::DataDirectory const& directory, modules::GroundSettings const& settings, runtime::Clock const& clock);
/// The id that a data directory has been given; none: it has none. Whoever holds it need not be asked. kCorrupt.
Result<std::optional<std::string>> id_in(std::filesystem::path const& data_directory);

/// As it is known already, only when it was last seen is written; else whoever knows the registry reads it anew.
Result<void> add_store(storage::Records& records, StoreEntry const& store);
/// Whether it is known.
Result<bool> is_store_known(storage::Records& records, std::string const& id);
/// By name.
Result<std::vector<StoreEntry>> stores(storage::Records& records);
/// Its readings are gone, or were brought elsewhere. A server that still works on it makes it known again within a second or so. The act
/// stands in the journal. kNotFound.
Result<void> forget_store(storage::Records& records, std::string const& id, Signed const& by);

}  // namespace madang::city
