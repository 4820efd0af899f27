// A registry in memory beside another program on the same records, and where nobody can say whether a write stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "city/city.h"
#include "city/limits.h"
#include "city/module.h"
#include "city/store.h"
#include "city/stores.h"
#include "city/test_records.h"
#include "storage/journal/journal.h"
#include "storage/observations/memory_store.h"
#include "storage/records/rows.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;

/// The answer of a transaction gets lost on its way when the test says so; the transaction stands.
class LosesAnswers final : public storage::Records {
 public:
  explicit LosesAnswers(storage::Records& records) : records_(records) {}

  [[nodiscard]] Engine engine() const override { return records_.engine(); }
  Result<void> read(Work const& work) override {
    auto const deadline = storage::CallDeadline::of_call();
    std::this_thread::sleep_for(reads_take);
    if (runtime::SystemClock{}.tick() > deadline) return fail(Code::kOverloaded, "there was no answer before the deadline");
    return records_.read(work);
  }
  Result<void> transaction(Work const& work) override {
    if (away) return fail(Code::kUnavailable, "the database does not answer");
    if (refuses)
      return records_.transaction([&](soci::session& sql) -> Result<void> {
        MADANG_CHECK(work(sql));
        return fail(Code::kConflict, "thing: this serial is taken");
      });
    MADANG_CHECK(records_.transaction(work));
    if (!std::exchange(lose_next, false)) return {};
    return fail(Code::kUnavailable, "whether the change stands is not known");
  }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return records_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return records_.backup_to(path); }

  bool lose_next = false;
  bool away = false;     ///< no transaction begins
  bool refuses = false;  ///< a value is taken that nobody can see
  Millis reads_take{0};

 private:
  storage::Records& records_;
};

std::string square_feature(std::string const& code, int from) {
  auto const w = std::to_string(from);
  auto const e = std::to_string(from + 1);
  return R"({"features":[{"properties":{"code":")" + code + R"("},"geometry":{"type":"Polygon","coordinates":[[[)" + w + ",37],[" + e + ",37],[" + e +
         ",38],[" + w + ",38],[" + w + ",37]]]}}]}";
}

class shared_records : public ::testing::Test {
 protected:
  std::unique_ptr<City> open(storage::Records& on) {
    auto opened = City::open(on, clock);
    EXPECT_TRUE(opened) << opened.error().sentence;
    return *std::move(opened);
  }
  static std::unique_ptr<City> must_open(Result<std::unique_ptr<City>> opened) {
    EXPECT_TRUE(opened) << opened.error().sentence;
    return *std::move(opened);
  }
  static NewThing thing(std::string serial) {
    NewThing made;
    made.thing.serial = std::move(serial);
    NewDatastream stream;
    stream.datastream.channel = "pm25";
    made.datastreams = {stream};
    return made;
  }

  runtime::ManualClock clock{parse_instant("2026-11-30T00:00:00Z").value()};
  TestRecords both{clock};
  LosesAnswers unsure{*both};
  std::unique_ptr<City> city = open(unsure);
};

TEST_F(shared_records, a_write_whose_answer_was_lost_stops_no_later_one) {
  unsure.lose_next = true;
  EXPECT_EQ(city->add_thing(thing("A-1")).error().code, Code::kUnavailable);

  auto const next = city->add_thing(thing("A-2"));

  ASSERT_TRUE(next) << next.error().sentence;
  EXPECT_EQ(*next, ThingId{2});
  ASSERT_NE(city->thing_of_serial("A-1"), nullptr) << "it stands";
  EXPECT_EQ(city->thing_of_serial("A-1")->id, ThingId{1});
}

TEST_F(shared_records, a_lost_answer_is_looked_for_without_another_write_and_told) {
  ChangeReader reader(*city);
  reader.read();
  unsure.lose_next = true;
  EXPECT_FALSE(city->add_thing(thing("A-1")));
  EXPECT_EQ(city->thing_of_serial("A-1"), nullptr);

  ASSERT_TRUE(city->refresh());

  EXPECT_NE(city->thing_of_serial("A-1"), nullptr);
  EXPECT_TRUE(reader.read().any_of(EntryKind::kThing));
}

