// 68 °F is not 68 °C: units in the ways people write them, and what must not be guessed.
#include "sensing/units.h"

#include <gtest/gtest.h>

#include "sensing/quantities.h"

namespace madang::sensing {
namespace {

double in_quantity(std::string_view channel, double value, city::Unit const& unit) {
  auto const found = to_quantity(channel, unit);
  EXPECT_TRUE(found) << channel << " in " << unit.symbol;
  return found ? (*found)(value) : -1e9;
}

TEST(units, of_temperature_are_converted) {
  EXPECT_NEAR(in_quantity("temperature", 68, {"degree Fahrenheit", "°F", "http://unitsofmeasure.org/ucum.html#[degF]"}), 20, 1e-9);
  EXPECT_NEAR(in_quantity("temperature", 68, {"", "degF", ""}), 20, 1e-9);
  EXPECT_NEAR(in_quantity("temperature", 68, {"", "", "[degF]"}), 20, 1e-9);
  EXPECT_NEAR(in_quantity("temperature", 293.15, {"Kelvin", "K", "K"}), 20, 1e-9);
  for (auto const* symbol : {"°C", "℃", "C", "Cel", "degC", "Degree Celsius"})
    EXPECT_DOUBLE_EQ(in_quantity("temperature", 20, {"", symbol, ""}), 20) << symbol;
}

TEST(units, of_dust_gas_wind_and_the_others_are_converted) {
  EXPECT_NEAR(in_quantity("pm25", 0.035, {"", "mg/m³", ""}), 35, 1e-9);
  for (auto const* symbol : {"µg/m³", "μg/m3", "ug/m^3", "㎍/㎥", "ug.m-3", "㎍/m³", "µg m⁻³", "ug m-3", "Âµg/mÂ³", "mcg/m3"})
    EXPECT_DOUBLE_EQ(in_quantity("pm25", 35, {"", symbol, ""}), 35) << symbol;
  EXPECT_NEAR(in_quantity("o3", 31, {"parts per billion", "ppb", "[ppb]"}), 0.031, 1e-12);
  EXPECT_NEAR(in_quantity("wind_speed", 36, {"", "km/h", ""}), 10, 1e-9);
  EXPECT_NEAR(in_quantity("wind_speed", 10, {"", "knots", ""}), 5.14444, 1e-4);
  EXPECT_NEAR(in_quantity("vibration", 9.80665, {"", "m/s²", ""}), 1, 1e-9);
  EXPECT_NEAR(in_quantity("humidity", 0.5, {"", "1", ""}), 50, 1e-9);
  EXPECT_NEAR(in_quantity("illuminance", 1.5, {"", "klx", ""}), 1500, 1e-9);
}

TEST(units, that_are_none_of_the_quantity_are_never_guessed) {
  EXPECT_FALSE(to_quantity("temperature", {"", "%", ""}));
  EXPECT_FALSE(to_quantity("temperature", {"", "grad", ""}));
  EXPECT_FALSE(to_quantity("o3", {"", "µg/m³", ""})) << "depends on the air's temperature and pressure";
  EXPECT_FALSE(to_quantity("noise", {"", "dB(C)", ""}));
  EXPECT_FALSE(to_quantity("wind_direction", {"", "rad", ""})) << "the store's sums of directions are of degrees";
  EXPECT_FALSE(to_quantity("temperature", {"", "1", ""}));
  EXPECT_FALSE(to_quantity("temperature", {"", "°C", "[degF]"})) << "symbol and definition contradict each other";
  EXPECT_FALSE(to_quantity("temperature", {"", "%", "Cel"})) << "people read the symbol";
  EXPECT_TRUE(to_quantity("temperature", {"", "°C", "https://ucum.org/#deg"})) << "a slip of the registry";
}

TEST(units, of_the_table_and_of_channels_beyond_it_are_what_they_are) {
  for (auto const& info : quantities()) {
    auto const own = to_quantity(info.channel, {std::string(info.unit_name), std::string(info.unit_symbol), std::string(info.unit_definition)});
    ASSERT_TRUE(own) << info.channel;
    EXPECT_TRUE(own->is_identity()) << info.channel;
    auto const symbol = to_quantity(info.channel, {"", std::string(info.unit_symbol), ""});
    EXPECT_TRUE(symbol && symbol->is_identity()) << info.channel;
  }
  EXPECT_TRUE(to_quantity("temperature", {})->is_identity()) << "no unit is stated";
  EXPECT_TRUE(to_quantity("radon", {"", "Bq/m3", ""})->is_identity());
  EXPECT_TRUE(to_quantity("temperature_daily", {"", "°F", ""}).has_value());
  EXPECT_EQ(shown_unit("temperature", {"", "°F", ""}), "°C");
  EXPECT_EQ(shown_unit("temperature", {"", "grad", ""}), "grad");
  EXPECT_EQ(shown_unit("radon", {"", "Bq/m3", ""}), "Bq/m3");
}

TEST(units, beyond_the_table_are_converted_between_stations) {
  city::Unit const hpa{"", "hPa", ""};
  EXPECT_NEAR((*conversion({"", "Pa", ""}, hpa))(101325), 1013.25, 1e-9);
  EXPECT_NEAR((*conversion({"", "mmHg", ""}, hpa))(760), 1013.25, 0.01);
  EXPECT_TRUE(conversion({"", "mbar", ""}, hpa)->is_identity());
  EXPECT_TRUE(conversion({"", "Bq/m3", ""}, {"", "Bq/m³", ""})->is_identity());
  EXPECT_FALSE(conversion({"", "Bq/m3", ""}, hpa));
}

}  // namespace
}  // namespace madang::sensing
