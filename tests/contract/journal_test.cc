// The journal: the same promises on SQLite and on PostgreSQL.
#include "storage/journal/journal.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <soci/soci.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "records_fixture.h"
#include "runtime/data_directory.h"
#include "storage/journal/signer.h"
#include "storage/journal/verify.h"
#include "storage/records/bulk.h"

namespace madang::storage::journal {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array kActs = {Migration{"acts", "CREATE TABLE act (id BIGINT NOT NULL PRIMARY KEY)"}};

class journal_on_engine : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    auto const migrated = migrate(*records);
    ASSERT_TRUE(migrated) << migrated.error().sentence;
    ASSERT_TRUE(records->migrate("acts", kActs));
    auto held = runtime::DataDirectory::open(directory.path() + "/data");
    ASSERT_TRUE(held);
    data.emplace(*std::move(held));
  }

  static Result<std::int64_t> write(Records& to, Event const& event) {
    std::int64_t position = -1;
    auto const work = [&](soci::session& sql) -> Result<void> {
      MADANG_TRY(position, append(sql, event));
      return {};
    };
    MADANG_CHECK(to.transaction(work));
    return position;
  }
  Event event(std::string kind = "key_created") const {
    return {.at = clock.now(), .kind = std::move(kind), .facts = R"({"key":7})", .secrets = {{"actor", "kim"}, {"name", "지붕"}}};
  }
  void write_many(int count) {
    auto const work = [&](soci::session& sql) -> Result<void> {
      for (int i = 0; i < count; ++i) MADANG_CHECK(append(sql, event()));
      return {};
    };
    auto const done = records->transaction(work);
    ASSERT_TRUE(done) << done.error().sentence;
  }
  void tamper(std::string const& statement) {
    auto const done = records->transaction([&](soci::session& sql) -> Result<void> {
      sql << statement;
      return {};
    });
    ASSERT_TRUE(done) << done.error().sentence;
  }
  /// A signer as it is after a restart.
  Result<void> sign() {
    MADANG_TRY(auto signer, Signer::open(*records, *data, clock));
    return signer.sign_new();
  }
  [[nodiscard]] Verifier key() { return Signer::open(*records, *data, clock)->verifier(); }
  [[nodiscard]] std::string fault(VerifyOptions const& options = {}) {
    auto const report = verify(*records, options);
    return report ? "" : report.error().sentence;
  }

  std::unique_ptr<Records> records;
  std::optional<runtime::DataDirectory> data;
};
MADANG_ON_BOTH_ENGINES(journal_on_engine);

TEST_P(journal_on_engine, numbers_entries_without_gaps_and_keeps_their_words) {
  EXPECT_EQ(*write(*records, event()), 0);
  EXPECT_EQ(*write(*records, {.at = clock.now(), .kind = "key_revoked"}), 1);

  auto const found = *entries(*records, 0, 10);

  ASSERT_EQ(found.size(), 2u);
  EXPECT_THAT(found[0].leaf, HasSubstr(R"({"position":0,"at":"2026-09-21T14:13:20Z","kind":"key_created","facts":{"key":7})"));
  EXPECT_THAT(found[0].leaf, Not(HasSubstr("kim")));
  ASSERT_EQ(found[0].openings.size(), 2u);
  EXPECT_EQ(found[0].openings[1].data, "지붕");
  EXPECT_EQ(*entry_count(*records), 2);
  EXPECT_EQ(fault(), "");
}

TEST_P(journal_on_engine, reads_no_secrets_for_who_is_shown_none) {
  write_many(2);
  ASSERT_TRUE(sign());
  tamper("DROP TABLE journal_opening");
  auto const shown = leaves(*records, 1, 10);
  ASSERT_TRUE(shown) << shown.error().sentence;
  ASSERT_EQ(shown->size(), 1u);
  EXPECT_THAT(shown->front().leaf, HasSubstr(R"({"position":1)"));
  EXPECT_TRUE(export_entry(*records, 1, Shown::kLeaf));
  EXPECT_TRUE(export_entry(*records, 1, Shown::kHash));
  EXPECT_FALSE(export_entry(*records, 1, Shown::kEverything));
}

TEST_P(journal_on_engine, has_nothing_at_the_end_of_all_numbers) {
  write_many(2);
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(entries(*records, kLast, 10)->empty());
  EXPECT_TRUE(leaves(*records, kLast - 3, 10)->empty());
}

TEST_P(journal_on_engine, leaves_nothing_of_an_act_that_failed) {
  auto const refused = records->transaction([&](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO act (id) VALUES (1)";
    MADANG_CHECK(append(sql, event()));
    return fail(Code::kForbidden, "not today");
  });

  EXPECT_FALSE(refused);
  EXPECT_EQ(*entry_count(*records), 0);
  EXPECT_EQ(*write(*records, event()), 0);
  EXPECT_EQ(fault(), "");
}

