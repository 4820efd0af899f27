// The quantities Madang knows by name: one table for import, simulation, API and pages. A city may send
// others; they are kept and served, only without a colour scale of their own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/averaging.h"

namespace madang::sensing {

/// How values of a quantity are averaged.
using madang::Averaging;

/// What a colour scale says: more is worse, just more, or away from a middle.
enum class Ramp : std::uint8_t { kSequential, kDiverging };

struct QuantityInfo {
  std::string_view channel;      ///< as in messages and addresses: "pm25"
  std::string_view name_key;     ///< what it is called: quantity_names.h
  std::string_view span_key;     ///< of a mean over a longer time, which one; empty: none
  std::string_view definition;   ///< URI of the ObservedProperty
  std::string_view unit_name;
  std::string_view unit_symbol;
  std::string_view unit_definition;  ///< UCUM code
  double valid_min;              ///< physical gross range
  double valid_max;
  double scale_min;              ///< ends of the colour scale on the map
  double scale_max;
  int decimals;                  ///< digits worth showing
  Averaging averaging;
  Ramp ramp;
};

/// All, in the order pages list them.
std::span<QuantityInfo const> quantities();
/// nullptr when the channel is not in the table. Also knows "pm25_daily", "pm25_hourly" and "pm25_2min" of each.
QuantityInfo const* quantity(std::string_view channel);
/// The 17 that a node of the simulated city carries, in the table's order.
std::span<QuantityInfo const> city_node_quantities();

}  // namespace madang::sensing
