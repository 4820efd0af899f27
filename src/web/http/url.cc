#include "web/http/url.h"

#include <fmt/format.h>

#include "core/text.h"

namespace madang::web {
namespace {

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

Result<std::string> decode_part(std::string_view part, std::string_view what, std::size_t number) {
  auto decoded = percent_decode(part, Plus::kIsSpace);
  if (decoded) return decoded;
  return fail(decoded.error().code, fmt::format("{} of field {}: {}", what, number, decoded.error().sentence));
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      int const high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      int const low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(Code::kInvalid, fmt::format("'%' at byte {} is not followed by two hex digits", i));
      c = static_cast<char>(high * 16 + low);
      if (c == '\0') return fail(Code::kInvalid, fmt::format("a NUL at byte {}", i));
      i += 2;
    } else if (c == '+' && plus == Plus::kIsSpace) {
      c = ' ';
    } else if (c == '\0') {
      return fail(Code::kInvalid, fmt::format("a NUL at byte {}", i));
    }
    out += c;
  }
  if (!is_utf8(out)) return fail(Code::kInvalid, "the decoded text is not UTF-8");
  return out;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char const c : text) {
    if (is_unreserved(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Result<Fields> parse_urlencoded(std::string_view text, std::size_t fields_max) {
  Fields fields;
  while (!text.empty()) {
    auto const end = text.find('&');
    auto const part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (part.empty()) continue;
    if (fields.size() == fields_max) return fail(Code::kLimit, fmt::format("more than {} fields", fields_max));
    auto const equals = part.find('=');
    auto const number = fields.size() + 1;
    MADANG_TRY(auto name, decode_part(part.substr(0, equals), "name", number));
    std::string value;
    if (equals != std::string_view::npos) {
      MADANG_TRY(value, decode_part(part.substr(equals + 1), "value", number));
    }
    fields.emplace_back(std::move(name), std::move(value));
  }
  return fields;
}

Result<std::string> next_page(std::string_view target, std::string_view link) {
  auto const query = link.find('?');
  auto next = std::string(target.substr(0, target.find('?')));
  if (query != std::string_view::npos) next += link.substr(query);
  if (query == std::string_view::npos || next == target) return fail(Code::kInvalid, fmt::format("{}: the link \"{}\" leads to no further page", target, link));
  return next;
}

}  // namespace madang::web
