#include "storage/records/records.h"

#include <soci/soci.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <random>
#include <stop_token>

#include "runtime/log.h"
#include "runtime/mutex.h"
#include "storage/records/copy.h"
#include "storage/records/limits.h"
#include "storage/records/pool.h"
#include "storage/records/sessions.h"
#include "storage/records/transactions.h"
#include "storage/records/turn.h"
#include "storage/records/watchdog.h"
#include "storage/records/whole_reading.h"

namespace madang::storage {
namespace {

using Number = long long;
using soci::into;
using soci::use;

/// Rows of processes that ended without a word are of no use to anybody after so long.
constexpr Millis kCommitsKept = std::chrono::days{30};

Tick tick() { return runtime::SystemClock{}.tick(); }

/// What became of one try of a transaction.
struct Outcome {
  Result<void> done;
  bool may_try_again = false;
};

class SociRecords final : public Records {
 public:
  SociRecords(Engine engine, runtime::Clock const& clock) : engine_(engine), clock_(clock) {}

  ~SociRecords() override {
    if (instance_.empty() || engine_ == Engine::kSqlite) return;
    CallDeadline const brief(kTryAgainAfter);
    auto const forgotten = read([this](soci::session& session) -> Result<void> {
      session << "DELETE FROM record_commit WHERE instance = :instance", use(instance_, "instance");
      return {};
    });
    if (!forgotten) runtime::log_debug("records", "row_left_behind", {{"error", forgotten.error().sentence}});
  }

  Result<void> connect(Address const& address, Options const& options) {
    busy_wait_ = options.busy_wait;
    auto const open = [this, address]() {
      return engine_ == Engine::kSqlite ? open_sqlite(address.target, busy_wait_) : open_postgresql(address.target, busy_wait_);
    };
    MADANG_CHECK(pool_.fill(open, options.sessions));
    return guarded("records", [&]() -> Result<void> {
      MADANG_TRY(auto const session, pool_.take(Tick::max()));
      for (auto const table : kOwnTables) *session << std::string{table};
      if (engine_ == Engine::kPostgresql) sign_on(*session);
      return {};
    });
  }

  [[nodiscard]] Engine engine() const override { return engine_; }

  Result<void> read(Work const& work) override {
    auto const deadline = CallDeadline::of_call();
    return guarded("records", [&]() -> Result<void> {
      MADANG_TRY(auto const session, pool_.take(deadline));
      auto const stop = WholeReading::stop_of_call();
      if (stop.stop_requested()) return too_late();
      Watchdog::Guard guard(watchdog_, deadline, interrupter(*session));
      std::stop_callback const stopping(stop, [&guard] { guard.cut_now(); });
      try {
        return work(*session);
      } catch (std::exception const&) {
        if (!guard.has_cut()) throw;
        return too_late();
      }
    });
  }

  Result<void> transaction(Work const& work) override { return transact(work, CallDeadline::of_call()); }

  Result<void> migrate(std::string_view module, std::span<Migration const> steps) override {
    for (std::size_t step = 0; step < steps.size(); ++step) {
      auto const once = [&](soci::session& session) { return apply_if_new(session, module, steps, step); };
      MADANG_CHECK(transact(once, Tick::max()));  // a large table may take its time
    }
    return {};
  }

  Result<void> backup_to(std::string const& path) override {
    return guarded("backup of the records to " + path, [&]() -> Result<void> {
      MADANG_TRY(auto const session, pool_.take(Tick::max()));
      return write_copy(*session, engine_, path);
    });
  }

 private:
  static std::unexpected<Error> too_late() {
    return fail(Code::kOverloaded, "records: there was no answer before the deadline; the call was ended");
  }

  /// A row by which this process learns, when the answer of a COMMIT is lost, whether it was done.
  void sign_on(soci::session& session) {
    std::random_device random;
    instance_ = std::to_string(::getpid()) + "-" + std::to_string(random()) + std::to_string(random());
    Number const now = millis_of(clock_.now());
    Number const old = now - kCommitsKept.count();
    session << "DELETE FROM record_commit WHERE at < :old", use(old, "old");
    session << "INSERT INTO record_commit (instance, number, at) VALUES (:instance, 0, :now)", use(instance_, "instance"), use(now, "now");
  }

