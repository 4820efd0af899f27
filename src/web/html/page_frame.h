// What all pages for people share: the reader's language, the look, and the frame around the content.
#pragma once

#include <string>
#include <string_view>

#include "core/language.h"
#include "core/time.h"
#include "runtime/messages.h"
#include "web/html/html.h"
#include "web/http/http.h"

namespace madang::web {

/// Who reads: ?lang= decides and is remembered by a cookie, then the cookie, then Accept-Language.
struct Reader {
  std::string language{kSourceLanguage};
  bool remember = false;  ///< chosen by the address: the answer sets the cookie
};
Reader reader_of(Request const& request, runtime::Messages const& messages);

/// The page with the shared style, in the reader's language; never kept by shared caches, since it depends on cookies.
Response page_response(Reader const& reader, std::string title, std::string description, markup::Html body,
                       int status = 200);

/// The texts of one reader's language.
struct Voice {
  runtime::Messages const& messages;
  std::string const& language;

  [[nodiscard]] std::string say(std::string_view key, runtime::Messages::Arguments const& arguments = {}) const {
    return messages.text(language, key, arguments);
  }
};

/// "3 min ago"
std::string age_text(Voice const& voice, Instant time, Instant now);

/// What stands on top of every page: the city's sign and name, the same page in the other languages, and the pages that are open
/// to the reader (Navigation::of).
markup::Html page_top(Reader const& reader, runtime::Messages const& messages, std::string const& city, std::string const& path,
                      markup::Html const& pages = {});

/// The address that was asked for, with its query but the language, as a link of this server's own.
std::string own_address(Request const& request);

/// Links to the same page in the other languages, each by its own name. `path`: percent-encoded, also with a query.
markup::Html language_links(Reader const& reader, runtime::Messages const& messages, std::string const& path);

}  // namespace madang::web
