#include "sensing/thing_properties.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <type_traits>

#include "sensing/import/local_time.h"

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

Result<void> check_thing_properties(std::string_view properties) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (parser.parse(simdjson::padded_string(properties)).get(root) != simdjson::SUCCESS) return {};
  auto const wrong = [](std::string_view name, std::string_view wanted) {
    return fail(Code::kInvalid, fmt::format("{}: {}", name, wanted));
  };
  for (auto const [name, value] : root) {
    std::string_view text;
    bool const is_text = value.get(text) == simdjson::SUCCESS;
    if (name == "timeZone") {
      if (!is_text) return wrong(name, "a text like \"Asia/Seoul\" or \"+09:00\" expected");
      if (auto const zone = Zone::named(text); !zone) return wrong(name, zone.error().sentence);
    }
    constexpr std::array<std::string_view, 3> kArrivals{"never", "unset", "always"};
    if (name == "useArrivalTime" && (!is_text || std::ranges::find(kArrivals, text) == kArrivals.end()))
      return wrong(name, "never, unset or always expected");
    bool const is_switch = name == "ignoreUnknownChannels" || name == "numbersInText";
    if (is_switch && !value.is_bool()) return wrong(name, "true or false expected");
    double number = 0;
    if (name == "crowdAreaM2" && (value.get(number) != simdjson::SUCCESS || !(number > 0)))
      return wrong(name, "square metres, a number above 0, expected");
  }
  return {};
}

std::optional<double> crowd_area(city::Thing const& thing) {
  auto const area = property<double>(thing, "crowdAreaM2");
  return area && *area > 0 ? area : std::nullopt;
}

}  // namespace madang::sensing
