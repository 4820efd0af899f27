// What a server sees of the keys and sessions that others change while its records are slow.
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <atomic>
#include <functional>
#include <thread>

#include "city/city.h"
#include "city/test_records.h"
#include "runtime/metrics.h"
#include "storage/records/bulk.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

/// What is read of the table that the test names takes longer than a watch waits: only who has half a minute more comes to the end of it.
class SlowTable final : public storage::Records {
 public:
  explicit SlowTable(storage::Records& records) : records_(records) {}

  [[nodiscard]] Engine engine() const override { return records_.engine(); }
  Result<void> read(Work const& work) override {
    auto const deadline = storage::CallDeadline::of_call();
    return records_.read([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(work(sql));
      if (endless && sql.get_last_query().contains(table)) {
        is_reading = true;
        long long sum = 0;
        sql << "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT COUNT(*) FROM n", soci::into(sum);
      }
      bool const is_cut = never || deadline - runtime::SystemClock{}.tick() < std::chrono::seconds{30};
      if (slow && is_cut && sql.get_last_query().contains(table)) return fail(Code::kOverloaded, "there was no answer before the deadline");
      return {};
    });
  }
  Result<void> transaction(Work const& work) override { return records_.transaction(work); }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return records_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return records_.backup_to(path); }

  std::string table;  ///< before `slow`
  std::atomic<bool> slow = false;
  std::atomic<bool> never = false;  ///< nor does who has longer
  std::atomic<bool> endless = false;
  std::atomic<bool> is_reading = false;  ///< what does not end

 private:
  storage::Records& records_;
};

bool comes(std::function<bool()> const& condition) {
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  return condition();
}

class rights_watch : public ::testing::Test {
 protected:
  [[nodiscard]] bool knows(std::string const& key) { return rights->principal_of_key(key).has_value(); }
  [[nodiscard]] double behind(std::string const& of) { return metrics.gauge("madang_city_rights_behind_seconds", "", {{"of", of}}).Value(); }

  runtime::SystemClock clock;
  runtime::Metrics metrics;
  TestRecords records{clock};
  SlowTable slow{*records};
  std::unique_ptr<Rights> rights = *Rights::open(slow, clock, modules::Permissions{}, &metrics);
  std::unique_ptr<Rights> other = *Rights::open(*records, clock);
};

TEST_F(rights_watch, sees_a_revoked_key_however_long_reading_them_takes) {
  auto const key = *rights->create_key("roof", {});
  ASSERT_TRUE(knows(key));
  slow.table = "FROM access_key";
  slow.slow = true;

  ASSERT_TRUE(other->revoke_key("roof"));

  EXPECT_TRUE(comes([&] { return !knows(key); }));
}

TEST_F(rights_watch, sees_a_revoked_key_while_ends_of_sessions_cannot_be_read) {
  auto const key = *rights->create_key("roof", {});
  slow.table = "FROM session_end";
  slow.never = true;
  slow.slow = true;

  ASSERT_TRUE(other->revoke_key("roof"));

  EXPECT_TRUE(comes([&] { return !knows(key); }));
  EXPECT_TRUE(comes([&] { return behind("sessions") > 0; }));
  EXPECT_EQ(behind("keys"), 0);
}

TEST_F(rights_watch, says_for_how_long_it_is_behind) {
  slow.table = "FROM access_key";
  slow.never = true;
  slow.slow = true;
  ASSERT_TRUE(other->create_key("roof", {}));
  EXPECT_TRUE(comes([&] { return behind("keys") > 0; }));

  slow.slow = false;

  EXPECT_TRUE(comes([&] { return behind("keys") == 0; }));
}

TEST_F(rights_watch, ends_at_once_while_it_reads) {
  slow.table = "FROM access_key";
  slow.endless = true;
  ASSERT_TRUE(other->create_key("roof", {}));
  ASSERT_TRUE(comes([&] { return slow.is_reading.load(); }));

  auto const asked_at = std::chrono::steady_clock::now();
  rights.reset();

  EXPECT_LT(std::chrono::steady_clock::now() - asked_at, std::chrono::seconds{5});
}

TEST_F(rights_watch, does_not_read_what_is_revoked) {
  auto const key = *rights->create_key("roof", {});
  ASSERT_TRUE(other->create_key("broken", {"A-1"}));
  ASSERT_TRUE(other->revoke_key("broken"));
  ASSERT_TRUE((*records).transaction([](soci::session& sql) -> Result<void> {
    sql << "UPDATE access_key SET things = 'x' WHERE name = 'broken'";
    return {};
  }));

  ASSERT_TRUE(other->revoke_key("roof"));

  EXPECT_TRUE(comes([&] { return !knows(key); }));
}

}  // namespace
}  // namespace madang::city
