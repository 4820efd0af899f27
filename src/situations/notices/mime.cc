#include "situations/notices/mime.h"

#include <sodium.h>

#include <algorithm>

#include "core/text.h"
#include "situations/notices/limits.h"

namespace madang::situations::notices {
namespace {

/// "=?UTF-8?B?" and "?=" take 12 columns, base64 makes four of three: 39 bytes give 64, and leave room for a short name.
constexpr std::size_t kWordBytes = 39;

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }) && text.find("=?") == std::string_view::npos;
}

/// As many whole characters as fit into `bytes`; the text is UTF-8.
std::string_view characters(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 1 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr auto kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), kVariant);
  text.pop_back();  // the zero that ends C's texts
  return text;
}

std::string header_text(std::string_view name, std::string_view text) {
  auto whole = repair_utf8(text);
  if (is_plain(whole) && name.size() + 2 + whole.size() <= kMailLineMax) return whole;
  std::string out;
  for (std::string_view rest = whole; !rest.empty();) {
    // The first word shares its line with the field's name.
    auto const room = out.empty() ? kWordBytes - std::min<std::size_t>(name.size(), 12) : kWordBytes;
    auto const part = characters(rest, room);
    out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(part) + "?=";
    rest.remove_prefix(part.size());
  }
  return out;
}

std::string base64_body(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) lines += '\r';
    lines += text[i];
  }
  std::string out;
  auto const encoded = base64(lines);
  for (std::size_t at = 0; at < encoded.size(); at += kMailLineMax) out += encoded.substr(at, kMailLineMax) + "\r\n";
  return out;
}

std::string mail_date(Instant t) {
  auto text = format_http_date(t);
  return text.replace(text.size() - 3, 3, "+0000");
}

}  // namespace madang::situations::notices
