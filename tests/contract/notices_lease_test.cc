// Two servers on the same records: each notice is sent by one of them, and the other goes on when that one ends without a word.
#include <gmock/gmock.h>
#include <sodium.h>

#include <atomic>
#include <set>

#include "embedded_locales.h"
#include "events_fixture.h"
#include "situations/notices/dispatcher.h"
#include "situations/notices/notices.h"
#include "situations/notices/outbox.h"
#include "support/hook_receiver.h"
#include "support/soon.h"

namespace madang::situations::notices {
namespace {

using namespace std::chrono_literals;
using test::HookAnswer;
using test::HookReceiver;
using test::ReceivedHook;
using test::soon;

constexpr char const* kSends = "notices webhook";
constexpr Pace kSwift{kBackoffFirst, kBackoffMax, kGiveUpAfter};

/// What a server has of notices, on a steady clock of its own.
struct SendingServer {
  SendingServer(std::unique_ptr<storage::Records> its_records, std::string directory, runtime::Messages const& messages)
      : records(std::move(its_records)),
        city(*city::City::open(*records, clock)),
        leases(*records, clock, {.directory = std::move(directory)}),
        tallies(metrics, clock),
        ledger(*city, clock, tallies),
        dispatcher({*records, messages, clock, ledger, tallies, &leases},
                   {.channel = Channel::kWebhook,
                    .lease = kSends,
                    .sender = {},
                    .mail = {},
                    .webhooks = {.allow_private_addresses = true, .ca_file = {}},
                    .pace = kSwift,
                    .waits = {kConnectWait, kWebhookWait, kMailWait}}) {
    leases.request(kSends);
  }
  void tend_after(Millis time) {
    clock.advance(time);
    EXPECT_TRUE(leases.renew_all());
    dispatcher.wake();
  }

  contract::OwnClock clock;
  runtime::Metrics metrics;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::City> city;
  storage::events::Leases leases;
  Tallies tallies;
  Ledger ledger;
  Dispatcher dispatcher;
};

class notices_of_two_servers : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_GE(sodium_init(), 0);
    records = open(address);
    ASSERT_TRUE(storage::events::migrate(*records));
    ASSERT_TRUE(migrate(*records));
    a = std::make_unique<SendingServer>(open(address), "a", messages);
    b = std::make_unique<SendingServer>(open(address), "b", messages);
  }
  /// One situation after another, of which one subscriber hears.
  void owe_each(std::string const& url, int count) {
    SubscriberStore store(*records);
    Subscriber s;
    s.name = "hook";
    s.channel = Channel::kWebhook;
    s.address = url;
    s.secret = "0123456789012345678901234";
    auto const id = store.add(s, {clock.now(), {.party = PartyId{3}, .name = "lee"}});
    ASSERT_TRUE(id) << id.error().sentence;
    subscriber = *id;
    for (std::int64_t i = 1; i <= count; ++i) {
      std::vector<Recipient> const recipient{{subscriber, Event::kRaised}};
      ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
        enqueue(sql, SituationId{i}, {"{}", "{}"}, recipient, clock.now(), [](std::int64_t) { return false; });
        return {};
      }));
    }
  }
  Tally tally() { return SubscriberStore{*records}.find(subscriber)->tally; }
  static std::set<std::string> keys(HookReceiver const& hook) {
    std::set<std::string> all;
    for (auto const& each : hook.received()) all.insert(each.header("idempotency-key"));
    return all;
  }

  runtime::Messages messages = *runtime::Messages::load(embedded_locales(), "Asia/Seoul");
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<SendingServer> a, b;
  SubscriberId subscriber;
};
MADANG_ON_BOTH_ENGINES(notices_of_two_servers);

TEST_P(notices_of_two_servers, are_sent_by_one_of_them) {
  constexpr int kAll = 20;
  HookReceiver hook;
  owe_each(hook.url(), kAll);
  a->tend_after(0ms);
  b->tend_after(0ms);
  EXPECT_TRUE(soon([&] { return tally().delivered == kAll; }));
  EXPECT_EQ(hook.received().size(), static_cast<std::size_t>(kAll));
  EXPECT_EQ(keys(hook).size(), static_cast<std::size_t>(kAll));
}

TEST_P(notices_of_two_servers, are_not_sent_without_the_lease) {
  HookReceiver hook;
  owe_each(hook.url(), 1);
  EXPECT_FALSE(hook.wait_for(1, 300ms));
  b->tend_after(0ms);
  EXPECT_TRUE(hook.wait_for(1));
}

TEST_P(notices_of_two_servers, are_sent_by_the_other_when_the_first_is_gone) {
  HookReceiver hook;
  a->tend_after(0ms);
  b->tend_after(0ms);
  a.reset();
  owe_each(hook.url(), 3);
  b->tend_after(storage::events::kLeaseLength - 1ms);
  EXPECT_FALSE(hook.wait_for(1, 300ms)) << "nobody knows yet that it is gone";
  b->tend_after(1ms);
  EXPECT_TRUE(soon([&] { return tally().delivered == 3; }));
}

TEST_P(notices_of_two_servers, come_again_under_the_same_key_when_the_first_slept_on_its_way) {
  std::atomic<bool> may_answer = false;
  std::atomic<int> turn = 0;
  HookReceiver hook([&](ReceivedHook const&) {
    // The first one stays without an answer until the other server has sent it too.
    bool const is_first = ++turn == 1;
    EXPECT_TRUE(!is_first || soon([&] { return may_answer.load(); }, 12s));
    return HookAnswer{};
  });
  owe_each(hook.url(), 1);
  a->tend_after(0ms);
  b->tend_after(0ms);
  ASSERT_TRUE(soon([&] { return turn.load() == 1; }));
  b->tend_after(storage::events::kLeaseLength);
  EXPECT_TRUE(soon([&] { return tally().delivered == 1; }));
  may_answer = true;
  a.reset();  // waits for what is on its way
  EXPECT_EQ(hook.received().size(), 2U);
  EXPECT_EQ(keys(hook).size(), 1U);
  EXPECT_EQ(tally().delivered, 1) << "what the first one brought to its end is not written down";
}

}  // namespace
}  // namespace madang::situations::notices
