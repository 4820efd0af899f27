// Situations are killed at random moments, over a hundred times, while they are raised, worked on and ended.
// Afterwards nothing acknowledged is missing, no state is half changed, and no cause is open twice.
#include <gtest/gtest.h>
#include <signal.h>
#include <soci/soci.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "runtime/clock.h"
#include "runtime/log.h"
#include "situations/situations.h"
#include "storage/records/records.h"

namespace madang {
namespace {

using situations::Severity;
using situations::Signal;
using situations::Situations;
using situations::State;

Instant const kStart = *parse_instant("2026-11-24T00:00:00Z");
constexpr std::uint64_t kKeys = 5;
constexpr std::array kMigrations = {
    storage::Migration{"2026-11 what is owed", "CREATE TABLE owed (situation BIGINT NOT NULL, number BIGINT NOT NULL,"
                                               " PRIMARY KEY (situation, number))"}};

/// All of one life.
struct City {
  runtime::ManualClock clock;
  runtime::Metrics metrics;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::City> city;
  std::unique_ptr<Situations> situations;

  City(std::string const& folder, Instant now) : clock(now) {
    records = *storage::Records::open("sqlite:" + folder + "/records.db", clock);
    city = *city::City::open(*records, clock);
    situations = *Situations::open({.records = *records, .city = *city, .clock = clock, .metrics = metrics}, {});
    // A companion that writes too, as notices do: its row must stand and fall with the change.
    auto const migrated = records->migrate("test", kMigrations);
    if (!migrated) _exit(7);
    situations->add_transaction_hook([](soci::session& sql, Situations::Change const& change) -> Result<void> {
      long long const situation = change.entry.situation.value();
      long long const number = change.entry.number;
      sql << "INSERT INTO owed (situation, number) VALUES (:situation, :number)", soci::use(situation, "situation"),
          soci::use(number, "number");
      return {};
    });
  }
};

Signal signal_of(std::uint64_t key, Severity severity) {
  Signal s;
  s.source = "test";
  s.key = "cause-" + std::to_string(key);
  s.kind = "plume";
  s.severity = severity;
  s.headline = {{{"en", "A cause"}, {"ko", "원인"}}};
  s.is_public = true;
  return s;
}

/// One change; what it did, as the child saw it acknowledged.
struct Done {
  std::uint64_t step = 0;
  std::int64_t id = 0;
  std::int64_t version = 0;  ///< at least this
  std::int32_t state = 0;    ///< reached; 0: only the version counts
  std::int32_t severity = 0;
};

/// The same step of the same seed tries the same thing.
std::optional<Done> carry_out(City& city, std::uint64_t seed, std::uint64_t step) {
  std::mt19937_64 random(seed * 1'000'003 + step);
  auto& all = *city.situations;
  auto const key = random() % kKeys;
  auto const kind = random() % 10;
  situations::Actor const kim{.party = PartyId{1}, .name = "kim"};
  auto const severity = static_cast<Severity>(random() % 4 + 1);
  auto const done = [&](situations::SituationPtr const& s, bool with_state) {
    return Done{step, s->id.value(), s->version, with_state ? static_cast<std::int32_t>(s->state) : 0,
                static_cast<std::int32_t>(s->severity_max)};
  };
  if (kind < 4) {
    auto const id = all.raise(signal_of(key, severity));
    if (!id) _exit(5);
    return done(*all.find(*id), false);
  }
  if (kind == 4) {
    city.clock.advance(std::chrono::minutes{random() % 12});
    if (!all.clear("test", signal_of(key, severity).key) || !all.tick()) _exit(6);
    return std::nullopt;
  }
  auto const open = all.open_of("test");
  if (open.empty()) return std::nullopt;
  auto const id = open[random() % open.size()]->id;
  auto const changed = kind < 6   ? all.acknowledge(id, kim)
                       : kind < 7 ? all.act(id, kim, "going")
                       : kind < 8 ? all.note(id, kim, "a note")
                       : kind < 9 ? all.resolve(id, kim, "done")
                                  : all.dismiss(id, kim, "nothing there");
  if (!changed) return std::nullopt;
  return done(*changed, true);
}

[[noreturn]] void live(std::string const& folder, std::uint64_t seed, std::uint64_t step, int pipe) {
  runtime::set_log_level(runtime::LogLevel::kError);
  City city(folder, kStart + std::chrono::minutes{step});
  for (;; ++step) {
    city.clock.advance(std::chrono::minutes{1});
    Done out{.step = step};
    if (auto const done = carry_out(city, seed, step)) out = *done;
    if (::write(pipe, &out, sizeof out) != sizeof out) _exit(4);
  }
}

class situations_crash : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang-situations-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    if (char const* const given = std::getenv("MADANG_TEST_SEED")) seed_ = std::strtoull(given, nullptr, 10);
    std::printf("seed %llu (MADANG_TEST_SEED repeats it)\n", static_cast<unsigned long long>(seed_));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void note(Done const& done) {
    next_ = done.step + 1;
    if (done.id == 0) return;
    ++acknowledged_;
    auto& known = known_[done.id];
    known.version = std::max(known.version, done.version);
    known.severity = std::max(known.severity, done.severity);
    if (done.state != 0) known.state = done.state;
  }

