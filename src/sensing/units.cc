#include "sensing/units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "core/text.h"
#include "sensing/quantities.h"

namespace madang::sensing {
namespace {

/// What a unit measures; only units of one kind are converted into each other.
enum class Kind : std::uint8_t {
  kTemperature, kMassDensity, kFraction, kLevel, kSpeed, kIlluminance, kAcceleration, kAngle, kCount, kPressure, kLength, kUv,
};

/// In the base of its kind: °C, µg/m³, parts per one, dB, m/s, lx, m/s², °, one, Pa, m, one.
struct KnownUnit {
  Kind kind;
  double factor;
  double offset;
};

/// Spellings without spaces, in the case of UCUM where it matters; the table is looked through twice, first as written,
/// then without regard to case.
struct Spelling {
  std::string_view text;
  KnownUnit unit;
};

constexpr double kStandardGravity = 9.80665;  // m/s2, by definition
constexpr double kFahrenheit = 5.0 / 9.0;
constexpr double kDegreesOfRadian = 180.0 / std::numbers::pi;

// Factors: UCUM 2.1, where all of these are exact but those of mercury columns.
constexpr std::array kSpellings{
    Spelling{"Cel", {Kind::kTemperature, 1, 0}}, Spelling{"°C", {Kind::kTemperature, 1, 0}},
    Spelling{"℃", {Kind::kTemperature, 1, 0}}, Spelling{"ºC", {Kind::kTemperature, 1, 0}},
    Spelling{"degC", {Kind::kTemperature, 1, 0}}, Spelling{"DEG_C", {Kind::kTemperature, 1, 0}},
    Spelling{"C", {Kind::kTemperature, 1, 0}}, Spelling{"celsius", {Kind::kTemperature, 1, 0}},
    Spelling{"degreeCelsius", {Kind::kTemperature, 1, 0}}, Spelling{"degreesCelsius", {Kind::kTemperature, 1, 0}},
    Spelling{"K", {Kind::kTemperature, 1, -273.15}}, Spelling{"kelvin", {Kind::kTemperature, 1, -273.15}},
    Spelling{"[degF]", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"°F", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"℉", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"ºF", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"degF", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"DEG_F", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"F", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"fahrenheit", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"degreeFahrenheit", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},
    Spelling{"degreesFahrenheit", {Kind::kTemperature, kFahrenheit, -32 * kFahrenheit}},

    Spelling{"ug/m3", {Kind::kMassDensity, 1, 0}},
    Spelling{"ugm-3", {Kind::kMassDensity, 1, 0}}, Spelling{"ugperm3", {Kind::kMassDensity, 1, 0}},
    Spelling{"ug/cum", {Kind::kMassDensity, 1, 0}}, Spelling{"mcg/m3", {Kind::kMassDensity, 1, 0}},
    Spelling{"ug.m-3", {Kind::kMassDensity, 1, 0}}, Spelling{"MicroGM-PER-M3", {Kind::kMassDensity, 1, 0}},
    Spelling{"microgrampercubicmetre", {Kind::kMassDensity, 1, 0}}, Spelling{"microgrampercubicmeter", {Kind::kMassDensity, 1, 0}},
    Spelling{"microgramspercubicmetre", {Kind::kMassDensity, 1, 0}}, Spelling{"microgramspercubicmeter", {Kind::kMassDensity, 1, 0}},
    Spelling{"mg/m3", {Kind::kMassDensity, 1e3, 0}}, Spelling{"mgm-3", {Kind::kMassDensity, 1e3, 0}},
    Spelling{"mg.m-3", {Kind::kMassDensity, 1e3, 0}}, Spelling{"MilliGM-PER-M3", {Kind::kMassDensity, 1e3, 0}},
    Spelling{"milligrampercubicmetre", {Kind::kMassDensity, 1e3, 0}}, Spelling{"milligrampercubicmeter", {Kind::kMassDensity, 1e3, 0}},
    Spelling{"g/m3", {Kind::kMassDensity, 1e6, 0}}, Spelling{"kg/m3", {Kind::kMassDensity, 1e9, 0}},
    Spelling{"ng/m3", {Kind::kMassDensity, 1e-3, 0}},

    Spelling{"%", {Kind::kFraction, 1e-2, 0}}, Spelling{"%RH", {Kind::kFraction, 1e-2, 0}},
    Spelling{"RH%", {Kind::kFraction, 1e-2, 0}}, Spelling{"%rH", {Kind::kFraction, 1e-2, 0}},
    Spelling{"percent", {Kind::kFraction, 1e-2, 0}}, Spelling{"percentage", {Kind::kFraction, 1e-2, 0}},
    Spelling{"[ppth]", {Kind::kFraction, 1e-3, 0}}, Spelling{"‰", {Kind::kFraction, 1e-3, 0}},
    Spelling{"[ppm]", {Kind::kFraction, 1e-6, 0}}, Spelling{"ppm", {Kind::kFraction, 1e-6, 0}},
    Spelling{"ppmv", {Kind::kFraction, 1e-6, 0}}, Spelling{"partspermillion", {Kind::kFraction, 1e-6, 0}},
    Spelling{"umol/mol", {Kind::kFraction, 1e-6, 0}},
    Spelling{"[ppb]", {Kind::kFraction, 1e-9, 0}}, Spelling{"ppb", {Kind::kFraction, 1e-9, 0}},
    Spelling{"ppbv", {Kind::kFraction, 1e-9, 0}}, Spelling{"partsperbillion", {Kind::kFraction, 1e-9, 0}},
    Spelling{"nmol/mol", {Kind::kFraction, 1e-9, 0}},
    Spelling{"[pptr]", {Kind::kFraction, 1e-12, 0}},

    Spelling{"dB", {Kind::kLevel, 1, 0}}, Spelling{"dB[SPL]", {Kind::kLevel, 1, 0}}, Spelling{"B[SPL]", {Kind::kLevel, 10, 0}},
    Spelling{"dB(A)", {Kind::kLevel, 1, 0}}, Spelling{"dBA", {Kind::kLevel, 1, 0}}, Spelling{"decibel", {Kind::kLevel, 1, 0}},
    Spelling{"decibels", {Kind::kLevel, 1, 0}}, Spelling{"decibel(A-weighted)", {Kind::kLevel, 1, 0}},
    Spelling{"decibelA", {Kind::kLevel, 1, 0}}, Spelling{"DECIBEL", {Kind::kLevel, 1, 0}},

    Spelling{"m/s", {Kind::kSpeed, 1, 0}}, Spelling{"m.s-1", {Kind::kSpeed, 1, 0}},
    Spelling{"mps", {Kind::kSpeed, 1, 0}}, Spelling{"M-PER-SEC", {Kind::kSpeed, 1, 0}},
    Spelling{"metrepersecond", {Kind::kSpeed, 1, 0}}, Spelling{"meterpersecond", {Kind::kSpeed, 1, 0}},
    Spelling{"metrespersecond", {Kind::kSpeed, 1, 0}}, Spelling{"meterspersecond", {Kind::kSpeed, 1, 0}},
    Spelling{"km/h", {Kind::kSpeed, 1 / 3.6, 0}}, Spelling{"kph", {Kind::kSpeed, 1 / 3.6, 0}},
    Spelling{"kmh", {Kind::kSpeed, 1 / 3.6, 0}}, Spelling{"KiloM-PER-HR", {Kind::kSpeed, 1 / 3.6, 0}},
    Spelling{"kilometreperhour", {Kind::kSpeed, 1 / 3.6, 0}}, Spelling{"kilometerperhour", {Kind::kSpeed, 1 / 3.6, 0}},
    Spelling{"[kn_i]", {Kind::kSpeed, 1852.0 / 3600, 0}}, Spelling{"[kn_br]", {Kind::kSpeed, 1853.184 / 3600, 0}},
    Spelling{"kn", {Kind::kSpeed, 1852.0 / 3600, 0}}, Spelling{"kt", {Kind::kSpeed, 1852.0 / 3600, 0}},
    Spelling{"kts", {Kind::kSpeed, 1852.0 / 3600, 0}}, Spelling{"knot", {Kind::kSpeed, 1852.0 / 3600, 0}},
    Spelling{"knots", {Kind::kSpeed, 1852.0 / 3600, 0}},
    Spelling{"[mi_i]/h", {Kind::kSpeed, 0.44704, 0}}, Spelling{"mph", {Kind::kSpeed, 0.44704, 0}},
    Spelling{"mi/h", {Kind::kSpeed, 0.44704, 0}}, Spelling{"milesperhour", {Kind::kSpeed, 0.44704, 0}},
    Spelling{"[ft_i]/s", {Kind::kSpeed, 0.3048, 0}}, Spelling{"cm/s", {Kind::kSpeed, 0.01, 0}},

    Spelling{"lx", {Kind::kIlluminance, 1, 0}}, Spelling{"lux", {Kind::kIlluminance, 1, 0}},
    Spelling{"klx", {Kind::kIlluminance, 1e3, 0}}, Spelling{"kilolux", {Kind::kIlluminance, 1e3, 0}},

    Spelling{"m/s2", {Kind::kAcceleration, 1, 0}}, Spelling{"m.s-2", {Kind::kAcceleration, 1, 0}},
    Spelling{"cm/s2", {Kind::kAcceleration, 0.01, 0}}, Spelling{"Gal", {Kind::kAcceleration, 0.01, 0}},
    Spelling{"[g]", {Kind::kAcceleration, kStandardGravity, 0}}, Spelling{"g", {Kind::kAcceleration, kStandardGravity, 0}},
    Spelling{"standardgravity", {Kind::kAcceleration, kStandardGravity, 0}},
    Spelling{"m[g]", {Kind::kAcceleration, kStandardGravity / 1000, 0}},

    Spelling{"deg", {Kind::kAngle, 1, 0}}, Spelling{"°", {Kind::kAngle, 1, 0}}, Spelling{"degree", {Kind::kAngle, 1, 0}},
    Spelling{"degrees", {Kind::kAngle, 1, 0}}, Spelling{"degree(angle)", {Kind::kAngle, 1, 0}},
    Spelling{"rad", {Kind::kAngle, kDegreesOfRadian, 0}}, Spelling{"radian", {Kind::kAngle, kDegreesOfRadian, 0}},

    Spelling{"{people}", {Kind::kCount, 1, 0}}, Spelling{"people", {Kind::kCount, 1, 0}}, Spelling{"{person}", {Kind::kCount, 1, 0}},
    Spelling{"persons", {Kind::kCount, 1, 0}}, Spelling{"person", {Kind::kCount, 1, 0}}, Spelling{"명", {Kind::kCount, 1, 0}},
    Spelling{"{count}", {Kind::kCount, 1, 0}}, Spelling{"count", {Kind::kCount, 1, 0}},

    Spelling{"Pa", {Kind::kPressure, 1, 0}}, Spelling{"pascal", {Kind::kPressure, 1, 0}},
    Spelling{"hPa", {Kind::kPressure, 1e2, 0}}, Spelling{"hectopascal", {Kind::kPressure, 1e2, 0}},
    Spelling{"mbar", {Kind::kPressure, 1e2, 0}}, Spelling{"millibar", {Kind::kPressure, 1e2, 0}},
    Spelling{"kPa", {Kind::kPressure, 1e3, 0}}, Spelling{"bar", {Kind::kPressure, 1e5, 0}},
    Spelling{"mm[Hg]", {Kind::kPressure, 133.322, 0}}, Spelling{"mmHg", {Kind::kPressure, 133.322, 0}},
    Spelling{"Torr", {Kind::kPressure, 133.322, 0}},
    Spelling{"[in_i'Hg]", {Kind::kPressure, 3386.388, 0}}, Spelling{"inHg", {Kind::kPressure, 3386.388, 0}},
    Spelling{"atm", {Kind::kPressure, 101325, 0}}, Spelling{"[psi]", {Kind::kPressure, 6894.757, 0}},
    Spelling{"psi", {Kind::kPressure, 6894.757, 0}},

    Spelling{"m", {Kind::kLength, 1, 0}}, Spelling{"metre", {Kind::kLength, 1, 0}}, Spelling{"meter", {Kind::kLength, 1, 0}},
    Spelling{"mm", {Kind::kLength, 1e-3, 0}}, Spelling{"millimetre", {Kind::kLength, 1e-3, 0}},
    Spelling{"millimeter", {Kind::kLength, 1e-3, 0}}, Spelling{"cm", {Kind::kLength, 1e-2, 0}},
    Spelling{"km", {Kind::kLength, 1e3, 0}}, Spelling{"[in_i]", {Kind::kLength, 0.0254, 0}},
    Spelling{"[ft_i]", {Kind::kLength, 0.3048, 0}}, Spelling{"ft", {Kind::kLength, 0.3048, 0}},

    Spelling{"UVI", {Kind::kUv, 1, 0}}, Spelling{"UVindex", {Kind::kUv, 1, 0}}, Spelling{"{UVI}", {Kind::kUv, 1, 0}},
};

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
}

/// Without spaces and without what is left of UTF-8 that somebody read as Latin-1, with one micro sign and plain digits for raised ones.
std::string tidied(std::string_view text) {
  std::string out;
  for (char const c : text)
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') out += c;
  replace_all(out, "\xC3\x82", "");  // "Âµg/mÂ³"
  replace_all(out, "\xC2\xA0", "");
  replace_all(out, "µ", "u");  // the micro sign
  replace_all(out, "μ", "u");  // the Greek letter
  replace_all(out, "²", "2");
  replace_all(out, "³", "3");
  replace_all(out, "⁻", "-");
  replace_all(out, "¹", "1");
  replace_all(out, "^", "");
  // Signs of one piece, as East Asian keyboards have them.
  replace_all(out, "㎍", "ug");
  replace_all(out, "㎎", "mg");
  replace_all(out, "㎥", "m3");
  replace_all(out, "㎧", "m/s");
  replace_all(out, "㏈", "dB");
  replace_all(out, "㏙", "ppm");
  return out;
}

std::optional<KnownUnit> unit_written(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto const found = std::ranges::find(kSpellings, text, &Spelling::text);
  if (found != kSpellings.end()) return found->unit;
  auto const wanted = ascii_lower(std::string{text});
  for (auto const& spelling : kSpellings)
    if (ascii_lower(std::string{spelling.text}) == wanted) return spelling.unit;
  return std::nullopt;
}

/// A UCUM code alone, or what stands at the end of a URI: ".../unit/DEG_C", "https://ucum.org/ucum#Cel", "urn:ucum:ug/m3".
std::optional<KnownUnit> unit_defined(std::string_view definition) {
  if (auto const whole = unit_written(tidied(definition))) return whole;
  if (!definition.contains(':')) return std::nullopt;
  for (char const mark : {'#', '=', ':', '/'}) {
    auto const at = definition.rfind(mark);
    if (at == std::string_view::npos) continue;
    if (auto const end = unit_written(tidied(definition.substr(at + 1)))) return end;
  }
  return std::nullopt;
}

bool is_same(KnownUnit const& a, KnownUnit const& b) {
  return a.kind == b.kind && std::abs(a.factor - b.factor) <= 1e-9 * a.factor && std::abs(a.offset - b.offset) < 1e-9;
}

/// What its three texts agree on. A definition or name of another kind is a slip of the registry; the symbol is what people
/// read, and must not be one.
std::optional<KnownUnit> known(city::Unit const& unit, std::optional<Kind> kind = std::nullopt) {
  auto const symbol = unit_written(tidied(unit.symbol));
  if (symbol && kind && symbol->kind != *kind) return std::nullopt;
  if (symbol) kind = symbol->kind;
  std::optional<KnownUnit> agreed = symbol;
  for (auto const& said : {unit_defined(unit.definition), unit_written(tidied(unit.name))}) {
    if (!said || (kind && said->kind != *kind)) continue;
    if (agreed && !is_same(*agreed, *said)) return std::nullopt;
    agreed = said;
  }
  return agreed;
}

bool is_stated(city::Unit const& unit) { return !unit.symbol.empty() || !unit.definition.empty() || !unit.name.empty(); }

/// "1" and the like: a plain number says only that there is no dimension.
bool is_plain_number(city::Unit const& unit) {
  auto const symbol = tidied(unit.symbol);
  return symbol == "1" || symbol == "-" || (symbol.empty() && tidied(unit.definition) == "1");
}

}  // namespace

