#include "web/html/page_frame.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/text.h"
#include "web/html/page_style.h"
#include "web/http/url.h"

namespace madang::web {
namespace {

using markup::element;

constexpr char const* kLanguageCookie = "madang_lang";

// Inside the page, so that browsers do not ask for /favicon.ico.
constexpr char const* kIcon =
    R"(<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E)"
    R"(%3Crect width='32' height='32' rx='7' fill='%230e5fb8'/%3E%3Cpath d='M7 24V8h18v16M12 24v-9h8v9' fill='none' )"
    R"(stroke='%23fff' stroke-width='2.6' stroke-linejoin='round'/%3E%3C/svg%3E">)";

bool speaks(runtime::Messages const& messages, std::string_view language) {
  return std::ranges::find(messages.languages(), language) != messages.languages().end();
}

}  // namespace

Reader reader_of(Request const& request, runtime::Messages const& messages) {
  if (auto const wanted = request.query_value("lang"); wanted && speaks(messages, *wanted))
    return {.language = std::string{*wanted}, .remember = true};
  if (auto const kept = request.cookie(kLanguageCookie); kept && speaks(messages, *kept)) return {.language = *kept};
  return {.language = std::string{messages.choose(request.header("accept-language"))}};
}

Response page_response(Reader const& reader, std::string title, std::string description, markup::Html body,
                       int status) {
  markup::Page page;
  page.language = reader.language;
  page.title = std::move(title);
  page.description = std::move(description);
  page.head = markup::Html::trusted_markup(kIcon);
  page.head += element("link", {{"rel", "stylesheet"}, {"href", page_style().path}});
  page.body = std::move(body);
  auto response = html(markup::render(page), status);
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  response.headers.emplace_back("Content-Language", reader.language);
  response.headers.emplace_back("Vary", "Accept-Language, Cookie");
  if (reader.remember) {
    response.headers.emplace_back("Set-Cookie", std::string{kLanguageCookie} + "=" + reader.language +
                                                    "; Path=/; Max-Age=31536000; SameSite=Lax");
  }
  return response;
}

std::string age_text(Voice const& voice, Instant time, Instant now) {
  using namespace std::chrono;
  auto const age = std::max(now - time, Millis{0});
  auto const say = [&](std::string_view key, auto count) {
    return voice.say(key, {{"count", static_cast<std::int64_t>(count.count())}});
  };
  if (age < minutes{1}) return say("time.seconds_ago", floor<seconds>(age));
  if (age < hours{2}) return say("time.minutes_ago", floor<minutes>(age));
  if (age < hours{48}) return say("time.hours_ago", floor<hours>(age));
  return say("time.days_ago", floor<days>(age));
}

markup::Html page_top(Reader const& reader, runtime::Messages const& messages, std::string const& city, std::string const& path,
                      markup::Html const& pages) {
  auto const sign = markup::Html::trusted_markup(
      R"(<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M6 26V7h20v19M12 26V15h8v11"/></svg>)");
  return markup::pieces(element("header", {{"class", "top"}}, element("a", {{"class", "brand"}, {"href", "/"}}, sign, city),
                                language_links(reader, messages, path)),
                        pages);
}

std::string own_address(Request const& request) {
  std::string address;
  for (auto const part : split(request.path, '/'))
    // "//host" would be another server's.
    if (!part.empty()) address += "/" + percent_encode(part);
  if (address.empty() || request.path.ends_with('/')) address += "/";
  char sign = '?';
  for (auto const& [name, value] : request.query) {
    if (name == "lang") continue;
    address += sign + percent_encode(name) + "=" + percent_encode(value);
    sign = '&';
  }
  return address;
}

markup::Html language_links(Reader const& reader, runtime::Messages const& messages, std::string const& path) {
  markup::Html links;
  auto const begin = path + (path.contains('?') ? "&lang=" : "?lang=");
  for (auto const& other : messages.languages()) {
    if (other == reader.language) continue;
    links += element("a", {{"href", begin + other}, {"lang", other}, {"hreflang", other}}, runtime::own_name_of(other));
  }
  return links;
}

}  // namespace madang::web
