// The registry as a module, and what domains above it are given.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "city/city.h"
#include "city/parties.h"
#include "city/unit_book.h"
#include "modules/module.h"

namespace madang::city {

struct Settings {
  Texts::Map names;  ///< what the city is called, by language; as the texts have it until a file says otherwise

  Settings();

  void declare(runtime::Settings& settings);
};

struct Services {
  std::unique_ptr<City> city;
  std::unique_ptr<Rights> rights;
  std::unique_ptr<Parties> parties;
};

struct Domain {
  Settings settings;
  UnitBook units;  ///< set before the module opens
  std::optional<Services> services;  ///< while the module is open

  [[nodiscard]] Name city_name() const { return {settings.names}; }
};

/// Which feature each Datastream's observations have that name none. `city` outlives it.
storage::DefaultFeature default_features_of(City const& city);

/// kConflict: one of these has readings, which are kept, or may have some in another server's store. To be asked within the write that deletes them: until its end, and for
/// ever if it deletes them, they take no more.
Result<void> check_never_measured(City const& city, storage::ObservationStore& store, std::vector<DatastreamId> const& streams);
Result<void> check_never_measured(City const& city, storage::ObservationStore& store, ThingId thing);

modules::Module city_module(std::shared_ptr<Domain> mine);

}  // namespace madang::city
