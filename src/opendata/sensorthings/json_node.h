// A JSON object of a posted body and where it stands, so that every error can name the place as a JSON pointer.
// Include it in .cc files only: simdjson is a large header.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/json_input.h"

namespace madang::opendata {

struct Node {
  simdjson::dom::object object;
  std::string pointer;  ///< "" is the body itself

  [[nodiscard]] std::string at(std::string_view name) const;
  /// nullopt also where it is null.
  [[nodiscard]] std::optional<simdjson::dom::element> find(std::string_view name) const;
};

std::unexpected<Error> wrong_at(std::string const& pointer, std::string_view wanted);
/// The same error, its place put in front.
std::unexpected<Error> at_pointer(std::string const& pointer, Error error);

/// .NET and PowerShell put a byte order mark before JSON, C programs a zero byte behind it: read over, as RFC 8259 (8.1) allows
/// and as device messages are.
void take_wrapping_off(std::string& body);
/// The body's root object; the parser's memory must outlive the node. kLimit: nested deeper than kEntityDepthMax.
Result<Node> parse_body(simdjson::dom::parser& parser, std::string_view body);
Result<Node> object_at(simdjson::dom::element const& value, std::string pointer);

/// A name that is not listed is refused, unless it is null, an empty list or control information of the service ("@iot.selfLink",
/// "Datastreams@iot.navigationLink"): a typing error must not go unnoticed. "@iot.id" is refused too, since ids are
/// given by this server.
Result<void> check_names(Node const& node, std::initializer_list<std::string_view> known);
/// kUnsupported where one of these is there and not empty.
Result<void> refuse(Node const& node, std::initializer_list<std::string_view> names, std::string_view why);

Result<std::string> optional_text(Node const& node, std::string_view name);
Result<std::string> needed_text(Node const& node, std::string_view name);
Result<double> optional_number(Node const& node, std::string_view name, double otherwise);
Result<bool> optional_bool(Node const& node, std::string_view name, bool otherwise);
Result<std::vector<simdjson::dom::element>> optional_array(Node const& node, std::string_view name);
Result<Node> needed_object(Node const& node, std::string_view name);

/// The id of a linked entity: {"@iot.id": 3}, or its text "3", whatever else stands beside it. 0: not a link.
Result<std::int64_t> link_of(Node const& node);

}  // namespace madang::opendata
