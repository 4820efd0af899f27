// What operators and detectors may send into a mail or a webhook: bodies of subscribers, addresses, header texts. No crash;
// what is accepted is safe in a header and in the SMTP dialogue; no text adds a line of its own.
#include <cstdint>
#include <string>
#include <string_view>

#include "situations/notices/mime.h"
#include "situations/notices/rules.h"
#include "situations/notices/subscriber_json.h"
#include "situations/notices/targets.h"

namespace notices = madang::situations::notices;

namespace {

void need(bool holds) {
  if (!holds) __builtin_trap();
}

/// Every line end is a fold: CRLF, then a space.
void check_folds(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    need(static_cast<unsigned char>(value[i]) < 0x7f);
    if (value[i] == '\n') need(i > 0 && value[i - 1] == '\r');
    if (value[i] == '\r') need(i + 2 < value.size() && value[i + 1] == '\n' && value[i + 2] == ' ');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  if (auto const s = notices::parse_subscriber(text)) {
    if (notices::check(*s)) need(s->address.find_first_of("\r\n \t") == std::string::npos);
    (void)notices::parse_change(text, *s);
  }
  if (notices::check_email(text)) need(text.find_first_of("\r\n<>\" ,;:") == std::string_view::npos);
  if (notices::check_url(text)) (void)notices::check_url_is_public(text);
  (void)notices::is_public_address(text);
  check_folds(notices::header_text("Subject", text.substr(0, 4'096)));
  return 0;
}
