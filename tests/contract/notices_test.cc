// Subscribers and outbox over real records: the same on SQLite and on PostgreSQL.
#include <gmock/gmock.h>
#include <sodium.h>

#include "records_fixture.h"
#include "situations/notices/ledger.h"
#include "situations/notices/limits.h"
#include "situations/notices/notices.h"
#include "situations/notices/outbox.h"

namespace madang::situations::notices {
namespace {

Act const kAct{instant_of_millis(1'790'000'000'000), {.party = PartyId{3}, .name = "lee"}};

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Pace kPace{kBackoffFirst, kBackoffMax, kGiveUpAfter};

Subscriber webhook(std::string address) {
  Subscriber s;
  s.name = "마당 hook: 'quoted'; --";
  s.channel = Channel::kWebhook;
  s.address = std::move(address);
  s.secret = "0123456789012345678901234";
  s.filter = {Severity::kCaution, {"plume", "haze"}, {AreaId{3}, AreaId{5}}, true};
  return s;
}

class notices_on_records : public madang::contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_GE(sodium_init(), 0);
    records = open(address);
    ASSERT_TRUE(migrate(*records));
    store = std::make_unique<SubscriberStore>(*records);
    outbox = std::make_unique<Outbox>(*records, kPace);
  }

  SubscriberId add(std::string url = "https://a.example/") {
    auto const id = store->add(webhook(std::move(url)), kAct);
    EXPECT_TRUE(id) << id.error().sentence;
    return id.value_or(SubscriberId{});
  }
  /// A change of the situation that all these hear of.
  Losses change(std::int64_t situation, std::vector<Recipient> const& recipients) {
    Losses lost;
    auto const work = [&](soci::session& sql) -> Result<void> {
      lost = enqueue(sql, SituationId{situation}, {"{\"public\":1}", "{\"all\":1}"}, recipients, clock.now(),
                 [this](std::int64_t id) { return id == on_its_way; });
      return {};
    };
    EXPECT_TRUE(records->transaction(work));
    return lost;
  }
  std::vector<SubscriberId> told(std::int64_t situation) {
    std::vector<SubscriberId> all;
    auto const work = [&](soci::session& sql) -> Result<void> {
      all = notified_of(sql, SituationId{situation});
      return {};
    };
    EXPECT_TRUE(records->read(work));
    return all;
  }
  Notice head() { return outbox->heads()->at(0); }
  void record(Notice const& notice, Verdict verdict, std::string reason = "no") {
    std::vector<Outcome> const outcomes{{notice, verdict, std::move(reason), {}}};
    auto const recorded = outbox->record(outcomes, clock.now(), [] { return 0.0; });
    EXPECT_TRUE(recorded) << recorded.error().sentence;
  }
  Tally tally(SubscriberId id) { return store->find(id)->tally; }

  std::unique_ptr<storage::Records> records;
  std::unique_ptr<SubscriberStore> store;
  std::unique_ptr<Outbox> outbox;
  std::int64_t on_its_way = 0;
};
MADANG_ON_BOTH_ENGINES(notices_on_records);

TEST_P(notices_on_records, keep_a_subscriber_as_it_was_entered) {
  auto const id = add();
  auto const found = store->find(id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "마당 hook: 'quoted'; --");
  EXPECT_EQ(found->filter, webhook("").filter);
  EXPECT_EQ(found->secret, "0123456789012345678901234");
  EXPECT_EQ(store->add(webhook("https://a.example/"), kAct).error().code, Code::kConflict);
  EXPECT_EQ(store->find(SubscriberId{99}).error().code, Code::kNotFound);
}

TEST_P(notices_on_records, never_give_a_number_twice) {
  auto const first = add();
  ASSERT_TRUE(store->remove(first, kAct));
  EXPECT_GT(add().value(), first.value());
  EXPECT_EQ(store->remove(first, kAct).error().code, Code::kNotFound);
}

TEST_P(notices_on_records, owe_in_order_and_only_the_oldest_at_a_time) {
  auto const id = add();
  change(1, {{id, Event::kRaised}});
  change(2, {{id, Event::kRaised}});
  auto const first = head();
  EXPECT_EQ(first.situation, SituationId{1});
  EXPECT_EQ(outbox->content(first.content)->for_operators, "{\"all\":1}");
  record(first, Verdict::kDelivered);
  EXPECT_EQ(head().situation, SituationId{2});
  EXPECT_NE(head().key, first.key);
  EXPECT_EQ(outbox->content(first.content).error().code, Code::kNotFound) << "words go with their last notice";
  EXPECT_EQ(tally(id).delivered, 1);
  EXPECT_EQ(tally(id).owed, 1);
}

TEST_P(notices_on_records, keep_key_and_words_over_a_failure_and_a_restart) {
  auto const id = add();
  change(1, {{id, Event::kRaised}});
  auto const before = head();
  record(before, Verdict::kAgain, "no answer");
  outbox.reset();
  records = open(address);
  outbox = std::make_unique<Outbox>(*records, kPace);
  store = std::make_unique<SubscriberStore>(*records);
  auto const after = head();
  EXPECT_EQ(after.key, before.key);
  EXPECT_EQ(after.content, before.content);
  EXPECT_EQ(after.attempts, 1);
  EXPECT_EQ(after.due_at, clock.now() + kBackoffFirst / 2);
  EXPECT_EQ(tally(id).error, "no answer");
}

TEST_P(notices_on_records, are_undone_with_the_change_that_fails) {
  auto const id = add();
  auto const work = [&](soci::session& sql) -> Result<void> {
    std::vector<Recipient> const recipients{{id, Event::kRaised}};
    enqueue(sql, SituationId{1}, {}, recipients, clock.now(), [](std::int64_t) { return false; });
    return fail(Code::kInternal, "the change itself failed");
  };
  EXPECT_FALSE(records->transaction(work));
  EXPECT_THAT(*outbox->heads(), IsEmpty());
  EXPECT_THAT(told(1), IsEmpty());
}

