// Transactions when things go wrong beside them: parts that fail, reads of one moment, ids, deadlocks, deadlines, a database that starts
// again, answers late, or loses the answer of a COMMIT.
#include "storage/records/transactions.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include <array>
#include <atomic>
#include <barrier>
#include <filesystem>
#include <thread>

#include "records_fixture.h"
#include "storage/records/rows.h"
#include "storage/records/whole_reading.h"
#include "unreliable_line.h"

namespace madang::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using contract::UnreliableLine;

struct Note {
  std::int64_t id = 0;
  std::string text;
};
constexpr auto kNotes = table<Note>("note", key("id", &Note::id), column("text", &Note::text));

constexpr std::array kNoteSteps = {Migration{"keep notes", "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)"}};

auto adding(std::int64_t id, std::string text = "") {
  return [id, text = std::move(text)](soci::session& sql) -> Result<void> { return insert(sql, kNotes, Note{id, text}); };
}

class transactions_on_engine : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    ASSERT_TRUE(records->migrate("notes", kNoteSteps));
  }

  static std::vector<std::int64_t> ids(Records& in) {
    std::vector<std::int64_t> found;
    auto const read = in.read([&](soci::session& sql) -> Result<void> {
      return for_each(sql, kNotes, {"ORDER BY id"}, [&](Note&& note) { found.push_back(note.id); });
    });
    EXPECT_TRUE(read) << read.error().sentence;
    return found;
  }
  std::vector<std::int64_t> ids() { return ids(*records); }

  std::unique_ptr<Records> records;
};
MADANG_ON_BOTH_ENGINES(transactions_on_engine);

TEST_P(transactions_on_engine, live_on_when_a_part_of_them_fails) {
  auto const done = records->transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(adding(1)(sql));
    auto const taken = nested(sql, [](soci::session& part) -> Result<void> {
      MADANG_CHECK(adding(2)(part));
      return fail(Code::kForbidden, "not this part");
    });
    EXPECT_FALSE(taken);
    auto const kept = nested(sql, [](soci::session& part) -> Result<void> {
      MADANG_CHECK(adding(3)(part));
      EXPECT_THROW((void)nested(part, adding(1)), soci::soci_error) << "the key is taken";
      return nested(part, adding(4));
    });
    EXPECT_TRUE(kept);
    return adding(5)(sql);
  });

  ASSERT_TRUE(done) << done.error().sentence;
  EXPECT_THAT(ids(), ElementsAre(1, 3, 4, 5));
}

TEST_P(transactions_on_engine, take_parts_back_when_they_fail_themselves) {
  auto const failed = records->transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(nested(sql, adding(1)));
    return fail(Code::kForbidden, "not today");
  });

  EXPECT_FALSE(failed);
  EXPECT_TRUE(ids().empty());
}

TEST_P(transactions_on_engine, are_not_seen_by_a_snapshot_that_began_before) {
  ASSERT_TRUE(records->transaction(adding(1)));
  auto const other = open(address);

  auto const done = snapshot(*records, [&](soci::session& sql) -> Result<void> {
    EXPECT_EQ(*count(sql, kNotes), 1);
    EXPECT_TRUE(other->transaction(adding(2)));
    EXPECT_EQ(*count(sql, kNotes), 1) << "still the same moment";
    return {};
  });

  ASSERT_TRUE(done) << done.error().sentence;
  EXPECT_THAT(ids(), ElementsAre(1, 2));
}

TEST_P(transactions_on_engine, give_ids_that_are_never_given_again) {
  ASSERT_TRUE(records->transaction(adding(7)));
  std::vector<std::int64_t> given;
  auto const take = [&](Records& from, std::int64_t count) {
    std::int64_t id = 0;
    EXPECT_TRUE(from.transaction([&](soci::session& sql) -> Result<void> {
      id = take_ids(sql, "note", count);
      return {};
    }));
    given.push_back(id);
  };

  take(*records, 1);
  take(*records, 10);
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(execute(sql, "DELETE FROM note"));
    return {};
  }));
  take(*open(address), 1);

  EXPECT_THAT(given, ElementsAre(8, 9, 19));
}

TEST_P(transactions_on_engine, give_different_ids_to_processes_that_begin_together) {
  constexpr int kEach = 25;
  auto const other = open(address);
  std::array<std::vector<std::int64_t>, 2> given;
  auto const take = [](Records& from, std::vector<std::int64_t>& into) {
    for (int i = 0; i < kEach; ++i) {
      auto const done = from.transaction([&](soci::session& sql) -> Result<void> {
        auto const id = take_ids(sql, "note");
        MADANG_CHECK(adding(id)(sql));
        into.push_back(id);
        return {};
      });
      EXPECT_TRUE(done) << done.error().sentence;
    }
  };
  std::thread beside([&] { take(*other, given[1]); });
  take(*records, given[0]);
  beside.join();

  EXPECT_EQ(ids().size(), 2u * kEach);
  EXPECT_EQ(ids().back(), 2 * kEach);
}

