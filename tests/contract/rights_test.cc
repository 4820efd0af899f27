// Rights over real records: keys and logins behave the same on SQLite and on PostgreSQL.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "city/city.h"
#include "city/limits.h"
#include "city/rights_store.h"
#include "records_fixture.h"
#include "storage/journal/journal.h"
#include "storage/journal/verify.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kRightsPassword = "correct horse battery";
constexpr auto kHomeAddress = "203.0.113.7";

/// Waits, for at most the 2 s that the face promises and some mercy for a busy machine.
template <typename Condition>
bool soon(Condition const& condition) {
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

/// While the test says so nothing can be read; what is written stands.
class FailingReads final : public storage::Records {
 public:
  explicit FailingReads(storage::Records& records) : records_(records) {}

  [[nodiscard]] Engine engine() const override { return records_.engine(); }
  Result<void> read(Work const& work) override {
    return fail_reads ? Result<void>{fail(Code::kUnavailable, "no answer")} : records_.read(work);
  }
  Result<void> transaction(Work const& work) override { return records_.transaction(work); }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return records_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return records_.backup_to(path); }

  std::atomic<bool> fail_reads = false;

 private:
  storage::Records& records_;
};

class rights_on_records : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    rights = open_rights(*records);
  }
  std::unique_ptr<Rights> open_rights(storage::Records& on) {
    auto opened = Rights::open(on, clock);
    EXPECT_TRUE(opened) << opened.error().sentence;
    return opened ? *std::move(opened) : nullptr;
  }

  std::unique_ptr<storage::Records> records;
  std::unique_ptr<Rights> rights;
};
MADANG_ON_BOTH_ENGINES(rights_on_records);

TEST_P(rights_on_records, know_a_key_and_what_it_may_write) {
  auto const key = rights->create_key("roof", {"A-1", "A-2"});
  ASSERT_TRUE(key) << key.error().sentence;

  auto const who = rights->principal_of_key(*key);

  ASSERT_TRUE(who);
  EXPECT_THAT(*key, StartsWith("mdg_"));
  EXPECT_EQ(who->kind, web::Principal::Kind::kDevice);
  EXPECT_EQ(who->name, "roof");
  EXPECT_EQ(who->things, (std::vector<std::string>{"A-1", "A-2"}));
  EXPECT_EQ(rights->principal_of_key(*key + "x").error().code, Code::kUnauthorized);
  EXPECT_EQ(rights->principal_of_key("").error().code, Code::kUnauthorized);
}

TEST_P(rights_on_records, never_store_a_key_in_clear) {
  auto const key = rights->create_key("roof", {});
  ASSERT_TRUE(key);
  auto const copy = directory.path() + "/copy.sqlite";
  ASSERT_TRUE(records->backup_to(copy));

  std::ifstream file(copy, std::ios::binary);
  std::string const bytes{std::istreambuf_iterator<char>(file), {}};

  EXPECT_THAT(bytes, HasSubstr("roof"));
  EXPECT_EQ(bytes.find(key->substr(4)), std::string::npos);
}