TEST_P(notices_on_records, remember_who_was_told_until_it_is_over) {
  auto const id = add();
  change(1, {{id, Event::kRaised}});
  EXPECT_THAT(told(1), ElementsAre(id));
  auto const over = [](soci::session& sql) -> Result<void> {
    forget(sql, SituationId{1});
    return {};
  };
  ASSERT_TRUE(records->transaction(over));
  EXPECT_THAT(told(1), IsEmpty());
}

TEST_P(notices_on_records, in_a_full_queue_let_the_newer_of_one_situation_take_the_place_of_the_older) {
  auto const id = add();
  for (std::int64_t i = 1; i <= static_cast<std::int64_t>(kPendingMax); ++i) change(i, {{id, Event::kRaised}});
  auto const lost = change(7, {{id, Event::kWorsened}});
  EXPECT_THAT(lost, ElementsAre(std::pair{id, Loss::kSuperseded}));
  EXPECT_EQ(tally(id).owed, static_cast<std::int64_t>(kPendingMax));
  EXPECT_EQ(tally(id).superseded, 1);
  EXPECT_EQ(tally(id).dropped, 0);
}

TEST_P(notices_on_records, in_a_full_queue_drop_and_count_the_news_and_do_not_believe_it_was_told) {
  auto const id = add();
  auto const other = add("https://b.example/");
  for (std::int64_t i = 1; i <= static_cast<std::int64_t>(kPendingMax); ++i) change(i, {{id, Event::kRaised}});
  auto const lost = change(1'000, {{id, Event::kRaised}, {other, Event::kRaised}});
  EXPECT_THAT(lost, ElementsAre(std::pair{id, Loss::kDropped}));
  EXPECT_EQ(tally(id).dropped, 1);
  EXPECT_THAT(told(1'000), ElementsAre(other));
  EXPECT_EQ(tally(other).owed, 1);
}

TEST_P(notices_on_records, never_supersede_what_is_on_its_way) {
  auto const id = add();
  for (std::int64_t i = 1; i <= static_cast<std::int64_t>(kPendingMax); ++i) change(i, {{id, Event::kRaised}});
  on_its_way = head().id;
  EXPECT_THAT(change(1, {{id, Event::kWorsened}}), ElementsAre(std::pair{id, Loss::kDropped}));
}

TEST_P(notices_on_records, leave_after_a_refusal_and_after_a_day) {
  auto const id = add();
  change(1, {{id, Event::kRaised}});
  change(2, {{id, Event::kRaised}});
  record(head(), Verdict::kRefused, "422");
  EXPECT_EQ(tally(id).refused, 1);
  clock.advance(kGiveUpAfter);
  record(head(), Verdict::kAgain);
  EXPECT_EQ(tally(id).given_up, 1);
  EXPECT_EQ(tally(id).owed, 0);
  EXPECT_EQ(tally(id).lost(), 2);
}

TEST_P(notices_on_records, go_with_a_subscriber_that_is_removed_or_paused) {
  auto const id = add();
  auto const other = add("https://b.example/");
  change(1, {{id, Event::kRaised}, {other, Event::kRaised}});
  ASSERT_TRUE(store->remove(id, kAct));
  auto paused = *store->find(other);
  paused.paused = true;
  ASSERT_TRUE(store->change(paused, kAct));
  EXPECT_EQ(tally(other).dropped, 1);
  EXPECT_THAT(*outbox->heads(), IsEmpty());
  EXPECT_THAT(told(1), IsEmpty());
  ASSERT_TRUE(outbox->prune());
  EXPECT_EQ(outbox->backlog()->pending, 0);
}

TEST_P(notices_on_records, have_an_age) {
  auto const id = add();
  EXPECT_EQ(outbox->backlog()->oldest, std::nullopt);
  change(1, {{id, Event::kRaised}});
  auto const first = clock.now();
  clock.advance(5s);
  change(2, {{id, Event::kRaised}});
  EXPECT_EQ(outbox->backlog()->pending, 2);
  EXPECT_EQ(outbox->backlog()->oldest, first);
}

/// A companion's view: changes as Situations reports them.
TEST_P(notices_on_records, are_owed_to_those_whose_filter_fits_also_when_another_process_has_just_entered_them) {
  auto const city = city::City::open(*records, clock);
  ASSERT_TRUE(city);
  runtime::Metrics metrics;
  Tallies tallies(metrics, clock);
  Ledger ledger(**city, clock, tallies);
  auto changed = [&](std::int64_t situation, Severity severity) {
    Situation s;
    s.id = SituationId{situation};
    s.signal.kind = "plume";
    s.severity_max = severity;
    Situations::Change change{std::make_shared<Situation const>(s), {}};
    change.entry.kind = Entry::Kind::kRaised;
    EXPECT_TRUE(records->transaction([&](soci::session& sql) { return ledger.add_notices(sql, change); }));
  };
  changed(1, Severity::kSerious);
  EXPECT_THAT(*outbox->heads(), IsEmpty());
  auto const other_process = open(address);
  ASSERT_TRUE(SubscriberStore(*other_process).add(webhook("https://a.example/"), kAct));
  changed(2, Severity::kNotice);
  EXPECT_THAT(*outbox->heads(), IsEmpty()) << "below the wanted severity";
  changed(3, Severity::kSerious);
  EXPECT_EQ(head().situation, SituationId{3});
}

}  // namespace
}  // namespace madang::situations::notices
