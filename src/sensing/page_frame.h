// What all pages for people share: the reader's language, the look, and the frame around the content.
#pragma once

#include <string>

#include "runtime/messages.h"
#include "web/html/html.h"
#include "web/http/http.h"

namespace madang::sensing {

namespace markup = web::markup;

/// Who reads: ?lang= decides and is remembered by a cookie, then the cookie, then Accept-Language.
struct Reader {
  std::string language = "en";
  bool remember = false;  ///< chosen by the address: the answer sets the cookie
};
Reader reader_of(web::Request const& request, runtime::Messages const& messages);

/// The page with the shared style, in the reader's language; never kept by shared caches, since it depends on cookies.
web::Response page_response(Reader const& reader, std::string title, std::string description, markup::Html body,
                            int status = 200);

/// A link to the same page in the other language.
markup::Html language_link(Reader const& reader, runtime::Messages const& messages, std::string const& path);

}  // namespace madang::sensing