TEST_P(journal_on_engine, refuses_events_that_nobody_could_read) {
  EXPECT_EQ(write(*records, {.at = clock.now(), .kind = "Key made"}).error().code, Code::kInvalid);
  EXPECT_EQ(write(*records, {.at = clock.now(), .kind = "made", .facts = "[1]"}).error().code, Code::kInvalid);
  EXPECT_EQ(write(*records, {.at = clock.now(), .kind = "made", .facts = "{\"a\":}"}).error().code, Code::kInvalid);
  EXPECT_EQ(write(*records, {.at = clock.now(), .kind = "made", .secrets = {{"who", "\xff"}}}).error().code, Code::kInvalid);
  EXPECT_EQ(write(*records, {.at = clock.now(), .kind = "made", .secrets = {{"who", "a"}, {"who", "b"}}}).error().code,
            Code::kInvalid);
  EXPECT_EQ(write(*records, {.at = clock.now(), .kind = "made", .secrets = {{"who", std::string(100'000, 'a')}}}).error().code,
            Code::kLimit);
  EXPECT_EQ(*entry_count(*records), 0);
}

TEST_P(journal_on_engine, gives_equal_data_different_commitments) {
  write_many(2);

  auto const found = *entries(*records, 0, 2);

  EXPECT_NE(found[0].openings[0].salt, found[1].openings[0].salt);
  auto const commitments = [](std::string const& leaf) { return leaf.substr(leaf.find("commitments")); };
  EXPECT_NE(commitments(found[0].leaf), commitments(found[1].leaf));
}

TEST_P(journal_on_engine, forgets_personal_data_and_stays_whole) {
  write_many(3);
  ASSERT_TRUE(sign());
  auto const erased = records->transaction([&](soci::session& sql) { return erase(sql, 1, "actor", clock.now()); });
  ASSERT_TRUE(erased) << erased.error().sentence;

  auto const again = records->transaction([&](soci::session& sql) { return erase(sql, 1, "actor", clock.now()); });

  EXPECT_EQ(again.error().code, Code::kNotFound);
  auto const found = *entries(*records, 1, 10);
  ASSERT_EQ(found[0].openings.size(), 1u);
  EXPECT_EQ(found[0].openings[0].name, "name");
  EXPECT_THAT(found.back().leaf, HasSubstr(R"("opening_erased","facts":{"position":1,"name":"actor"})"));
  auto const report = verify(*records, {});
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(report->commitments, 6);
  EXPECT_EQ(report->erased, 1);
  EXPECT_TRUE(check_proof(*export_entry(*records, 1), key()));
}

TEST_P(journal_on_engine, is_whole_over_many_pages_and_says_what_is_signed) {
  write_many(700);
  ASSERT_TRUE(sign());
  write_many(800);
  clock.advance(Millis{60'000});
  ASSERT_TRUE(sign());
  write_many(5);

  auto const report = verify(*records, {.trusted = key(), .remembered = remembered_head(data->path())});

  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(report->entries, 1'505);
  EXPECT_EQ(report->heads, 2);
  EXPECT_EQ(report->signed_entries, 1'500);
  EXPECT_EQ(report->signers, std::vector<std::string>{key().text()});
}

TEST_P(journal_on_engine, names_the_first_entry_that_was_changed) {
  write_many(600);
  tamper("UPDATE journal_entry SET leaf = REPLACE(leaf, 'created', 'revoked') WHERE position = 523");
  tamper("UPDATE journal_entry SET leaf = REPLACE(leaf, 'created', 'revoked') WHERE position = 540");

  EXPECT_THAT(fault(), HasSubstr("entry 523 is not what was written"));
}

TEST_P(journal_on_engine, names_an_entry_that_is_missing) {
  write_many(20);
  tamper("DELETE FROM journal_opening WHERE position = 7");
  tamper("DELETE FROM journal_entry WHERE position = 7");

  EXPECT_THAT(fault(), HasSubstr("entry 7 is missing"));
}

TEST_P(journal_on_engine, names_data_that_were_put_in_the_place_of_others) {
  write_many(20);
  tamper("UPDATE journal_opening SET data = 'lee' WHERE position = 11 AND name = 'actor'");

  EXPECT_THAT(fault(), HasSubstr("entry 11: \"actor\" is not what the entry commits to"));
}

TEST_P(journal_on_engine, names_the_node_that_was_changed) {
  write_many(20);
  // Entry 15 completes five nodes; the third of them lies over the entries 12 to 15.
  auto const id = 2 * 15 - 4 + 2;
  tamper("UPDATE journal_node SET hash = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' WHERE id = " + std::to_string(id));

  EXPECT_THAT(fault(), HasSubstr("the node over the entries 12 to 15 is not what was written"));
}

TEST_P(journal_on_engine, shows_a_history_that_was_written_anew_with_right_hashes) {
  write_many(9);
  ASSERT_TRUE(sign());
  for (auto const* table : {"journal_opening", "journal_entry", "journal_node"}) tamper(std::string{"DELETE FROM "} + table);
  tamper("UPDATE journal_state SET size = 0");
  write_many(9);

  EXPECT_THAT(fault(), HasSubstr("the head of 9 entries does not cover what stands here"));
}

TEST_P(journal_on_engine, shows_that_its_end_was_cut_off_though_the_heads_went_too) {
  write_many(9);
  ASSERT_TRUE(sign());
  tamper("DELETE FROM journal_opening WHERE position = 8");
  tamper("DELETE FROM journal_entry WHERE position = 8");
  tamper("UPDATE journal_state SET size = 8");
  EXPECT_THAT(fault(), HasSubstr("cut short: a head covers 9 entries, 8 are left"));
  tamper("DELETE FROM journal_head");
  EXPECT_THAT(fault(), HasSubstr("stands behind the last entry"));
  tamper("DELETE FROM journal_node WHERE id >= 15");
  EXPECT_EQ(fault(), "") << "from the records alone nobody can know it any more";

  EXPECT_THAT(fault({.trusted = {}, .remembered = remembered_head(data->path())}), HasSubstr("cut short: 9 entries were signed, 8 are left"));
  auto const refused = sign();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kCorrupt);
}

TEST_P(journal_on_engine, shows_a_head_whose_signature_was_changed_or_that_another_key_signed) {
  write_many(4);
  ASSERT_TRUE(sign());
  auto const stranger = *parse_verifier(Verifier{key().origin, {1, 2, 3}}.text());
  EXPECT_THAT(fault({.trusted = stranger, .remembered = ""}), HasSubstr("no head is signed with the key " + stranger.id()));
  tamper("UPDATE journal_head SET note = REPLACE(note, 'time_ms 1', 'time_ms 2')");

  EXPECT_THAT(fault(), HasSubstr("the head of 4 entries: checkpoint of 4 entries: the signature does not fit"));
}

TEST_P(journal_on_engine, signs_once_per_size_and_never_what_did_not_grow_from_what_it_signed) {
  ASSERT_TRUE(sign());
  write_many(3);
  ASSERT_TRUE(sign());
  ASSERT_TRUE(sign());
  EXPECT_EQ(verify(*records, {})->heads, 1);
  std::filesystem::remove(data->path() / "journal_head");
  ASSERT_TRUE(sign()) << "killed between signing and remembering";
  EXPECT_THAT(remembered_head(data->path()), HasSubstr("\n3\n"));

  tamper("UPDATE journal_node SET hash = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' WHERE id = 2");
  write_many(1);
  auto const refused = sign();

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("the first 3 entries are not those that were signed"));
}

TEST_P(journal_on_engine, keeps_its_key_for_its_own_user_and_never_overwrites_it) {
  write_many(1);
  ASSERT_TRUE(sign());
  auto const path = data->path() / "journal_key";
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  auto const before = key().text();
  EXPECT_EQ(key().text(), before);
  std::ofstream(path) << "nonsense";

  EXPECT_EQ(Signer::open(*records, *data, clock).error().code, Code::kCorrupt);
}

TEST_P(journal_on_engine, proves_an_entry_to_a_stranger) {
  write_many(37);
  ASSERT_TRUE(sign());
  write_many(3);

  auto const text = export_entry(*records, 22);
  ASSERT_TRUE(text) << text.error().sentence;
  auto const report = check_proof(*text, key());

  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(report->checkpoint.size, 37);
  EXPECT_THAT(report->leaf, HasSubstr("\"position\":22"));
  EXPECT_EQ(export_entry(*records, 38).error().code, Code::kNotFound) << "not signed yet";
  EXPECT_EQ(export_entry(*records, -1).error().code, Code::kNotFound);
  EXPECT_EQ(open_checkpoint(*newest_checkpoint(*records), key())->size, 37);
}

TEST_P(journal_on_engine, proves_an_entry_without_showing_what_is_personal) {
  write_many(9);
  ASSERT_TRUE(sign());
  auto const leaf = *export_entry(*records, 4, Shown::kLeaf);
  auto const hash = *export_entry(*records, 4, Shown::kHash);
  EXPECT_THAT(leaf, Not(HasSubstr("kim")));
  EXPECT_THAT(leaf, HasSubstr("key_created"));
  EXPECT_THAT(hash, Not(HasSubstr("key_created")));
  ASSERT_TRUE(check_proof(leaf, key()));
  EXPECT_THAT(check_proof(leaf, key())->leaf, HasSubstr("key_created"));
  ASSERT_TRUE(check_proof(hash, key()));
  auto other = hash;
  auto const at = other.find("\"leaf_hash\":\"") + 13;
  other[at] = other[at] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(check_proof(other, key())) << "of another entry";
}

TEST_P(journal_on_engine, proves_to_a_stranger_that_it_only_grew) {
  write_many(21);
  ASSERT_TRUE(sign());
  write_many(100);
  ASSERT_TRUE(sign());

  auto const text = export_growth(*records, 21);
  ASSERT_TRUE(text) << text.error().sentence;
  auto const report = check_proof(*text, std::nullopt);

  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(report->earlier->size, 21);
  EXPECT_EQ(report->checkpoint.size, 121);
  EXPECT_EQ(report->verifier, key().text());
  EXPECT_EQ(export_growth(*records, 20).error().code, Code::kNotFound);
}

TEST_P(journal_on_engine, exports_proofs_in_which_no_bit_can_be_changed) {
  write_many(13);
  ASSERT_TRUE(sign());
  auto const text = *export_entry(*records, 5);
  ASSERT_TRUE(check_proof(text, key()));
  auto const trusted = key();
  std::string accepted;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    if (check_proof(changed, trusted)) accepted += text.substr(at, 1);
  }

  // With a trusted key the member "verifier" is not read: its name and value may be anything.
  auto const start = text.find("\"verifier\"");
  auto const unread = text.find(",\"checkpoint\"") - start;
  EXPECT_LE(accepted.size(), unread) << accepted;
  auto without = text;
  without.erase(start, unread + 1);
  for (std::size_t at = 0; at < without.size(); ++at) {
    auto changed = without;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(check_proof(changed, trusted)) << at << ": " << changed.substr(at, 20);
  }
}

TEST_P(journal_on_engine, takes_every_event_of_writers_that_do_not_know_each_other) {
  constexpr int kEach = 40;
  auto const work = [&](Records& on) {
    for (int i = 0; i < kEach; ++i) {
      auto const written = write(on, event());
      EXPECT_TRUE(written) << written.error().sentence;
    }
  };
  auto const other = open(address);
  std::thread beside([&] { work(*other); });
  work(*records);
  beside.join();

  EXPECT_EQ(*entry_count(*records), 2 * kEach);
  EXPECT_EQ(fault(), "");
}

TEST_P(journal_on_engine, is_verified_while_others_write) {
  write_many(600);
  auto const other = open(address);
  std::atomic<bool> done = false;
  std::thread beside([&] {
    while (!done) EXPECT_TRUE(write(*other, event()));
  });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(fault(), "");
  done = true;
  beside.join();
}

TEST_P(journal_on_engine, holds_exactly_the_acts_that_stand_after_a_kill) {
  auto const act_and_entry = [](Records& on, long long id, Event const& of) {
    return on.transaction([&](soci::session& sql) -> Result<void> {
      sql << "INSERT INTO act (id) VALUES (:id)", soci::use(id, "id");
      MADANG_CHECK(append(sql, of));
      return {};
    });
  };
  long long acts = 0;
  long long last = 0;
  for (int round = 0; round < 3; ++round) {
    auto const child = ::fork();
    if (child == 0) {
      auto const own = open(address);
      for (long long id = last + 1;; ++id) {
        if (!act_and_entry(*own, id, event())) ::_exit(1);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{150 + 70 * round});
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
    ASSERT_TRUE(records->read([&](soci::session& sql) -> Result<void> {
      sql << "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM act", soci::into(acts), soci::into(last);
      return {};
    }));
    EXPECT_EQ(fault(), "");
  }

  EXPECT_GT(acts, 0);
  EXPECT_EQ(*entry_count(*records), acts);
}

TEST(journal_proof, is_refused_with_a_reason) {
  EXPECT_EQ(check_proof("", std::nullopt).error().code, Code::kInvalid);
  EXPECT_EQ(check_proof("{}", std::nullopt).error().code, Code::kInvalid);
  EXPECT_EQ(check_proof(std::string(2'000'000, ' '), std::nullopt).error().code, Code::kLimit);
  EXPECT_EQ(parse_verifier("madang+00000000+AQ==").error().code, Code::kInvalid);
  EXPECT_EQ(read_checkpoint("madang\n1\n\n").error().code, Code::kInvalid);
}

TEST(journal_key, is_a_text_whose_wrong_letters_are_noticed) {
  Verifier const key{"madang/journal/0011223344556677", {9, 8, 7}};
  auto text = key.text();
  ASSERT_TRUE(parse_verifier(text));
  EXPECT_EQ(parse_verifier(text)->key, key.key);

  text[8] = 'x';

  EXPECT_THAT(parse_verifier(text).error().sentence, HasSubstr("a character is wrong"));
}

}  // namespace
}  // namespace madang::storage::journal
