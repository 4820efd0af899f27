#include "sensing/thing_properties.h"

#include <simdjson.h>

#include <type_traits>

namespace madang::sensing {
namespace {

template <typename T>
std::optional<T> property(city::Thing const& thing, std::string_view name) {
  if (thing.properties.find(name) == std::string::npos) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(thing.properties).get(root) != simdjson::SUCCESS) return std::nullopt;
  // The parser owns the text, so a text is copied before it goes.
  std::conditional_t<std::is_same_v<T, std::string>, std::string_view, T> value{};
  if (root[name].get(value) != simdjson::SUCCESS) return std::nullopt;
  return T{value};
}

}  // namespace

std::optional<std::string> text_property(city::Thing const& thing, std::string_view name) {
  return property<std::string>(thing, name);
}

std::optional<double> crowd_area(city::Thing const& thing) {
  auto const area = property<double>(thing, "crowdAreaM2");
  return area && *area > 0 ? area : std::nullopt;
}

}  // namespace madang::sensing
