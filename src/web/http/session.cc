#include "web/http/session.h"

#include <fmt/format.h>
#include <sodium.h>

#include "runtime/refusal.h"
#include "web/forms/forms.h"

namespace madang::web {
namespace {

std::string cookie_text(Request const& request, std::string_view token, std::int64_t seconds) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", kSessionCookie, token, seconds,
                     request.secure ? "; Secure" : "");
}

}  // namespace

void set_session_cookie(Response& response, Request const& request, std::string_view token,
                        std::chrono::seconds lifetime) {
  response.headers.emplace_back("set-cookie", cookie_text(request, token, lifetime.count()));
}

void clear_session_cookie(Response& response, Request const& request) {
  response.headers.emplace_back("set-cookie", cookie_text(request, "", 0));
}

std::string safe_next(std::string_view next) {
  // "//host" and "/\host" would leave this server.
  bool const ours = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\");
  for (char const c : next)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "/";
  return ours ? std::string{next} : "/";
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<void> check_csrf_token(Request const& request, std::string_view token) {
  std::string shown{request.header(kCsrfHeader)};
  if (shown.empty())
    if (auto const form = parse_form(request)) shown = form->value(kCsrfField).value_or("");
  if (!token.empty() && same_secret(shown, token)) return {};
  return runtime::refuse(Code::kForbidden, "refusal.access.token", {{"header", kCsrfHeader}, {"field", kCsrfField}});
}

}  // namespace madang::web
