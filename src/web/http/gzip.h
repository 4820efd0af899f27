// gzip and deflate of whole bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "web/http/http.h"

namespace madang::web {

std::string gzip(std::string_view bytes);
/// How a body is packed. Deflate is zlib's format; the bare one that some clients send instead is read too.
enum class Coding : std::uint8_t { kIdentity, kGzip, kDeflate };
/// Of a Content-Encoding field; none: one this server does not read, or several on top of each other.
std::optional<Coding> coding_of(std::string_view content_encoding);
/// What a client is told that sends another one.
inline constexpr std::string_view kCodings = "gzip, deflate";

/// Asked before so many bytes (of all that was unpacked so far) are taken.
using Room = std::function<bool(std::size_t bytes)>;
/// gzip of several members is read as one. kCorrupt: not of that coding, cut off, or followed by something else; kLimit:
/// unpacks to more than bytes_max; kUnavailable: `room` said no.
Result<std::string> unpack(std::string_view bytes, Coding coding, std::size_t bytes_max, Room const& room = {});
inline Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
  return unpack(bytes, Coding::kGzip, bytes_max);
}
/// Unpacks the request's body in its place; the answer where that is not possible.
std::optional<Response> unpack_body(Request& request, Coding coding, std::size_t bytes_max, Room const& room = {});

/// Whether an Accept-Encoding header takes gzip (absent: no).
bool accepts_gzip(std::string_view accept_encoding);

/// Compresses a text-like body of sensible size, if the client takes it; a body that is packed already stays, unless
/// the client cannot unpack it. Sets Content-Encoding and Vary.
void negotiate_encoding(Response& response, bool client_accepts_gzip);

}  // namespace madang::web
