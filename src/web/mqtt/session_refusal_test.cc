// What becomes of messages and connections that are refused, and of QoS 2: without sockets, with a clock that the test moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"
#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class RefusalTest : public testing::TestWithParam<Version> {
 protected:
  RefusalTest() { hub.set_mailboxes({mailbox}); }

  Session& open() {
    sessions.push_back(std::make_unique<Session>(needs, Address{0, sessions.size() + 1}, net::Certificate{}));
    return *sessions.back();
  }
  Session& connect(Version version, std::string_view name = "pole-1") {
    Connect c;
    c.version = version;
    c.client_id = "c1";
    c.username = name;
    c.password = "secret";
    auto& session = open();
    spoken = version;
    give(session, c);
    written(session);
    return session;
  }
  void give(Session& session, Packet const& packet) {
    std::string bytes;
    encode(bytes, packet, spoken);
    session.receive(bytes);
    settle();
  }
  void settle() {
    std::vector<Letter> letters;
    for (mailbox->take(letters); !letters.empty(); letters.clear(), mailbox->take(letters))
      for (auto& letter : letters) {
        if (auto* a = std::get_if<Answer>(&letter)) {
          if (a->result && a->forward) hub.forward(a->forward);
          sessions[a->connection - 1]->answer(*a);
        } else if (auto* d = std::get_if<Delivery>(&letter)) {
          sessions[d->connection - 1]->deliver(std::move(*d));
        } else if (auto* r = std::get_if<RetainedSlice>(&letter)) {
          sessions[r->connection - 1]->end_slice();
        }
      }
  }
  std::vector<Packet> written(Session& session) {
    bytes_written = std::make_shared<std::string>();
    session.take_outbox(*bytes_written, SIZE_MAX);
    std::vector<Packet> packets;
    for (std::string_view rest = *bytes_written; !rest.empty();) {
      auto const frame = next_frame(rest, SIZE_MAX);
      packets.push_back(*decode(**frame, spoken));
      rest.remove_prefix((*frame)->size);
    }
    return packets;
  }
  template <typename P>
  P only(Session& session) {
    auto const packets = written(session);
    EXPECT_THAT(packets, SizeIs(1));
    return packets.size() == 1 && std::holds_alternative<P>(packets[0]) ? std::get<P>(packets[0]) : P{};
  }
  /// The same, and all that was written are at most so many bytes.
  template <typename P>
  P only_within(Session& session, std::size_t bytes_max) {
    auto packet = only<P>(session);
    EXPECT_LE(bytes_written->size(), bytes_max);
    return packet;
  }
  static Connect small_client(std::uint32_t packet_bytes_max) {
    Connect c;
    c.client_id = "c1";
    c.username = "pole-1";
    c.password = "secret";
    c.properties.packet_bytes_max = packet_bytes_max;
    return c;
  }
  static Publish publish(std::string_view payload, std::uint8_t qos = 1, std::string_view topic = "things/pole-1/obs",
                         std::uint16_t packet_id = 5) {
    Publish p;
    p.topic = topic;
    p.payload = payload;
    p.qos = qos;
    p.packet_id = qos > 0 ? packet_id : 0;
    return p;
  }

  Limits limits;
  runtime::Metrics metrics;
  Counters counters{metrics};
  runtime::ManualClock clock{instant_of_millis(1'000'000)};
  TestHandler handler;
  Hub hub{limits, counters, clock};
  std::shared_ptr<net::Mailbox<Letter>> mailbox = std::make_shared<net::Mailbox<Letter>>([] {});
  SessionNeeds needs{hub, handler, clock, counters, limits, mailbox};
  std::vector<std::unique_ptr<Session>> sessions;
  std::shared_ptr<std::string> bytes_written;
  Version spoken = Version::k311;
};

INSTANTIATE_TEST_SUITE_P(both_versions, RefusalTest, testing::Values(Version::k311, Version::k5),
                         [](auto const& test) { return test.param == Version::k5 ? "v5" : "v311"; });

