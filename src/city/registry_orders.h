// What an operator does to entries of the registry, as one JSON object: docs/registry.md. Pure but for apply.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "city/city.h"
#include "storage/observations/store.h"

namespace madang::city {

/// {"act": "edit"|"move"|"retire"|"return"|"delete", "thing": 7 | "serial": "POLE-7", "channel"?, ...}. What is not named stays.
struct RegistryOrder {
  enum class Kind : std::uint8_t { kEdit, kMove, kRetire, kReturn, kDelete };
  Kind kind = Kind::kEdit;
  ThingId thing;              ///< 0: by its serial
  std::string serial;
  std::string channel;        ///< of the Datastream that is edited; empty: the Thing itself

  // Of an edit.
  std::optional<Name> name;   ///< only these languages change
  std::optional<std::string> description;
  std::optional<Unit> unit;              ///< of a Datastream, as the next two
  std::optional<Millis> interval;
  std::optional<bool> fitted;
  // Of a move.
  std::optional<LatLon> point;
};

/// kInvalid names the field.
Result<RegistryOrder> parse_order(std::string_view body);

/// The Thing that the order is about, as it was found. kNotFound, and as Writer's acts.
Result<ThingId> apply(City& city, storage::ObservationStore& store, RegistryOrder const& order, std::string const& actor);

}  // namespace madang::city
