#include "modules/api_document.h"

#include <gmock/gmock.h>

namespace madang::modules {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kFrame = R"({"openapi":"3.1.0","info":{"title":"T"},"servers":[],"components":{"schemas":{"Error":{"type":"object"}}}})";
constexpr std::string_view kLamps = R"({"tags":[{"name":"lamps"}],"x-pages":["/lamps"],"paths":{"/api/v1/lamps/{id}":{
    "get":{"operationId":"getLamp","x-access":"everybody","parameters":[{"name":"id","in":"path"},{"name":"at","in":"query"}],
           "responses":{"200":{"description":"A lamp."},"503":{"description":"My own."}}},
    "put":{"operationId":"dimLamp","x-access":"lamps.dim in an Area","responses":{}}}}})";

Result<ApiDocument> with(std::string_view fragment, std::string_view more = "{}") {
  std::vector<runtime::EmbeddedFile> const files{{"frame.json", kFrame}, {"lamps/openapi.json", fragment}, {"more/openapi.json", more}};
  return ApiDocument::assemble(files);
}
std::string refusal_of(std::string_view fragment, std::string_view more = "{}") {
  auto const document = with(fragment, more);
  return document ? "none" : document.error().sentence;
}

TEST(api_document, is_put_together_from_fragments) {
  auto const document = with(kLamps).value();
  EXPECT_TRUE(document.json().starts_with(R"({"openapi":"3.1.0","info":{"title":"T"},"servers":[],"tags":[{"name":"lamps"}],"paths":{"/api/v1/lamps/{id}":{"get":{)"));
  EXPECT_THAT(document.yaml(), HasSubstr("paths:\n  /api/v1/lamps/{id}:\n    get:\n      operationId: getLamp\n"));
  ASSERT_EQ(document.operations().size(), 2);
  EXPECT_EQ(document.operations()[0].method, "GET");
  EXPECT_EQ(document.operations()[0].path_parameters, std::vector<std::string>{"id"});
  EXPECT_EQ(document.operations()[1].access, "lamps.dim in an Area");
  EXPECT_EQ(document.pages(), std::vector<std::string>{"/lamps"});
}

TEST(api_document, asks_for_nothing_where_everybody_may) {
  auto const json = with(kLamps).value().json();
  EXPECT_THAT(json, HasSubstr(R"("x-access":"everybody","security":[])"));
}

TEST(api_document, asks_for_login_and_token_or_a_key_where_somebody_changes) {
  auto const json = with(kLamps).value().json();
  EXPECT_THAT(json, HasSubstr(R"("security":[{"login":["lamps.dim"],"csrf":[]},{"key":["lamps.dim"]}])"));
}

TEST(api_document, adds_the_refusals_that_all_of_a_kind_share) {
  auto const json = with(kLamps).value().json();
  EXPECT_THAT(json, HasSubstr(R"("400":{"$ref":"#/components/responses/Invalid"},"429":{"$ref":"#/components/responses/TooMany"},"503":{"description":"My own."})"));
  EXPECT_THAT(json, HasSubstr(R"("401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/Forbidden"})"));
}

TEST(api_document, names_the_fragment_that_is_wrong) {
  EXPECT_THAT(refusal_of("{"), HasSubstr("lamps/openapi.json: not the expected JSON"));
  EXPECT_THAT(refusal_of(R"({"paths":{"/x":{"get":{"responses":{}}}}})"), HasSubstr("lamps/openapi.json: GET /x: x-access"));
  EXPECT_THAT(refusal_of(R"({"paths":{"/x":{"fetch":{}}}})"), HasSubstr("FETCH /x: there is no such method"));
}

TEST(api_document, refuses_what_stands_in_two_fragments) {
  EXPECT_THAT(refusal_of(kLamps, kLamps), HasSubstr("more/openapi.json: GET /api/v1/lamps/{id}: another fragment has it, too"));
  EXPECT_THAT(refusal_of("{}", R"({"components":{"schemas":{"Error":{}}}})"), HasSubstr("more/openapi.json: components/schemas/Error: another"));
}

}  // namespace
}  // namespace madang::modules
