// Where a webhook may point: http(s) URLs, and, unless the city allows it, only addresses of the public Internet.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::situations::notices {

/// An absolute http or https URL with a host and without user, password or fragment, read by the same parser that will
/// use it. kInvalid, kLimit.
Result<void> check_url(std::string_view url);
/// kForbidden: the host is written as an address, and one that is not public. Of names only the connection can tell.
Result<void> check_url_is_public(std::string_view url);

/// The address lies in the public Internet: not loopback, private, link-local, shared, multicast, documentation or
/// reserved, also when an IPv6 address only wraps such an IPv4 one (IANA's special-purpose registries, RFC 6890).
bool is_public_address(sockaddr const& address);
/// Of a text such as "10.0.0.1" or "::1"; false when it is no address.
bool is_public_address(std::string_view text);

}  // namespace madang::situations::notices
