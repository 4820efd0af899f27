#include "app/bench/sessions.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "app/bench/machine.h"
#include "app/bench/report.h"
#include "city/city.h"
#include "city/many_sessions.h"
#include "runtime/clock.h"
#include "storage/records/records.h"

namespace madang::app {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kWarmLookups = 1'000'000;
constexpr std::size_t kWarmPeople = 10'000;
constexpr std::size_t kSignIns = 500;
constexpr int kSignOuts = 20;


class SessionsBench {
 public:
  explicit SessionsBench(BenchSessionsOptions const& options)
      : options_(options), folder_(fs::path(options.folder) / fmt::format("madang-bench-sessions-{}", getpid())) {}
  ~SessionsBench() {
    rights_.reset();
    second_.reset();
    records_.reset();
    second_records_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  SessionsBench(SessionsBench const&) = delete;
  SessionsBench& operator=(SessionsBench const&) = delete;

  Result<bool> run() {
    if (options_.sessions < kWarmPeople || options_.sessions > 2'000'000)
      return fail(Code::kInvalid, fmt::format("sessions: {} to 2000000", kWarmPeople));
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return fail(Code::kUnavailable, fmt::format("{}: {}", folder_.string(), error.message()));
    MADANG_CHECK(fill());
    MADANG_CHECK(measure_opening());
    MADANG_CHECK(measure_lookups());
    MADANG_CHECK(measure_strangers());
    MADANG_CHECK(measure_signing_in());
    MADANG_CHECK(measure_second_server());
    report_.add("resident memory, highest", "MB", static_cast<double>(peak_resident_bytes()) / kMega);
    bool const kept = report_.print(fmt::format("bench sessions: {} people signed in, {}\n{}", options_.sessions,
                                                options_.address.empty() ? "SQLite" : "PostgreSQL", describe(this_machine())));
    if (!options_.json_path.empty() && !write_json()) return fail(Code::kUnavailable, options_.json_path + ": cannot be written");
    return kept;
  }

 private:
  [[nodiscard]] std::string address() const {
    return options_.address.empty() ? "sqlite:" + (folder_ / "records.db").string() : options_.address;
  }

  Result<void> fill() {
    MADANG_TRY(records_, storage::Records::open(address(), clock_));
    MADANG_TRY(rights_, city::Rights::open(*records_, clock_));
    MADANG_TRY(tokens_, city::add_people_with_sessions(*records_, clock_, options_.sessions));
    rights_.reset();
    return {};
  }

  Result<void> measure_opening() {
    auto const began = Steady::now();
    MADANG_TRY(rights_, city::Rights::open(*records_, clock_));
    report_.add("opening rights", "ms", seconds_since(began) * 1000, BenchReport::Floor::kAtMost, 500);
    return {};
  }

  [[nodiscard]] std::string const& token(std::size_t i) const { return tokens_[i * kStride % tokens_.size()]; }

  Result<void> measure_lookups() {
    auto began = Steady::now();
    double worst = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      auto const from = Steady::now();
      MADANG_CHECK(rights_->principal_of_session(token(i)));
      worst = std::max(worst, seconds_since(from));
    }
    report_.add("first look-up of each, one row", "look-ups/s", static_cast<double>(tokens_.size()) / seconds_since(began),
                BenchReport::Floor::kAtLeast, 2'000);
    report_.add("  worst", "ms", worst * 1000);
    for (std::size_t i = 0; i < kWarmPeople; ++i) MADANG_CHECK(rights_->principal_of_session(token(i)));
    began = Steady::now();
    for (std::size_t i = 0; i < kWarmLookups; ++i) MADANG_CHECK(rights_->principal_of_session(token(i % kWarmPeople)));
    report_.add(fmt::format("look-up of {} who come again", kWarmPeople), "look-ups/s", static_cast<double>(kWarmLookups) / seconds_since(began),
                BenchReport::Floor::kAtLeast, 100'000);
    return {};
  }

  /// What a cookie that is too old, or a guess, costs.
  Result<void> measure_strangers() {
    std::string guess = tokens_.front();
    auto const began = Steady::now();
    constexpr std::size_t kGuesses = 10'000;
    for (std::size_t i = 0; i < kGuesses; ++i) {
      auto const digits = fmt::format("{:08}", i);
      guess.replace(0, digits.size(), digits);
      if (rights_->principal_of_session(guess)) return fail(Code::kInternal, "a guess was right");
    }
    report_.add("look-up of nobody's token", "look-ups/s", static_cast<double>(kGuesses) / seconds_since(began));
    return {};
  }

  Result<void> measure_signing_in() {
    auto const began = Steady::now();
    for (std::size_t i = 0; i < kSignIns; ++i) {
      MADANG_TRY(auto const made, city::add_session_of(*records_, clock_, i));
      fresh_.push_back(made);
    }
    report_.add("signed in, behind the password", "people/s", static_cast<double>(kSignIns) / seconds_since(began));
    return {};
  }

  /// Until a session that ended on one server is refused by another on the same records.
  Result<void> measure_second_server() {
    MADANG_TRY(second_records_, storage::Records::open(address(), clock_));
    MADANG_TRY(second_, city::Rights::open(*second_records_, clock_));
    double worst = 0;
    for (int i = 0; i < kSignOuts; ++i) {
      auto const& leaving = fresh_[static_cast<std::size_t>(i)];
      MADANG_CHECK(second_->principal_of_session(leaving));
      MADANG_CHECK(rights_->principal_of_session(leaving));
      auto const began = Steady::now();
      MADANG_CHECK(rights_->logout(leaving));
      if (rights_->principal_of_session(leaving)) return fail(Code::kInternal, "a session that ended is still known");
      while (second_->principal_of_session(leaving)) {
        if (seconds_since(began) > 10) return fail(Code::kInternal, "a second server still knows a session that ended 10 s ago");
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
      worst = std::max(worst, seconds_since(began));
    }
    report_.add("until a second server refuses what ended", "ms, worst", worst * 1000, BenchReport::Floor::kAtMost, 2'000);
    return {};
  }

  [[nodiscard]] bool write_json() const {
    JsonWriter out;
    out.begin_object().field("bench", "sessions").field("machine", describe(this_machine()));
    out.field("sessions", options_.sessions).key("results");
    report_.write(out);
    out.end_object();
    std::ofstream file(options_.json_path);
    file << out.take() << '\n';
    return file.good();
  }

  BenchSessionsOptions const& options_;
  fs::path const folder_;
  runtime::SystemClock clock_;
  std::unique_ptr<storage::Records> records_;
  std::unique_ptr<storage::Records> second_records_;
  std::unique_ptr<city::Rights> rights_;
  std::unique_ptr<city::Rights> second_;
  std::vector<std::string> tokens_;
  std::vector<std::string> fresh_;
  BenchReport report_;
};

}  // namespace

int bench_sessions(BenchSessionsOptions const& options) {
  auto const kept = SessionsBench(options).run();
  if (kept) return *kept ? 0 : 1;
  fmt::print(stderr, "bench sessions: {}\n", kept.error().sentence);
  return 2;
}

}  // namespace madang::app
