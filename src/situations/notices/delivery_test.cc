// Notices to real receivers on loopback, on a clock that the test moves.
#include <gmock/gmock.h>

#include <array>
#include <atomic>

#include "situations/notices/notices.h"
#include "situations/notices/signature.h"
#include "situations/notices/test_notices.h"

namespace madang::situations::notices {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using test::HookAnswer;
using test::HookReceiver;
using test::MailManner;
using test::MailReceiver;
using test::MailStep;
using test::ReceivedHook;

struct deliveries : NoticesTest {};

TEST_F(deliveries, in_a_language_that_nobody_wrote_are_refused) {
  auto to = mail("duty@city.example");
  to.language = "tlh";
  EXPECT_EQ(subscribers->add(to, {}).error().sentence, "language: en, ko or nothing for all expected, not \"tlh\"");
  to.language = "ko";
  EXPECT_TRUE(subscribers->add(to, {}).has_value());
}

TEST_F(deliveries, tell_a_webhook_what_the_api_tells_signed_and_with_a_key) {
  HookReceiver hook;
  auto const s = add(webhook(hook.url("/madang?x=1")));
  start();
  auto const id = raise(plume());

  ASSERT_TRUE(hook.wait_for(1));

  auto const got = hook.received().front();
  EXPECT_EQ(got.path, "/madang?x=1");
  EXPECT_EQ(got.header("madang-event"), "situation.raised");
  EXPECT_EQ(got.header("content-type"), "application/json");
  EXPECT_EQ(got.header("madang-signature"), signature_of(s.secret, clock.now(), got.body));
  EXPECT_EQ(got.header("idempotency-key").size(), 32U);
  EXPECT_EQ(got.body, situation_json(*find(id), *city, Audience::kPublic));
  EXPECT_TRUE(soon([&] { return tally(s).delivered == 1 && tally(s).owed == 0; }));
}

TEST_F(deliveries, tell_the_whole_life_in_order_and_the_public_only_its_part) {
  HookReceiver inside;
  HookReceiver outside;
  auto internal = webhook(inside.url());
  internal.filter.internal = true;
  add(internal);
  add(webhook(outside.url()));
  start();
  auto const id = raise(plume());
  ASSERT_TRUE(situations->acknowledge(id, kim));
  raise(plume("station-7", Severity::kCritical));
  ASSERT_TRUE(situations->resolve(id, kim, "rain"));

  ASSERT_TRUE(inside.wait_for(4));
  ASSERT_TRUE(outside.wait_for(3));

  EXPECT_THAT(events(inside), ElementsAre("situation.raised", "situation.acknowledged", "situation.worsened", "situation.resolved"));
  EXPECT_THAT(events(outside), ElementsAre("situation.raised", "situation.worsened", "situation.resolved"));
  EXPECT_THAT(inside.received().back().body, HasSubstr("\"end_reason\":\"rain\""));
  EXPECT_THAT(outside.received().back().body, Not(HasSubstr("rain")));
}

TEST_F(deliveries, tell_who_heard_of_an_exercise_that_it_has_become_real) {
  HookReceiver outside;
  add(webhook(outside.url()));
  start();
  auto drill = plume();
  drill.simulated = true;
  raise(drill);
  raise(plume());

  ASSERT_TRUE(outside.wait_for(2));

  EXPECT_THAT(events(outside), ElementsAre("situation.raised", "situation.real"));
  EXPECT_THAT(outside.received().back().body, HasSubstr("\"simulated\":false"));
}

TEST_F(deliveries, send_a_mail_that_says_all) {
  MailReceiver mails;
  options.mail = {.url = mails.url(), .user = {}, .password = {}, .ca_file = {}, .require_tls = false};
  add(mail("kim@city.example"));
  start();
  raise(plume());

  ASSERT_TRUE(mails.wait_for(1));

  auto const got = mails.received().front();
  EXPECT_EQ(got.from, "alerts@city.example");
  EXPECT_EQ(got.to, "kim@city.example");
  EXPECT_THAT(got.field("Message-ID"), ::testing::MatchesRegex("<[0-9a-f]+@city.example>"));
  EXPECT_THAT(got.text(), HasSubstr("Close windows."));
  EXPECT_THAT(got.text(), HasSubstr("창문을 닫아 주십시오."));
}

TEST_F(deliveries, log_in_and_send_only_under_tls_when_told_so) {
  test::TemporaryFolder const keys;
  auto const certificate = test::make_certificate(keys.path());
  MailReceiver mails({.manner = {}, .certificate = certificate, .tls_at_once = false, .login = "city/secret"});
  options.mail = {.url = mails.url(), .user = "city", .password = "secret", .ca_file = certificate.certificate_file, .require_tls = true};
  add(mail("kim@city.example"));
  start();
  raise(plume());
  ASSERT_TRUE(mails.wait_for(1));
  EXPECT_TRUE(mails.received().front().tls);
  EXPECT_EQ(mails.received().front().login, "city/secret");
}

TEST_F(deliveries, speak_smtps) {
  test::TemporaryFolder const keys;
  auto const certificate = test::make_certificate(keys.path());
  MailReceiver mails({.manner = {}, .certificate = certificate, .tls_at_once = true, .login = {}});
  options.mail = {.url = mails.url(), .user = {}, .password = {}, .ca_file = certificate.certificate_file, .require_tls = true};
  add(mail("kim@city.example"));
  start();
  raise(plume());
  ASSERT_TRUE(mails.wait_for(1));
}

TEST_F(deliveries, send_nothing_in_clear_when_tls_is_wanted) {
  MailReceiver mails;
  options.mail = {.url = mails.url(), .user = {}, .password = {}, .ca_file = {}, .require_tls = true};
  auto const s = add(mail("kim@city.example"));
  start();
  raise(plume());
  EXPECT_TRUE(soon([&] { return tally(s).failed == 1; }));
  EXPECT_TRUE(mails.received().empty());
}

TEST_F(deliveries, try_a_failed_webhook_again_with_the_same_key_and_a_fresh_signature) {
  std::atomic<int> turn = 0;
  HookReceiver hook([&](ReceivedHook const&) { return HookAnswer{.status = ++turn == 1 ? 500 : 200}; });
  auto const s = add(webhook(hook.url()));
  start();
  raise(plume());
  ASSERT_TRUE(soon([&] { return tally(s).failed == 1; }));
  EXPECT_THAT(tally(s).error, HasSubstr("answered 500"));

  after(kBackoffFirst);

  ASSERT_TRUE(hook.wait_for(2));
  EXPECT_TRUE(soon([&] { return tally(s).delivered == 1; }));
  EXPECT_EQ(tally(s).error, "");
  auto const got = hook.received();
  EXPECT_EQ(got[0].header("idempotency-key"), got[1].header("idempotency-key"));
  EXPECT_EQ(got[0].body, got[1].body);
  EXPECT_EQ(got[1].header("madang-signature"), signature_of(s.secret, clock.now(), got[1].body));
}

TEST_F(deliveries, wait_as_long_as_the_receiver_asks) {
  std::atomic<int> turn = 0;
  HookReceiver hook([&](ReceivedHook const&) {
    return ++turn == 1 ? HookAnswer{.status = 503, .fields = "Retry-After: 120\r\n"} : HookAnswer{};
  });
  auto const s = add(webhook(hook.url()));
  start();
  raise(plume());
  ASSERT_TRUE(soon([&] { return tally(s).failed == 1; }));
  after(119s);
  EXPECT_FALSE(hook.wait_for(2, 300ms));
  after(1s);
  EXPECT_TRUE(hook.wait_for(2));
}

TEST_F(deliveries, count_a_receiver_that_said_yes_whatever_its_body_does) {
  std::atomic<int> turn = 0;
  HookReceiver hook([&](ReceivedHook const&) {
    return HookAnswer{.manner = ++turn == 1 ? HookAnswer::Manner::kCutsBody : HookAnswer::Manner::kFloods};
  });
  auto const s = add(webhook(hook.url()));
  start();
  raise(plume("a"));
  raise(plume("b"));
  EXPECT_TRUE(soon([&] { return tally(s).delivered == 2; }));
  EXPECT_EQ(hook.received().size(), 2U);
}

TEST_F(deliveries, pause_a_subscriber_that_is_gone_and_drop_what_it_is_owed) {
  HookReceiver hook([](ReceivedHook const&) { return HookAnswer{.status = 410}; });
  auto const s = add(webhook(hook.url()));
  raise_before_start({"a", "b", "c"});
  start();
  EXPECT_TRUE(soon([&] { return (*subscribers->find(s.id)).paused; }));
  auto const paused = *subscribers->find(s.id);
  EXPECT_EQ(paused.tally.refused, 1);
  EXPECT_EQ(paused.tally.dropped, 2);
  EXPECT_EQ(paused.tally.owed, 0);
  EXPECT_THAT(paused.paused_because, HasSubstr("410"));
  raise(plume("d"));
  EXPECT_EQ(tally(s).owed, 0);
}

TEST_F(deliveries, follow_no_redirect) {
  HookReceiver elsewhere;
  HookReceiver hook([&](ReceivedHook const&) {
    return HookAnswer{.status = 302, .fields = "Location: " + elsewhere.url() + "\r\n"};
  });
  auto const s = add(webhook(hook.url()));
  start();
  raise(plume());
  EXPECT_TRUE(soon([&] { return tally(s).failed == 1; }));
  EXPECT_EQ(elsewhere.connections(), 0U);
}

TEST_F(deliveries, reach_no_private_address_also_when_a_name_leads_there) {
  HookReceiver hook;
  auto const s = add(webhook("http://localhost:" + std::to_string(hook.port()) + "/hook"));
  options.webhooks.allow_private_addresses = false;
  start();
  raise(plume());
  EXPECT_TRUE(soon([&] { return tally(s).failed == 1; }));
  EXPECT_THAT(tally(s).error, HasSubstr("not a public address"));
  EXPECT_EQ(hook.connections(), 0U);
}

TEST_F(deliveries, give_up_after_a_day_and_say_so) {
  HookReceiver hook([](ReceivedHook const&) { return HookAnswer{.status = 500}; });
  auto const s = add(webhook(hook.url()));
  start();
  raise(plume());
  ASSERT_TRUE(soon([&] { return tally(s).failed == 1; }));
  after(kGiveUpAfter);
  EXPECT_TRUE(soon([&] { return tally(s).given_up == 1; }));
  EXPECT_EQ(tally(s).owed, 0);
  EXPECT_THAT(metrics.text(), HasSubstr("madang_situations_notices_total{channel=\"webhook\",result=\"given_up\"} 1"));
}

TEST_F(deliveries, survive_every_failure_of_a_mail_server) {
  std::atomic<int> failures = 0;
  MailReceiver mails({.manner = [&](MailStep const& step) -> MailManner {
                        constexpr std::array<std::string_view, 8> kSteps{"greeting", "RCPT", "DATA", "dot",
                                                                         "MAIL",     "RCPT", "DATA", "dot"};
                        int const turn = failures;
                        if (turn >= 8 || kSteps[static_cast<std::size_t>(turn)] != step.where) return {};
                        ++failures;
                        if (turn < 4) return {.refusal = 451};
                        return {.breaks_off = true};
                      },
                      .certificate = {},
                      .tls_at_once = false,
                      .login = {}});
  options.mail = {.url = mails.url(), .user = {}, .password = {}, .ca_file = {}, .require_tls = false};
  auto const s = add(mail("kim@city.example"));
  start();
  raise(plume());
  for (int turn = 1; turn <= 8; ++turn) {
    ASSERT_TRUE(soon([&] { return tally(s).failed == turn; })) << "turn " << turn << ": " << tally(s).error;
    after(kBackoffMax);
  }
  EXPECT_TRUE(soon([&] { return tally(s).delivered == 1; })) << tally(s).error;
  EXPECT_EQ(mails.received().size(), 1U);
}

TEST_F(deliveries, believe_a_mail_server_that_knows_no_such_recipient) {
  MailReceiver mails({.manner = [](MailStep const& step) -> MailManner {
                        return {.refusal = step.where == "RCPT" && step.to == "nobody@city.example" ? 550 : 0};
                      },
                      .certificate = {},
                      .tls_at_once = false,
                      .login = {}});
  options.mail = {.url = mails.url(), .user = {}, .password = {}, .ca_file = {}, .require_tls = false};
  auto const nobody = add(mail("nobody@city.example"));
  auto const somebody = add(mail("kim@city.example"));
  start();
  raise(plume());
  EXPECT_TRUE(soon([&] { return tally(nobody).refused == 1; })) << tally(nobody).error;
  EXPECT_TRUE(soon([&] { return tally(somebody).delivered == 1; })) << tally(somebody).error;
  EXPECT_THAT(tally(nobody).error, HasSubstr("550"));
}

TEST_F(deliveries, stand_still_when_a_receiver_hangs_and_are_tried_again) {
  std::atomic<int> turn = 0;
  HookReceiver hook([&](ReceivedHook const&) {
    return HookAnswer{.manner = ++turn == 1 ? HookAnswer::Manner::kHangs : HookAnswer::Manner::kAnswers};
  });
  options.waits.webhook = 300ms;
  auto const s = add(webhook(hook.url()));
  start();
  raise(plume());
  ASSERT_TRUE(soon([&] { return tally(s).failed == 1; }));
  after(kBackoffFirst);
  EXPECT_TRUE(soon([&] { return tally(s).delivered == 1; }));
}

TEST_F(deliveries, tell_a_test_apart) {
  HookReceiver hook;
  auto const s = add(webhook(hook.url()));
  start();
  ASSERT_TRUE(subscribers->test(s.id));
  notices->wake();
  ASSERT_TRUE(hook.wait_for(1));
  EXPECT_EQ(hook.received().front().header("madang-event"), "test");
  EXPECT_THAT(hook.received().front().body, HasSubstr("\"kind\":\"test\""));
  EXPECT_THAT(hook.received().front().body, HasSubstr("\"simulated\":true"));
}

TEST_F(deliveries, go_on_with_what_an_earlier_life_owed) {
  HookReceiver hook;
  add(webhook(hook.url()));
  raise_before_start({"a", "b"});
  start();
  EXPECT_TRUE(hook.wait_for(2));
}

}  // namespace
}  // namespace madang::situations::notices
