// Dead letters over HTTP: who may see and decide, and that each decision stands in the journal.
#include "app/events/routes.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>

#include "storage/events/delivery.h"
#include "storage/events/handler_progress.h"
#include "storage/journal/journal.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::app {
namespace {

namespace events = storage::events;
namespace journal = storage::journal;
using ::testing::HasSubstr;
using ::testing::Not;

/// Where the test says so, only so many reads are answered before the deadline.
class LateRecords final : public storage::Records {
 public:
  explicit LateRecords(storage::Records& records) : records_(records) {}

  [[nodiscard]] Engine engine() const override { return records_.engine(); }
  Result<void> read(Work const& work) override {
    if (reads_left-- <= 0) return fail(Code::kOverloaded, "there was no answer before the deadline");
    return records_.read(work);
  }
  Result<void> transaction(Work const& work) override { return records_.transaction(work); }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return records_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return records_.backup_to(path); }

  std::atomic<int> reads_left = 1'000;

 private:
  storage::Records& records_;
};

class events_api : public ::testing::Test {
 protected:
  void SetUp() override {
    directory = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    records = *storage::Records::open("sqlite:" + directory + "/records.sqlite", clock);
    ASSERT_TRUE(events::migrate(*records));
    ASSERT_TRUE(journal::migrate(*records));
    leases.emplace(*records, clock, events::Leases::Options{.directory = "here"});
    events::Handler broken{.name = "lamps", .topic = "lamp.changed", .apply = {}, .act = [this](events::Event const&) -> Result<void> {
                             if (works) return {};
                             return fail(Code::kUnavailable, "the lamp does not answer");
                           }};
    delivery.emplace(events::Delivery::Needs{*records, clock, *leases, {}}, std::move(broken), events::Pace{.attempts_max = 1});
    ASSERT_TRUE(delivery->open());
    ASSERT_TRUE(leases->renew_all());
    late.emplace(*records);
    server.emplace(event_routes({.records = *late, .clock = clock}));
  }
  void TearDown() override {
    server.reset();
    delivery.reset();
    leases.reset();
    late.reset();
    records.reset();
    std::filesystem::remove_all(directory);
  }
  void run() { ASSERT_TRUE(delivery->run(Millis{60'000})); }
  void emit_and_fail(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
        MADANG_CHECK(events::emit(sql, clock.now(), "lamp.changed", "L" + std::to_string(i), R"({"secret":"of kim"})"));
        return {};
      }));
    }
    run();
  }
  static test::HttpFields as(std::string_view session) {
    return {{"Cookie", "madang_session=" + std::string{session}}, {"X-CSRF-Token", std::string{test::FakeRights::kCsrf}}};
  }
  test::HttpAnswer get(std::string const& path, std::string_view session = test::FakeRights::kSession) {
    return test::HttpClient(server->port()).get("/api/v1/events/" + path, as(session));
  }
  test::HttpAnswer post(std::string const& path, std::string const& body = "", std::string_view session = test::FakeRights::kSession) {
    return test::HttpClient(server->port()).post("/api/v1/events/" + path, body, as(session));
  }
  std::string last_entry() {
    auto const count = *journal::entry_count(*records);
    auto const entry = journal::entries(*records, count - 1, 1)->at(0);
    std::string text = entry.leaf;
    for (auto const& opening : entry.openings) text += opening.data;
    return text;
  }

  runtime::SystemClock clock;
  std::string directory;
  std::unique_ptr<storage::Records> records;
  std::optional<LateRecords> late;
  std::optional<events::Leases> leases;
  std::optional<events::Delivery> delivery;
  std::optional<test::WebServer> server;
  bool works = false;
};

TEST_F(events_api, says_how_far_each_handler_is) {
  EXPECT_THAT(get("handlers").body, HasSubstr(R"("handler":"lamps","topic":"lamp.changed","lag_ms":0,"waiting":0,"held_keys":0,"dead_letters":0)"));
  emit_and_fail(1);
  EXPECT_THAT(get("handlers").body, HasSubstr(R"("dead_letters":1)"));
}

TEST_F(events_api, lists_a_handler_whose_events_are_too_many_to_be_counted) {
  ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(events::emit(sql, clock.now(), "lamp.changed", "L1", "{}"));
    return {};
  }));
  EXPECT_THAT(get("handlers").body, HasSubstr(R"("waiting":1,)"));

  late->reads_left = 1;
  auto const answer = get("handlers");

  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("handler":"lamps")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("oldest":)"));
  EXPECT_THAT(answer.body, Not(HasSubstr("waiting")));
}

TEST_F(events_api, lists_dead_letters_page_by_page_without_what_they_hold) {
  emit_and_fail(3);
  auto const first = get("dead?limit=2").body;
  EXPECT_THAT(first, HasSubstr(R"("handler":"lamps","event":1,"topic":"lamp.changed","key":"L0")"));
  EXPECT_THAT(first, HasSubstr(R"("why":"the lamp does not answer")"));
  EXPECT_THAT(first, HasSubstr(R"("next":"lamps:2")"));
  EXPECT_THAT(first, Not(HasSubstr("kim")));
  auto const second = get("dead?limit=2&after=lamps:2").body;
  EXPECT_THAT(second, HasSubstr(R"("event":3)"));
  EXPECT_THAT(second, Not(HasSubstr("next")));
  EXPECT_EQ(get("dead?after=lamps").status, 400);
  EXPECT_EQ(get("dead?limit=0").status, 400);
}

TEST_F(events_api, has_one_tried_again_and_says_in_the_journal_who_wanted_it) {
  emit_and_fail(1);
  works = true;
  EXPECT_EQ(post("dead/lamps/1/again").status, 204);
  EXPECT_THAT(last_entry(), HasSubstr("event_tried_again"));
  EXPECT_THAT(last_entry(), HasSubstr("an operator"));
  run();
  EXPECT_EQ(get("dead").body, R"({"letters":[]})");
  EXPECT_EQ(post("dead/lamps/1/again").status, 404);
  EXPECT_EQ(post("dead/lamps/x/again").status, 404);
}

TEST_F(events_api, drops_one_only_with_a_reason) {
  emit_and_fail(1);
  EXPECT_EQ(post("dead/lamps/1/drop", "{}").status, 400);
  EXPECT_EQ(post("dead/lamps/1/drop", R"({"reason":")" + std::string(501, 'a') + R"("})").status, 413);
  EXPECT_EQ(post("dead/lamps/1/drop", R"({"reason":"the lamp is gone"})").status, 204);
  EXPECT_THAT(last_entry(), HasSubstr("event_dropped"));
  EXPECT_THAT(last_entry(), HasSubstr("the lamp is gone"));
  EXPECT_EQ(get("dead").body, R"({"letters":[]})");
  EXPECT_EQ(post("dead/lamps/1/drop", R"({"reason":"again"})").status, 404);
}

TEST_F(events_api, is_for_who_holds_its_permissions) {
  emit_and_fail(1);
  EXPECT_EQ(get("handlers", "").status, 401);
  EXPECT_EQ(get("handlers", test::FakeRights::kReader).status, 403);
  EXPECT_EQ(post("dead/lamps/1/again", "", test::FakeRights::kReader).status, 403);
}

}  // namespace
}  // namespace madang::app
