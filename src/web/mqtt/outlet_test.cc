#include "web/mqtt/outlet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::web::mqtt {
namespace {

using testing::ElementsAre;

struct HeardListener final : Listener {
  std::vector<std::string> heard;
  [[nodiscard]] std::uint16_t port() const override { return 0; }
  Result<void> publish(Publication publication) override {
    heard.push_back(publication.topic + " " + publication.payload);
    return {};
  }
  void stop() override {}
};

struct outlet : testing::Test {
  HeardListener listener;
  Outlet out;
  Publisher lamps{out};
  Publisher poles{out};

  void SetUp() override {
    lamps.allow("lamps/{lamp}/state");
    lamps.allow("lamps/news/#");
    poles.allow("poles/{pole}/state");
  }
};

TEST_F(outlet, carries_what_a_module_publishes_to_topics_that_it_declared) {
  out.open_to(listener);
  EXPECT_TRUE(lamps.publish({.topic = "lamps/L1/state", .payload = "on"}));
  EXPECT_TRUE(lamps.publish({.topic = "lamps/news/of/today", .payload = "dark"}));
  EXPECT_TRUE(poles.publish({.topic = "poles/P1/state", .payload = "upright"}));
  EXPECT_THAT(listener.heard, ElementsAre("lamps/L1/state on", "lamps/news/of/today dark", "poles/P1/state upright"));
}

TEST_F(outlet, refuses_topics_that_are_another_modules_or_nobodys) {
  out.open_to(listener);
  auto const refused = lamps.publish({.topic = "poles/P1/state", .payload = "fallen"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_EQ(refused.error().sentence, "topic \"poles/P1/state\": the module has declared none that it matches");
  for (auto const* topic : {"lamps//state", "lamps/L1", "lamps/L1/state/", ""}) EXPECT_FALSE(lamps.publish({.topic = topic, .payload = "on"})) << topic;
  EXPECT_THAT(listener.heard, ElementsAre());
}

TEST_F(outlet, is_unavailable_before_the_door_is_open_and_after_it_shut) {
  EXPECT_EQ(lamps.publish({.topic = "lamps/L1/state", .payload = "on"}).error().code, Code::kUnavailable);
  out.open_to(listener);
  out.shut();
  EXPECT_EQ(lamps.publish({.topic = "lamps/L1/state", .payload = "on"}).error().code, Code::kUnavailable);
  EXPECT_THAT(listener.heard, ElementsAre());
}

}  // namespace
}  // namespace madang::web::mqtt