TEST_P(rights_on_records, refuse_a_key_once_it_is_revoked) {
  auto const key = rights->create_key("roof", {});
  ASSERT_TRUE(key);
  clock.advance(Millis{60'000});

  ASSERT_TRUE(rights->revoke_key("roof"));

  EXPECT_FALSE(rights->principal_of_key(*key));
  auto const keys = rights->keys();
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 1u);
  EXPECT_EQ(keys->front().revoked_at, clock.now());
  EXPECT_EQ(keys->front().created_at, clock.now() - Millis{60'000});
  EXPECT_EQ(rights->revoke_key("cellar").error().code, Code::kNotFound);
}

TEST_P(rights_on_records, refuse_a_name_that_is_taken) {
  ASSERT_TRUE(rights->create_key("roof", {}));
  EXPECT_EQ(rights->create_key("roof", {}).error().code, Code::kConflict);
  EXPECT_EQ(rights->create_key(" ", {}).error().code, Code::kInvalid);
  EXPECT_EQ(rights->create_key("x", {"a/b"}).error().code, Code::kInvalid);
}

TEST_P(rights_on_records, see_keys_that_another_process_makes_and_revokes) {
  auto const other_records = open(address);
  auto const other = open_rights(*other_records);

  auto const key = other->create_key("roof", {});
  ASSERT_TRUE(key);
  EXPECT_TRUE(soon([&] { return rights->principal_of_key(*key).has_value(); }));
  ASSERT_TRUE(other->revoke_key("roof"));

  EXPECT_TRUE(soon([&] { return !rights->principal_of_key(*key).has_value(); }));
}

TEST_P(rights_on_records, keep_nobody_waiting_for_an_unknown_key_while_the_records_do_not_answer) {
  auto const narrow = storage::Records::open(address, clock, {.sessions = 1});
  ASSERT_TRUE(narrow);
  auto const served = open_rights(**narrow);
  auto const known = served->create_key("roof", {});
  ASSERT_TRUE(known);
  clock.advance(Millis{1'000});
  auto const done = (*narrow)->read([&](soci::session&) -> Result<void> {  // the only session is in use
    std::jthread network([&] {
      auto const start = std::chrono::steady_clock::now();
      EXPECT_EQ(served->principal_of_key("mdg_nobodys").error().code, Code::kUnavailable);
      EXPECT_EQ(served->principal_of_key("mdg_another").error().code, Code::kUnavailable);
      EXPECT_TRUE(served->principal_of_key(*known));
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{8}) << "a call may take a minute";
    });
    return {};
  });
  EXPECT_TRUE(done);
  clock.advance(kKeysPause);
  EXPECT_TRUE(soon([&] { return served->principal_of_key("mdg_nobodys").error().code == Code::kUnauthorized; }));
}

TEST_P(rights_on_records, list_operators_in_the_same_order_on_every_engine) {
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));
  ASSERT_TRUE(rights->create_operator("Yun", kRightsPassword));
  ASSERT_TRUE(rights->create_operator("an_so", kRightsPassword));
  EXPECT_EQ(*RightsStore(*records).operator_logins(), (std::vector<std::string>{"Yun", "an_so", "kim"}));
}

TEST_P(rights_on_records, let_an_operator_in_and_out) {
  EXPECT_EQ(rights->operator_count(), 0u);
  auto const party = rights->create_operator("kim", kRightsPassword);
  ASSERT_TRUE(party) << party.error().sentence;

  auto const login = rights->login("kim", kRightsPassword, kHomeAddress);

  ASSERT_TRUE(login) << login.error().sentence;
  EXPECT_EQ(rights->operator_count(), 1u);
  EXPECT_EQ(login->principal.party, *party);
  auto const who = rights->principal_of_session(login->session_token);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->kind, web::Principal::Kind::kPerson);
  EXPECT_EQ(who->name, "kim");
  EXPECT_EQ(who->csrf_token, login->principal.csrf_token);
  EXPECT_NE(who->csrf_token, login->session_token);
  ASSERT_TRUE(rights->logout(login->session_token));
  EXPECT_EQ(rights->principal_of_session(login->session_token).error().code, Code::kUnauthorized);
}

TEST_P(rights_on_records, keep_a_login_over_a_restart_until_it_expires) {
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));
  auto const login = rights->login("kim", kRightsPassword, kHomeAddress);
  ASSERT_TRUE(login);

  rights.reset();
  rights = open_rights(*records);

  auto const who = rights->principal_of_session(login->session_token);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->csrf_token, login->principal.csrf_token);
  clock.advance(kSessionLength);
  EXPECT_FALSE(rights->principal_of_session(login->session_token));
}

TEST_P(rights_on_records, end_sessions_when_the_password_is_reset) {
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));
  auto const login = rights->login("kim", kRightsPassword, kHomeAddress);
  ASSERT_TRUE(login);

  ASSERT_TRUE(rights->reset_operator("kim", "another long password"));

  EXPECT_FALSE(rights->principal_of_session(login->session_token));
  EXPECT_EQ(rights->login("kim", kRightsPassword, kHomeAddress).error().code, Code::kUnauthorized);
  EXPECT_TRUE(rights->login("kim", "another long password", kHomeAddress));
  EXPECT_EQ(rights->reset_operator("lee", "another long password").error().code, Code::kNotFound);
}

TEST_P(rights_on_records, tell_nobody_whether_login_or_password_was_wrong) {
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));

  auto const wrong_password = rights->login("kim", "not the password", kHomeAddress);
  auto const wrong_login = rights->login("lee", kRightsPassword, kHomeAddress);

  ASSERT_FALSE(wrong_password);
  ASSERT_FALSE(wrong_login);
  EXPECT_EQ(wrong_password.error().code, Code::kUnauthorized);
  EXPECT_EQ(wrong_password.error().sentence, wrong_login.error().sentence);
}

TEST_P(rights_on_records, refuse_weak_and_double_operators) {
  EXPECT_EQ(rights->create_operator("kim", "짧은비밀").error().code, Code::kInvalid);
  EXPECT_EQ(rights->create_operator("", kRightsPassword).error().code, Code::kInvalid);
  ASSERT_TRUE(rights->create_operator("kim", "충분히긴비밀번호열자"));
  EXPECT_EQ(rights->create_operator("kim", kRightsPassword).error().code, Code::kConflict);
}

