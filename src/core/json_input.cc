#include "core/json_input.h"

#include "core/file_kind.h"

namespace madang {
namespace {

namespace json = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

/// Our own, since on-demand parsing has none: text from outside must not decide how deep the stack grows.
constexpr int kDepthMax = 128;

error_code check(json::value value, int depth);

error_code check_object(json::object object, int depth) {
  for (auto entry : object) {
    json::field field;
    std::string_view name;
    if (auto const error = std::move(entry).get(field)) return error;
    if (auto const error = field.unescaped_key().get(name)) return error;
    if (auto const error = check(field.value(), depth)) return error;
  }
  return SUCCESS;
}

error_code check_array(json::array array, int depth) {
  for (auto entry : array) {
    json::value value;
    if (auto const error = std::move(entry).get(value)) return error;
    if (auto const error = check(value, depth)) return error;
  }
  return SUCCESS;
}

/// Works for a value and for a document that is one scalar.
template <typename Value>
error_code check_scalar(Value& value, json::json_type type) {
  switch (type) {
    case json::json_type::number: return value.get_double().error();
    case json::json_type::string: return value.get_string().error();
    case json::json_type::boolean: return value.get_bool().error();
    default: break;
  }
  bool null = false;
  if (auto const error = value.is_null().get(null)) return error;
  return null ? SUCCESS : simdjson::N_ATOM_ERROR;
}

error_code check(json::value value, int depth) {
  json::json_type type{};
  if (depth > kDepthMax) return simdjson::DEPTH_ERROR;
  if (auto const error = value.type().get(type)) return error;
  if (type == json::json_type::object) {
    json::object object;
    auto const error = value.get_object().get(object);
    return error != SUCCESS ? error : check_object(object, depth + 1);
  }
  if (type == json::json_type::array) {
    json::array array;
    auto const error = value.get_array().get(array);
    return error != SUCCESS ? error : check_array(array, depth + 1);
  }
  return check_scalar(value, type);
}

error_code check_document(json::document& document) {
  json::json_type type{};
  if (auto const error = document.type().get(type)) return error;
  if (type != json::json_type::object && type != json::json_type::array) return check_scalar(document, type);
  json::value value;
  if (auto const error = document.get_value().get(value)) return error;
  return check(value, 1);
}

}  // namespace

std::optional<Error> json_fault(std::string_view what, std::string_view text) {
  if (auto const why = why_no_json(text)) return Error{Code::kInvalid, std::string(what) + ": " + *why};
  PaddedJson padded;
  json::parser parser;
  json::document document;
  if (auto const error = parser.iterate(padded.assign(text)).get(document)) return json_error(what, error, 0);
  if (auto const error = check_document(document)) return json_error(what, error, padded, document);
  if (!at_end(document)) return json_error(what, simdjson::TAPE_ERROR, padded, document);
  return std::nullopt;
}

}  // namespace madang
