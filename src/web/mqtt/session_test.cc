// A listener's client as the protocol sees it, without sockets and with a clock that the test moves.
#include "web/mqtt/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "web/mqtt/encode.h"
#include "web/mqtt/mqtt.h"
#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

/// Owns what a decoded packet's views point to.
struct Sent {
  std::shared_ptr<std::string const> bytes;
  std::vector<Packet> packets;
};

class SessionTest : public testing::Test {
 protected:
  SessionTest() { hub.set_mailboxes({mailbox}); }

  Session& connect(std::string_view name, Version version = Version::k5, std::string_view client_id = "c1") {
    Connect c;
    c.version = version;
    c.client_id = client_id;
    c.keep_alive_seconds = 10;
    return connect(c, name);
  }
  Session& connect(Connect c, std::string_view name) {
    c.username = name;
    c.password = "secret";
    auto& session = open();
    give(session, c, c.version);
    sent(session, c.version);
    return session;
  }
  Session& open(net::Certificate const& certificate = {}) {
    sessions.push_back(std::make_unique<Session>(needs, Address{0, sessions.size() + 1}, certificate));
    return *sessions.back();
  }

  void give(Session& session, Packet const& packet, Version version = Version::k5) {
    std::string bytes;
    encode(bytes, packet, version);
    session.receive(bytes);
    settle();
  }
  /// What a network thread does with its mailbox.
  void settle() {
    std::vector<Letter> letters;
    for (mailbox->take(letters); !letters.empty(); letters.clear(), mailbox->take(letters))
      for (auto& letter : letters) open_letter(letter);
  }
  void open_letter(Letter& letter) {
    if (auto* a = std::get_if<Answer>(&letter)) {
      if (a->result && a->forward) hub.forward(a->forward);
      if (a->connection != 0) sessions[a->connection - 1]->answer(*a);
    } else if (auto* d = std::get_if<Delivery>(&letter)) {
      sessions[d->connection - 1]->deliver(std::move(*d));
    } else if (auto* r = std::get_if<RetainedSlice>(&letter)) {
      sessions[r->connection - 1]->end_slice();
    } else if (auto* f = std::get_if<FormerEnded>(&letter)) {
      sessions[f->connection - 1]->end_former();
    } else {
      sessions[std::get<Eviction>(letter).connection - 1]->evict();
    }
  }

  /// What the session wrote since the last call.
  Sent sent(Session& session, Version version = Version::k5) {
    std::string taken;
    session.take_outbox(taken, SIZE_MAX);
    Sent out{std::make_shared<std::string const>(std::move(taken)), {}};
    for (std::string_view rest = *out.bytes; !rest.empty();) {
      auto const frame = next_frame(rest, SIZE_MAX);
      out.packets.push_back(*decode(**frame, version));
      rest.remove_prefix((*frame)->size);
    }
    return out;
  }
  template <typename P>
  P only(Session& session, Sent& kept, Version version = Version::k5) {
    kept = sent(session, version);
    EXPECT_THAT(kept.packets, SizeIs(1));
    return kept.packets.empty() ? P{} : std::get<P>(kept.packets[0]);
  }

