// How a webhook proves who sends it: docs/notices.md says how a receiver checks it.
#pragma once

#include <string>
#include <string_view>

#include "core/time.h"

namespace madang::situations::notices {

/// The header Madang-Signature: "t=UNIX_SECONDS,v1=HEX", HEX the HMAC-SHA256 of "UNIX_SECONDS.BODY" under the secret's bytes.
std::string signature_of(std::string_view secret, Instant at, std::string_view body);

/// "whsec_" and 256 random bits.
std::string new_secret();

}  // namespace madang::situations::notices
