// Query strings, forms, cookies, escapes, Accept-Encoding, If-None-Match, gzip and event framing: the first byte
// chooses which.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/text.h"
#include "web/forms/forms.h"
#include "web/html/html.h"
#include "web/http/etag.h"
#include "web/http/event_queue.h"
#include "web/http/gzip.h"
#include "web/http/limits.h"
#include "web/http/session.h"
#include "web/http/url.h"

namespace {

using namespace madang;

void try_urlencoded(std::string_view text) {
  auto const fields = web::parse_urlencoded(text, web::kQueryFieldsMax);
  if (!fields) return;
  MADANG_ASSERT(fields->size() <= web::kQueryFieldsMax);
  for (auto const& [name, value] : *fields) {
    MADANG_ASSERT(is_utf8(name) && is_utf8(value));
    MADANG_ASSERT(web::percent_decode(web::percent_encode(value)).value() == value);
  }
}

void try_form(std::string_view text) {
  web::Request request;
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  request.body = text;
  if (auto const form = web::parse_form(request)) (void)form->value(web::kCsrfField);
}

void try_next(std::string_view text) {
  auto const next = web::safe_next(text);
  MADANG_ASSERT(next.starts_with('/') && !next.starts_with("//"));
}

void try_html(std::string_view text) {
  auto const page = web::markup::element("a", {{"href", text}}, text);
  MADANG_ASSERT(page.markup().find('<', 1) == page.markup().rfind("</a>"));
}

void try_event(std::string_view text) {
  std::string out;
  web::append_event(out, {text, text, text});
  MADANG_ASSERT(out.find('\r') == std::string::npos);
  MADANG_ASSERT(out.find("\n\n") == out.size() - 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const text(reinterpret_cast<char const*>(data + 1), size - 1);
  switch (data[0] % 8) {
    case 0: try_urlencoded(text); break;
    case 1: try_form(text); break;
    case 2: (void)web::cookie_value(text, web::kSessionCookie); break;
    case 3: (void)web::accepts_gzip(text); break;
    case 4: (void)web::etag_matches(text, "W/\"0123456789abcdef\""); break;
    case 5: (void)web::gunzip(text, 100'000); break;
    case 6: try_next(text); try_html(text); break;
    default: try_event(text); break;
  }
  return 0;
}
