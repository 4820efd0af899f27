#include "sensing/commands/offline_city.h"

#include "city/module.h"

namespace madang::sensing {

Result<void> OfflineCity::open(std::filesystem::path const& data_directory, modules::GroundSettings const& settings,
                               runtime::Clock const& clock) {
  MADANG_TRY(auto held, runtime::DataDirectory::open(data_directory));
  directory.emplace(std::move(held));
  MADANG_TRY(records, storage::Records::open(modules::records_address_of(settings, directory->path()), clock));
  MADANG_TRY(city, city::City::open(*records, clock));
  storage::ChunkStore::Options store_options;
  store_options.folder = (directory->path() / "observations").string();
  store_options.clock = &clock;
  store_options.default_feature = city::default_features_of(*city);
  MADANG_TRY(store, storage::ChunkStore::open(store_options));
  return {};
}

}  // namespace madang::sensing
