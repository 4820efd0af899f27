#include "opendata/sensorthings/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace madang::opendata {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;
using Comparison = Filter::Comparison;
using enum EntityKind;

struct Member {
  EntityKind kind;
  std::string_view name;
};
constexpr std::array kMembers = {
    Member{kThing, "name"}, Member{kThing, "description"}, Member{kThing, "properties"},
    Member{kLocation, "name"}, Member{kLocation, "description"}, Member{kLocation, "encodingType"},
    Member{kLocation, "location"}, Member{kLocation, "properties"},
    Member{kDatastream, "name"}, Member{kDatastream, "description"}, Member{kDatastream, "observationType"},
    Member{kDatastream, "unitOfMeasurement"}, Member{kDatastream, "phenomenonTime"}, Member{kDatastream, "properties"},
    Member{kSensor, "name"}, Member{kSensor, "description"}, Member{kSensor, "encodingType"}, Member{kSensor, "metadata"},
    Member{kSensor, "properties"},
    Member{kObservedProperty, "name"}, Member{kObservedProperty, "definition"}, Member{kObservedProperty, "description"},
    Member{kObservedProperty, "properties"},
    Member{kObservation, "phenomenonTime"}, Member{kObservation, "resultTime"}, Member{kObservation, "result"},
    Member{kObservation, "resultQuality"}, Member{kObservation, "parameters"},
    Member{kFeatureOfInterest, "name"}, Member{kFeatureOfInterest, "description"},
    Member{kFeatureOfInterest, "encodingType"}, Member{kFeatureOfInterest, "feature"},
    Member{kFeatureOfInterest, "properties"},
};

bool is_id(std::string_view name) { return name == "id" || name == "@iot.id"; }

std::optional<element> value_at(element entity, std::string_view path) {
  for (auto const part : split(path, '/')) {
    element next;
    if (entity.at_key(is_id(part) ? "@iot.id" : part).get(next) != SUCCESS) return std::nullopt;
    entity = next;
  }
  if (entity.is_null()) return std::nullopt;
  return entity;
}

/// Unordered where the value is of another type than the literal.
struct CompareWith {
  element value;
  Comparison comparison;

  std::partial_ordering operator()(double literal) const {
    double number = 0;
    return value.get_double().get(number) == SUCCESS ? number <=> literal : std::partial_ordering::unordered;
  }
  std::partial_ordering operator()(std::string const& literal) const {
    std::string_view text;
    if (value.get_string().get(text) != SUCCESS) return std::partial_ordering::unordered;
    return text <=> std::string_view(literal);
  }
  std::partial_ordering operator()(Instant literal) const {
    std::string_view text;
    if (value.get_string().get(text) != SUCCESS) return std::partial_ordering::unordered;
    // An interval is before a time when it has ended, and after it when it begins behind it.
    bool const by_end = comparison == Comparison::kLess || comparison == Comparison::kLessEqual;
    auto const time = parse_instant(by_end ? text.substr(text.find('/') + 1) : text.substr(0, text.find('/')));
    return time ? std::partial_ordering(*time <=> literal) : std::partial_ordering::unordered;
  }
  std::partial_ordering operator()(bool literal) const {
    bool truth = false;
    if (value.get_bool().get(truth) != SUCCESS) return std::partial_ordering::unordered;
    return static_cast<int>(truth) <=> static_cast<int>(literal);
  }
  std::partial_ordering operator()(std::monostate) const { return std::partial_ordering::unordered; }
};

bool matches(Filter::Node const& node, element const& entity) {
  auto const each = [&entity](Filter::Node const& n) { return matches(n, entity); };
  switch (node.kind) {
    case Filter::Node::Kind::kAnd: return std::ranges::all_of(node.operands, each);
    case Filter::Node::Kind::kOr: return std::ranges::any_of(node.operands, each);
    case Filter::Node::Kind::kNot: return !matches(node.operands.front(), entity);
    case Filter::Node::Kind::kCompare: break;
  }
  auto const value = value_at(entity, node.member);
  if (std::holds_alternative<std::monostate>(node.literal)) {
    if (node.comparison == Comparison::kEqual) return !value;
    return node.comparison == Comparison::kNotEqual && value.has_value();
  }
  if (!value) return node.comparison == Comparison::kNotEqual;
  return Filter::holds(node.comparison, std::visit(CompareWith{*value, node.comparison}, node.literal));
}

}  // namespace

bool is_member(EntityKind kind, std::string_view name) {
  if (is_id(name)) return true;
  return std::ranges::any_of(kMembers, [kind, name](Member const& m) { return m.kind == kind && m.name == name; });
}

bool is_member_of_any(std::string_view name) {
  if (is_id(name) || kind_of_set(name)) return true;
  for (std::size_t i = 0; i < kEntityKinds; ++i) {
    auto const kind = static_cast<EntityKind>(i);
    if (is_member(kind, name) || navigation(kind, name) != nullptr) return true;
  }
  return false;
}

Result<std::vector<std::string>> parse_select(std::string_view text, EntityKind kind) {
  std::vector<std::string> names;
  for (auto const part : split(text, ',')) {
    auto const name = trim(part);
    if (name.find('/') != std::string_view::npos) {
      return fail(Code::kUnsupported, fmt::format("$select: paths such as \"{}\" are not supported", name.substr(0, 80)));
    }
    if (navigation(kind, name) != nullptr) {
      names.push_back(std::string(name) + "@iot.navigationLink");
    } else if (is_member(kind, name)) {
      names.emplace_back(is_id(name) ? "@iot.id" : name);
    } else {
      return fail(Code::kInvalid, fmt::format("$select: {} have no \"{}\"", set_name(kind), name.substr(0, 80)));
    }
  }
  return names;
}

bool mentions(Filter const& filter, std::string_view member) {
  auto const in = [member](auto const& self, Filter::Node const& node) -> bool {
    if (node.member.substr(0, node.member.find('/')) == member) return true;
    return std::ranges::any_of(node.operands, [&self](Filter::Node const& n) { return self(self, n); });
  };
  return in(in, filter.root());
}

std::vector<std::size_t> matching(Filter const& filter, std::string_view entities) {
  std::vector<std::size_t> places;
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(entities.data(), entities.size()).get_array().get(array) != SUCCESS) return places;
  std::size_t place = 0;
  for (auto const entity : array) {
    if (matches(filter.root(), entity)) places.push_back(place);
    ++place;
  }
  return places;
}

std::string with_members(std::string_view entities, std::vector<std::string> const& names) {
  JsonWriter w;
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(entities.data(), entities.size()).get_array().get(array) != SUCCESS) return {};
  w.begin_array();
  for (auto const entity : array) {
    w.begin_object();
    for (auto const& name : names) {
      element value;
      if (entity.at_key(name).get(value) == SUCCESS) w.key(name).raw(simdjson::minify(value));
    }
    w.end_object();
  }
  w.end_array();
  auto text = w.take();
  return text.substr(1, text.size() - 2);
}

std::string rows_of_members(std::string_view entities, std::vector<std::string> const& names) {
  JsonWriter w;
  w.begin_array();
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(entities.data(), entities.size()).get_array().get(array) == SUCCESS) {
    for (auto const entity : array) {
      w.begin_array();
      for (auto const& name : names) {
        element value;
        if (entity.at_key(name).get(value) == SUCCESS) w.raw(simdjson::minify(value));
        else w.null();
      }
      w.end_array();
    }
  }
  w.end_array();
  return w.take();
}

}  // namespace madang::opendata
