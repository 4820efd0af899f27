// Records: the same promises on SQLite and on PostgreSQL.
#include "storage/records/records.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "records_fixture.h"
#include "storage/records/bulk.h"

namespace madang::storage {
namespace {

using ::testing::HasSubstr;

constexpr std::array kRecordSteps = {
    Migration{"keep notes", "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL UNIQUE,"
                            " weight DOUBLE PRECISION NOT NULL)"},
    Migration{"two at the start", "INSERT INTO note (id, text, weight) VALUES (1, 'first', 0.1);"
                                  "INSERT INTO note (id, text, weight) VALUES (2, 'second', 1e300);"},
};

class records_on_engine : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    auto const migrated = records->migrate("notes", kRecordSteps);
    ASSERT_TRUE(migrated) << migrated.error().sentence;
  }

  Result<void> add(long long id, std::string text) {
    auto const insert = [&](soci::session& sql) -> Result<void> {
      BulkInsert<long long, std::string, double> rows(sql, "note", "id, text, weight");
      rows.add(id, text, 0.5);
      rows.flush();
      return {};
    };
    return records->transaction(insert);
  }

  static std::vector<std::string> texts(Records& in) {
    std::vector<std::string> found;
    auto const select = [&found](soci::session& sql) -> Result<void> {
      read_rows<long long, std::string>(sql, "SELECT id, text FROM note ORDER BY id",
                                        [&found](long long, std::string& text) { found.push_back(text); });
      return {};
    };
    auto const read = in.read(select);
    EXPECT_TRUE(read) << read.error().sentence;
    return found;
  }

  std::unique_ptr<Records> records;
};
MADANG_ON_BOTH_ENGINES(records_on_engine);

TEST_P(records_on_engine, run_each_migration_once) {
  ASSERT_TRUE(records->migrate("notes", kRecordSteps));
  auto const again = open(address);
  ASSERT_TRUE(again->migrate("notes", kRecordSteps));

  EXPECT_EQ(texts(*again), (std::vector<std::string>{"first", "second"}));
}

TEST_P(records_on_engine, refuse_records_of_a_newer_program) {
  auto const older = records->migrate("notes", std::span{kRecordSteps}.first(1));

  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Code::kConflict);
  EXPECT_THAT(older.error().sentence, HasSubstr("newer Madang"));
}

TEST_P(records_on_engine, refuse_a_migration_that_was_edited) {
  auto steps = kRecordSteps;
  steps[0].sentence = "keep something else";

  auto const edited = records->migrate("notes", steps);

  ASSERT_FALSE(edited);
  EXPECT_THAT(edited.error().sentence, HasSubstr("\"keep notes\" there and \"keep something else\" here"));
}

TEST_P(records_on_engine, leave_nothing_of_a_migration_that_fails) {
  std::array const broken = {Migration{"break in the middle", "CREATE TABLE half (id BIGINT NOT NULL); NONSENSE"}};
  std::array const mended = {Migration{"break in the middle", "CREATE TABLE half (id BIGINT NOT NULL)"}};

  EXPECT_FALSE(records->migrate("other", broken));
  EXPECT_TRUE(records->migrate("other", mended));
}

TEST_P(records_on_engine, undo_a_transaction_that_returns_an_error) {
  auto const refuse = [](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM note";
    return fail(Code::kForbidden, "not today");
  };

  auto const refused = records->transaction(refuse);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kForbidden);
  EXPECT_EQ(texts(*records).size(), 2u);
}

TEST_P(records_on_engine, undo_a_transaction_that_throws) {
  auto const break_off = [](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM note";
    sql << "SELECT nothing FROM nowhere";
    return {};
  };

  auto const broken = records->transaction(break_off);

  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Code::kInternal);
  EXPECT_THAT(broken.error().sentence, HasSubstr("nowhere"));
  EXPECT_EQ(texts(*records).size(), 2u);
}

TEST_P(records_on_engine, say_conflict_when_a_unique_value_is_taken) {
  auto const taken = add(3, "first");

  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kConflict);
  EXPECT_TRUE(add(3, "third")) << "the session is usable again";
}