TEST_F(RefusalTest, acknowledges_under_3_1_1_what_can_never_be_stored_and_goes_on) {
  auto& session = connect(Version::k311);

  give(session, publish("bad"));
  EXPECT_EQ(only<Puback>(session).packet_id, 5);
  EXPECT_FALSE(session.ending());
  EXPECT_EQ(counters.received_refused.Value(), 1);

  give(session, publish("1"));
  EXPECT_EQ(only<Puback>(session).packet_id, 5);
}

TEST_F(RefusalTest, withholds_the_acknowledgement_under_3_1_1_when_overloaded) {
  auto& session = connect(Version::k311);

  give(session, publish("full"));

  EXPECT_THAT(written(session), IsEmpty());
  EXPECT_TRUE(session.ending());
}

TEST_F(RefusalTest, withholds_the_acknowledgement_under_3_1_1_when_the_store_fails) {
  auto& session = connect(Version::k311);

  give(session, publish("broken", 2));

  EXPECT_THAT(written(session), IsEmpty());
  EXPECT_TRUE(session.ending());
}

TEST_P(RefusalTest, passes_over_a_message_above_the_limit) {
  limits.packet_bytes_max = 1000;
  auto& session = connect(GetParam());
  std::string bytes;
  encode(bytes, publish(std::string(5000, 'x')), spoken);
  encode(bytes, publish("1", 1, "things/pole-1/obs", 6), spoken);

  std::string waiting;
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    waiting += bytes.substr(at, 7);
    waiting.erase(0, session.receive(waiting));
  }
  settle();

  auto const packets = written(session);
  ASSERT_THAT(packets, SizeIs(2));
  EXPECT_EQ(std::get<Puback>(packets[0]).packet_id, 5);
  EXPECT_EQ(std::get<Puback>(packets[0]).reason, spoken == Version::k5 ? Reason::kImplementationSpecificError : Reason::kSuccess);
  EXPECT_EQ(std::get<Puback>(packets[1]).packet_id, 6);
  ASSERT_THAT(handler.received(), SizeIs(1));
  EXPECT_EQ(handler.received()[0].payload, "1");
  EXPECT_EQ(counters.received_refused.Value(), 1);
}

TEST_P(RefusalTest, refuses_a_topic_beyond_the_bounds_for_good_and_hears_what_follows) {
  auto& session = connect(GetParam());

  give(session, publish("1", 1, "things/pole-1/" + std::string(600, 'x')));
  give(session, publish("1", 1, "things/pole-1" + std::string(40, '/'), 6));
  give(session, publish("2", 1, "things/pole-1/obs", 7));

  auto const packets = written(session);
  ASSERT_THAT(packets, SizeIs(3));
  auto const refused = spoken == Version::k5 ? Reason::kTopicNameInvalid : Reason::kSuccess;
  EXPECT_EQ(std::get<Puback>(packets[0]).reason, refused);
  EXPECT_EQ(std::get<Puback>(packets[1]).reason, refused);
  EXPECT_EQ(std::get<Puback>(packets[2]).packet_id, 7);
  ASSERT_THAT(handler.received(), SizeIs(1));
  EXPECT_EQ(handler.received()[0].payload, "2");
  EXPECT_EQ(counters.received_refused.Value(), 2);
}

TEST_P(RefusalTest, refuses_a_filter_beyond_the_bounds_and_takes_the_others) {
  auto& session = connect(GetParam());
  std::string const long_one = "things/" + std::string(600, 'x');
  std::string const deep = "things" + std::string(32, '/');
  std::uint8_t const refused = spoken == Version::k5 ? 0x8F : 0x80;

  give(session, Subscribe{3, {{long_one, 1, false, false, 0}, {deep, 1, false, false, 0}, {"things/+/obs", 1, false, false, 0}}, {}});
  EXPECT_THAT(only<Suback>(session).codes, ElementsAre(refused, refused, 1));
  EXPECT_FALSE(session.ending());

  give(session, Unsubscribe{4, {long_one, deep, "things/+/obs"}, {}});
  auto const none = static_cast<std::uint8_t>(Reason::kNoSubscriptionExisted);
  auto const codes = spoken == Version::k5 ? std::vector<std::uint8_t>{none, none, 0} : std::vector<std::uint8_t>{};
  EXPECT_EQ(only<Unsuback>(session).codes, codes);
  EXPECT_FALSE(session.ending());
}

