#include "opendata/sensorthings/json_node.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "opendata/sensorthings/limits.h"

namespace madang::opendata {

using simdjson::dom::element;

std::string Node::at(std::string_view name) const { return fmt::format("{}/{}", pointer, name.substr(0, 80)); }

std::optional<element> Node::find(std::string_view name) const {
  element found;
  if (object.at_key(name).get(found) != simdjson::SUCCESS || found.is_null()) return std::nullopt;
  return found;
}

std::unexpected<Error> wrong_at(std::string const& pointer, std::string_view wanted) {
  return fail(Code::kInvalid, fmt::format("{}: {}", pointer, wanted));
}

std::unexpected<Error> at_pointer(std::string const& pointer, Error error) {
  if (pointer.empty()) return fail(std::move(error));
  return fail(error.code, fmt::format("{}: {}", pointer, error.sentence));
}

Result<Node> object_at(element const& value, std::string pointer) {
  Node node;
  if (value.get_object().get(node.object) != simdjson::SUCCESS) {
    return wrong_at(pointer.empty() ? "body" : pointer, "a JSON object expected");
  }
  node.pointer = std::move(pointer);
  return node;
}

void take_wrapping_off(std::string& body) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.erase(0, kByteOrderMark.size());
  while (body.ends_with('\0')) body.pop_back();
}

Result<Node> parse_body(simdjson::dom::parser& parser, std::string_view body) {
  if (auto const error = parser.allocate(body.size(), kEntityDepthMax)) {
    return fail(Code::kLimit, fmt::format("body: {}", simdjson::error_message(error)));
  }
  element root;
  auto const error = parser.parse(body.data(), body.size()).get(root);
  if (error == simdjson::DEPTH_ERROR) {
    return fail(Code::kLimit, fmt::format("body: nested deeper than {}", kEntityDepthMax));
  }
  if (error) {
    if (auto fault = json_fault("body", body)) return fail(*std::move(fault));
    return fail(Code::kInvalid, fmt::format("body: not JSON: {}", simdjson::error_message(error)));
  }
  return object_at(root, "");
}

namespace {

/// Clients write out lists of links that hold nothing.
bool is_empty_list(element const& value) {
  simdjson::dom::array list;
  return value.get_array().get(list) == simdjson::SUCCESS && list.size() == 0;
}

}  // namespace

Result<void> check_names(Node const& node, std::initializer_list<std::string_view> known) {
  std::vector<std::string_view> seen;
  for (auto const [name, value] : node.object) {
    if (std::ranges::find(seen, name) != seen.end()) return wrong_at(node.at(name), "stands here twice");
    seen.push_back(name);
    if (seen.size() > kMembersMax) return fail(Code::kLimit, fmt::format("{}: more than {} members", node.at(name), kMembersMax));
    if (value.is_null()) continue;
    if (name == "@iot.id") {
      return fail(Code::kUnsupported, node.at(name) + ": ids are given by this server; leave it out");
    }
    if (name.find("@iot.") != std::string_view::npos || is_empty_list(value)) continue;
    if (std::ranges::find(known, name) == known.end()) return wrong_at(node.at(name), "not known here");
  }
  return {};
}

Result<void> refuse(Node const& node, std::initializer_list<std::string_view> names, std::string_view why) {
  for (auto const name : names) {
    auto const found = node.find(name);
    if (found && !is_empty_list(*found)) return fail(Code::kUnsupported, fmt::format("{}: {}", node.at(name), why));
  }
  return {};
}

Result<std::string> optional_text(Node const& node, std::string_view name) {
  auto const found = node.find(name);
  if (!found) return std::string{};
  std::string_view text;
  if (found->get_string().get(text) != simdjson::SUCCESS) return wrong_at(node.at(name), "a text expected");
  return std::string(text);
}

Result<std::string> needed_text(Node const& node, std::string_view name) {
  if (!node.find(name)) return wrong_at(node.at(name), "missing");
  return optional_text(node, name);
}

Result<double> optional_number(Node const& node, std::string_view name, double otherwise) {
  auto const found = node.find(name);
  if (!found) return otherwise;
  double number = 0;
  if (found->get_double().get(number) != simdjson::SUCCESS) return wrong_at(node.at(name), "a number expected");
  return number;
}

Result<bool> optional_bool(Node const& node, std::string_view name, bool otherwise) {
  auto const found = node.find(name);
  if (!found) return otherwise;
  bool truth = false;
  if (found->get_bool().get(truth) != simdjson::SUCCESS) return wrong_at(node.at(name), "true or false expected");
  return truth;
}

Result<std::vector<element>> optional_array(Node const& node, std::string_view name) {
  std::vector<element> items;
  auto const found = node.find(name);
  if (!found) return items;
  simdjson::dom::array array;
  if (found->get_array().get(array) != simdjson::SUCCESS) return wrong_at(node.at(name), "an array expected");
  for (auto const item : array) items.push_back(item);
  return items;
}

Result<Node> needed_object(Node const& node, std::string_view name) {
  auto const found = node.find(name);
  if (!found) return wrong_at(node.at(name), "missing");
  return object_at(*found, node.at(name));
}

Result<std::int64_t> link_of(Node const& node) {
  element found;
  if (node.object.at_key("@iot.id").get(found) != simdjson::SUCCESS) return 0;
  std::int64_t id = 0;
  std::string_view text;
  if (found.get_string().get(text) == simdjson::SUCCESS) id = parse_int(text).value_or(0);
  else if (found.get_int64().get(id) != simdjson::SUCCESS) id = 0;
  if (id < 1) return wrong_at(node.at("@iot.id"), "a positive number expected");
  return id;
}

}  // namespace madang::opendata