TEST_P(transactions_on_engine, end_at_their_deadline_while_another_writer_holds_the_lock) {
  auto const other = open(address);
  ASSERT_TRUE(records->transaction(adding(1)));
  std::barrier both(2);
  std::thread beside([&] {
    EXPECT_TRUE(other->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(execute(sql, "UPDATE note SET text = 'held' WHERE id = 1"));
      both.arrive_and_wait();  // it is held
      both.arrive_and_wait();  // the other one has given up
      return {};
    }));
  });
  both.arrive_and_wait();
  auto const start = std::chrono::steady_clock::now();
  Result<void> late;
  {
    CallDeadline const within(Millis{300});
    late = records->transaction([](soci::session& sql) -> Result<void> {
      MADANG_CHECK(execute(sql, "UPDATE note SET text = 'late' WHERE id = 1"));
      return {};
    });
  }
  auto const took = std::chrono::steady_clock::now() - start;
  both.arrive_and_wait();
  beside.join();

  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kOverloaded) << late.error().sentence;
  EXPECT_LT(took, std::chrono::seconds{8});
  EXPECT_TRUE(records->transaction(adding(2))) << "the session, or a new one, is usable";
}

TEST_P(transactions_on_engine, end_a_read_at_its_deadline) {
  CallDeadline const within(Millis{200});
  auto const endless = records->read([](soci::session& sql) -> Result<void> {
    long long sum = 0;
    sql << "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT COUNT(*) FROM n", soci::into(sum);
    return {};
  });

  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, Code::kOverloaded) << endless.error().sentence;
  EXPECT_THAT(endless.error().sentence, HasSubstr("before the deadline"));
}

TEST_P(transactions_on_engine, end_a_whole_reading_when_its_thread_is_asked_to_stop) {
  std::atomic<bool> is_reading = false;
  Result<void> endless;
  std::jthread reading([&](std::stop_token const& stop) {
    WholeReading const whole(stop);
    endless = records->read([&is_reading](soci::session& sql) -> Result<void> {
      long long sum = 0;
      is_reading = true;
      sql << "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT COUNT(*) FROM n", soci::into(sum);
      return {};
    });
    EXPECT_FALSE(records->read([](soci::session&) -> Result<void> { return {}; })) << "nor does the next one begin";
  });
  while (!is_reading) std::this_thread::yield();
  std::this_thread::sleep_for(Millis{100});

  auto const asked_at = std::chrono::steady_clock::now();
  reading.request_stop();
  reading.join();

  EXPECT_LT(std::chrono::steady_clock::now() - asked_at, std::chrono::seconds{8});
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, Code::kOverloaded) << endless.error().sentence;
  EXPECT_EQ(ids().size(), 0U) << "others read on";
}

TEST_P(transactions_on_engine, end_at_the_deadline_when_every_session_is_in_use) {
  auto const narrow = *Records::open(address, clock, {.sessions = 1});
  auto const done = narrow->read([&](soci::session&) -> Result<void> {
    Result<void> inner;
    std::thread beside([&] {
      CallDeadline const within(Millis{100});
      inner = narrow->read([](soci::session&) -> Result<void> { return {}; });
    });
    beside.join();
    EXPECT_EQ(inner.error().code, Code::kOverloaded);
    return {};
  });
  EXPECT_TRUE(done);
}

/// What only a server can do: it is one process and its clients are others.
class transactions_on_a_server : public transactions_on_engine {
 protected:
  void SetUp() override {
    transactions_on_engine::SetUp();
    if (IsSkipped()) return;
    // "postgresql:host=FOLDER user=... dbname=..."
    auto const start = address.find("host=") + 5;
    auto const end = address.find(' ', start);
    line.emplace(address.substr(start, end - start), directory.path());
    far = open(address.substr(0, start) + directory.path() + address.substr(end));
  }
  void TearDown() override {
    if (line) line->set(UnreliableLine::Fault::kNone);
    far.reset();
    line.reset();
  }

  /// The first note, counting how often it is written.
  Result<void> add_over_the_line() {
    return far->transaction([&](soci::session& sql) {
      ++written;
      return adding(1)(sql);
    });
  }
  /// As another process clears away rows that say which transactions stand.
  void forget_commits() {
    ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
      MADANG_CHECK(execute(sql, "DELETE FROM record_commit"));
      return {};
    }));
  }

  int written = 0;
  std::optional<UnreliableLine> line;
  std::unique_ptr<Records> far;  ///< the same database, over the line
};
INSTANTIATE_TEST_SUITE_P(on, transactions_on_a_server, ::testing::Values(Records::Engine::kPostgresql), contract::engine_name);

