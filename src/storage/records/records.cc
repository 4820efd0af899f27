#include "storage/records/records.h"

#include <soci/soci.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "runtime/log.h"
#include "storage/records/copy.h"
#include "storage/records/sessions.h"

namespace madang::storage {
namespace {

/// Open sessions, each used by one thread at a time.
class SessionPool {
 public:
  class Lease {
   public:
    Lease(SessionPool& pool, std::unique_ptr<soci::session> session) : pool_(pool), session_(std::move(session)) {}
    ~Lease() {
      if (session_) pool_.give_back(std::move(session_));
    }
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    soci::session& operator*() const { return *session_; }

   private:
    SessionPool& pool_;
    std::unique_ptr<soci::session> session_;
  };

  void add(std::unique_ptr<soci::session> session) { give_back(std::move(session)); }

  /// Waits for a free session. Throws what SOCI throws when a lost connection cannot be made again.
  Lease take() {
    std::unique_lock lock(mutex_);
    free_again_.wait(lock, [this] { return !free_.empty(); });
    auto session = std::move(free_.back());
    free_.pop_back();
    lock.unlock();
    Lease lease(*this, std::move(session));
    if (!(*lease).is_connected()) (*lease).reconnect();
    return lease;
  }

 private:
  void give_back(std::unique_ptr<soci::session> session) {
    {
      std::scoped_lock const lock(mutex_);
      free_.push_back(std::move(session));
    }
    free_again_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable free_again_;
  std::vector<std::unique_ptr<soci::session>> free_;
};

class SociRecords final : public Records {
 public:
  SociRecords(Engine engine, runtime::Clock const& clock) : engine_(engine), clock_(clock) {}

  Result<void> connect(Address const& address, Options const& options) {
    return guarded("records", [&]() -> Result<void> {
      for (std::size_t i = 0; i < options.sessions; ++i) {
        pool_.add(engine_ == Engine::kSqlite ? open_sqlite(address.target, options.busy_wait)
                                             : open_postgresql(address.target));
      }
      auto const session = pool_.take();
      *session << std::string{kMigrationTable};
      return {};
    });
  }

  [[nodiscard]] Engine engine() const override { return engine_; }

  Result<void> read(Work const& work) override {
    return guarded("records", [&] {
      auto const session = pool_.take();
      return work(*session);
    });
  }

  Result<void> transaction(Work const& work) override {
    // SQLite has one writer anyhow; waiting here is fair and costs no polling.
    std::scoped_lock const one_writer(writing_);
    return guarded("records", [&]() -> Result<void> {
      auto const session = pool_.take();
      *session << (engine_ == Engine::kSqlite ? "BEGIN IMMEDIATE" : "BEGIN");
      try {
        auto done = work(*session);
        if (!done) {
          *session << "ROLLBACK";
          return done;
        }
        *session << "COMMIT";
        return {};
      } catch (std::exception const&) {
        roll_back(*session);
        throw;
      }
    });
  }

  Result<void> migrate(std::string_view module, std::span<Migration const> steps) override {
    for (std::size_t step = 0; step < steps.size(); ++step) {
      auto const once = [&](soci::session& session) { return apply_if_new(session, module, steps, step); };
      MADANG_CHECK(transaction(once));
    }
    return {};
  }

  Result<void> backup_to(std::string const& path) override {
    return guarded("backup of the records to " + path, [&] {
      auto const session = pool_.take();
      return write_copy(*session, engine_, path);
    });
  }

 private:
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
  SessionPool pool_;
  std::mutex writing_;
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
