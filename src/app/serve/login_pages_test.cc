// What the form for signing in takes, at its bounds.
#include "app/serve/login_pages.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "city/limits.h"
#include "city/test_records.h"
#include "runtime/shipped.h"
#include "web/http/session.h"
#include "web/http/url.h"

namespace madang::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct login_pages : testing::Test {
  runtime::ManualClock clock{parse_instant("2026-11-30T00:00:00Z").value()};
  city::TestRecords records{clock};
  std::unique_ptr<city::Rights> rights = city::Rights::open(*records, clock).value();
  web::Navigation navigation;
  web::Routes routes = login_routes(*rights, runtime::shipped_messages(), navigation, {.by_language = {{"en", "Madang city"}, {"ko", "마당시"}}});
  std::string login = std::string(city::kLoginNameMax, 'k');
  std::string password = std::string(city::kPasswordMax, 'p');

  void SetUp() override { ASSERT_TRUE(rights->create_operator(login, password)); }

  Result<web::Response> ask(web::Request const& request) {
    for (auto const& route : routes.all())
      if (route.method == request.method && route.pattern == request.path) return route.handler(request);
    return {};
  }
  web::Response sign_in(std::string const& as, std::string const& with, std::string const& next) {
    web::Request request;
    request.method = web::Method::kPost;
    request.path = web::kLoginPath;
    request.remote_address = "192.0.2.1";
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"accept-language", "en"}};
    request.body = "login=" + web::percent_encode(as) + "&password=" + web::percent_encode(with) + "&next=" + web::percent_encode(next);
    return ask(request).value();
  }
  static bool sets_cookie(web::Response const& response) {
    return std::ranges::any_of(response.headers, [](auto const& header) { return header.first == "set-cookie"; });
  }
  static std::string location_of(web::Response const& response) {
    for (auto const& [name, value] : response.headers)
      if (name == "location") return value;
    return {};
  }
};

TEST_F(login_pages, take_the_longest_login_and_password_that_there_can_be) {
  EXPECT_EQ(sign_in(login, password, "/alerts").status, 303);
  EXPECT_EQ(sign_in(login + "k", password, "/alerts").status, 400);
  EXPECT_EQ(sign_in(login, password + "p", "/alerts").status, 400);
}

TEST_F(login_pages, sign_out_who_was_signed_out_already_and_nobody_from_another_site) {
  auto const session = rights->login(login, password, "192.0.2.1").value().session_token;
  web::Request request;
  request.method = web::Method::kPost;
  request.path = "/logout";
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"cookie", "madang_session=" + session}};
  EXPECT_EQ(ask(request).error().code, Code::kForbidden) << "a page of another site does not know the token";
  ASSERT_TRUE(rights->principal_of_session(session));
  request.body = "csrf=" + rights->principal_of_session(session)->csrf_token;
  EXPECT_EQ(location_of(ask(request).value()), "/login");
  EXPECT_FALSE(rights->principal_of_session(session));
  EXPECT_EQ(location_of(ask(request).value()), "/login") << "from the page of another window";
}

TEST_F(login_pages, keep_the_cookie_that_a_browser_did_not_show) {
  web::Request request;
  request.method = web::Method::kPost;
  request.path = "/logout";
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  EXPECT_EQ(location_of(ask(request).value()), "/login");
  EXPECT_FALSE(sets_cookie(ask(request).value())) << "a form of another site, of which a browser does not say so";

  request.headers.emplace_back("sec-fetch-site", "cross-site");
  EXPECT_EQ(ask(request).error().code, Code::kForbidden);
  EXPECT_EQ(ask(request).error().wording->key, "refusal.login.other_site");

  request.headers.back().second = "same-origin";
  request.headers.emplace_back("cookie", "madang_session=over");
  EXPECT_TRUE(sets_cookie(ask(request).value())) << "one that is over is forgotten";
}

TEST_F(login_pages, and_who_makes_logins_agree_on_blanks_around_them) {
  EXPECT_EQ(sign_in(" " + login + " ", password, "/alerts").status, 303) << "a keyboard adds them";
  EXPECT_EQ(rights->create_operator("kim ", "a long password").error().wording->key, "refusal.login.blanks");
}

TEST_F(login_pages, lead_to_what_was_asked_for_however_long_it_is) {
  std::string const longest = "/control?" + std::string(web::kNextBytesMax - 9, 'q');
  EXPECT_EQ(location_of(sign_in(login, password, longest)), longest);
  EXPECT_EQ(location_of(sign_in(login, password, longest + "q")), "/control") << "no request has so long a target";
}

TEST_F(login_pages, have_the_city_on_top_as_every_page_has) {
  web::Request request;
  request.path = web::kLoginPath;
  request.headers = {{"accept-language", "ko"}};
  EXPECT_THAT(ask(request)->body, HasSubstr("</svg>마당시</a>"));
}

TEST_F(login_pages, send_no_target_round_that_does_not_fit) {
  web::Request request;
  request.path = web::kLoginPath;
  request.headers = {{"accept-language", "en"}};
  request.query = {{"next", "/" + std::string(web::kNextBytesMax, 'q')}};
  EXPECT_THAT(ask(request)->body, HasSubstr(R"(name="next" value="/control")"));
  EXPECT_THAT(sign_in("", "", request.query.front().second).body, Not(HasSubstr("qqqq")));
}

}  // namespace
}  // namespace madang::app