TEST_P(rights_on_records, slow_down_somebody_who_guesses) {
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));
  for (std::size_t i = 0; i < kLoginTriesMax; ++i) {
    EXPECT_EQ(rights->login("kim", "guess", kHomeAddress).error().code, Code::kUnauthorized);
  }

  EXPECT_EQ(rights->login("kim", kRightsPassword, kHomeAddress).error().code, Code::kOverloaded);
  EXPECT_TRUE(rights->login("kim", kRightsPassword, "203.0.113.8")) << "from elsewhere";
  clock.advance(kLoginWindow);
  EXPECT_TRUE(rights->login("kim", kRightsPassword, kHomeAddress));
}

TEST_P(rights_on_records, count_the_guesses_of_one_household_together_whatever_addresses_it_takes) {
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));
  for (std::size_t i = 0; i < kLoginTriesMax; ++i) {
    EXPECT_EQ(rights->login("kim", "guess", "2001:db8:1:2::" + std::to_string(i + 1)).error().code, Code::kUnauthorized);
  }
  EXPECT_EQ(rights->login("kim", kRightsPassword, "2001:db8:1:2:ffff::1").error().code, Code::kOverloaded);
  EXPECT_TRUE(rights->login("kim", kRightsPassword, "2001:db8:1:3::1")) << "another household";
  EXPECT_TRUE(rights->login("kim", kRightsPassword, "::ffff:203.0.113.9")) << "an IPv4 client";
}

TEST_P(rights_on_records, let_nobody_in_by_a_password_that_was_reset_while_it_was_checked) {
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));
  RightsStore store(*records);
  auto const checked = store.find_operator("kim");
  ASSERT_TRUE(checked && *checked);
  ASSERT_TRUE(rights->reset_operator("kim", "another long password"));
  StoredLogin const late{std::string(64, 'a'), (*checked)->party, "kim", clock.now() + kSessionLength};

  auto const is_in = store.add_login(late, (*checked)->password_hash, clock.now());

  ASSERT_TRUE(is_in) << is_in.error().sentence;
  EXPECT_FALSE(*is_in);
  auto const found = store.find_login(late.token_hash);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->has_value());
}

TEST_P(rights_on_records, show_a_key_that_stands_though_nothing_can_be_read_afterwards) {
  auto const narrow = storage::Records::open(address, clock, {.sessions = 1});
  ASSERT_TRUE(narrow);
  FailingReads failing(**narrow);
  auto const served = open_rights(failing);
  failing.fail_reads = true;

  auto const key = served->create_key("roof", {});

  ASSERT_TRUE(key) << key.error().sentence;
  EXPECT_TRUE(served->revoke_key("roof")) << "done is done";
  failing.fail_reads = false;
  EXPECT_TRUE(soon([&] { return served->keys()->size() == 1; }));
}

TEST_P(rights_on_records, keep_keys_without_a_thing_apart_from_keys_for_all) {
  EXPECT_TRUE(rights->create_key("desk", {std::string{kNoThing}}));
  EXPECT_EQ(rights->create_key("mixed", {std::string{kNoThing}, "A-1"}).error().code, Code::kInvalid);
}

TEST_P(rights_on_records, write_what_changed_into_the_journal_without_a_name_in_the_entry) {
  ASSERT_TRUE(rights->create_key("roof of kim", {"A-1"}));
  EXPECT_FALSE(rights->create_key("roof of kim", {}));
  ASSERT_TRUE(rights->create_operator("kim", kRightsPassword));
  ASSERT_TRUE(rights->login("kim", kRightsPassword, kHomeAddress));
  ASSERT_TRUE(rights->reset_operator("kim", "another good password"));
  ASSERT_TRUE(rights->revoke_key("roof of kim"));
  ASSERT_TRUE(rights->revoke_key("roof of kim")) << "twice is one change";

  auto const found = storage::journal::entries(*records, 0, 100);

  ASSERT_TRUE(found) << found.error().sentence;
  ASSERT_EQ(found->size(), 6u);
  std::string leaves;
  for (auto const& entry : *found) leaves += entry.leaf;
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"key_created","facts":{"key":1})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"operator_created","facts":{"party":1})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"role_given","facts":{"party":1,"role":"operator"})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"signed_in","facts":{"party":1})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"password_reset","facts":{"party":1})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"key_revoked","facts":{"key":1})"));
  EXPECT_THAT(leaves, ::testing::Not(HasSubstr("kim")));
  EXPECT_EQ(found->at(3).openings.at(0).data, "kim") << "who signed in, for who may know it";
  EXPECT_FALSE(found->at(0).openings.at(0).data.empty()) << "the machine's user";
  EXPECT_TRUE(storage::journal::verify(*records, {}));
}

}  // namespace
}  // namespace madang::city
