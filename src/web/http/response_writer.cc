#include "web/http/response_writer.h"

#include <fmt/format.h>

#include <iterator>

#include "web/http/fields.h"

namespace madang::web {
namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 416: return "Range Not Satisfiable";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

/// Pages run only what this server serves. Inline style is allowed, because the public page carries its own; the map
/// draws from blobs and starts its worker as one.
constexpr std::string_view kPagePolicy =
    "content-security-policy: default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'\r\n"
    "referrer-policy: same-origin\r\n";

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += ": ";
  // A line break in a value would begin another field.
  for (char const c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  text += "\r\n";
}

void append_start(std::string& text, int status, AnswerStyle const& style) {
  fmt::format_to(std::back_inserter(text), "HTTP/1.1 {} {}\r\ndate: {}\r\n", status, reason_phrase(status), style.date);
  text += "x-content-type-options: nosniff\r\n";
  if (style.cors) text += "access-control-allow-origin: *\r\n";
  if (!style.keep_alive)
    text += "connection: close\r\n";
  else if (!style.http11)
    text += "connection: keep-alive\r\n";
}

}  // namespace

void append_answer(Output& out, Response response, AnswerStyle const& style) {
  bool const has_body = response.status >= 200 && response.status != 204 && response.status != 304;
  bool const fixed = !response.static_body.empty();
  auto const body_size = fixed ? response.static_body.size() : response.body.size();
  auto& text = out.tail();
  append_start(text, response.status, style);
  if (has_body) {
    // How long a stream of events will be nobody knows, so HEAD does not say it (RFC 9110, 8.6).
    bool const is_endless = style.head && response.content_type == kEventStream;
    if (body_size > 0 || response.content || is_endless) append_field(text, "content-type", response.content_type);
    if (!response.content && !is_endless)
      fmt::format_to(std::back_inserter(text), "content-length: {}\r\n", body_size);
    else if (response.content && style.http11)
      text += "transfer-encoding: chunked\r\n";
  }
  if (response.content_type.starts_with("text/html")) {
    if (field_named(response.headers, "content-security-policy") != nullptr)
      text += "referrer-policy: same-origin\r\n";
    else
      text += kPagePolicy;
  }
  if (style.no_store && field_named(response.headers, "cache-control") == nullptr) text += "cache-control: no-store\r\n";
  if (response.status >= 400) fmt::format_to(std::back_inserter(text), "x-request-id: {:016x}\r\n", style.request_id);
  for (auto const& [name, value] : response.headers) append_field(text, name, value);
  text += "\r\n";
  if (!has_body || style.head || response.content) return;
  if (fixed)
    out.append_fixed(response.static_body);
  else
    out.append_owned(std::move(response.body));
}

void append_chunk(Output& out, std::string_view piece) {
  fmt::format_to(std::back_inserter(out.tail()), "{:x}\r\n", piece.size());
  out.append(piece);
  out.append("\r\n");
}

void append_stream_head(Output& out, AnswerStyle const& style) {
  auto& text = out.tail();
  append_start(text, 200, style);
  fmt::format_to(std::back_inserter(text), "content-type: {}\r\ncache-control: {}\r\nx-accel-buffering: no\r\n\r\n", kEventStream,
                 kEventStreamCaching);
}

}  // namespace madang::web