  static Publish publish(std::string_view topic, std::string_view payload, std::uint8_t qos = 1) {
    Publish p;
    p.topic = topic;
    p.payload = payload;
    p.qos = qos;
    p.packet_id = qos > 0 ? 5 : 0;
    return p;
  }
  static Subscribe subscribe(std::string_view filter, std::uint8_t qos = 1) {
    return Subscribe{3, {{filter, qos, false, false, 0}}, {}};
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
  Sent keep;
};

TEST_F(SessionTest, says_in_connack_what_it_offers) {
  auto& session = open();
  Connect c;
  c.username = "pole-1";
  c.password = "secret";

  give(session, c);

  auto const connack = only<Connack>(session, keep);
  EXPECT_EQ(connack.code, 0);
  EXPECT_FALSE(connack.session_present);
  EXPECT_FALSE(connack.properties.maximum_qos.has_value());  // so QoS 2 is spoken (3.2.2.3.4)
  EXPECT_EQ(connack.properties.receive_maximum, 256);
  EXPECT_EQ(connack.properties.session_expiry_seconds, 0U);
  EXPECT_THAT(std::string{connack.properties.assigned_client_id.value_or("none")}, MatchesRegex("madang-[0-9a-f]{16}"));
}

TEST_F(SessionTest, gives_a_client_without_an_identifier_one_that_nobody_has) {
  auto& former = connect("pole-1", Version::k5, "madang-0-2");

  auto& nameless = connect("pole-1", Version::k5, "");
  connect("pole-1", Version::k5, "");

  EXPECT_FALSE(former.ending());
  EXPECT_FALSE(nameless.ending());
}

TEST_F(SessionTest, refuses_a_wrong_password_in_both_versions) {
  Connect c;
  c.username = "pole-1";
  c.password = "guess";
  auto& fifth = open();
  give(fifth, c);
  EXPECT_EQ(only<Connack>(fifth, keep).code, 0x86);
  EXPECT_TRUE(fifth.ending());

  c.version = Version::k311;
  c.client_id = "x";
  auto& third = open();
  give(third, c, Version::k311);
  EXPECT_EQ(only<Connack>(third, keep, Version::k311).code, 4);
  EXPECT_TRUE(third.ending());
}

TEST_F(SessionTest, answers_an_unknown_version_with_what_every_client_understands) {
  auto& session = open();

  session.receive(std::string_view{"\x10\x0d\0\4MQTT\6\2\0\0\0\0\0", 15});

  EXPECT_EQ(session.outbox(), std::string("\x20\2\0\1", 4));
  EXPECT_TRUE(session.ending());
}

TEST_F(SessionTest, says_nothing_to_a_stranger_who_does_not_begin_with_connect) {
  auto& session = open();

  session.receive("GET / HTTP/1.1\r\n\r\n                                                              ");

  EXPECT_TRUE(session.outbox().empty());
  EXPECT_TRUE(session.ending());
}

TEST_F(SessionTest, acknowledges_only_after_the_room_above_has_accepted) {
  auto& session = connect("pole-1");
  handler.hold();

  give(session, publish("things/pole-1/obs", "1"));
  EXPECT_THAT(sent(session).packets, IsEmpty());

  handler.release();
  settle();
  EXPECT_EQ(only<Puback>(session, keep).packet_id, 5);
}

TEST_F(SessionTest, gives_the_reason_of_a_refusal_under_version_5) {
  auto& session = connect("pole-1");

  give(session, publish("things/pole-1/obs", "bad"));
  auto puback = only<Puback>(session, keep);
  EXPECT_EQ(puback.reason, Reason::kPayloadFormatInvalid);
  EXPECT_EQ(puback.properties.reason_string, "pm25: \"x\" is not a number");

  give(session, publish("things/pole-1/obs", "long"));
  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kImplementationSpecificError);
  give(session, publish("things/pole-1/obs", "unknown"));
  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kTopicNameInvalid);
  give(session, publish("things/pole-1/obs", "full"));
  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kQuotaExceeded);
  give(session, publish("things/pole-1/obs", "broken"));
  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kUnspecifiedError);
  give(session, publish("things/pole-2/obs", "1"));
  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kNotAuthorized);
  EXPECT_FALSE(session.ending());
}

TEST_F(SessionTest, gives_a_reason_that_every_client_can_read) {
  auto& session = connect("pole-1");
  handler.hold();
  auto const reason_of_refusal = [&](std::string const& sentence) {
    give(session, publish("things/pole-1/obs", "1"));
    handler.release(fail(Code::kInvalid, sentence));
    settle();
    return std::string{only<Puback>(session, keep).properties.reason_string.value_or("none")};
  };
  std::string korean;
  for (int i = 0; i < 100; ++i) korean += "한";

  EXPECT_EQ(reason_of_refusal(std::string{"time \"\0x\x7f\": a year", 18}), "time \"\uFFFDx\uFFFD\": a year");
  EXPECT_EQ(reason_of_refusal("a\xc2\x85 b\xff"), "a\uFFFD b\uFFFD");
  EXPECT_EQ(reason_of_refusal(korean), korean.substr(0, 198)) << "cut between two letters";
  session.revoke(korean);
  EXPECT_EQ(only<Disconnect>(session, keep).properties.reason_string, korean.substr(0, 198));
}

