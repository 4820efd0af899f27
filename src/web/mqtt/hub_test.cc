// What the server itself publishes, without sockets: all of it or nothing, within bounds.
#include "web/mqtt/hub.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace madang::web::mqtt {
namespace {

struct publications : testing::Test {
  runtime::Metrics metrics;
  Counters counters{metrics};
  runtime::ManualClock clock{instant_of_millis(1'000'000)};
  std::shared_ptr<net::Mailbox<Letter>> mailbox = std::make_shared<net::Mailbox<Letter>>([] {});
  Address const reader{0, 1};

  static ForwardedPtr message(std::string topic, std::string payload, bool retain) {
    return std::make_shared<Forwarded const>(Forwarded{Message{std::move(topic), std::move(payload), 1, retain}, {}, {}, {}});
  }
  std::vector<Letter> taken() const {
    std::vector<Letter> letters;
    mailbox->take(letters);
    return letters;
  }
  void subscribe(Hub& to, std::string_view filter) const {
    to.set_mailboxes({mailbox});
    to.subscribe({.filter = filter, .qos = 1}, reader);
  }
};

TEST_F(publications, are_refused_while_too_much_is_on_its_way) {
  Limits limits;
  limits.publications_under_way_bytes_max = 10'000;
  Hub all(limits, counters, clock);
  subscribe(all, "lamps/#");
  int published = 0;
  while (published < 1'000 && all.publish(message("lamps/L1/state", std::string(1'000, 'x'), false))) ++published;
  EXPECT_GT(published, 5);
  EXPECT_LT(published, 10);
  EXPECT_EQ(all.publish(message("lamps/L1/state", std::string(1'000, 'x'), true)).error().code, Code::kOverloaded);
  EXPECT_FALSE(all.retains("lamps/L1/state")) << "all of it or nothing";
  EXPECT_TRUE(all.publish(message("poles/P1/state", std::string(1'000, 'x'), false))) << "nobody hears it, and nothing is on its way";

  EXPECT_EQ(taken().size(), static_cast<std::size_t>(published));

  EXPECT_TRUE(all.publish(message("lamps/L1/state", "on", true)));
  EXPECT_TRUE(all.retains("lamps/L1/state"));
}

TEST_F(publications, may_be_above_the_bound_where_nothing_is_on_its_way) {
  Limits limits;
  limits.publications_under_way_bytes_max = 10;
  Hub all(limits, counters, clock);
  subscribe(all, "lamps/#");
  EXPECT_TRUE(all.publish(message("lamps/L1/state", "a long word", false)));
  EXPECT_FALSE(all.publish(message("lamps/L1/state", "a", false)));
}

TEST_F(publications, that_expired_leave_their_room_to_others) {
  Limits limits;
  limits.retained_messages_max = 2;
  Hub all(limits, counters, clock);
  all.set_mailboxes({mailbox});
  auto const expiring = [this](std::string topic) {
    return std::make_shared<Forwarded const>(Forwarded{Message{std::move(topic), "1", 1, true}, {}, clock.tick() + std::chrono::hours{1}, {}});
  };
  EXPECT_TRUE(all.publish(expiring("alerts/1/state")));
  EXPECT_TRUE(all.publish(message("lamps/L1/state", "on", true)));
  EXPECT_FALSE(all.may_retain("alerts/2/state", 1));
  clock.advance(Millis{3'600'000});
  EXPECT_TRUE(all.may_retain("alerts/2/state", 1));
  EXPECT_FALSE(all.retains("alerts/1/state"));
  EXPECT_TRUE(all.publish(expiring("alerts/1/state"))) << "under the same name again";
  EXPECT_TRUE(all.publish(message("alerts/1/state", "for ever", true)));
  clock.advance(Millis{3'600'000});
  EXPECT_FALSE(all.may_retain("alerts/2/state", 1));
  EXPECT_EQ(counters.retained_messages.Value(), 2);
}

TEST_F(publications, that_expired_are_counted_no_more) {
  Limits const limits;
  Hub all(limits, counters, clock);
  all.set_mailboxes({mailbox});
  auto const expiring = [this](std::string topic, int hours) {
    return std::make_shared<Forwarded const>(Forwarded{Message{std::move(topic), "1", 1, true}, {}, clock.tick() + std::chrono::hours{hours}, {}});
  };
  EXPECT_TRUE(all.publish(expiring("alerts/1", 1)));
  EXPECT_TRUE(all.publish(expiring("alerts/2", 2)));
  EXPECT_EQ(counters.retained_messages.Value(), 2);
  clock.advance(Millis{3'600'000});
  EXPECT_TRUE(all.may_retain("alerts/3", 1)) << "somebody asks for room";
  EXPECT_EQ(counters.retained_messages.Value(), 1);
  EXPECT_EQ(counters.retained_bytes.Value(), 9);

  clock.advance(Millis{3'600'000});
  RetainedWalk walk;
  walk.add("#", 0);
  all.send_retained(walk, reader);
  EXPECT_EQ(counters.retained_messages.Value(), 0);
  EXPECT_EQ(counters.retained_bytes.Value(), 0);
}

TEST_F(publications, are_retained_in_the_place_of_others_where_all_room_is_used) {
  Limits limits;
  limits.retained_messages_max = 2;
  limits.retained_bytes_max = 30;
  Hub all(limits, counters, clock);
  all.set_mailboxes({mailbox});
  EXPECT_TRUE(all.publish(message("a", std::string(14, 'x'), true)));
  EXPECT_TRUE(all.publish(message("b", std::string(14, 'x'), true)));
  EXPECT_TRUE(all.publish(message("b", std::string(14, 'y'), true)));
  EXPECT_EQ(all.publish(message("b", std::string(15, 'y'), true)).error().code, Code::kOverloaded);
  EXPECT_EQ(all.publish(message("c", "1", true)).error().sentence, "retained messages would be above 30 bytes");
  EXPECT_EQ(all.publish(message("c", std::string(30, 'y'), true)).error().code, Code::kLimit);

  EXPECT_TRUE(all.publish(message("a", "", true))) << "what takes one away needs no room";

  EXPECT_TRUE(all.publish(message("c", "1", true)));
  EXPECT_FALSE(all.retains("a"));
}

}  // namespace
}  // namespace madang::web::mqtt