TEST_F(shared_records, what_another_program_wrote_is_refused_for_a_moment_and_known_to_the_next_write) {
  auto const other = open(*both);
  ASSERT_TRUE(other->add_thing(thing("A-1")));
  EXPECT_EQ(city->add_sensor({}).error().code, Code::kUnavailable) << "what the other wrote may bear on anything";

  ASSERT_TRUE(city->add_thing(thing("A-2"))) << "nobody had to look meanwhile";

  EXPECT_NE(city->thing_of_serial("A-1"), nullptr);
  ASSERT_TRUE(other->refresh());
  EXPECT_NE(other->thing_of_serial("A-2"), nullptr);
}

TEST_F(shared_records, what_was_changed_without_a_word_is_read_after_the_write_that_finds_it) {
  auto const id = city->add_thing(thing("A-1")).value();
  ASSERT_TRUE((*both).transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(storage::execute(sql, "UPDATE thing SET serial = 'A-9' WHERE id = 1"));
    return {};
  }));
  auto const retire = [&] { return city->write([&](Writer& writer) { return writer.retire(id); }); };
  EXPECT_EQ(retire().error().code, Code::kUnavailable);

  EXPECT_TRUE(retire()) << "the registry's version is what it was, and still it was read anew";

  EXPECT_EQ(city->thing(id)->serial, "A-9");
}

TEST_F(shared_records, a_write_that_fails_on_what_was_just_read_for_it_is_not_to_be_tried_again) {
  unsure.refuses = true;
  auto const first = city->add_thing(thing("A-1"));
  EXPECT_EQ(first.error().code, Code::kUnavailable) << "memory may be of yesterday";
  EXPECT_THAT(first.error().sentence, HasSubstr("try again"));
  ASSERT_TRUE(city->refresh()) << "as it does by itself every second";
  auto const cursor = city->change_cursor();

  auto const again = city->add_thing(thing("A-1"));

  EXPECT_EQ(again.error().code, Code::kConflict);
  EXPECT_THAT(again.error().sentence, HasSubstr("its records still say otherwise: thing: this serial is taken"));
  ASSERT_TRUE(city->refresh());
  EXPECT_EQ(city->change_cursor(), cursor) << "all that could be read has been";
  EXPECT_EQ(city->add_thing(thing("A-1")).error().code, Code::kConflict);
  clock.advance(kRegistryJustRead + Millis{1});
  EXPECT_EQ(city->add_thing(thing("A-1")).error().code, Code::kUnavailable) << "somebody may have mended it without a word";
  unsure.refuses = false;
  EXPECT_TRUE(city->add_thing(thing("A-1")));
}

TEST_F(shared_records, changes_that_were_told_say_nothing_of_one_that_was_not) {
  auto const id = city->add_thing(thing("A-1")).value();
  ASSERT_TRUE((*both).transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(storage::execute(sql, "UPDATE thing SET serial = 'A-9' WHERE id = 1"));
    return {};
  }));
  ASSERT_TRUE(open(*both)->add_thing(thing("A-2")));
  ASSERT_TRUE(city->refresh());
  auto const retire = [&] { return city->write([&](Writer& writer) { return writer.retire(id); }); };
  EXPECT_EQ(retire().error().code, Code::kUnavailable) << "what another wrote was read, not all there is";

  EXPECT_TRUE(retire());

  EXPECT_EQ(city->thing(id)->serial, "A-9");
}

TEST_F(shared_records, another_write_behind_the_look_is_worth_another_try) {
  auto const other = open(*both);
  ASSERT_TRUE(other->add_thing(thing("A-1")));
  EXPECT_EQ(city->add_thing(thing("A-2")).error().code, Code::kUnavailable);
  auto const meanwhile = [&](Writer& writer) -> Result<void> {
    EXPECT_TRUE(other->add_thing(thing("A-3")));
    MADANG_TRY([[maybe_unused]] auto const id, writer.add(thing("A-2")));
    return {};
  };
  EXPECT_EQ(city->write(meanwhile).error().code, Code::kUnavailable) << "what was read for it is of yesterday too";
}

