// Retained messages for who subscribes: without sockets, in slices that the test sees one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"
#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class RetainedTest : public testing::Test {
 protected:
  RetainedTest() {
    hub.set_mailboxes({mailbox});
    Connect connect;
    connect.client_id = "reader";
    connect.username = "admin";
    connect.password = "secret";
    give(connect);
    written();
  }
  void retain(std::string topic, std::size_t bytes = 2, std::uint8_t qos = 1) {
    hub.forward(std::make_shared<Forwarded const>(Forwarded{Message{std::move(topic), std::string(bytes, 'x'), qos, true}, {}, {}, {}}));
  }
  void give(Packet const& packet) {
    std::string bytes;
    encode(bytes, packet, Version::k5);
    session.receive(bytes);
  }
  static SubscribeFilter filter(std::string_view text, std::uint8_t qos = 0) { return {text, qos, false, false, 0}; }

  /// What waits in the mailbox is opened once; returns how many letters that were.
  std::size_t open_letters() {
    std::vector<Letter> letters;
    mailbox->take(letters);
    for (auto& letter : letters) {
      if (auto* d = std::get_if<Delivery>(&letter))
        session.deliver(std::move(*d));
      else
        session.end_slice();
    }
    return letters.size();
  }
  /// The topics of what the client took since the last call, each with its QoS.
  std::vector<std::string> written(std::size_t bytes_max = SIZE_MAX) {
    std::string bytes;
    session.take_outbox(bytes, bytes_max);
    taken += bytes;
    std::vector<std::string> topics;
    std::string_view rest = taken;
    for (auto frame = next_frame(rest, SIZE_MAX); *frame; frame = next_frame(rest, SIZE_MAX)) {
      auto const packet = decode(**frame, Version::k5);
      if (auto const* p = std::get_if<Publish>(&*packet)) topics.push_back(std::string{p->topic} + " " + std::to_string(p->qos));
      rest.remove_prefix((*frame)->size);
    }
    taken.erase(0, taken.size() - rest.size());
    return topics;
  }
  void say(std::string topic, std::size_t bytes, bool retained) {
    hub.forward(std::make_shared<Forwarded const>(Forwarded{Message{std::move(topic), std::string(bytes, 'x'), 0, retained}, {}, {}, {}}));
  }
  std::vector<std::string> written_in_the_end() {
    while (open_letters() > 0) {
    }
    return written();
  }

  Limits limits;
  runtime::Metrics metrics;
  Counters counters{metrics};
  runtime::ManualClock clock{instant_of_millis(1'000'000)};
  TestHandler handler;
  Hub hub{limits, counters, clock};
  std::shared_ptr<net::Mailbox<Letter>> mailbox = std::make_shared<net::Mailbox<Letter>>([] {});
  SessionNeeds needs{hub, handler, clock, counters, limits, mailbox};
  Session session{needs, Address{0, 1}, net::Certificate{}};
  std::string taken;  ///< and no whole packet yet
};

TEST_F(RetainedTest, go_once_for_all_filters_of_a_packet_at_the_highest_qos) {
  retain("state/1");
  retain("state/2");
  retain("other");

  give(Subscribe{3, {filter("state/1"), filter("state/+"), filter("state/+", 1), filter("state/#")}, {}});

  EXPECT_THAT(written_in_the_end(), ElementsAre("state/1 1", "state/2 1"));
}

TEST_F(RetainedTest, go_again_for_a_filter_that_is_subscribed_to_again) {
  retain("state/1");
  give(Subscribe{3, {filter("state/+")}, {}});
  EXPECT_THAT(written_in_the_end(), ElementsAre("state/1 0"));

  give(Subscribe{4, {filter("state/+")}, {}});

  EXPECT_THAT(written_in_the_end(), ElementsAre("state/1 0"));
}

TEST_F(RetainedTest, go_to_a_new_subscription_alone_or_to_none_as_the_client_asks) {
  retain("state/1");
  auto once = filter("state/+");
  once.retain_handling = 1;
  auto never = filter("state/#");
  never.retain_handling = 2;

  give(Subscribe{3, {never}, {}});
  EXPECT_THAT(written_in_the_end(), SizeIs(0));
  give(Subscribe{4, {once}, {}});
  EXPECT_THAT(written_in_the_end(), ElementsAre("state/1 0"));
  give(Subscribe{5, {once}, {}});
  EXPECT_THAT(written_in_the_end(), SizeIs(0));
}