TEST_F(SessionTest, shows_a_reason_without_what_receivers_may_close_at) {
  EXPECT_EQ(reason_string_of("\uFDD0\uFDCF\uFFFE\U0001FFFF\U0001F600\n\u00A0"), "\uFFFD\uFDCF\uFFFD\uFFFD\U0001F600\uFFFD\u00A0");
  EXPECT_EQ(reason_string_of(""), "");
}

TEST_F(SessionTest, says_by_the_code_of_a_refusal_whether_sending_again_may_help) {
  for (auto const code : {Code::kInvalid, Code::kUnauthorized, Code::kForbidden, Code::kNotFound, Code::kConflict, Code::kLimit,
                          Code::kOverloaded, Code::kUnsupported, Code::kCorrupt, Code::kFull, Code::kUnavailable, Code::kInternal}) {
    auto const reason = reason_of(code);
    bool const passes = reason == Reason::kQuotaExceeded || reason == Reason::kUnspecifiedError;
    bool const denied = reason == Reason::kNotAuthorized;
    EXPECT_EQ(!passes && !denied, is_final(code)) << name_of(code);
    EXPECT_EQ(reason == Reason::kQuotaExceeded, code == Code::kOverloaded) << name_of(code);
  }
}

TEST_F(SessionTest, calls_a_topic_that_nobody_may_publish_to_invalid_and_anothers_topic_denied) {
  auto& session = connect("pole-1");

  give(session, publish("$SYS/broker", "1"));
  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kTopicNameInvalid);
  give(session, publish("things/pole-2/obs", "1"));
  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kNotAuthorized);
}

TEST_F(SessionTest, ends_at_a_topic_alias_and_at_a_subscription_identifier_which_it_does_not_offer) {
  auto& publisher = connect("pole-1");
  auto aliased = publish("things/pole-1/obs", "1");
  aliased.properties.topic_alias = std::uint16_t{1};
  give(publisher, aliased);
  EXPECT_EQ(only<Disconnect>(publisher, keep).reason, Reason::kTopicAliasInvalid);

  auto& reader = connect("admin");
  auto numbered = subscribe("things/#");
  numbered.properties.subscription_identifiers = {7};
  give(reader, numbered);
  EXPECT_EQ(only<Disconnect>(reader, keep).reason, Reason::kSubscriptionIdentifiersNotSupported);
  EXPECT_THAT(handler.received(), IsEmpty());
}

TEST_F(SessionTest, closes_without_puback_under_3_1_1_when_the_topic_is_not_the_clients) {
  auto& session = connect("pole-1", Version::k311);

  give(session, publish("things/pole-2/obs", "1"), Version::k311);

  EXPECT_TRUE(session.outbox().empty());
  EXPECT_TRUE(session.ending());
  EXPECT_THAT(handler.received(), IsEmpty());
}

TEST_F(SessionTest, counts_a_refused_message_of_qos_0) {
  auto& session = connect("pole-1", Version::k311);

  give(session, publish("things/pole-2/obs", "1", 0), Version::k311);

  EXPECT_FALSE(session.ending());
  EXPECT_EQ(counters.received_denied.Value(), 1);
}

TEST_F(SessionTest, ends_where_what_let_it_in_does_so_no_more) {
  for (auto const version : {Version::k5, Version::k311}) {
    Connect c;
    c.version = version;
    c.client_id = version == Version::k5 ? "new" : "old";
    c.will = Will{"things/pole-1/obs", "gone", 0, false, {}};
    auto& session = connect(c, "pole-1");

    session.revoke("the key is unknown or revoked");

    EXPECT_TRUE(session.ending());
    if (version == Version::k5) {
      auto const goodbye = only<Disconnect>(session, keep);
      EXPECT_EQ(goodbye.reason, Reason::kNotAuthorized);
      EXPECT_EQ(goodbye.properties.reason_string, "the key is unknown or revoked");
    } else {
      EXPECT_TRUE(session.outbox().empty()) << "3.1.1 has no goodbye of a server";
    }
    give(session, publish("things/pole-1/obs", "1"), version);
    session.closed();
    settle();
    EXPECT_THAT(handler.received(), IsEmpty()) << "nor its will";
  }
}