  Result<void> transact(Work const& work, Tick deadline) {
    // SQLite has one writer anyhow; waiting here is fair and costs no polling.
    Turn::Holder const one_writer(writing_, deadline);
    if (!one_writer.has_it()) return fail(Code::kOverloaded, "records: another writer held the lock until the deadline");
    auto pause = kLostPause;
    for (int tries = 1;; ++tries, pause *= 2) {
      auto outcome = try_once(work, deadline);
      if (!outcome.may_try_again || tries == kTriesMax || tick() + pause > deadline) return std::move(outcome.done);
      runtime::log_debug("records", "tried_again", {{"error", outcome.done.error().sentence}});
      wait_out(pause);
    }
  }

  Outcome try_once(Work const& work, Tick deadline) MADANG_REQUIRES(writing_) {
    Outcome outcome;
    bool is_committing = false;
    {
      auto taken = guarded("records", [&] { return pool_.take(deadline); });
      if (!taken) return {fail(std::move(taken).error()), false};
      auto& session = **taken;
      std::optional<Watchdog::Guard> guard;
      if (deadline != Tick::max()) guard.emplace(watchdog_, deadline, interrupter(session));
      try {
        begin(session, deadline);
        outcome.done = work(session);
        if (!outcome.done) {
          session << "ROLLBACK";
          return outcome;
        }
        if (engine_ == Engine::kPostgresql) mark(session);
        is_committing = true;
        session << "COMMIT";
        return outcome;
      } catch (std::exception const& exception) {
        outcome.done = fail(error_of(exception, "records"));
        bool const is_cut = guard && guard->has_cut();
        bool const is_gone = !is_alive(session);
        outcome.may_try_again = lost_against_another(exception) || (is_gone && !is_cut);
        if (is_cut) outcome.done = too_late();
        if (!is_gone) roll_back(session);
        if (!is_gone || !is_committing) return outcome;
      }
    }
    return outcome_of_commit(deadline);
  }

  void begin(soci::session& session, Tick deadline) {
    if (engine_ == Engine::kPostgresql) {
      session << "BEGIN";
      return;
    }
    auto const left = std::chrono::duration_cast<Millis>(deadline - tick());
    bool const is_short = deadline != Tick::max() && left < busy_wait_;
    if (is_short) session << "PRAGMA busy_timeout = " + std::to_string(std::max<Millis::rep>(left.count(), 1));
    try {
      session << "BEGIN IMMEDIATE";
    } catch (std::exception const&) {
      if (is_short) session << "PRAGMA busy_timeout = " + std::to_string(busy_wait_.count());
      throw;
    }
    if (is_short) session << "PRAGMA busy_timeout = " + std::to_string(busy_wait_.count());
  }

  void mark(soci::session& session) MADANG_REQUIRES(writing_) {
    ++transactions_;
    Number const now = millis_of(clock_.now());
    // Another process, whose clock is ahead, may have cleared the row away.
    session << "INSERT INTO record_commit (instance, number, at) VALUES (:instance, :number, :now)"
               " ON CONFLICT (instance) DO UPDATE SET number = EXCLUDED.number, at = EXCLUDED.at",
        use(instance_, "instance"), use(transactions_, "number"), use(now, "now");
  }

  /// The connection was lost while it committed. The row that every transaction of this process changes says whether it was done; asking
  /// with a lock waits for a transaction that is not over yet.
  Outcome outcome_of_commit(Tick deadline) MADANG_REQUIRES(writing_) {
    for (auto pause = kLostPause;; pause = std::min(pause * 2, kTryAgainAfter)) {
      Number found = -1;
      auto const asked = guarded("records", [&]() -> Result<void> {
        MADANG_TRY(auto const session, pool_.take(deadline));
        // Also after the deadline there is this one question to ask.
        Watchdog::Guard const guard(watchdog_, tick() + kConnectMax, interrupter(*session));
        *session << "SELECT number FROM record_commit WHERE instance = :instance FOR UPDATE", use(instance_, "instance"), into(found);
        return {};
      });
      if (asked && found == transactions_) return {{}, false};
      auto const lost = fail(Code::kUnavailable, "records: the database went away before the change was committed");
      bool const has_row = found >= 0;
      if (asked && has_row) return {lost, true};
      // Without its row nothing says what became of the change, and asking again would not.
      if (asked || tick() + pause > deadline) {
        return {fail(Code::kUnavailable, "records: the database went away while it committed; whether the change stands is not known"), false};
      }
      wait_out(pause);
    }
  }