TEST_P(records_on_engine, keep_what_was_committed_when_opened_again) {
  ASSERT_TRUE(add(3, "세 번째 'quoted' \"text\" : with ; signs"));
  records.reset();

  auto const again = open(address);

  EXPECT_EQ(texts(*again).back(), "세 번째 'quoted' \"text\" : with ; signs");
}

TEST_P(records_on_engine, insert_and_read_more_rows_than_one_bulk) {
  auto const insert = [](soci::session& sql) -> Result<void> {
    BulkInsert<long long, std::string, double> rows(sql, "note", "id, text, weight");
    for (long long id = 3; id <= 1'234; ++id) rows.add(id, "note " + std::to_string(id), 1.0 / static_cast<double>(id));
    rows.flush();
    return {};
  };
  ASSERT_TRUE(records->transaction(insert));

  long long sum = 0;
  double worst = 0;
  auto const select = [&](soci::session& sql) -> Result<void> {
    read_rows<long long, double>(sql, "SELECT id, weight FROM note WHERE id > 2", [&](long long id, double weight) {
      sum += id;
      worst = std::max(worst, std::abs(weight - 1.0 / static_cast<double>(id)));
    });
    return {};
  };
  ASSERT_TRUE(records->read(select));

  EXPECT_EQ(sum, 1'234 * 1'235 / 2 - 3);
  EXPECT_EQ(worst, 0.0) << "doubles come back bit for bit";
}

TEST_P(records_on_engine, are_seen_by_another_process_at_once) {
  auto const other = open(address);
  ASSERT_TRUE(add(3, "third"));

  EXPECT_EQ(texts(*other).size(), 3u);
}

TEST_P(records_on_engine, are_backed_up_while_in_use_and_restored) {
  ASSERT_TRUE(add(3, "third"));
  auto const copy = directory.path() + "/copy of today.sqlite";
  auto const backed_up = records->backup_to(copy);
  ASSERT_TRUE(backed_up) << backed_up.error().sentence;
  ASSERT_TRUE(add(4, "after the backup"));
  auto const target = fresh_address();

  auto const restored = Records::restore(copy, target);

  ASSERT_TRUE(restored) << restored.error().sentence;
  auto const other = open(target);
  EXPECT_TRUE(other->migrate("notes", kRecordSteps)) << "it knows which migrations have run";
  EXPECT_EQ(texts(*other), (std::vector<std::string>{"first", "second", "third"}));
  EXPECT_EQ(records->backup_to(copy).error().code, Code::kConflict);
  EXPECT_EQ(Records::restore(copy, target).error().code, Code::kConflict);
}

TEST_P(records_on_engine, move_to_the_other_engine_through_a_backup) {
  auto const copy = directory.path() + "/copy.sqlite";
  ASSERT_TRUE(records->backup_to(copy));
  auto const target = "sqlite:" + directory.path() + "/moved.sqlite";

  ASSERT_TRUE(Records::restore(copy, target));

  EXPECT_EQ(texts(*open(target)).size(), 2u);
}

TEST_P(records_on_engine, refuse_to_restore_a_damaged_copy) {
  auto const copy = directory.path() + "/copy.sqlite";
  ASSERT_TRUE(records->backup_to(copy));
  {
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(0);
    file << "no database starts like this";
  }

  auto const restored = Records::restore(copy, fresh_address());

  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, Code::kCorrupt) << restored.error().sentence;
  EXPECT_EQ(Records::restore(directory.path() + "/missing", fresh_address()).error().code, Code::kNotFound);
}

TEST(records_address, names_what_is_wrong_with_it) {
  runtime::SystemClock const clock;
  EXPECT_EQ(Records::open("mysql:host=x", clock).error().code, Code::kInvalid);
  EXPECT_EQ(Records::open("sqlite:", clock).error().code, Code::kInvalid);
  EXPECT_EQ(Records::open("sqlite:/no/such/folder/x.sqlite", clock).error().code, Code::kUnavailable);
  EXPECT_EQ(Records::open("postgresql:host=/no/such/folder dbname=x", clock).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace madang::storage