TEST_F(SessionTest, stops_reading_while_too_many_messages_are_unanswered) {
  limits.publishes_waiting_max = 2;
  auto& session = connect("pole-1");
  handler.hold();
  std::string bytes;
  for (int i = 0; i < 3; ++i) encode(bytes, publish("things/pole-1/obs", "1"), Version::k5);

  auto const used = session.receive(bytes);

  EXPECT_EQ(used, bytes.size() / 3 * 2);
  EXPECT_TRUE(session.paused());
  handler.release();
  settle();
  EXPECT_FALSE(session.paused());
}

TEST_F(SessionTest, stops_reading_above_the_rate_until_time_has_passed) {
  limits.messages_per_second_max = 10;
  limits.messages_burst_max = 2;
  auto& session = connect("pole-1");
  std::string bytes;
  for (int i = 0; i < 3; ++i) encode(bytes, publish("things/pole-1/obs", "1", 0), Version::k5);

  auto const used = session.receive(bytes);
  EXPECT_TRUE(session.paused());
  EXPECT_THAT(handler.received(), SizeIs(2));

  clock.advance(Millis{100});
  session.sweep(clock.tick());
  EXPECT_FALSE(session.paused());
  session.receive(std::string_view{bytes}.substr(used));
  EXPECT_THAT(handler.received(), SizeIs(3));
}

TEST_F(SessionTest, stops_reading_while_the_client_does_not_take_what_was_answered) {
  limits.outbox_bytes_max = limits.queued_bytes_max = 50;
  limits.packet_bytes_max = 100;
  auto& session = connect("pole-1");
  std::string bytes;
  for (int i = 0; i < 1000; ++i) encode(bytes, Pingreq{}, Version::k5);

  auto const used = session.receive(bytes);

  EXPECT_TRUE(session.paused());
  EXPECT_LT(used, 300U);
  EXPECT_LT(session.outbox().size(), 300U);
  EXPECT_EQ(session.receive(std::string_view{bytes}.substr(used)), 0U);
  sent(session);
  EXPECT_FALSE(session.paused());
  EXPECT_GT(session.receive(std::string_view{bytes}.substr(used)), 0U);
}

TEST_F(SessionTest, holds_pings_and_unknown_packet_identifiers_to_the_rate) {
  limits.messages_per_second_max = 10;
  limits.messages_burst_max = 5;
  for (Packet const& packet : {Packet{Pingreq{}}, Packet{Pubrel{.packet_id = 9, .properties = {}}}}) {
    auto& session = connect("pole-1");
    std::string bytes;
    for (int i = 0; i < 6; ++i) encode(bytes, packet, Version::k5);

    EXPECT_EQ(session.receive(bytes), bytes.size() / 6 * 5);
    EXPECT_TRUE(session.paused());
  }
}

TEST_F(SessionTest, forwards_to_subscribers_only_what_was_accepted) {
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("things/+/obs"));
  sent(reader);
  auto& pole = connect("pole-1");

  give(pole, publish("things/pole-1/obs", "bad"));
  give(pole, publish("things/pole-1/obs", "good"));

  auto const got = only<Publish>(reader, keep);
  EXPECT_EQ(got.payload, "good");
  EXPECT_EQ(got.qos, 1);
  EXPECT_FALSE(got.retain);
}