TEST_F(RetainedTest, say_how_much_of_their_time_is_left) {
  auto const until = clock.tick() + Millis{10'000};
  hub.forward(std::make_shared<Forwarded const>(Forwarded{Message{"state/1", "on", 1, true}, {}, until, {}}));
  clock.advance(Millis{3'500});
  give(Subscribe{3, {filter("state/1")}, {}});
  open_letters();
  std::string bytes;
  session.take_outbox(bytes, SIZE_MAX);
  std::string_view rest = bytes;
  rest.remove_prefix((*next_frame(rest, SIZE_MAX))->size);

  auto const packet = decode(**next_frame(rest, SIZE_MAX), Version::k5);

  EXPECT_EQ(std::get<Publish>(*packet).properties.message_expiry_seconds, 7U);
}

TEST_F(RetainedTest, wait_for_their_turn_in_slices) {
  for (std::size_t i = 0; i < 3 * kRetainedSentMax; ++i) retain("state/" + std::to_string(i));

  give(Subscribe{3, {filter("#")}, {}});

  EXPECT_EQ(open_letters(), kRetainedSentMax + 1);
  std::set<std::string> topics;
  std::size_t count = 0;
  for (auto const& topic : written_in_the_end()) {
    topics.insert(topic);
    ++count;
  }
  EXPECT_EQ(topics.size(), 3 * kRetainedSentMax);
  EXPECT_EQ(count, 3 * kRetainedSentMax);
}

TEST_F(RetainedTest, wait_until_the_client_has_taken_those_before_and_reach_it_all) {
  constexpr std::size_t kAll = 100;
  for (std::size_t i = 0; i < kAll; ++i) retain("state/" + std::to_string(i), 100'000);

  give(Subscribe{3, {filter("#")}, {}});

  std::size_t received = 0;
  std::size_t times = 0;
  for (; received < kAll && times < kAll; ++times) {
    while (open_letters() > 0) {
    }
    EXPECT_LT(session.outbox().size(), limits.outbox_bytes_max + kRetainedBytesMax + 2 * 100'100);
    received += written().size();
    session.continue_retained();
  }
  EXPECT_EQ(received, kAll);
  EXPECT_GT(times, 10U);
  EXPECT_EQ(counters.dropped_slow.Value(), 0);
}

TEST_F(RetainedTest, that_nobody_asks_for_any_more_are_not_sent) {
  for (std::size_t i = 0; i < 3 * kRetainedSentMax; ++i) retain("state/" + std::to_string(i));
  give(Subscribe{3, {filter("state/#"), filter("never/#")}, {}});
  open_letters();
  EXPECT_THAT(written(), SizeIs(kRetainedSentMax));

  give(Unsubscribe{4, {"state/#"}, {}});

  EXPECT_THAT(written_in_the_end(), SizeIs(kRetainedSentMax)) << "those on their way";
}

TEST_F(RetainedTest, cost_a_part_of_the_rate_for_each_filter_that_asks_for_them) {
  limits.messages_burst_max = 3;
  Session poor{needs, Address{0, 2}, net::Certificate{}};
  Connect connect;
  connect.client_id = "poor";
  connect.username = "admin";
  connect.password = "secret";
  std::string bytes;
  encode(bytes, connect, Version::k5);
  encode(bytes, Subscribe{3, {filter("a"), filter("a"), filter("a")}, {}}, Version::k5);
  auto const until = bytes.size();
  encode(bytes, Unsubscribe{4, {"a"}, {}}, Version::k5);

  EXPECT_EQ(poor.receive(bytes), until);

  EXPECT_TRUE(poor.paused());
}

TEST_F(RetainedTest, come_beside_more_news_than_the_client_takes) {
  limits.outbox_bytes_max = limits.queued_bytes_max = 1'000;
  for (int i = 0; i < 600; ++i) retain("state/" + std::to_string(i), 10);
  give(Subscribe{3, {filter("state/+"), filter("news")}, {}});
  std::set<std::string> topics;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 50; ++i)
      session.deliver(Delivery{1, std::make_shared<Forwarded const>(Forwarded{Message{"news", std::string(100, 'x'), 0, false}, {}, {}, {}}), 0, false});
    open_letters();
    for (auto const& topic : written()) topics.insert(topic);
    session.continue_retained();
  }
  EXPECT_THAT(topics, SizeIs(601));
  EXPECT_GT(counters.dropped_slow.Value(), 0);
}

TEST_F(RetainedTest, come_beside_more_news_than_the_client_takes_where_news_say_that_they_are_retained) {
  limits.outbox_bytes_max = 1'000;
  limits.queued_bytes_max = 5'000;
  for (int i = 0; i < 600; ++i) retain("state/" + std::to_string(i), 10);
  SubscribeFilter all = filter("#");
  all.retain_as_published = true;
  give(Subscribe{3, {all}, {}});
  std::set<std::string> topics;
  for (int round = 0; round < 500; ++round) {
    for (int i = 0; i < 50; ++i) say("news", 100, true);
    open_letters();
    // It is never without news that wait for it.
    for (auto const& topic : written(2'000)) topics.insert(topic);
    session.continue_retained();
  }
  EXPECT_THAT(topics, SizeIs(601));
  EXPECT_GT(counters.dropped_slow.Value(), 0);
}

TEST_F(RetainedTest, take_no_room_from_news_of_a_client_that_keeps_up) {
  for (int i = 0; i < 1'000; ++i) retain("state/" + std::to_string(i), 1'024);
  give(Subscribe{3, {filter("state/+"), filter("news")}, {}});
  std::multiset<std::string> topics;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10; ++i) say("news", 100, false);
    open_letters();
    for (auto const& topic : written()) topics.insert(topic);
    session.continue_retained();
  }
  EXPECT_EQ(topics.count("news 0"), 100U);
  EXPECT_THAT(topics, SizeIs(1'100));
  EXPECT_EQ(counters.dropped_slow.Value(), 0);
}

TEST_F(RetainedTest, are_never_lost_behind_news_and_bounded_where_nothing_is_taken) {
  limits.outbox_bytes_max = 1'000;
  limits.queued_bytes_max = 5'000;
  for (int i = 0; i < 600; ++i) retain("state/" + std::to_string(i), 100);
  say("early", 10, true);
  give(Subscribe{3, {filter("news"), filter("#")}, {}});
  for (int i = 0; i < 100; ++i) say("news", 100, false);
  for (int i = 0; i < 100; ++i) {
    open_letters();
    session.continue_retained();
  }
  EXPECT_LT(session.outbox().size(), 5'000 + 1'000 + kRetainedSentMax * 120);
  EXPECT_GT(counters.dropped_slow.Value(), 0);

  std::set<std::string> topics;
  for (int round = 0; round < 500; ++round) {
    for (auto const& topic : written(300)) topics.insert(topic);
    session.continue_retained();
    open_letters();
  }
  EXPECT_THAT(topics, SizeIs(602)) << "of which one is news";
}

}  // namespace
}  // namespace madang::web::mqtt
