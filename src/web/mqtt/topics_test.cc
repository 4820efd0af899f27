// Rights of topics: who may publish and subscribe where.
#include "web/mqtt/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::web::mqtt {
namespace {

using testing::ElementsAre;

constexpr Permission kDim{"lamps.dim"};

class topics : public testing::Test {
 protected:
  topics() {
    auto const take = [this](Principal const&, Message message, Accepted accepted) {
      taken.push_back(message.topic);
      accepted({});
    };
    add({.pattern = "things/{thing}/obs", .publish = TopicAccess::Who::kWriter, .subscribe = TopicAccess::Who::kWriter, .handler = take});
    add({.pattern = "things/#", .subscribe = TopicAccess::Who::kWriter});
    add({.pattern = "lamps/{lamp}/level", .publish = kDim, .subscribe = TopicAccess::Who::kDevice, .handler = take});
    add({.pattern = "news/+", .subscribe = TopicAccess::Who::kDevice});
  }
  void add(Topic topic) { ASSERT_TRUE(all.add(std::move(topic))); }
  static Principal key(std::vector<std::string> things = {}) {
    Principal who;
    who.kind = Principal::Kind::kDevice;
    who.things = std::move(things);
    return who;
  }
  static Principal service() {
    auto grants = std::make_shared<Grants>();
    grants->give(kDim.name());
    auto who = key({"NONE"});
    who.grants = std::move(grants);
    return who;
  }
  Result<void> published(Principal const& who, std::string topic) {
    Result<void> answer = fail(Code::kInternal, "no answer");
    all.publish(who, {std::move(topic), "1", 1, false}, [&answer](Result<void> result) { answer = std::move(result); });
    return answer;
  }

  Topics all;
  std::vector<std::string> taken;
};

TEST_F(topics, let_a_key_publish_for_its_own_things) {
  EXPECT_TRUE(all.may_publish(key({"N1", "N2"}), "things/N2/obs"));
  EXPECT_TRUE(all.may_publish(key(), "things/N3/obs"));
  EXPECT_FALSE(all.may_publish(key({"N1"}), "things/N2/obs"));
  EXPECT_FALSE(all.may_publish({}, "things/N1/obs"));
}

TEST_F(topics, are_whole_levels_and_named_ones_are_never_empty) {
  for (auto const* topic : {"things//obs", "things/N1/N1/obs", "things/N1", "things/N1/obs/", "elsewhere", "$SYS/N1/obs", ""}) {
    EXPECT_FALSE(all.may_publish(key(), topic)) << topic;
    EXPECT_FALSE(all.somebody_may_publish(topic)) << topic;
  }
}

TEST_F(topics, let_a_key_hear_its_own_things_and_one_for_all_hear_all) {
  EXPECT_TRUE(all.may_subscribe(key({"N1"}), "things/N1/obs"));
  for (auto const* filter : {"things/N2/obs", "things/+/obs", "things/N1/#", "things/#", "#", "+/N1/obs"})
    EXPECT_FALSE(all.may_subscribe(key({"N1"}), filter)) << filter;
  for (auto const* filter : {"things/+/obs", "things/N1/#", "things/#", "things/+/+/state"})
    EXPECT_TRUE(all.may_subscribe(key(), filter)) << filter;
  for (auto const* filter : {"#", "+/N1/obs", "$SYS/#"}) EXPECT_FALSE(all.may_subscribe(key(), filter)) << filter;
  EXPECT_FALSE(all.may_subscribe({}, "things/N1/obs"));
}

TEST_F(topics, ask_for_a_permission_as_routes_do) {
  EXPECT_TRUE(all.may_publish(service(), "lamps/L1/level"));
  EXPECT_FALSE(all.may_publish(key(), "lamps/L1/level"));
  EXPECT_TRUE(all.somebody_may_publish("lamps/L1/level")) << "a right is missing, and not a topic";
  EXPECT_TRUE(all.may_subscribe(key({"N1"}), "lamps/+/level"));
  EXPECT_FALSE(all.may_subscribe(key({"N1"}), "lamps/#")) << "more than the pattern holds";
}

TEST_F(topics, bring_a_message_to_the_one_handler_whose_pattern_matches) {
  EXPECT_TRUE(published(key(), "things/N1/obs"));
  EXPECT_TRUE(published(service(), "lamps/L1/level"));
  EXPECT_EQ(published(key(), "lamps/L1/level").error().code, Code::kForbidden);
  EXPECT_EQ(published(key(), "news/today").error().code, Code::kInvalid);
  EXPECT_THAT(taken, ElementsAre("things/N1/obs", "lamps/L1/level"));
}

TEST_F(topics, are_refused_where_a_message_could_be_for_two) {
  Topic const second{.pattern = "+/N1/obs", .publish = TopicAccess::Who::kDevice, .handler = [](Principal const&, Message const&, Accepted) {}};
  auto const refused = all.add(second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "the topic +/N1/obs: a message for it could be for things/{thing}/obs too");
}

TEST_F(topics, are_refused_with_a_pattern_or_a_handler_that_cannot_work) {
  auto const why = [this](Topic topic) { return all.add(std::move(topic)).error().sentence; };
  EXPECT_EQ(why({.pattern = "a/b{c}"}), "the topic a/b{c}: a name in braces is not a level of its own");
  EXPECT_EQ(why({.pattern = "a/#/b"}), "the topic a/#/b: topic filter has '#' at byte 2, where it is not a level of its own at the end");
  EXPECT_EQ(why({.pattern = "a", .publish = TopicAccess::Who::kDevice}), "the topic a: somebody may publish to it, and nothing takes what comes");
  EXPECT_EQ(why({.pattern = "a", .handler = [](Principal const&, Message const&, Accepted) {}}),
            "the topic a: it has a handler, and nobody may publish to it");
}

TEST(named_level, is_told_of_a_topic_that_matches) {
  EXPECT_EQ(named_level("things/{thing}/obs", "thing", "things/N1/obs"), "N1");
  EXPECT_EQ(named_level("things/{thing}/obs", "thing", "things/N1/state"), std::nullopt);
  EXPECT_EQ(named_level("things/{thing}/obs", "lamp", "things/N1/obs"), std::nullopt);
}

}  // namespace
}  // namespace madang::web::mqtt
