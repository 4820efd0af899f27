#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "embedded_locales.h"
#include "sensing/test_city.h"
#include "sensing/warning/warning.h"

namespace madang::sensing::warning {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Remembers which rules it was told to use.
struct Listening final : EarlyWarning {
  std::uint32_t version = 0;
  std::uint32_t running = 1;
  void use(RuleSet rules) override { version = rules.version; }
  void drain() override {}
  [[nodiscard]] std::vector<Engine::Standing> standing() const override { return {{0, "pm25_plume", running, Millis{120'000}, 850, 17.5, 1}}; }
  void stop() override {}
};

struct RuleApi {
  TestCity city;
  runtime::Messages messages = must(runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
  RuleStore store{*city.records};
  Listening warning;
  web::Routes routes;

  RuleApi() {
    EXPECT_TRUE(store.open(city.clock.now()).has_value());
    routes = rule_routes({store, warning, messages, city.clock, 5});
  }
  Result<web::Response> call(web::Method method, std::string_view pattern, web::Request request = {}) {
    for (auto const& r : routes.all()) {
      if (r.method == method && r.pattern == pattern) return r.handler(request);
    }
    return fail(Code::kNotFound, "no such route");
  }
};

TEST(rule_routes, list_and_explain_in_both_languages) {
  RuleApi api;
  auto const answer = must(api.call(web::Method::kGet, "/api/v1/rules"));
  EXPECT_THAT(answer.body, HasSubstr("\"version\":1"));
  EXPECT_THAT(answer.body, HasSubstr("\"id\":\"pm25_plume\""));
  EXPECT_THAT(answer.body, HasSubstr("\"threshold\":17.5"));
  EXPECT_THAT(answer.body, HasSubstr("neighbours are not farther apart"));
  EXPECT_THAT(answer.body, HasSubstr("이웃으로 보는 최대 거리"));
  EXPECT_THAT(answer.body, Not(HasSubstr("warning.")));
}

TEST(rule_routes, make_the_next_version_of_what_an_operator_sends) {
  RuleApi api;
  web::Request request;
  request.who.name = "kim";
  request.body = R"({"version":1,"note":"only haze","rules":[)" + json_of(shipped_rules().rules.back()) + "]}";
  auto const answer = must(api.call(web::Method::kPost, "/api/v1/rules", request));
  EXPECT_THAT(answer.body, HasSubstr("\"version\":2"));
  EXPECT_EQ(api.warning.version, 2U);
  EXPECT_EQ(api.call(web::Method::kPost, "/api/v1/rules", request).error().code, Code::kConflict);
  EXPECT_THAT(must(api.call(web::Method::kGet, "/api/v1/rules/history")).body, HasSubstr("only haze"));
}

TEST(rule_routes, tell_how_a_version_stands_only_while_it_runs) {
  RuleApi api;
  web::Request request;
  request.body = R"({"version":1,"note":"only haze","rules":[)" + json_of(shipped_rules().rules.back()) + "]}";
  auto const changed = must(api.call(web::Method::kPost, "/api/v1/rules", request));
  EXPECT_THAT(changed.body, HasSubstr("\"standing\":[]")) << "the first of the new rules is another one";
  web::Request first;
  first.path_parameters.emplace_back("version", "1");
  EXPECT_THAT(must(api.call(web::Method::kGet, "/api/v1/rules/{version}", first)).body, HasSubstr("\"rule\":\"pm25_plume\",\"step_ms\":120000"));
  api.warning.running = 2;
  EXPECT_THAT(must(api.call(web::Method::kGet, "/api/v1/rules/{version}", first)).body, HasSubstr("\"standing\":[]"));
}

TEST(rule_routes, want_a_reason_and_the_version_they_are_based_on) {
  RuleApi api;
  web::Request request;
  request.body = R"({"version":1,"rules":[]})";
  EXPECT_THAT(api.call(web::Method::kPost, "/api/v1/rules", request).error().sentence, HasSubstr("note"));
  request.body = R"({"note":"none","rules":[]})";
  EXPECT_THAT(api.call(web::Method::kPost, "/api/v1/rules", request).error().sentence, HasSubstr("version"));
}

}  // namespace
}  // namespace madang::sensing::warning
