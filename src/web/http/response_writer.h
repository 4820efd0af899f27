// Answers to bytes: status line, the fields every answer has, security headers, the body.
#pragma once

#include <cstdint>
#include <string_view>

#include "web/http/http.h"
#include "web/http/output.h"

namespace madang::web {

inline constexpr std::string_view kEventStream = "text/event-stream";
/// A proxy that packs what it passes on keeps events back until a packet is full.
inline constexpr std::string_view kEventStreamCaching = "no-store, no-transform";

struct AnswerStyle {
  bool head = false;        ///< to HEAD: fields of the body, but not the body
  bool http11 = true;
  bool keep_alive = true;
  bool cors = false;        ///< every site may read it
  bool no_store = false;    ///< unless the handler says otherwise
  std::string_view date;    ///< RFC 9110 5.6.7
  std::uint64_t request_id = 0;  ///< told to the client when something went wrong
};

/// Of an answer with `content` the head only.
void append_answer(Output& out, Response response, AnswerStyle const& style);
/// A piece of a body that is sent in chunks; never empty, which would end it.
void append_chunk(Output& out, std::string_view piece);
/// The head of an event stream, which ends when the connection does.
void append_stream_head(Output& out, AnswerStyle const& style);

}  // namespace madang::web
