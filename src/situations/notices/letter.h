// A notice as an e-mail in plain text: what, where, since when, what to do, in the subscriber's language or in all.
#pragma once

#include <string>

#include "city/model.h"
#include "core/error.h"
#include "runtime/messages.h"
#include "situations/notices/model.h"
#include "situations/notices/outbox.h"

namespace madang::situations::notices {

/// Who writes.
struct Sender {
  city::Name city;
  std::string base_address;  ///< of links, without a slash at the end; empty: mails carry none
  std::string from;          ///< e-mail address, checked
};

/// The whole message with its header, in lines that end with CRLF; the same for the same notice. kCorrupt: the content is
/// not the JSON that this program writes.
Result<std::string> letter_of(Sender const& sender, runtime::Messages const& messages, Subscriber const& to, Notice const& notice,
                              Content const& content);

}  // namespace madang::situations::notices
