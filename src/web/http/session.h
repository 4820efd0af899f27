// The login cookie: its name, how it is set and cleared, where a browser is sent that has none.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "web/http/http.h"
#include "web/http/limits.h"

namespace madang::web {

inline constexpr std::string_view kSessionCookie = "madang_session";
inline constexpr std::string_view kLoginPath = "/login";
/// Unsafe operator requests carry the session's token in this header, or in the form field kCsrfField.
inline constexpr std::string_view kCsrfHeader = "x-csrf-token";
inline constexpr std::string_view kCsrfField = "csrf";

/// HttpOnly, SameSite=Lax, Path=/, Secure when the request came over TLS.
void set_session_cookie(Response& response, Request const& request, std::string_view token,
                        std::chrono::seconds lifetime);
void clear_session_cookie(Response& response, Request const& request);

/// Longer ones are nobody's: no request names them.
inline constexpr std::size_t kNextBytesMax = Limits{}.target_bytes;
/// `next` if it is a path of this server, "/" otherwise (never another site).
std::string safe_next(std::string_view next);

/// Equal content, in a time that does not depend on where they differ.
bool same_secret(std::string_view a, std::string_view b);

/// Whether the request shows the session's token, in the header or the form's field: another site's page cannot. kForbidden.
Result<void> check_csrf_token(Request const& request, std::string_view token);

}  // namespace madang::web
