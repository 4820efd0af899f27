#include "app/serve/login_pages.h"

#include <chrono>
#include <optional>
#include <string>

#include "web/forms/forms.h"
#include "web/html/html.h"
#include "web/html/page_frame.h"
#include "web/http/session.h"

namespace madang::app {
namespace {

using web::Reader;
using web::markup::element;
using web::markup::Html;
using web::markup::pieces;

/// The browser forgets the cookie then; the session itself ends on the server.
constexpr std::chrono::hours kCookieLifetime{12};
constexpr char const* kAfterLogin = "/control";

struct Attempt {
  std::string login;
  std::string next;
  std::string_view trouble_key;  ///< empty: nothing went wrong yet
  int status = 200;
};

struct LoginPages {
  city::Rights& rights;
  runtime::Messages const& messages;

  [[nodiscard]] std::string say(Reader const& reader, std::string_view key,
                                runtime::Messages::Arguments const& arguments = {}) const {
    return messages.text(reader.language, key, arguments);
  }

  [[nodiscard]] web::Response page(Reader const& reader, Html const& main, int status) const {
    auto const title = say(reader, "login.title");
    auto const top = element("header", {{"class", "top"}}, element("a", {{"class", "brand"}, {"href", "/"}}, "Madang"),
                             web::language_links(reader, messages, "/login"));
    auto const body = pieces(top, element("main", {{"id", "main"}}, element("h1", {}, title), main));
    auto response = web::page_response(reader, title, {}, body, status);
    response.headers.emplace_back("X-Robots-Tag", "noindex");
    return response;
  }

  [[nodiscard]] Html error_summary(Reader const& reader, std::string_view key) const {
    return element("div", {{"class", "error"}, {"role", "alert"}, {"tabindex", -1}},
                   element("h2", {}, say(reader, "login.wrong_title")),
                   element("p", {}, element("a", {{"href", "#login"}}, say(reader, key))));
  }

  [[nodiscard]] web::Response form(Reader const& reader, Attempt const& attempt) const {
    bool const wrong = !attempt.trouble_key.empty();
    Html fields = pieces(
        element("label", {{"for", "login"}}, say(reader, "login.name")),
        element("input", {{"id", "login"}, {"name", "login"}, {"autocomplete", "username"}, {"autocapitalize", "none"},
                          {"spellcheck", "false"}, {"value", attempt.login}, {"required", true}, {"maxlength", 100},
                          {"aria-invalid", wrong ? "true" : "false"}}),
        element("label", {{"for", "password"}}, say(reader, "login.password")),
        element("input", {{"id", "password"}, {"name", "password"}, {"type", "password"},
                          {"autocomplete", "current-password"}, {"required", true}, {"maxlength", 1000}}),
        element("input", {{"type", "hidden"}, {"name", "next"}, {"value", attempt.next}}),
        element("button", {{"type", "submit"}}, say(reader, "login.submit")));
    Html main = wrong ? error_summary(reader, attempt.trouble_key) : Html{};
    main += element("p", {{"class", "lead"}}, say(reader, "login.lead"));
    main += element("form", {{"method", "post"}, {"action", "/login"}}, fields);
    return page(reader, main, attempt.status);
  }

  [[nodiscard]] web::Response signed_in(Reader const& reader, web::Principal const& who) const {
    auto const token = element("input", {{"type", "hidden"}, {"name", web::kCsrfField}, {"value", who.csrf_token}});
    auto const button = element("button", {{"type", "submit"}}, say(reader, "login.sign_out"));
    return page(reader,
                pieces(element("p", {}, say(reader, "login.signed_in_as", {{"name", who.name}})),
                       element("p", {}, element("a", {{"href", kAfterLogin}}, say(reader, "login.back"))),
                       element("form", {{"method", "post"}, {"action", "/logout"}}, token, button)),
                200);
  }

  [[nodiscard]] Result<web::Response> show(web::Request const& request) const {
    auto const reader = web::reader_of(request, messages);
    if (auto const token = request.cookie(web::kSessionCookie)) {
      if (auto const who = rights.principal_of_session(*token)) return signed_in(reader, *who);
    }
    Attempt attempt;
    attempt.next = request.query_value("next").value_or(kAfterLogin);
    return form(reader, attempt);
  }

  [[nodiscard]] Result<web::Response> sign_in(web::Request const& request) const {
    auto const reader = web::reader_of(request, messages);
    // Another site must not sign a reader in under a name of its own.
    if (request.header("sec-fetch-site") == "cross-site")
      return fail(Code::kForbidden, "the form came from another site; open /login here");
    MADANG_TRY(auto const sent, web::parse_form(request));
    Attempt attempt;
    attempt.login = sent.value("login").value_or("");
    attempt.next = sent.value("next").value_or(kAfterLogin);
    auto const password = sent.value("password").value_or("");
    if (attempt.login.empty() || password.empty()) {
      attempt.trouble_key = "login.missing";
      attempt.status = 400;
      return form(reader, attempt);
    }
    auto const done = rights.login(attempt.login, password, request.remote_address);
    if (!done) return refused(reader, attempt, done.error().code);
    auto response = web::redirect(web::safe_next(attempt.next));
    web::set_session_cookie(response, request, done->session_token, kCookieLifetime);
    return response;
  }

  [[nodiscard]] web::Response refused(Reader const& reader, Attempt attempt, Code code) const {
    bool const wrong = code == Code::kUnauthorized || code == Code::kInvalid || code == Code::kNotFound;
    attempt.trouble_key = wrong ? "login.wrong" : code == Code::kOverloaded ? "login.too_many" : "login.unavailable";
    attempt.status = wrong ? 401 : code == Code::kOverloaded ? 429 : 503;
    auto response = form(reader, attempt);
    if (!wrong) response.headers.emplace_back("Retry-After", "60");
    return response;
  }

  [[nodiscard]] Result<web::Response> sign_out(web::Request const& request) const {
    if (auto const token = request.cookie(web::kSessionCookie)) MADANG_CHECK(rights.logout(*token));
    auto response = web::redirect("/login");
    web::clear_session_cookie(response, request);
    return response;
  }
};

}  // namespace

web::Routes login_routes(city::Rights& rights, runtime::Messages const& messages) {
  LoginPages const pages{rights, messages};
  web::Routes r;
  r.get<web::Access::kPublic>(std::string{web::kLoginPath}, [pages](web::Request const& q) { return pages.show(q); });
  r.post<web::Access::kPublic>(std::string{web::kLoginPath}, [pages](web::Request const& q) { return pages.sign_in(q); });
  r.post<web::Access::kSignedIn>("/logout", [pages](web::Request const& q) { return pages.sign_out(q); });
  return r;
}

}  // namespace madang::app
