#include "app/serve/plain_pages.h"

#include "core/language.h"
#include "runtime/refusal.h"
#include "web/html/html.h"
#include "web/html/page_frame.h"

namespace madang::app {

namespace {

using web::markup::element;
using web::markup::Html;
using web::markup::pieces;

}  // namespace

web::Response PlainPages::page(web::Request const& request, web::Reader const& reader, std::string const& title, Html const& told,
                               int status) const {
  web::Voice const voice{messages, reader.language};
  auto const link = [&voice](std::string_view path, std::string_view words) {
    return element("li", {}, element("a", {{"href", path}}, voice.say(words)));
  };
  auto const main = element("main", {{"id", "main"}}, element("h1", {}, title), told,
                            element("ul", {{"class", "links"}}, link("/", "missing.home"), link("/control", "missing.control")));
  auto const top = web::page_top(reader, messages, city.in(reader.language), web::own_address(request), navigation.of(voice, request.who, {}));
  return web::page_response(reader, title, {}, pieces(top, main), status);
}

web::Response PlainPages::missing(web::Request const& request) const {
  auto const reader = web::reader_of(request, messages);
  web::Voice const voice{messages, reader.language};
  return page(request, reader, voice.say("missing.title"), element("p", {{"class", "lead"}}, voice.say("missing.lead")), 404);
}

web::Response PlainPages::refused(web::Request const& request, Error const& error) const {
  auto const reader = web::reader_of(request, messages);
  web::Voice const voice{messages, reader.language};
  auto const words = runtime::said(messages, reader.language, error);
  auto const field = error.wording ? error.wording->field : std::string{};
  Html const told = words ? element("p", {{"class", "lead"}}, field.empty() ? *words : field + ": " + *words)
                          : element("p", {{"class", "lead"}, {"lang", kSourceLanguage}}, error.sentence);
  return page(request, reader, voice.say(web::message_key_of(error.code)), told, http_status_of(error.code));
}

web::Response PlainPages::denied(web::Request const& request, web::Permission const& permission) const {
  auto const reader = web::reader_of(request, messages);
  web::Voice const voice{messages, reader.language};
  auto const told = element("p", {{"class", "lead"}}, permissions.denied_text(voice, permission));
  return page(request, reader, voice.say("access.denied_title"), told, 403);
}

}  // namespace madang::app
