#include "core/json_input.h"

#include "core/file_kind.h"
#include "core/text.h"

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

/// In a text: the first control character that JSON wants escaped.
std::size_t unescaped_at(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (quoted && static_cast<unsigned char>(text[i]) < 0x20) {
      return i;
    }
  }
  return text.size();
}

std::size_t broken_utf8_at(std::string_view text) {
  constexpr std::size_t kCharacterBytesMax = 4;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    while (length <= kCharacterBytesMax && !is_utf8(text.substr(i, length))) ++length;
    if (length > kCharacterBytesMax) return i;
    i += length;
  }
  return text.size();
}

/// Where a text fails of which the parser says why, and not where: it refuses it before it begins to read.
std::optional<std::size_t> refused_at(error_code error, std::string_view text) {
  if (error == simdjson::UTF8_ERROR) return broken_utf8_at(text);
  if (error == simdjson::UNESCAPED_CHARS) return unescaped_at(text);
  // What is open at the end misses something there.
  if (error == simdjson::UNCLOSED_STRING || error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) return text.size();
  return std::nullopt;
}

/// The word where reading stopped goes on to the end of the text: what misses something is the end, and not that number.
bool is_cut_off(std::string_view text, PaddedJson const& padded, json::document& document) {
  char const* place = nullptr;
  if (document.current_location().get(place) != SUCCESS || place == nullptr) return false;
  auto const begin = padded.offset_of(place);
  return begin > 0 && begin < text.size() && text.find_first_of(",:]}\" \t\r\n", begin) == std::string_view::npos;
}

}  // namespace

std::optional<Error> json_fault(std::string_view what, std::string_view text) {
  if (auto const why = why_no_json(text)) return Error{Code::kInvalid, std::string(what) + ": " + *why};
  PaddedJson padded;
  json::parser parser;
  json::document document;
  if (auto const error = parser.iterate(padded.assign(text)).get(document)) return json_error(what, error, refused_at(error, text).value_or(0));
  if (auto const error = check_document(document)) {
    if (auto const place = refused_at(error, text)) return json_error(what, error, *place);
    if (is_cut_off(text, padded, document)) return json_error(what, simdjson::INCOMPLETE_ARRAY_OR_OBJECT, text.size());
    return json_error(what, error, padded, document);
  }
  char const* place = nullptr;
  if (document.current_location().get(place) == SUCCESS)
    return Error{Code::kInvalid, std::string{what} + ": more follows after the JSON at byte " + std::to_string(padded.offset_of(place))};
  return std::nullopt;
}

}  // namespace madang