TEST_F(shared_records, a_deletion_that_never_came_to_the_records_closes_nothing) {
  storage::MemoryStore store{clock};
  auto const id = city->add_thing(thing("A-1")).value();
  unsure.away = true;

  EXPECT_EQ(city->write([&](Writer& writer) -> Result<void> {
    MADANG_CHECK(check_never_measured(*city, store, id));
    return writer.remove(id);
  }).error().code, Code::kUnavailable);

  EXPECT_FALSE(ClosedStreams::Passage(city->closed_streams()).any()) << "its readings are taken while the records are away";
}

TEST_F(shared_records, a_look_that_finds_nothing_new_tells_nobody) {
  ASSERT_TRUE(city->add_thing(thing("A-1")));
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(city->refresh());
  EXPECT_EQ(city->change_cursor(), cursor);
}

TEST_F(shared_records, a_look_has_the_time_that_reading_takes_once_the_records_answer) {
  auto const other = open(*both);
  ASSERT_TRUE(other->add_thing(thing("theirs")));
  unsure.reads_take = Millis{400};
  storage::CallDeadline const of_the_job(Millis{600});
  auto const looked = city->refresh();
  EXPECT_TRUE(looked) << looked.error().sentence;
  EXPECT_TRUE(city->thing_of_serial("theirs"));
}

TEST_F(shared_records, areas_of_another_program_are_never_overwritten) {
  auto const other = open(*both);
  ASSERT_TRUE(other->import_areas(square_feature("west", 126), 1));
  auto const refused = city->import_areas(square_feature("east", 127), 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_THAT(refused.error().sentence, HasSubstr("another program has changed it meanwhile"));

  ASSERT_TRUE(city->import_areas(square_feature("east", 127), 1));

  EXPECT_EQ(city->areas().size(), 2u);
  EXPECT_EQ(open(*both)->areas().size(), 2u);
}

TEST_F(shared_records, a_datastream_that_is_deleted_takes_no_more_readings) {
  storage::MemoryStore store{clock};
  auto const id = city->add_thing(thing("A-1")).value();
  DatastreamId const stream = city->datastreams_of(id).front()->id;
  auto const remove = [&] {
    return city->write([&](Writer& writer) -> Result<void> {
      MADANG_CHECK(check_never_measured(*city, store, id));
      EXPECT_TRUE(ClosedStreams::Passage(city->closed_streams()).is_closed(stream)) << "nothing comes between the look and the end";
      return writer.remove(id);
    });
  };

  ASSERT_TRUE(remove());

  EXPECT_TRUE(ClosedStreams::Passage(city->closed_streams()).is_closed(stream));
}

TEST_F(shared_records, what_another_server_may_have_measured_is_not_deleted) {
  auto const opened = [this](std::string const& id) { return City::open(*both, clock, {.id = id, .name = "host:/" + id, .since = clock.now()}); };
  auto const first = must_open(opened("first"));
  storage::MemoryStore store{clock};
  auto const id = first->add_thing(thing("A-1")).value();
  auto const remove = [&] {
    return first->write([&](Writer& writer) -> Result<void> {
      MADANG_CHECK(check_never_measured(*first, store, id));
      return writer.remove(id);
    });
  };
  auto const second = must_open(opened("second"));

  auto const refused = remove();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(refused.error().wording->key, "refusal.registry.measured_elsewhere");
  EXPECT_THAT(refused.error().sentence, HasSubstr("another data directory"));
  EXPECT_THAT(refused.error().sentence, HasSubstr("host:/second"));
  EXPECT_THAT(refused.error().sentence, HasSubstr("madang city stores --forget second"));
  EXPECT_FALSE(ClosedStreams::Passage(first->closed_streams()).any()) << "its readings are taken on";

  must_open(opened("second"));
  EXPECT_EQ(stores(*both)->size(), 2u);
  Signed const kim{.actor = "kim", .at = clock.now()};
  ASSERT_TRUE(forget_store(*both, "second", kim));
  EXPECT_EQ(forget_store(*both, "second", kim).error().code, Code::kNotFound);
  auto const told = storage::journal::entries(*both, 0, 10).value();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told.front().leaf, HasSubstr(R"("kind":"store_forgotten","facts":{"store":"second"})"));
  EXPECT_EQ(told.front().openings.front().data, "kim");
  ASSERT_TRUE(first->refresh());
  EXPECT_TRUE(remove());
}

