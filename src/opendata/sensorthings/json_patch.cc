#include "opendata/sensorthings/json_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "core/text.h"
#include "opendata/sensorthings/json_node.h"
#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

using simdjson::dom::element;
using Json = nlohmann::ordered_json;  // members stay in the order in which somebody wrote them
using Pointer = Json::json_pointer;

constexpr std::array<std::string_view, 6> kActs = {"add", "remove", "replace", "move", "copy", "test"};

struct Step {
  std::string_view act;
  Pointer path;
  std::optional<Pointer> from;  ///< of move and copy
  Json said;                    ///< the operation itself
};

/// The last member of a name would win unseen.
Result<void> check_no_name_twice(element const& value, std::string const& pointer) {
  simdjson::dom::array list;
  if (value.get_array().get(list) == simdjson::SUCCESS) {
    std::size_t place = 0;
    for (auto const inside : list) MADANG_CHECK(check_no_name_twice(inside, fmt::format("{}/{}", pointer, place++)));
    return {};
  }
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return {};
  std::set<std::string_view> names;
  for (auto const [name, inside] : object) {
    auto at = fmt::format("{}/{}", pointer, name.substr(0, 80));
    if (!names.insert(name).second) return wrong_at(at, "stands here twice");
    MADANG_CHECK(check_no_name_twice(inside, at));
  }
  return {};
}

/// RFC 6901. kUnsupported: the whole entity.
Result<Pointer> parse_pointer(Node const& node, std::string_view member) {
  element given;
  auto const place = node.at(member);
  if (node.object[member].get(given) != simdjson::SUCCESS || !given.is_string()) return wrong_at(place, "a text expected");
  std::string const text(std::string_view{given});
  if (text.empty()) return fail(Code::kUnsupported, place + ": the entity as a whole is not replaced; name its members");
  if (!text.starts_with('/')) return wrong_at(place, "must begin with '/'");
  if (std::ranges::count(text, '/') > static_cast<std::ptrdiff_t>(kEntityDepthMax))
    return fail(Code::kLimit, fmt::format("{}: more than {} steps", place, kEntityDepthMax));
  try {
    return Pointer(text);
  } catch (Json::exception const&) {
    return wrong_at(place, "behind '~' stands 0 or 1");
  }
}

Result<Step> read_step(Node const& node, Json said) {
  MADANG_TRY(auto const op, needed_text(node, "op"));
  auto const* const act = std::ranges::find(kActs, op);
  if (act == kActs.end()) return wrong_at(node.at("op"), "add, remove, replace, move, copy or test expected");
  Step step;
  step.act = *act;
  step.said = std::move(said);
  MADANG_TRY(step.path, parse_pointer(node, "path"));
  if (step.act == "move" || step.act == "copy") {
    MADANG_TRY(step.from, parse_pointer(node, "from"));
  } else if (step.act != "remove" && node.object["value"].error() != simdjson::SUCCESS) {
    return wrong_at(node.at("value"), "is missing");
  }
  return step;
}

/// Bounds and whatever is no JSON are found by the parser that all bodies go through, before the library reads.
Result<std::vector<Step>> read_steps(std::string_view patch) {
  if (auto fault = json_fault("body", patch)) return fail(*std::move(fault));
  if (!trim(patch).starts_with('[')) return fail(Code::kInvalid, "body: a list of operations expected (RFC 6902)");
  auto const wrapped = fmt::format(R"({{"steps":{}}})", patch);
  simdjson::dom::parser parser;
  MADANG_TRY(auto const root, parse_body(parser, wrapped));
  MADANG_TRY(auto const operations, optional_array(root, "steps"));
  if (operations.size() > kPatchStepsMax) return fail(Code::kLimit, fmt::format("body: more than {} operations", kPatchStepsMax));
  auto read = Json::parse(patch, nullptr, false);
  if (!read.is_array() || read.size() != operations.size()) return fail(Code::kInvalid, "body: not JSON in UTF-8");
  std::vector<Step> steps;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    auto const place = fmt::format("/{}", i);
    MADANG_CHECK(check_no_name_twice(operations[i], place));
    MADANG_TRY(auto const node, object_at(operations[i], place));
    MADANG_TRY(auto step, read_step(node, std::move(read[i])));
    steps.push_back(std::move(step));
  }
  return steps;
}