  void live_and_die() {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    pid_t const child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      live(folder_, seed_, next_, ends[1]);
    }
    ::close(ends[1]);
    Done done;
    if (::read(ends[0], &done, sizeof done) == sizeof done) note(done);
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 20'000));
    ::kill(child, SIGKILL);
    while (::read(ends[0], &done, sizeof done) == sizeof done) note(done);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "a change was refused: exit " << WEXITSTATUS(status);
  }

  void check() {
    City city(folder_, kStart);
    for (auto const& [id, known] : known_) {
      auto const found = city.situations->find(SituationId{id});
      ASSERT_TRUE(found) << "acknowledged, but gone: " << id;
      EXPECT_GE((*found)->version, known.version);
      EXPECT_GE(static_cast<std::int32_t>((*found)->severity_max), known.severity);
      // States only go on; an ended one stays ended.
      EXPECT_GE(static_cast<std::int32_t>((*found)->state), std::min(known.state, 4)) << "situation " << id;
    }
    check_every(city);
  }

  void check_every(City& city) {
    std::set<std::string> open;
    std::optional<SituationId> before;
    std::size_t lines_in_all = 0;
    for (;;) {
      auto const page = city.situations->list({.limit = 1'000, .before = before});
      ASSERT_TRUE(page);
      for (auto const& s : *page) {
        auto const lines = city.situations->timeline(s->id);
        ASSERT_TRUE(lines);
        ASSERT_EQ(static_cast<std::int64_t>(lines->size()), s->version) << "a state without its line, or a line without its state";
        for (std::size_t i = 0; i < lines->size(); ++i) ASSERT_EQ((*lines)[i].number, static_cast<std::int64_t>(i + 1));
        EXPECT_EQ(s->ended_at.has_value(), !is_open(s->state));
        EXPECT_TRUE(!is_open(s->state) || open.insert(s->signal.key).second) << "open twice: " << s->signal.key;
        lines_in_all += lines->size();
        EXPECT_EQ(ends(*lines), is_open(s->state) ? 0 : 1);
      }
      if (page->size() < 1'000) break;
      before = page->back()->id;
    }
    long long owed = -1;
    ASSERT_TRUE(city.records->read([&owed](soci::session& sql) -> Result<void> {
      sql << "SELECT COUNT(*) FROM owed", soci::into(owed);
      return {};
    }));
    EXPECT_EQ(owed, static_cast<long long>(lines_in_all)) << "what is owed does not stand and fall with its change";
  }

  static int ends(std::vector<situations::Entry> const& lines) {
    using Kind = situations::Entry::Kind;
    return static_cast<int>(std::count_if(
        lines.begin(), lines.end(), [](auto const& line) { return line.kind == Kind::kResolved || line.kind == Kind::kDismissed; }));
  }

  struct Known {
    std::int64_t version = 0;
    std::int32_t state = 0;
    std::int32_t severity = 0;
  };
  std::string folder_;
  std::uint64_t seed_ = std::random_device{}();
  std::mt19937_64 random_{seed_};
  std::map<std::int64_t, Known> known_;
  std::uint64_t next_ = 0;
  std::size_t acknowledged_ = 0;
};

TEST_F(situations_crash, loses_nothing_acknowledged_when_killed_a_hundred_and_fifty_times) {
  constexpr int kKills = 150;
  for (int i = 0; i < kKills && !HasFailure(); ++i) {
    SCOPED_TRACE("life " + std::to_string(i) + " of seed " + std::to_string(seed_));
    ASSERT_NO_FATAL_FAILURE(live_and_die());
    if (i % 10 != 9) continue;
    ASSERT_NO_FATAL_FAILURE(check());
  }
  ASSERT_NO_FATAL_FAILURE(check());
  std::printf("%d kills, %llu steps, %zu acknowledged changes, %zu situations\n", kKills,
              static_cast<unsigned long long>(next_), acknowledged_, known_.size());
  EXPECT_GT(acknowledged_, static_cast<std::size_t>(kKills));
}

}  // namespace
}  // namespace madang
