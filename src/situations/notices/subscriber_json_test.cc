#include "situations/notices/subscriber_json.h"

#include <gmock/gmock.h>

#include "situations/test_situations.h"

namespace madang::situations::notices {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(subscriber_json, reads_all_that_an_operator_may_say) {
  auto const s = parse_subscriber(R"({"name":"duty","channel":"webhook","address":"https://hooks.city.example/","language":"ko",
    "severity":"serious","kinds":["plume","haze"],"areas":[3],"internal":true,"secret":"0123456789012345678901234"})");
  ASSERT_TRUE(s) << s.error().sentence;
  EXPECT_EQ(s->name, "duty");
  EXPECT_EQ(s->channel, Channel::kWebhook);
  EXPECT_EQ(s->filter, (Filter{Severity::kSerious, {"plume", "haze"}, {AreaId{3}}, true}));
}

TEST(subscriber_json, names_the_field_that_is_wrong) {
  EXPECT_THAT(parse_subscriber("[]").error().sentence, HasSubstr("body"));
  EXPECT_THAT(parse_subscriber(R"({"address":"a@b","adress":1})").error().sentence, HasSubstr("adress: no such field"));
  EXPECT_THAT(parse_subscriber(R"({"address":"a@b","channel":"sms"})").error().sentence, HasSubstr("channel"));
  EXPECT_THAT(parse_subscriber(R"({"address":"a@b","severity":"high"})").error().sentence, HasSubstr("severity"));
  EXPECT_THAT(parse_subscriber(R"({"address":"a@b","areas":["x"]})").error().sentence, HasSubstr("areas"));
  EXPECT_THAT(parse_subscriber(R"({"channel":"email"})").error().sentence, HasSubstr("address"));
}

TEST(subscriber_json, changes_only_what_is_named) {
  Subscriber old;
  old.name = "duty";
  old.address = "a@city.example";
  old.secret = "old";
  old.filter.kinds = {"plume"};
  auto const s = parse_change(R"({"paused":true,"kinds":[]})", old);
  ASSERT_TRUE(s);
  EXPECT_TRUE(s->paused);
  EXPECT_TRUE(s->filter.kinds.empty());
  EXPECT_EQ(s->address, "a@city.example");
  EXPECT_EQ(s->secret, "");
  EXPECT_FALSE(parse_change(R"({"channel":"email"})", old));
}

TEST_F(SituationsTest, subscriber_json_shows_a_secret_only_when_asked) {
  Subscriber s;
  s.secret = "whsec_hidden";
  EXPECT_THAT(subscriber_json(s, *city), Not(HasSubstr("whsec_hidden")));
  EXPECT_THAT(subscriber_json(s, *city, true), HasSubstr("whsec_hidden"));
}

}  // namespace
}  // namespace madang::situations::notices