/// The library reads an integer above 2^63 as negative where it compares it with one that is.
void compare_as_number(nlohmann::json& value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    value = static_cast<double>(value.get<std::uint64_t>());
  if (value.is_structured())
    for (auto& inside : value) compare_as_number(inside);
}

/// RFC 6902, 4.6: numbers by their value, objects whatever the order of their members.
bool is_same(Json const& a, Json const& b) {
  nlohmann::json left(a);
  nlohmann::json right(b);
  compare_as_number(left);
  compare_as_number(right);
  return left == right;
}

/// Whether something can stand at, or be taken from, a place: the library takes for granted that it is inside an object or a list.
bool has_parent(Json const& document, Pointer const& path) {
  auto const parent = path.parent_pointer();
  return document.contains(parent) && document.at(parent).is_structured();
}

std::unexpected<Error> refused(Step const& step, std::string_view member, std::string_view why, Code code = Code::kInvalid) {
  auto const& at = member == "from" ? *step.from : step.path;
  return fail(code, fmt::format("{}: {} \"{}\": {}", member, step.act, at.to_string().substr(0, 200), why));
}

Result<void> apply_one(Json& document, Step const& step, Json const& operation) {
  if (!has_parent(document, step.path)) return refused(step, "path", "what should hold it is not there, or is no object or list");
  document.patch_inplace(Json::array({operation}));
  return {};
}

/// What is moved or copied is added like any other value, so that its new place is looked at once the old one is left.
Result<void> apply_from(Json& document, Step const& step) {
  if (!document.contains(*step.from)) return refused(step, "from", "there is no such member");
  auto const from = step.from->to_string();
  auto const to = step.path.to_string();
  if (step.act == "move" && to == from) return {};
  if (step.act == "move" && to.starts_with(from + "/")) return refused(step, "path", "nothing is moved into itself");
  Json const add = {{"op", "add"}, {"path", to}, {"value", document.at(*step.from)}};
  if (step.act == "move") document.patch_inplace(Json::array({Json{{"op", "remove"}, {"path", from}}}));
  return apply_one(document, step, add);
}

Result<void> apply(Json& document, Step const& step) {
  try {
    if (step.from) return apply_from(document, step);
    if (step.act != "add" && !document.contains(step.path)) return refused(step, "path", "there is no such member");
    if (step.act != "test") return apply_one(document, step, step.said);
    if (is_same(document.at(step.path), step.said.at("value"))) return {};
    return refused(step, "path", "the test does not hold", Code::kConflict);
  } catch (Json::exception const&) {
    return refused(step, "path", "there is no such place");
  }
}

}  // namespace

Result<std::string> json_patched(std::string document, std::string_view patch) {
  MADANG_TRY(auto const steps, read_steps(patch));
  auto whole = Json::parse(document, nullptr, false);
  if (!whole.is_object()) return fail(Code::kInternal, "the entity is no JSON object in UTF-8");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto const done = apply(whole, steps[i]);
    if (!done) return fail(done.error().code, fmt::format("/{}/{}", i, done.error().sentence));
    if (steps[i].act == "test") continue;
    // After each: a copy of a copy doubles.
    document = whole.dump();
    if (document.size() > kPatchedBytesMax) return fail(Code::kLimit, fmt::format("/{}: the entity would be larger than {} bytes", i, kPatchedBytesMax));
    simdjson::dom::parser parser;
    auto const bounded = parse_body(parser, document);
    if (!bounded) return fail(bounded.error().code, fmt::format("/{}: the entity would be so that it cannot be read: {}", i, bounded.error().sentence));
  }
  return whole.dump();
}

bool is_json_patch(std::string_view content_type) {
  auto const type = trim(content_type.substr(0, content_type.find(';')));
  constexpr std::string_view kType = "application/json-patch+json";
  return ascii_lower(type) == kType;
}

}  // namespace madang::opendata
