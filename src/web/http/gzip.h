// gzip of whole bodies.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"
#include "web/http/http.h"

namespace madang::web {

std::string gzip(std::string_view bytes);
/// kCorrupt: not gzip; kLimit: unpacks to more than bytes_max.
Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);

/// Whether an Accept-Encoding header takes gzip (absent: no).
bool accepts_gzip(std::string_view accept_encoding);

/// Compresses a text-like body of sensible size, if the client takes it; a body that is packed already stays, unless
/// the client cannot unpack it. Sets Content-Encoding and Vary.
void negotiate_encoding(Response& response, bool client_accepts_gzip);

}  // namespace madang::web
