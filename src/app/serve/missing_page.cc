#include "app/serve/missing_page.h"

#include "web/html/html.h"
#include "web/html/page_frame.h"

namespace madang::app {

web::Response missing_page(runtime::Messages const& messages, city::Name const& city, web::Request const& request) {
  using web::markup::element;
  auto const reader = web::reader_of(request, messages);
  web::Voice const voice{messages, reader.language};
  auto const main = element("main", {{"id", "main"}}, element("h1", {}, voice.say("missing.title")),
                            element("p", {{"class", "lead"}}, voice.say("missing.lead")),
                            element("ul", {{"class", "links"}},
                                    element("li", {}, element("a", {{"href", "/"}}, voice.say("missing.home"))),
                                    element("li", {}, element("a", {{"href", "/control"}}, voice.say("missing.control")))));
  auto const body = web::markup::pieces(web::page_top(reader, messages, city.in(reader.language), "/"), main);
  return web::page_response(reader, voice.say("missing.title"), {}, body, 404);
}

}  // namespace madang::app
