#include "app/serve/login_pages.h"

#include <chrono>
#include <optional>
#include <string>

#include "city/limits.h"
#include "runtime/refusal.h"
#include "web/forms/bound.h"
#include "web/html/form_page.h"
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
constexpr std::chrono::minutes kUnavailablePause{1};
constexpr char const* kAfterLogin = "/control";

struct Attempt {
  std::string login;
  std::string password;
  std::string next = kAfterLogin;
};

web::FormShape<Attempt> const& attempt_form() {
  static auto const kShape =
      web::FormShape<Attempt>{}
          .text("login", &Attempt::login, {.required = true, .bytes_max = city::kLoginNameMax, .missing = "refusal.login.name_missing"})
          .text("password", &Attempt::password,
                {.required = true, .bytes_max = city::kPasswordMax, .secret = true, .missing = "refusal.login.password_missing"})
          .text("next", &Attempt::next, {.bytes_max = web::kNextBytesMax, .characters_max = web::kNextBytesMax, .hidden = true, .unfit_is_nothing = true});
  return kShape;
}

/// As long as its text tells the reader to wait.
std::chrono::minutes pause_of(Error const& error) {
  if (error.wording)
    for (auto const& [name, argument] : error.wording->arguments)
      if (auto const* const minutes = std::get_if<std::int64_t>(&argument.value); minutes != nullptr && name == "minutes") return std::chrono::minutes{*minutes};
  return kUnavailablePause;
}

struct LoginPages {
  city::Rights& rights;
  runtime::Messages const& messages;
  web::Navigation const& navigation;
  city::Name city;

  [[nodiscard]] web::Response page(web::Request const& request, Reader const& reader, std::string page_title, Html const& main, int status) const {
    web::Voice const voice{messages, reader.language};
    auto const top = web::page_top(reader, messages, city.in(reader.language), "/login", navigation.of(voice, request.who, "/login"));
    auto const body = pieces(top, element("main", {{"id", "main"}}, element("h1", {}, voice.say("login.title")), main));
    auto response = web::page_response(reader, std::move(page_title), {}, body, status);
    response.headers.emplace_back("X-Robots-Tag", "noindex");
    return response;
  }

  [[nodiscard]] web::Response form(web::Request const& request, web::FilledForm const& filled, int status) const {
    auto const reader = web::reader_of(request, messages);
    web::FormView const view{{messages, reader.language}, filled};
    Html const fields = pieces(view.input("login", "login.name", {.autocomplete = "username", .is_name = true}),
                               view.input("password", "login.password", {.type = "password", .autocomplete = "current-password"}),
                               view.hidden("next"), element("button", {{"type", "submit"}}, view.voice.say("login.submit")));
    // The server says what is missing, in the reader's language and at its field; a browser would say it in its own.
    auto const main = pieces(view.summary("login.wrong_title"), element("p", {{"class", "lead"}}, view.voice.say("login.lead")),
                             element("form", {{"method", "post"}, {"action", "/login"}, {"novalidate", true}}, fields));
    return page(request, reader, view.page_title(view.voice.say("login.title")), main, status);
  }

  [[nodiscard]] web::Response signed_in(web::Request const& request, web::Principal const& who) const {
    auto const reader = web::reader_of(request, messages);
    web::Voice const voice{messages, reader.language};
    auto const token = element("input", {{"type", "hidden"}, {"name", web::kCsrfField}, {"value", who.csrf_token}});
    auto const button = element("button", {{"type", "submit"}}, voice.say("login.sign_out"));
    return page(request, reader, voice.say("login.title"),
                pieces(element("p", {}, voice.say("login.signed_in_as", {{"name", who.name}})),
                       element("p", {}, element("a", {{"href", kAfterLogin}}, voice.say("login.back"))),
                       element("form", {{"method", "post"}, {"action", "/logout"}}, token, button)),
                200);
  }

  [[nodiscard]] Result<web::Response> show(web::Request const& request) const {
    if (auto const token = request.cookie(web::kSessionCookie)) {
      if (auto const who = rights.principal_of_session(*token)) return signed_in(request, *who);
    }
    auto filled = attempt_form().empty();
    auto const next = request.query_value("next").value_or(kAfterLogin);
    filled.show("next", next.size() <= web::kNextBytesMax ? next : kAfterLogin);
    return form(request, filled, 200);
  }

  static Result<void> refuse_other_site(web::Request const& request) {
    if (request.header("sec-fetch-site") == "cross-site") return runtime::refuse(Code::kForbidden, "refusal.login.other_site");
    return {};
  }

  [[nodiscard]] Result<web::Response> sign_in(web::Request const& request) const {
    // Another site must not sign a reader in under a name of its own.
    MADANG_CHECK(refuse_other_site(request));
    MADANG_TRY(auto const sent, web::parse_form(request));
    auto bound = attempt_form().bind(sent);
    if (!bound.filled.is_right()) return form(request, bound.filled, 400);
    auto const done = rights.login(bound.value.login, bound.value.password, request.remote_address);
    if (!done) return refused(request, std::move(bound.filled), done.error());
    auto response = web::redirect(web::safe_next(bound.value.next));
    web::set_session_cookie(response, request, done->session_token, kCookieLifetime);
    return response;
  }

  [[nodiscard]] web::Response refused(web::Request const& request, web::FilledForm filled, Error const& error) const {
    bool const wrong = error.code == Code::kUnauthorized || error.code == Code::kInvalid || error.code == Code::kNotFound;
    bool const is_told = wrong || error.code == Code::kOverloaded;
    auto const told = is_told ? error : runtime::refuse(Code::kUnavailable, "refusal.login.unavailable", {{"minutes", kUnavailablePause.count()}}).error();
    filled.refuse(told);
    auto response = form(request, filled, wrong ? 401 : error.code == Code::kOverloaded ? 429 : 503);
    if (!wrong) response.headers.emplace_back("Retry-After", std::to_string(std::chrono::seconds{pause_of(told)}.count()));
    return response;
  }

  [[nodiscard]] Result<web::Response> sign_out(web::Request const& request) const {
    // A form of another site brings no cookie (SameSite), so that no token is asked of it.
    MADANG_CHECK(refuse_other_site(request));
    auto response = web::redirect("/login");
    if (auto const session = request.cookie(web::kSessionCookie)) {
      auto const who = rights.principal_of_session(*session);
      // Who was signed out already, in another window or by time, has what he wants.
      bool const is_out = !who && who.error().code == Code::kUnauthorized;
      if (!who && !is_out) return fail(who.error());
      if (who) {
        MADANG_CHECK(web::check_csrf_token(request, who->csrf_token));
        MADANG_CHECK(rights.logout(*session));
      }
      // Only what was shown: a browser that kept its cookie back would lose it by the answer.
      web::clear_session_cookie(response, request);
    }
    return response;
  }
};

}  // namespace

web::Routes login_routes(city::Rights& rights, runtime::Messages const& messages, web::Navigation const& navigation, city::Name city) {
  LoginPages const pages{rights, messages, navigation, std::move(city)};
  web::Routes r;
  r.get<web::Access::kPublic>(std::string{web::kLoginPath}, [pages](web::Request const& q) { return pages.show(q); });
  r.post<web::Access::kPublic>(std::string{web::kLoginPath}, [pages](web::Request const& q) { return pages.sign_in(q); },
                               web::Work::kPassword);
  r.post<web::Access::kPublic>("/logout", [pages](web::Request const& q) { return pages.sign_out(q); });
  return r;
}

}  // namespace madang::app
