#include "web/http/router.h"

#include <gtest/gtest.h>

namespace madang::web {
namespace {

constexpr Permission kChangeAreas{"areas.change"};

Result<Response> nothing(Request const&) { return Response{}; }

Router city_router() {
  Routes r;
  r.get<Access::kPublic>("/", nothing);
  r.get<Access::kPublic>("/areas/{id}", nothing);
  r.get<Access::kPublic>("/areas/all", nothing);
  r.post<kChangeAreas>("/areas/all", nothing);
  r.get<Access::kPublic>("/areas/{id}/things/{thing}", nothing);
  r.get<Access::kPublic>("/sta/v1.1/{rest*}", nothing);
  r.post<Access::kDevice>("/sta/v1.1/Observations", nothing);
  return Router::build(std::move(r)).value();
}

std::string found(Router const& router, Method method, std::string_view path) {
  auto const match = router.find(method, path).value();
  return match.route == nullptr ? "none" : match.route->pattern;
}

TEST(router, prefers_fixed_parts_to_parameters_to_rest) {
  auto const router = city_router();
  EXPECT_EQ(found(router, Method::kGet, "/"), "/");
  EXPECT_EQ(found(router, Method::kGet, "/areas/all"), "/areas/all");
  EXPECT_EQ(found(router, Method::kGet, "/areas/7"), "/areas/{id}");
  EXPECT_EQ(found(router, Method::kPost, "/sta/v1.1/Observations"), "/sta/v1.1/Observations");
  EXPECT_EQ(found(router, Method::kGet, "/sta/v1.1/Observations"), "/sta/v1.1/{rest*}");
}

TEST(router, gives_the_parameters_of_the_path) {
  auto const match = city_router().find(Method::kGet, "/areas/%EA%B0%80%2Fb/things/3").value();
  EXPECT_EQ(match.parameters, (Fields{{"id", "가/b"}, {"thing", "3"}}));
}

TEST(router, gives_the_rest_of_the_path_decoded) {
  auto const match = city_router().find(Method::kGet, "/sta/v1.1/Datastreams(5)/Obs%65rvations").value();
  EXPECT_EQ(match.parameters, (Fields{{"rest", "Datastreams(5)/Observations"}}));
}

TEST(router, gives_a_rest_of_very_many_parts) {
  std::string path = "/sta/v1.1";
  for (int i = 0; i < 100; ++i) path += "/x";
  EXPECT_EQ(found(city_router(), Method::kGet, path), "/sta/v1.1/{rest*}");
}

TEST(router, finds_nothing_where_there_is_nothing) {
  auto const router = city_router();
  EXPECT_EQ(found(router, Method::kGet, "/areas"), "none");
  EXPECT_EQ(found(router, Method::kGet, "/areas/"), "none");
  EXPECT_EQ(found(router, Method::kGet, "//areas/7"), "none");
  EXPECT_EQ(found(router, Method::kGet, "/areas/7/"), "none");
  EXPECT_EQ(found(router, Method::kGet, ""), "none");
}

TEST(router, answers_head_with_the_get_route) {
  EXPECT_EQ(found(city_router(), Method::kHead, "/areas/7"), "/areas/{id}");
}

TEST(router, tells_the_methods_of_a_path) {
  auto const match = city_router().find(Method::kDelete, "/areas/all").value();
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_TRUE(match.is_public);
}

TEST(router, refuses_broken_escapes) {
  EXPECT_EQ(city_router().find(Method::kGet, "/areas/%4").error().code, Code::kInvalid);
  EXPECT_EQ(city_router().find(Method::kGet, "/areas/%00").error().code, Code::kInvalid);
  EXPECT_EQ(city_router().find(Method::kGet, "/areas/%ff").error().code, Code::kInvalid);
}

TEST(router, refuses_wrong_patterns) {
  auto const error_of = [](std::string pattern) {
    Routes r;
    r.get<Access::kPublic>(std::move(pattern), nothing);
    return Router::build(std::move(r)).error().sentence;
  };
  EXPECT_EQ(error_of("areas"), "route areas: must start with '/'");
  EXPECT_EQ(error_of("/{id"), "route /{id: a parameter is {name} or {name*}");
  EXPECT_EQ(error_of("/{rest*}/x"), "route /{rest*}/x: {name*} must be the last part");
}

TEST(router, refuses_a_route_declared_twice) {
  Routes r;
  r.get<Access::kPublic>("/a/{x}", nothing);
  r.get<Access::kPublic>("/a/{y}", nothing);
  EXPECT_EQ(Router::build(std::move(r)).error().sentence, "route /a/{y}: GET is declared twice");
}

}  // namespace
}  // namespace madang::web
