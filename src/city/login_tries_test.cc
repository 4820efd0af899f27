// What counts as a guess, and against whom.
#include <gtest/gtest.h>

#include "city/city.h"
#include "city/limits.h"
#include "city/test_records.h"

namespace madang::city {
namespace {

constexpr auto kPassword = "correct horse battery";
constexpr auto kOffice = "203.0.113.7";

/// While the test says so, nothing is answered.
class AwayRecords final : public storage::Records {
 public:
  explicit AwayRecords(storage::Records& records) : records_(records) {}

  [[nodiscard]] Engine engine() const override { return records_.engine(); }
  Result<void> read(Work const& work) override { return is_away ? gone() : records_.read(work); }
  Result<void> transaction(Work const& work) override { return is_away ? gone() : records_.transaction(work); }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return records_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return records_.backup_to(path); }

  std::atomic<bool> is_away = false;

 private:
  static Result<void> gone() { return fail(Code::kUnavailable, "no answer"); }
  storage::Records& records_;
};

class login_tries : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(rights->create_operator("kim", kPassword));
    ASSERT_TRUE(rights->create_operator("lee", kPassword));
  }
  Code refused(std::string_view login, std::string_view password, std::string_view address = kOffice) {
    auto const in = rights->login(login, password, address);
    return in ? Code::kInternal : in.error().code;
  }

  runtime::ManualClock clock{parse_instant("2026-11-30T00:00:00Z").value()};
  TestRecords kept{clock};
  AwayRecords records{*kept};
  std::unique_ptr<Rights> rights = Rights::open(records, clock).value();
};

TEST_F(login_tries, what_the_server_could_not_look_up_locks_no_office_out) {
  records.is_away = true;
  for (std::size_t i = 0; i < kLoginTriesMax + 1; ++i) EXPECT_EQ(refused("kim", kPassword), Code::kUnavailable);
  records.is_away = false;
  EXPECT_TRUE(rights->login("kim", kPassword, kOffice));
}

TEST_F(login_tries, a_success_forgives_nobody_else_at_the_address) {
  for (std::size_t i = 0; i < kLoginTriesMax - 1; ++i) EXPECT_EQ(refused("kim", "guess"), Code::kUnauthorized);
  EXPECT_TRUE(rights->login("lee", kPassword, kOffice)) << "whoever guesses knows one password";
  EXPECT_EQ(refused("kim", "guess"), Code::kUnauthorized);
  EXPECT_EQ(refused("kim", kPassword), Code::kOverloaded);
}

TEST_F(login_tries, successes_are_no_guesses) {
  for (std::size_t i = 0; i < kLoginTriesMax + 1; ++i) EXPECT_TRUE(rights->login("lee", kPassword, kOffice));
}

TEST_F(login_tries, guesses_at_one_login_count_from_wherever_they_come) {
  for (std::size_t i = 0; i < kTriesOfOneLoginMax; ++i)
    EXPECT_EQ(refused("kim", std::string(kPasswordMax + 1, 'x'), "198.51.100." + std::to_string(i)), Code::kUnauthorized);
  EXPECT_EQ(refused("kim", kPassword, "198.51.100.99"), Code::kOverloaded);
  EXPECT_TRUE(rights->login("lee", kPassword, "198.51.100.99"));
  clock.advance(kLoginWindow);
  EXPECT_TRUE(rights->login("kim", kPassword, "198.51.100.99"));
}

}  // namespace
}  // namespace madang::city