TEST_P(transactions_on_a_server, stand_once_when_the_answer_of_their_commit_is_lost) {
  line->set(UnreliableLine::Fault::kLoseAnswerOfCommit);

  auto const done = add_over_the_line();

  EXPECT_TRUE(done) << done.error().sentence;
  EXPECT_EQ(written, 1);
  EXPECT_THAT(ids(), ElementsAre(1));
}

TEST_P(transactions_on_a_server, are_done_again_when_their_commit_never_arrived) {
  line->set(UnreliableLine::Fault::kLoseCommit);

  auto const done = add_over_the_line();

  EXPECT_TRUE(done) << done.error().sentence;
  EXPECT_EQ(written, 2);
  EXPECT_THAT(ids(), ElementsAre(1));
}

TEST_P(transactions_on_a_server, stand_once_though_another_process_has_cleared_its_row_away) {
  forget_commits();
  line->set(UnreliableLine::Fault::kLoseAnswerOfCommit);

  auto const done = add_over_the_line();

  EXPECT_TRUE(done) << done.error().sentence;
  EXPECT_EQ(written, 1);
  EXPECT_THAT(ids(), ElementsAre(1));
}

TEST_P(transactions_on_a_server, are_not_done_again_where_no_row_says_that_they_were_not) {
  forget_commits();
  line->set(UnreliableLine::Fault::kLoseCommit);

  auto const done = add_over_the_line();

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kUnavailable);
  EXPECT_THAT(done.error().sentence, HasSubstr("is not known"));
  EXPECT_EQ(written, 1);
}

TEST_P(transactions_on_a_server, lose_and_double_nothing_on_a_line_that_breaks_at_every_third_commit) {
  for (std::int64_t id = 1; id <= 30; ++id) {
    if (id % 3 == 0) line->set(id % 2 == 0 ? UnreliableLine::Fault::kLoseAnswerOfCommit : UnreliableLine::Fault::kLoseCommit);
    auto const done = far->transaction(adding(id));
    ASSERT_TRUE(done) << id << ": " << done.error().sentence;
  }

  EXPECT_EQ(ids().size(), 30u);
}

TEST_P(transactions_on_a_server, end_at_their_deadline_when_nothing_is_answered) {
  line->set(UnreliableLine::Fault::kSilent);
  Result<void> late;
  Result<void> unread;
  {
    CallDeadline const within(Millis{300});
    late = far->transaction(adding(1));
  }
  {
    CallDeadline const within(Millis{300});
    unread = far->read([](soci::session& sql) -> Result<void> {
      MADANG_CHECK(count(sql, kNotes));
      return {};
    });
  }
  line->set(UnreliableLine::Fault::kNone);

  EXPECT_FALSE(late);
  EXPECT_FALSE(unread);
  auto const after = far->transaction(adding(2));
  EXPECT_TRUE(after) << after.error().sentence;
  EXPECT_THAT(ids(), ElementsAre(2));
}

TEST_P(transactions_on_a_server, are_done_again_when_two_of_them_block_each_other) {
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(adding(1, "0")(sql));
    return adding(2, "0")(sql);
  }));
  std::barrier first(2);
  std::array<int, 2> runs{};
  auto const both = [&](Records& on, int one, int two, int& run) {
    return on.transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(execute(sql, "UPDATE note SET text = text || '+' WHERE id = :id", {{"id", one}}));
      if (++run == 1) first.arrive_and_wait();
      MADANG_CHECK(execute(sql, "UPDATE note SET text = text || '+' WHERE id = :id", {{"id", two}}));
      return {};
    });
  };
  Result<void> beside_done;
  std::thread beside([&] { beside_done = both(*far, 2, 1, runs[1]); });
  auto const done = both(*records, 1, 2, runs[0]);
  beside.join();

  EXPECT_TRUE(done) << done.error().sentence;
  EXPECT_TRUE(beside_done) << beside_done.error().sentence;
  EXPECT_EQ(runs[0] + runs[1], 3) << "one of them ran twice";
  EXPECT_TRUE(records->read([](soci::session& sql) -> Result<void> {
    EXPECT_EQ(*count(sql, kNotes, {"WHERE text = '0++'"}), 2);
    return {};
  }));
}

TEST_P(transactions_on_a_server, go_on_while_the_database_starts_again) {
  std::atomic<bool> over = false;
  std::int64_t last = 0;
  std::string failure;
  std::thread writer([&] {
    for (std::int64_t id = 1; !over && failure.empty(); ++id) {
      auto const done = records->transaction(adding(id));
      if (!done) failure = done.error().sentence;
      else last = id;
    }
  });
  contract::restart_postgresql();
  EXPECT_TRUE(far->read([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(count(sql, kNotes));
    return {};
  })) << "a session that was lost is made again before it is used";
  over = true;
  writer.join();

  EXPECT_EQ(failure, "");
  EXPECT_EQ(ids().size(), static_cast<std::size_t>(last)) << "each once";
}

}  // namespace
}  // namespace madang::storage
