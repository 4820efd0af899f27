#include "sensing/commands/offline_city.h"

#include "city/module.h"
#include "city/stores.h"
#include "modules/city_directory.h"
#include "storage/records/unmigrated.h"

namespace madang::sensing {

Result<void> OfflineCity::open(std::filesystem::path const& data_directory, modules::GroundSettings const& settings,
                               runtime::Clock const& clock, Use use) {
  MADANG_CHECK(modules::find_city(settings, data_directory, use == Use::kRead ? modules::CityNeed::kThere : modules::CityNeed::kPlace));
  MADANG_TRY(auto held, runtime::DataDirectory::open(data_directory));
  directory.emplace(std::move(held));
  MADANG_TRY(records, storage::Records::open(modules::records_address_of(settings, directory->path()), clock));
  if (use == Use::kRead) records = storage::unmigrated(std::move(records));
  city::StoreEntry own;
  if (use == Use::kWrite) {
    MADANG_TRY(own, city::store_of(*directory, settings, clock));
  }
  MADANG_TRY(city, city::City::open(*records, clock, own));
  storage::ChunkStore::Options store_options;
  store_options.folder = (directory->path() / "observations").string();
  store_options.clock = &clock;
  store_options.default_feature = city::default_features_of(*city);
  if (use == Use::kRead) store_options.upgrades = store_options.background = store_options.settle_at_end = false;
  MADANG_TRY(store, storage::ChunkStore::open(store_options));
  return {};
}

}  // namespace madang::sensing