TEST_F(SessionTest, hands_properties_and_the_time_left_on) {
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("#"));
  sent(reader);
  handler.hold();
  auto command = publish("commands/1", "on");
  command.properties.response_topic = "answers/1";
  command.properties.message_expiry_seconds = 10U;
  give(connect("admin"), command);
  clock.advance(Millis{4'000});

  handler.release();
  settle();

  auto const got = only<Publish>(reader, keep);
  EXPECT_EQ(got.properties.response_topic, "answers/1");
  EXPECT_EQ(got.properties.message_expiry_seconds, 6U);
}

TEST_F(SessionTest, drops_a_message_that_has_expired) {
  auto& sender = connect("admin");
  auto command = publish("commands/1", "on");
  command.retain = true;
  command.properties.message_expiry_seconds = 2U;
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("commands/#"));
  sent(reader);
  std::string bytes;
  encode(bytes, command, Version::k5);
  sender.receive(bytes);
  clock.advance(Millis{3'000});
  settle();
  EXPECT_THAT(sent(reader).packets, IsEmpty()) << "it was on its way for too long";
  EXPECT_EQ(counters.dropped_expired.Value(), 1);

  auto& late = connect("admin", Version::k5, "late");
  give(late, subscribe("commands/#"));
  only<Suback>(late, keep);
}

TEST_F(SessionTest, keeps_retained_messages_until_an_empty_one) {
  auto& sender = connect("admin");
  auto state = publish("state/1", "on");
  state.retain = true;
  give(sender, state);
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("state/+"));
  keep = sent(reader);
  ASSERT_THAT(keep.packets, SizeIs(2));
  EXPECT_TRUE(std::get<Publish>(keep.packets[1]).retain);

  state.payload = "";
  give(sender, state);
  EXPECT_EQ(counters.retained_messages.Value(), 0);
}

TEST_F(SessionTest, refuses_to_retain_above_the_limit) {
  Limits small;
  small.retained_messages_max = 1;
  Hub small_hub{small, counters, clock};
  small_hub.set_mailboxes({mailbox});
  SessionNeeds const small_needs{small_hub, handler, clock, counters, small, mailbox};
  small_hub.forward(std::make_shared<Forwarded const>(Forwarded{Message{"state/0", "on", 0, true}, {}, {}, {}}));
  Session session{small_needs, Address{0, 9}, {"admin"}};
  give(session, Connect{});
  sent(session);
  auto state = publish("state/1", "on");
  state.retain = true;

  give(session, state);

  EXPECT_EQ(only<Puback>(session, keep).reason, Reason::kQuotaExceeded);
}

TEST_F(SessionTest, denies_filters_one_by_one) {
  limits.subscriptions_per_client_max = 1;
  auto& pole = connect("pole-1");

  give(pole, Subscribe{3, {{"secrets/#", 0, false, false, 0}, {"things/a", 2, false, false, 0},
                           {"things/b", 0, false, false, 0}, {"$share/g/things/a", 0, false, false, 0}}, {}});

  EXPECT_THAT(only<Suback>(pole, keep).codes, ElementsAre(0x87, 1, 0x97, 0x9E));
}

TEST_F(SessionTest, does_not_send_back_what_no_local_excludes) {
  auto& session = connect("admin");
  give(session, Subscribe{3, {{"a/#", 1, true, false, 0}}, {}});
  sent(session);

  give(session, publish("a/b", "1"));

  only<Puback>(session, keep);
}

TEST_F(SessionTest, says_of_news_that_they_are_retained_only_to_who_asked_for_it) {
  auto& plain = connect("admin", Version::k5, "plain");
  give(plain, subscribe("state/#"));
  sent(plain);
  auto& asking = connect("admin", Version::k5, "asking");
  give(asking, Subscribe{3, {{"state/#", 1, false, true, 0}}, {}});
  sent(asking);
  auto state = publish("state/1", "on");
  state.retain = true;

  give(connect("admin"), state);

  EXPECT_FALSE(only<Publish>(plain, keep).retain);
  EXPECT_TRUE(only<Publish>(asking, keep).retain);
}

TEST_F(SessionTest, sends_to_a_new_subscriber_when_the_one_before_has_closed) {
  auto& old = connect("admin", Version::k5, "reader");
  give(old, subscribe("state/#"));
  old.closed();
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("state/#"));
  sent(reader);

  give(connect("admin"), publish("state/1", "on"));

  EXPECT_EQ(only<Publish>(reader, keep).payload, "on");
  EXPECT_EQ(counters.subscriptions.Value(), 1);
}

TEST_F(SessionTest, ends_the_former_connection_of_the_same_client) {
  auto& former = connect("pole-1");

  connect("pole-1");

  EXPECT_EQ(only<Disconnect>(former, keep).reason, Reason::kSessionTakenOver);
  EXPECT_TRUE(former.ending());
}

