// Topic names, filters, and the tree that finds subscribers: it must agree with the plain rule on every pair.
#include "web/mqtt/topic.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "web/mqtt/subscription_tree.h"

namespace madang::web::mqtt {
namespace {

struct Match {
  std::string filter, name;
  bool matches;
};

class TopicMatch : public testing::TestWithParam<Match> {};

TEST_P(TopicMatch, follows_the_standard) {
  EXPECT_EQ(topic_matches(GetParam().filter, GetParam().name), GetParam().matches);
}

TEST_P(TopicMatch, is_what_the_tree_finds) {
  SubscriptionTree tree;
  tree.add(GetParam().filter, Subscription{Address{0, 1}, 0, false, false});
  std::vector<Subscription> found;

  tree.match(GetParam().name, found);

  EXPECT_EQ(!found.empty(), GetParam().matches);
}

// The examples of MQTT 5.0, section 4.7.1 and 4.7.2.
INSTANTIATE_TEST_SUITE_P(
    examples, TopicMatch,
    testing::Values(Match{"sport/tennis/player1/#", "sport/tennis/player1", true},
                    Match{"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
                    Match{"sport/#", "sport", true}, Match{"#", "a/b", true}, Match{"#", "$SYS/x", false},
                    Match{"sport/tennis/+", "sport/tennis/player1", true},
                    Match{"sport/tennis/+", "sport/tennis/player1/ranking", false}, Match{"sport/+", "sport", false},
                    Match{"sport/+", "sport/", true}, Match{"+/+", "/finance", true}, Match{"/+", "/finance", true},
                    Match{"+", "/finance", false}, Match{"+/monitor/Clients", "$SYS/monitor/Clients", false},
                    Match{"$SYS/#", "$SYS/monitor", true}, Match{"$SYS/monitor/+", "$SYS/monitor/Clients", true},
                    Match{"a", "b", false}, Match{"a/b", "a/b", true}, Match{"a//b", "a//b", true},
                    Match{"a/+/b", "a//b", true}, Match{"things/+/obs", "things/S-1/obs", true}));

TEST(topic_filter_fault, names_the_place_of_a_bad_wildcard) {
  EXPECT_EQ(topic_filter_fault("a/b+/c"), "topic filter has '+' at byte 3, where it is not a level of its own");
  EXPECT_EQ(topic_filter_fault("a/#/c"),
            "topic filter has '#' at byte 2, where it is not a level of its own at the end");
  EXPECT_EQ(topic_filter_fault(""), "topic filter is empty");
  EXPECT_EQ(topic_filter_fault("+/a/+/#"), std::nullopt);
}

TEST(topic_name_fault, bounds_bytes_and_levels) {
  EXPECT_EQ(topic_name_fault(std::string(513, 'a')), "topic name has 513 bytes, above 512");
  EXPECT_EQ(topic_name_fault(std::string(40, '/')), "topic name has 41 levels, above 32");
  EXPECT_EQ(topic_name_beyond_bounds("a/+"), std::nullopt);
}

TEST(subscription_tree, gives_a_client_with_overlapping_filters_once_with_its_highest_qos) {
  SubscriptionTree tree;
  tree.add("a/#", Subscription{Address{0, 1}, 0, false, false});
  tree.add("a/+", Subscription{Address{0, 1}, 1, false, false});
  std::vector<Subscription> found;

  tree.match("a/b", found);

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].qos, 1);
}

TEST(subscription_tree, replaces_a_repeated_subscription) {
  SubscriptionTree tree;

  EXPECT_TRUE(tree.add("a/b", Subscription{Address{0, 1}, 0, false, false}));
  EXPECT_FALSE(tree.add("a/b", Subscription{Address{0, 1}, 1, false, false}));
  EXPECT_EQ(tree.size(), 1U);
}

TEST(subscription_tree, forgets_what_is_removed) {
  SubscriptionTree tree;
  tree.add("a/+/c", Subscription{Address{0, 1}, 0, false, false});

  EXPECT_FALSE(tree.remove("a/+/c", Address{0, 2}));
  EXPECT_TRUE(tree.remove("a/+/c", Address{0, 1}));
  EXPECT_FALSE(tree.remove("a/+/c", Address{0, 1}));
  EXPECT_FALSE(tree.has_match("a/b/c"));
  EXPECT_EQ(tree.size(), 0U);
}

std::string random_topic(std::minstd_rand& random, bool filter) {
  constexpr std::array<std::string_view, 5> kLevels{"a", "b", "", "+", "#"};
  std::string out;
  for (std::size_t i = 0, levels = 1 + random() % 4; i < levels; ++i) {
    auto const level = kLevels[random() % (filter ? (i + 1 == levels ? 5 : 4) : 3)];
    out += (i > 0 ? "/" : "") + std::string{level};
  }
  return out.empty() ? "a" : out;
}

TEST(subscription_tree, agrees_with_the_plain_rule_on_random_topics) {
  std::minstd_rand random{20'261'124};
  for (int round = 0; round < 2000; ++round) {
    SubscriptionTree tree;
    std::array<std::string, 8> filters;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      filters[i] = random_topic(random, true);
      tree.add(filters[i], Subscription{Address{0, i}, 0, false, false});
    }
    auto const name = random_topic(random, false);
    std::vector<Subscription> found;
    tree.match(name, found);
    std::size_t expected = 0;
    for (auto const& f : filters) expected += topic_matches(f, name) ? 1U : 0U;
    ASSERT_EQ(found.size(), expected) << name;
  }
}

}  // namespace
}  // namespace madang::web::mqtt