std::optional<UnitConversion> conversion(city::Unit const& from, city::Unit const& to) {
  auto const b = known(to);
  auto const a = known(from, b ? std::optional{b->kind} : std::nullopt);
  if (!a || !b) {
    bool const same = !from.symbol.empty() && tidied(from.symbol) == tidied(to.symbol);
    return same && !b ? std::optional{UnitConversion{}} : std::nullopt;
  }
  if (a->kind != b->kind) return std::nullopt;
  if (is_same(*a, *b)) return UnitConversion{};
  return UnitConversion{a->factor / b->factor, (a->offset - b->offset) / b->factor};
}

bool is_known_unit(std::string_view text) { return unit_written(tidied(text)).has_value(); }

std::optional<UnitConversion> to_quantity(std::string_view channel, city::Unit const& unit) {
  auto const* info = quantity(channel);
  if (info == nullptr || !is_stated(unit)) return UnitConversion{};
  city::Unit const own{std::string(info->unit_name), std::string(info->unit_symbol), std::string(info->unit_definition)};
  // As the table itself has it, whatever else the definition says.
  if (tidied(unit.symbol) == tidied(own.symbol) && !unit_defined(unit.definition)) return UnitConversion{};
  auto const symbol = city::Unit{{}, own.symbol, {}};
  if (is_plain_number(unit)) {
    auto const base = known(symbol);
    if (base && base->kind == Kind::kFraction && own.symbol == "%") return UnitConversion{100, 0};  // a share of one
    bool const is_count = base && (base->kind == Kind::kCount || base->kind == Kind::kUv);
    return is_count ? std::optional{UnitConversion{}} : std::nullopt;
  }
  auto const found = conversion(unit, symbol);
  // Means of levels and directions are made of sums that the store keeps in the Datastream's own unit.
  if (found && !found->is_identity() && info->averaging != Averaging::kArithmetic) return std::nullopt;
  return found;
}

std::string shown_unit(std::string_view channel, city::Unit const& unit) {
  auto const* info = quantity(channel);
  return info != nullptr && to_quantity(channel, unit) ? std::string(info->unit_symbol) : unit.symbol;
}

}  // namespace madang::sensing