TEST_F(SessionTest, takes_nothing_of_who_took_over_before_the_will_of_the_former_connection) {
  Connect c;
  c.client_id = "c1";
  c.will = Will{.topic = "things/pole-1/obs", .payload = "gone", .qos = 1, .retain = false, .properties = {}};
  connect(c, "pole-1");
  auto& next = open();
  c.will.reset();
  c.username = "pole-1";
  c.password = "secret";
  std::string bytes;
  encode(bytes, c, Version::k5);
  encode(bytes, publish("things/pole-1/obs", "back"), Version::k5);

  auto const used = next.receive(bytes);

  EXPECT_THAT(handler.received(), IsEmpty());
  EXPECT_TRUE(next.paused());
  settle();
  EXPECT_FALSE(next.paused());
  next.receive(std::string_view{bytes}.substr(used));
  ASSERT_THAT(handler.received(), SizeIs(2));
  EXPECT_EQ(handler.received()[0].payload, "gone");
  EXPECT_EQ(handler.received()[1].payload, "back");
}

TEST_F(SessionTest, publishes_the_will_of_a_connection_that_is_ending_when_it_is_taken_over) {
  Connect c;
  c.client_id = "c1";
  c.keep_alive_seconds = 10;
  c.will = Will{.topic = "things/pole-1/obs", .payload = "gone", .qos = 1, .retain = false, .properties = {}};
  auto& former = connect(c, "pole-1");
  clock.advance(Millis{15'001});
  former.sweep(clock.tick());
  ASSERT_TRUE(former.ending());
  connect("pole-1");
  EXPECT_THAT(handler.received(), SizeIs(1));
  former.closed();
  EXPECT_THAT(handler.received(), SizeIs(1)) << "once";
}

TEST_F(SessionTest, lets_nobody_evict_a_client_of_another_key) {
  auto& former = connect("pole-1");

  connect("pole-2");

  EXPECT_FALSE(former.ending());
}

TEST_F(SessionTest, lets_nobody_evict_a_client_whose_key_and_identifier_read_the_same_together) {
  auto& former = connect("fleet", Version::k5, "north/p1");

  connect("fleet/north", Version::k5, "p1");

  EXPECT_FALSE(former.ending());
}

TEST_F(SessionTest, lets_no_key_that_is_called_like_a_certificate_evict_its_device) {
  auto& device = open({.name = "pole-1"});
  Connect c;
  c.client_id = "c1";
  give(device, c);

  connect("pole-1");

  EXPECT_FALSE(device.ending());
}

TEST_F(SessionTest, ends_after_one_and_a_half_keep_alives_of_silence) {
  auto& session = connect("pole-1");
  clock.advance(Millis{14'000});
  session.sweep(clock.tick());
  give(session, Pingreq{});
  only<Pingresp>(session, keep);
  clock.advance(Millis{15'000});
  session.sweep(clock.tick());
  EXPECT_FALSE(session.ending());

  clock.advance(Millis{1});
  session.sweep(clock.tick());

  EXPECT_EQ(only<Disconnect>(session, keep).reason, Reason::kKeepAliveTimeout);
}

TEST_F(SessionTest, hears_a_client_in_the_middle_of_a_slow_packet) {
  auto& session = connect("pole-1");
  std::string bytes;
  encode(bytes, publish("things/pole-1/obs", std::string(40'000, 'x')), Version::k5);
  std::string_view const all{bytes};
  std::size_t there = 20'000;
  session.receive(all.substr(0, there));
  for (int i = 0; i < 5; ++i) {
    clock.advance(Millis{10'000});
    there += kGrowthHeardBytes;
    session.receive(all.substr(0, there));
    session.sweep(clock.tick());
  }
  EXPECT_FALSE(session.ending());

  clock.advance(Millis{15'001});
  session.receive(all.substr(0, there));
  session.sweep(clock.tick());

  EXPECT_EQ(only<Disconnect>(session, keep).reason, Reason::kKeepAliveTimeout);
}

TEST_F(SessionTest, does_not_wait_for_a_packet_of_which_a_byte_comes_now_and_then) {
  auto& session = connect("pole-1");
  std::string bytes;
  encode(bytes, publish("things/pole-1/obs", std::string(40'000, 'x')), Version::k5);
  std::string_view const all{bytes};
  session.receive(all.substr(0, 20'000));
  clock.advance(Millis{10'000});
  session.receive(all.substr(0, 20'001));
  clock.advance(Millis{5'001});

  session.sweep(clock.tick());

  EXPECT_TRUE(session.ending());
}

TEST_F(SessionTest, lets_a_client_be_silent_that_has_no_keep_alive) {
  Connect c;
  c.client_id = "c1";
  auto& session = connect(c, "pole-1");
  clock.advance(std::chrono::hours{48});

  session.sweep(clock.tick());

  EXPECT_FALSE(session.ending());
}

TEST_F(SessionTest, does_not_blame_a_client_for_silence_while_it_does_not_listen) {
  limits.publishes_waiting_max = 1;
  auto& session = connect("pole-1");
  handler.hold();
  give(session, publish("things/pole-1/obs", "1"));
  clock.advance(Millis{60'000});

  session.sweep(clock.tick());

  EXPECT_FALSE(session.ending());
}

TEST_F(SessionTest, waits_only_so_long_for_connect) {
  auto& session = open();
  clock.advance(limits.connect_wait_max + Millis{1});

  session.sweep(clock.tick());

  EXPECT_TRUE(session.ending());
}

Connect with_will(std::string_view topic) {
  Connect c;
  c.client_id = "c1";
  c.will = Will{topic, "gone", 1, true, {}};
  return c;
}

TEST_F(SessionTest, publishes_the_will_of_a_client_that_is_lost) {
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("things/pole-1/status"));
  sent(reader);
  auto& pole = connect(with_will("things/pole-1/status"), "pole-1");

  pole.closed();
  settle();

  EXPECT_EQ(only<Publish>(reader, keep).payload, "gone");
}

TEST_F(SessionTest, publishes_the_will_of_a_client_that_is_taken_over_before_what_the_next_one_says) {
  auto& former = connect(with_will("things/pole-1/status"), "pole-1");
  auto& back = connect(with_will("things/pole-1/status"), "pole-1");

  give(back, publish("things/pole-1/status", "here"));
  former.closed();
  settle();

  ASSERT_THAT(handler.received(), SizeIs(2));
  EXPECT_EQ(handler.received()[0].payload, "gone");
  EXPECT_EQ(handler.received()[1].payload, "here");
}

TEST_F(SessionTest, forgets_the_will_of_a_client_that_takes_leave) {
  auto& pole = connect(with_will("things/pole-1/status"), "pole-1");

  give(pole, Disconnect{});
  pole.closed();
  settle();

  EXPECT_THAT(handler.received(), IsEmpty());
}

TEST_F(SessionTest, publishes_the_will_of_a_client_that_takes_leave_wrongly) {
  auto& pole = connect(with_will("things/pole-1/status"), "pole-1");
  Disconnect leave;
  leave.properties.session_expiry_seconds = 60U;

  give(pole, leave);

  EXPECT_EQ(only<Disconnect>(pole, keep).reason, Reason::kProtocolError);
  pole.closed();
  ASSERT_THAT(handler.received(), SizeIs(1));
  EXPECT_EQ(handler.received()[0].payload, "gone");
}

TEST_F(SessionTest, takes_another_time_for_its_session_from_a_client_that_asked_for_one) {
  auto c = with_will("things/pole-1/status");
  c.properties.session_expiry_seconds = 10U;
  auto& pole = connect(c, "pole-1");
  Disconnect leave;
  leave.properties.session_expiry_seconds = 60U;

  give(pole, leave);
  pole.closed();

  EXPECT_TRUE(pole.outbox().empty());
  EXPECT_THAT(handler.received(), IsEmpty());
}

TEST_F(SessionTest, publishes_the_will_of_a_client_that_takes_leave_with_it) {
  auto& pole = connect(with_will("things/pole-1/status"), "pole-1");

  give(pole, Disconnect{.reason = Reason::kDisconnectWithWill, .properties = {}});
  pole.closed();

  ASSERT_THAT(handler.received(), SizeIs(1));
  EXPECT_EQ(handler.received()[0].payload, "gone");
}

TEST_F(SessionTest, drops_a_will_on_a_topic_that_is_not_the_clients_and_lets_the_client_in) {
  auto& pole = open();
  auto c = with_will("homes/pole-1/status");
  c.username = "pole-1";
  c.password = "secret";

  give(pole, c);

  EXPECT_EQ(only<Connack>(pole, keep).code, 0);
  EXPECT_EQ(counters.wills_dropped.Value(), 1);
  pole.closed();
  settle();
  EXPECT_THAT(handler.received(), IsEmpty());
}

TEST_F(SessionTest, drops_a_will_whose_topic_is_none) {
  auto& pole = connect(with_will("things/pole-1/#"), "pole-1");

  pole.closed();

  EXPECT_EQ(counters.wills_dropped.Value(), 1);
  EXPECT_THAT(handler.received(), IsEmpty());
}

TEST_F(SessionTest, publishes_a_will_of_qos_2) {
  auto c = with_will("things/pole-1/obs");
  c.will->qos = 2;
  auto& pole = connect(c, "pole-1");

  pole.closed();

  ASSERT_THAT(handler.received(), SizeIs(1));
  EXPECT_EQ(handler.received()[0].payload, "gone");
}

TEST_F(SessionTest, sends_no_more_than_the_subscribers_receive_maximum) {
  Connect c;
  c.client_id = "reader";
  c.properties.receive_maximum = std::uint16_t{1};
  auto& reader = connect(c, "admin");
  give(reader, subscribe("#"));
  sent(reader);
  auto& sender = connect("admin");
  give(sender, publish("a", "1"));
  give(sender, publish("a", "2"));

  auto const first = only<Publish>(reader, keep);
  give(reader, Puback{.packet_id = first.packet_id, .properties = {}});

  EXPECT_EQ(only<Publish>(reader, keep).payload, "2");
}

TEST_F(SessionTest, drops_qos_0_and_ends_qos_1_of_a_subscriber_whose_queue_is_full) {
  limits.queued_bytes_max = 100;
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("#", 1));
  auto& sender = connect("admin");
  give(sender, publish("a", std::string(200, 'x'), 0));

  give(sender, publish("a", "1", 0));
  EXPECT_EQ(counters.dropped_slow.Value(), 1);
  EXPECT_FALSE(reader.ending());

  give(sender, publish("a", "1", 1));
  EXPECT_TRUE(reader.ending());
}

TEST_F(SessionTest, hears_a_subscriber_whose_queue_is_full) {
  limits.queued_bytes_max = 1'000;
  limits.outbox_bytes_max = 100;
  auto& reader = connect("admin", Version::k5, "reader");
  give(reader, subscribe("#", 0));
  auto& sender = connect("admin");
  for (int i = 0; i < 20; ++i) give(sender, publish("a", std::string(100, 'x'), 0));
  EXPECT_GT(counters.dropped_slow.Value(), 5);
  EXPECT_FALSE(reader.paused());

  auto const before = handler.received().size();
  give(reader, publish("b", "heard", 0));
  give(reader, Pingreq{});

  EXPECT_THAT(handler.received(), SizeIs(before + 1));
  auto const all = sent(reader);
  EXPECT_TRUE(std::holds_alternative<Pingresp>(all.packets.back()));
}

TEST_F(SessionTest, sends_nothing_larger_than_the_subscriber_can_take) {
  Connect c;
  c.client_id = "reader";
  c.properties.packet_bytes_max = 50U;
  auto& reader = connect(c, "admin");
  give(reader, subscribe("#"));
  sent(reader);

  give(connect("admin"), publish("a", std::string(60, 'x')));

  EXPECT_THAT(sent(reader).packets, IsEmpty());
  EXPECT_EQ(counters.dropped_too_large.Value(), 1);
}

TEST_F(SessionTest, unsubscribes) {
  auto& session = connect("admin");
  give(session, subscribe("a/#"));
  sent(session);

  give(session, Unsubscribe{4, {"a/#", "never"}, {}});

  EXPECT_THAT(only<Unsuback>(session, keep).codes, ElementsAre(0x00, 0x11));
  EXPECT_EQ(counters.subscriptions.Value(), 0);
}

TEST_F(SessionTest, says_goodbye) {
  auto& session = connect("pole-1");

  session.send_disconnect();

  EXPECT_EQ(only<Disconnect>(session, keep).reason, Reason::kServerShuttingDown);
}

}  // namespace
}  // namespace madang::web::mqtt