  /// A pause, and no more: nobody ends it early.
  static void wait_out(Millis pause) {
    runtime::Mutex mutex;
    runtime::Condition never;
    runtime::Lock lock(mutex);
    never.wait_for(lock, pause, [] { return false; });
  }

  static void roll_back(soci::session& session) {
    try {
      session << "ROLLBACK";
    } catch (std::exception const& exception) {
      // The first failure is the one worth reporting; the engine undoes a lost transaction by itself.
      runtime::log_debug("records", "rollback failed", {{"error", exception.what()}});
    }
  }

  Result<void> apply_if_new(soci::session& session, std::string_view module, std::span<Migration const> steps,
                            std::size_t step) {
    std::string const module_name{module};
    auto number = static_cast<long long>(step);
    long long known = 0;
    session << "SELECT COUNT(*) FROM migration WHERE module = :module", soci::use(module_name, "module"),
        soci::into(known);
    if (known > static_cast<long long>(steps.size())) {
      return fail(Code::kConflict, "records: module " + module_name + " has " + std::to_string(known) +
                                       " migrations, this program knows " + std::to_string(steps.size()) +
                                       ": a newer Madang has written them");
    }
    if (known > number) {
      std::string sentence;
      session << "SELECT sentence FROM migration WHERE module = :module AND step = :step",
          soci::use(module_name, "module"), soci::use(number, "step"), soci::into(sentence);
      if (sentence == steps[step].sentence) return {};
      return fail(Code::kConflict, "records: migration " + std::to_string(step) + " of " + module_name + " is \"" +
                                       sentence + "\" there and \"" + std::string{steps[step].sentence} + "\" here");
    }
    run_statements(session, steps[step].sql);
    long long sequence = 0;
    session << "SELECT COUNT(*) FROM migration", soci::into(sequence);
    std::string const sentence{steps[step].sentence};
    std::string const statements{steps[step].sql};
    long long const applied_at = millis_of(clock_.now());
    session << "INSERT INTO migration (sequence, module, step, sentence, statements, applied_at)"
               " VALUES (:sequence, :module, :step, :sentence, :statements, :applied_at)",
        soci::use(sequence, "sequence"), soci::use(module_name, "module"), soci::use(number, "step"),
        soci::use(sentence, "sentence"), soci::use(statements, "statements"), soci::use(applied_at, "applied_at");
    runtime::log_info("records", "migrated", {{"module", module_name}, {"step", sentence}});
    return {};
  }

  Engine const engine_;
  runtime::Clock const& clock_;
  Millis busy_wait_{0};
  std::string instance_;     ///< names this process's row in record_commit
  Watchdog watchdog_;
  SessionPool pool_;
  Turn writing_;
  Number transactions_ MADANG_GUARDED_BY(writing_) = 0;
};

}  // namespace

Result<std::unique_ptr<Records>> Records::open(std::string_view address, runtime::Clock const& clock,
                                               Options options) {
  MADANG_TRY(auto const where, parse_address(address));
  if (options.sessions == 0) return fail(Code::kInvalid, "records: at least one session is needed");
  auto records = std::make_unique<SociRecords>(where.engine, clock);
  MADANG_CHECK(records->connect(where, options));
  return records;
}

Result<void> Records::restore(std::string const& path, std::string_view address) {
  MADANG_TRY(auto const where, parse_address(address));
  return guarded("restore of the records from " + path, [&] { return read_copy(path, where); });
}

}  // namespace madang::storage
