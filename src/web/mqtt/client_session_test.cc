// The client's protocol without sockets: versions, the order of acknowledgements, what is sent again.
#include "web/mqtt/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "web/mqtt/encode.h"

namespace madang::web::mqtt {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class ClientSessionTest : public testing::Test {
 protected:
  ClientSessionTest() {
    options.client_id = "madang";
    options.subscriptions = {{"city/#", 1}};
  }

  ClientSession& begin() {
    session.begin(now);
    return session;
  }
  void give(Packet const& packet) {
    std::string bytes;
    encode(bytes, packet, session.version());
    session.receive(bytes, now);
  }
  void connect(Connack const& connack = {}) {
    begin();
    give(connack);
    give(Suback{65'535, {1}, {}});
    sent();
  }
  std::vector<Packet> sent() {
    kept = std::make_shared<std::string const>(std::exchange(session.outbox(), {}));
    std::vector<Packet> packets;
    for (std::string_view rest = *kept; !rest.empty();) {
      auto const frame = next_frame(rest, SIZE_MAX);
      packets.push_back(*decode(**frame, session.version()));
      rest.remove_prefix((*frame)->size);
    }
    return packets;
  }
  Outgoing outgoing(std::string payload, std::uint8_t qos = 1) {
    return Outgoing{Message{"city/state", std::move(payload), qos, false},
                    [this](Result<void> r) { results.push_back(r ? "accepted" : r.error().sentence); }};
  }
  static Publish incoming(std::string_view payload, std::uint16_t packet_id) {
    Publish p;
    p.topic = "city/air";
    p.payload = payload;
    p.qos = packet_id > 0 ? 1 : 0;
    p.packet_id = packet_id;
    return p;
  }

  ClientOptions options;
  std::vector<Receipt> receipts;
  std::vector<std::string> results;
  Tick now{Millis{1'000'000}};
  ClientSession session{options, 2, [this](Message const&, Receipt r) { receipts.push_back(r); }};
  std::shared_ptr<std::string const> kept;
};

TEST_F(ClientSessionTest, asks_for_a_persistent_session_and_subscribes) {
  begin();
  auto const connect = std::get<Connect>(sent().at(0));
  EXPECT_FALSE(connect.clean_start);
  EXPECT_EQ(connect.properties.session_expiry_seconds, 86'400U);
  EXPECT_EQ(connect.properties.receive_maximum, 1024);

  give(Connack{});

  auto const subscribe = std::get<Subscribe>(sent().at(0));
  EXPECT_EQ(subscribe.filters[0].filter, "city/#");
  EXPECT_FALSE(session.ready());
}

TEST_F(ClientSessionTest, falls_back_to_3_1_1_when_the_broker_does_not_know_version_5) {
  begin();

  session.receive(std::string_view{"\x20\2\0\1", 4}, now);
  ASSERT_TRUE(session.fault());
  EXPECT_TRUE(session.changed_version());

  begin();
  EXPECT_EQ(std::get<Connect>(sent().at(0)).version, Version::k311);
}

TEST_F(ClientSessionTest, acknowledges_in_the_order_of_the_messages) {
  connect();
  give(incoming("a", 10));
  give(incoming("b", 11));

  session.answer(receipts[1], {});
  EXPECT_THAT(sent(), SizeIs(0));
  session.answer(receipts[0], {});

  auto const acks = sent();
  ASSERT_THAT(acks, SizeIs(2));
  EXPECT_EQ(std::get<Puback>(acks[0]).packet_id, 10);
  EXPECT_EQ(std::get<Puback>(acks[1]).packet_id, 11);
}

TEST_F(ClientSessionTest, ends_the_connection_when_a_message_was_not_accepted) {
  connect();
  give(incoming("a", 10));

  session.answer(receipts[0], fail(Code::kUnavailable, "the store is away"));

  ASSERT_TRUE(session.fault());
  EXPECT_EQ(session.fault()->sentence, "a message was not accepted: the store is away");
  EXPECT_THAT(sent(), SizeIs(0));
}

TEST_F(ClientSessionTest, ignores_answers_of_an_earlier_connection) {
  connect();
  give(incoming("a", 10));
  connect();
  give(incoming("a", 10));

  session.answer(receipts[0], {});

  EXPECT_THAT(sent(), SizeIs(0));
}

TEST_F(ClientSessionTest, rests_when_as_many_messages_wait_as_it_asked_for) {
  options.receive_maximum = 1;
  connect();
  give(incoming("a", 0));
  EXPECT_TRUE(session.paused());

  session.answer(receipts[0], {});

  EXPECT_FALSE(session.paused());
}

TEST_F(ClientSessionTest, keeps_its_window) {
  connect();

  session.publish(outgoing("1"));
  session.publish(outgoing("2"));
  session.publish(outgoing("3"));
  EXPECT_THAT(sent(), SizeIs(2));
  give(Puback{.packet_id = 1, .properties = {}});

  EXPECT_EQ(std::get<Publish>(sent().at(0)).payload, "3");
  EXPECT_THAT(results, ElementsAre("accepted"));
}

TEST_F(ClientSessionTest, sends_again_in_order_what_was_not_acknowledged) {
  connect();
  session.publish(outgoing("1"));
  session.publish(outgoing("2"));
  session.end();

  begin();
  sent();
  give(Connack{.session_present = true, .code = 0, .properties = {}});
  sent();
  give(Suback{65'535, {1}, {}});

  auto const again = sent();
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(std::get<Publish>(again[0]).payload, "1");
  EXPECT_TRUE(std::get<Publish>(again[0]).duplicate);
  EXPECT_EQ(std::get<Publish>(again[1]).payload, "2");
}

TEST_F(ClientSessionTest, tells_why_the_broker_refused_a_message) {
  connect();
  session.publish(outgoing("1"));

  give(Puback{.packet_id = 1, .reason = Reason::kQuotaExceeded, .properties = {}});

  EXPECT_THAT(results, ElementsAre("the broker refuses the message: quota exceeded "));
}

TEST_F(ClientSessionTest, refuses_qos_0_while_away) {
  session.publish(outgoing("1", 0));

  EXPECT_THAT(results, ElementsAre("not connected to the broker"));
}

TEST_F(ClientSessionTest, pings_in_time_and_notices_a_silent_broker) {
  connect();
  now += Millis{15'000};
  session.sweep(now);
  EXPECT_TRUE(std::holds_alternative<Pingreq>(sent().at(0)));
  now += Millis{30'001};

  session.sweep(now);

  EXPECT_EQ(session.fault()->sentence, "the broker is silent");
}

TEST_F(ClientSessionTest, gives_up_a_broker_that_never_answers) {
  begin();
  now += kClientConnectWaitMax + Millis{1};

  session.sweep(now);

  EXPECT_EQ(session.fault()->sentence, "the broker does not answer");
}

TEST_F(ClientSessionTest, refuses_qos_2_from_the_broker) {
  connect();
  auto p = incoming("a", 1);
  p.qos = 2;

  give(p);

  EXPECT_EQ(session.fault()->code, Code::kUnsupported);
}

}  // namespace
}  // namespace madang::web::mqtt