TEST_F(shared_records, a_server_that_is_at_work_is_known_again_when_somebody_forgot_it) {
  auto const first = must_open(City::open(*both, clock, {.id = "first", .name = "host:/first", .since = clock.now()}));
  auto const before = registry_version(*both).value();
  ASSERT_TRUE(forget_store(*both, "first", {.actor = "kim", .at = clock.now()}));

  ASSERT_TRUE(first->refresh());

  auto const known = stores(*both).value();
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(known.front().id, "first");
  EXPECT_GT(registry_version(*both).value(), before) << "whoever was about to delete something looks again";
}

TEST_F(shared_records, a_server_that_is_at_work_says_so_now_and_then) {
  auto const first = must_open(City::open(*both, clock, {.id = "first", .name = "host:/first", .since = clock.now()}));
  auto const version = registry_version(*both).value();
  clock.advance(kStoreSeenEvery);

  ASSERT_TRUE(first->refresh());

  EXPECT_EQ(stores(*both)->front().seen, clock.now());
  EXPECT_EQ(registry_version(*both).value(), version) << "nothing changed for others";
}

TEST_F(shared_records, a_server_that_opens_meanwhile_is_counted_on_by_a_deletion_under_way) {
  storage::MemoryStore store{clock};
  auto const first = must_open(City::open(*both, clock, {.id = "first", .name = "host:/first", .since = clock.now()}));
  auto const id = first->add_thing(thing("A-1")).value();
  auto const refused = first->write([&](Writer& writer) -> Result<void> {
    MADANG_CHECK(check_never_measured(*first, store, id));
    must_open(City::open(*both, clock, {.id = "second", .name = "host:/second", .since = clock.now()}));
    return writer.remove(id);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(must_open(City::open(*both, clock))->thing(id), nullptr);
}

TEST_F(shared_records, a_datastream_that_stays_takes_readings_again) {
  storage::MemoryStore store{clock};
  auto const id = city->add_thing(thing("A-1")).value();
  DatastreamId const stream = city->datastreams_of(id).front()->id;
  storage::Batch batch;
  batch.observations.push_back({stream, clock.now(), 1, clock.now(), {}});
  ASSERT_TRUE(store.append(batch));

  auto const refused = city->write([&](Writer& writer) -> Result<void> {
    MADANG_CHECK(check_never_measured(*city, store, id));
    return writer.remove(id);
  });

  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_FALSE(ClosedStreams::Passage(city->closed_streams()).any());
}

TEST_F(shared_records, a_deletion_whose_answer_was_lost_keeps_its_datastreams_closed_until_it_is_known) {
  storage::MemoryStore store{clock};
  auto const id = city->add_thing(thing("A-1")).value();
  DatastreamId const stream = city->datastreams_of(id).front()->id;
  unsure.lose_next = true;
  EXPECT_FALSE(city->write([&](Writer& writer) -> Result<void> {
    MADANG_CHECK(check_never_measured(*city, store, id));
    return writer.remove(id);
  }));
  EXPECT_TRUE(ClosedStreams::Passage(city->closed_streams()).is_closed(stream));

  ASSERT_TRUE(city->refresh());

  EXPECT_EQ(city->thing(id), nullptr);
  EXPECT_TRUE(ClosedStreams::Passage(city->closed_streams()).is_closed(stream));
}

}  // namespace
}  // namespace madang::city