TEST_P(RefusalTest, answers_each_of_more_filters_than_a_client_may_have) {
  auto& session = connect(GetParam());
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back("things/" + std::to_string(i));
  Subscribe all{3, {}, {}};
  for (auto const& name : names) all.filters.push_back({name, 1, false, false, 0});

  give(session, all);

  auto const codes = only<Suback>(session).codes;
  ASSERT_THAT(codes, SizeIs(300));
  EXPECT_EQ(codes[63], 1);
  EXPECT_EQ(codes[64], spoken == Version::k5 ? 0x97 : 0x80);
  EXPECT_EQ(codes[299], spoken == Version::k5 ? 0x97 : 0x80);
  EXPECT_FALSE(session.ending());
}

TEST_P(RefusalTest, passes_over_a_message_whose_topic_alone_is_above_the_limit) {
  limits.packet_bytes_max = 1000;
  auto& session = connect(GetParam());
  std::string bytes;
  encode(bytes, publish("1", 1, std::string(5000, 'x')), spoken);

  session.receive(bytes);
  settle();

  EXPECT_EQ(only<Puback>(session).packet_id, 5);
  EXPECT_FALSE(session.ending());
}

TEST_F(RefusalTest, tells_nothing_to_who_knocks_in_another_language) {
  auto& tls = open();
  tls.receive("\x16\x03\x01\x02");
  EXPECT_TRUE(tls.ending());
  EXPECT_THAT(written(tls), IsEmpty());

  auto& http = open();
  http.receive("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(http.ending()) << "at once, and not when a PUBACK of 69 bytes is whole";
}

TEST_P(RefusalTest, ends_at_a_message_that_no_limit_could_mean) {
  auto& session = connect(GetParam());

  session.receive(std::string_view{"\x32\xff\xff\xff\x7f\0\1a\0\5", 10});

  EXPECT_TRUE(session.ending());
}

TEST_F(RefusalTest, keeps_a_reading_of_3_1_1_that_there_is_no_room_to_retain) {
  limits.retained_messages_max = 0;
  Hub small{limits, counters, clock};
  small.set_mailboxes({mailbox});
  SessionNeeds const small_needs{small, handler, clock, counters, limits, mailbox};
  sessions.push_back(std::make_unique<Session>(small_needs, Address{0, 1}, net::Certificate{"pole-1"}));
  auto& session = *sessions.back();
  Connect c;
  c.version = Version::k311;
  c.client_id = "c1";
  give(session, c);
  auto state = publish("on");
  state.retain = true;

  give(session, state);

  ASSERT_THAT(handler.received(), SizeIs(1));
  EXPECT_FALSE(handler.received()[0].retain);
  EXPECT_FALSE(session.ending());
  EXPECT_EQ(counters.not_retained.Value(), 1);
}

TEST_P(RefusalTest, takes_a_message_of_qos_2_once_however_often_it_comes) {
  auto& session = connect(GetParam());

  give(session, publish("1", 2));
  EXPECT_EQ(only<Pubrec>(session).packet_id, 5);
  give(session, publish("1", 2));
  EXPECT_EQ(only<Pubrec>(session).packet_id, 5);
  give(session, Pubrel{.packet_id = 5, .properties = {}});
  EXPECT_EQ(only<Pubcomp>(session).reason, Reason::kSuccess);
  EXPECT_THAT(handler.received(), SizeIs(1));

  give(session, publish("2", 2));
  only<Pubrec>(session);
  EXPECT_THAT(handler.received(), SizeIs(2));
}

TEST_P(RefusalTest, says_pubrec_only_after_the_room_above_has_accepted) {
  auto& session = connect(GetParam());
  handler.hold();

  give(session, publish("1", 2));
  give(session, publish("1", 2));
  EXPECT_THAT(written(session), IsEmpty());

  handler.release();
  settle();
  EXPECT_EQ(only<Pubrec>(session).packet_id, 5);
  EXPECT_THAT(handler.received(), SizeIs(1));
}

TEST_P(RefusalTest, answers_a_pubrel_of_an_earlier_connection) {
  auto& session = connect(GetParam());

  give(session, Pubrel{.packet_id = 9, .properties = {}});

  EXPECT_EQ(only<Pubcomp>(session).packet_id, 9);
  EXPECT_FALSE(session.ending());
}

TEST_P(RefusalTest, does_not_let_one_client_hold_exchanges_of_qos_2_without_end) {
  limits.exactly_once_max = 2;
  auto& session = connect(GetParam());

  for (std::uint16_t id = 1; id <= 3; ++id) give(session, publish("1", 2, "things/pole-1/obs", id));

  EXPECT_TRUE(session.ending());
  EXPECT_THAT(handler.received(), SizeIs(2));
}

TEST_F(RefusalTest, acknowledges_a_poisoned_message_of_qos_2_under_3_1_1) {
  auto& session = connect(Version::k311);

  give(session, publish("bad", 2));
  EXPECT_EQ(only<Pubrec>(session).packet_id, 5);
  give(session, Pubrel{.packet_id = 5, .properties = {}});
  EXPECT_EQ(only<Pubcomp>(session).packet_id, 5);
}

TEST_F(RefusalTest, gives_the_reason_in_pubrec_under_version_5_and_frees_the_identifier) {
  auto& session = connect(Version::k5);

  give(session, publish("bad", 2));
  EXPECT_EQ(only<Pubrec>(session).reason, Reason::kPayloadFormatInvalid);
  give(session, publish("1", 2));
  EXPECT_EQ(only<Pubrec>(session).reason, Reason::kSuccess);
}

TEST_F(RefusalTest, leaves_the_reason_out_of_a_packet_that_would_be_larger_than_the_client_takes) {
  spoken = Version::k5;
  auto c = small_client(20);
  auto& session = open();
  give(session, c);
  EXPECT_EQ(only_within<Connack>(session, 20).code, 0);

  give(session, publish("bad"));
  auto const puback = only_within<Puback>(session, 20);
  EXPECT_EQ(puback.reason, Reason::kPayloadFormatInvalid);
  EXPECT_EQ(puback.properties.reason_string, std::nullopt);

  give(session, publish("bad", 2));
  EXPECT_EQ(only_within<Pubrec>(session, 20).reason, Reason::kPayloadFormatInvalid);

  session.receive(std::string_view{"\xc1\0", 2});
  EXPECT_EQ(only_within<Disconnect>(session, 20).reason, Reason::kMalformedPacket);

  auto& stranger = open();
  c.password = "guess";
  give(stranger, c);
  EXPECT_EQ(only_within<Connack>(stranger, 20).code, 0x86);
}

TEST_F(RefusalTest, gives_the_reason_where_the_client_takes_it) {
  spoken = Version::k5;
  auto& session = open();
  give(session, small_client(60));
  written(session);

  give(session, publish("bad"));

  EXPECT_EQ(only_within<Puback>(session, 60).properties.reason_string, "pm25: \"x\" is not a number");
}

TEST_F(RefusalTest, lets_nobody_in_who_does_not_take_connack) {
  spoken = Version::k5;
  auto& session = open();
  give(session, small_client(10));
  EXPECT_EQ(only_within<Connack>(session, 10).code, 0x83);
  EXPECT_TRUE(session.ending());

  auto& smallest = open();
  give(smallest, small_client(4));
  EXPECT_THAT(written(smallest), IsEmpty());
  EXPECT_TRUE(smallest.ending());
  EXPECT_EQ(counters.connects_refused.Value(), 2);
}

TEST_F(RefusalTest, ends_with_a_client_that_does_not_take_the_answer_it_asked_for) {
  spoken = Version::k5;
  auto& session = open();
  give(session, small_client(20));
  written(session);
  Subscribe all{3, {}, {}};
  all.filters.resize(20, {"things/+/obs", 1, false, false, 0});

  give(session, all);

  EXPECT_EQ(only_within<Disconnect>(session, 20).reason, Reason::kPacketTooLarge);
}

TEST_P(RefusalTest, takes_a_retained_message_away_after_those_before_it) {
  auto& session = connect(GetParam(), "admin");
  handler.hold();
  auto state = publish("on");
  state.retain = true;
  auto cleared = publish("", 1, "things/pole-1/obs", 6);
  cleared.retain = true;

  give(session, state);
  give(session, cleared);
  handler.release();
  settle();

  EXPECT_THAT(written(session), SizeIs(2));
  EXPECT_EQ(counters.retained_messages.Value(), 0);
}

TEST_P(RefusalTest, acknowledges_clearing_a_topic_where_nothing_is_retained) {
  auto& session = connect(GetParam());
  auto cleared = publish("", 1, "homes/sensor/pole-1/config");
  cleared.retain = true;

  give(session, cleared);

  EXPECT_EQ(only<Puback>(session).reason, Reason::kSuccess);
  EXPECT_FALSE(session.ending());
  EXPECT_THAT(handler.received(), IsEmpty());
}

TEST_F(RefusalTest, denies_clearing_what_another_client_retained) {
  auto& other = connect(Version::k5, "admin");
  auto state = publish("on", 1, "things/pole-2/obs");
  state.retain = true;
  give(other, state);
  auto& session = connect(Version::k5);
  state.payload = "";

  give(session, state);

  EXPECT_EQ(only<Puback>(session).reason, Reason::kNotAuthorized);
  EXPECT_EQ(counters.retained_messages.Value(), 1);
}

TEST_F(RefusalTest, acknowledges_under_3_1_1_what_is_sent_where_nobody_may_publish) {
  auto& session = connect(Version::k311);

  give(session, publish("online", 1, "tele/pole-1/LWT"));
  EXPECT_EQ(only<Puback>(session).packet_id, 5);
  EXPECT_FALSE(session.ending());
  EXPECT_EQ(counters.received_refused.Value(), 1);

  give(session, publish("1", 1, "things/pole-2/obs"));
  EXPECT_TRUE(session.ending());
}

TEST_F(RefusalTest, tells_a_client_for_good_and_for_now_apart) {
  EXPECT_EQ(connect_return_code_of(Reason::kUnsupportedProtocolVersion), 1);
  EXPECT_EQ(connect_return_code_of(Reason::kClientIdNotValid), 2);
  EXPECT_EQ(connect_return_code_of(connect_reason_of(Code::kUnavailable)), 3);
  EXPECT_EQ(connect_return_code_of(connect_reason_of(Code::kOverloaded)), 3);
  EXPECT_EQ(connect_return_code_of(connect_reason_of(Code::kUnauthorized)), 4);
  EXPECT_EQ(connect_return_code_of(connect_reason_of(Code::kForbidden)), 5);
  EXPECT_EQ(connect_return_code_of(Reason::kMalformedPacket), std::nullopt);
}

TEST_P(RefusalTest, refuses_a_client_identifier_above_the_limit_for_good) {
  spoken = GetParam();
  auto& session = open();
  std::string const name(kClientIdBytesMax + 1, 'x');
  Connect c;
  c.version = spoken;
  c.client_id = name;

  give(session, c);

  EXPECT_EQ(only<Connack>(session).code, spoken == Version::k5 ? 0x85 : 2);
  EXPECT_TRUE(session.ending());
  EXPECT_EQ(counters.connects_refused.Value(), 1);
}

TEST_P(RefusalTest, refuses_an_empty_client_identifier_without_a_clean_session_under_3_1_1_alone) {
  spoken = GetParam();
  auto& session = open();
  Connect c;
  c.version = spoken;
  c.clean_start = false;
  c.username = "pole-1";
  c.password = "secret";

  give(session, c);

  EXPECT_EQ(only<Connack>(session).code, spoken == Version::k5 ? 0 : 2);
  EXPECT_EQ(session.ending(), spoken == Version::k311);
}

TEST_F(RefusalTest, closes_without_connack_on_a_malformed_connect_of_3_1_1) {
  auto& session = open();

  session.receive(std::string_view{"\x10\x0c\0\4MQTT\4\x1c\0\0\0\0", 14});

  EXPECT_TRUE(session.outbox().empty());
  EXPECT_TRUE(session.ending());
}

}  // namespace
}  // namespace madang::web::mqtt
