// Group commit: one thread takes whatever waits, writes it as one durable batch, tells the listeners, then answers each
// submission. Under load the batches grow by themselves; when idle a reading waits for nobody.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <iterator>
#include <list>
#include <map>
#include <thread>
#include <tuple>
#include <utility>

#include "runtime/log.h"
#include "runtime/mutex.h"
#include "sensing/sensing.h"

namespace madang::sensing {
namespace {

using storage::Appended;
using storage::Batch;
using storage::Observation;
using storage::StoredObservation;

constexpr std::size_t kVerdictsMax = 200'000;
constexpr Millis kVerdictsAge = std::chrono::hours{1};

/// What was said of values that could not be stored. They come again, and whoever judges has heard them by then: a value that is
/// heard a second time is hardly judged. Who does not come again within an hour is not waited for. Of the writer thread alone.
class Verdicts {
 public:
  explicit Verdicts(runtime::Clock const& clock) : clock_(clock) {}

  void keep(Batch const& batch) {
    auto const now = clock_.tick();
    drop_old(now);
    for (auto const& o : batch.observations) {
      auto const [at, made] = places_.try_emplace(key_of(o));
      if (made) {
        at->second = kept_.insert(kept_.end(), {at, o.quality, now});
      } else {
        at->second->since = now;
        kept_.splice(kept_.end(), kept_, at->second);
      }
      if (kept_.size() > kVerdictsMax) drop_oldest();
    }
  }
  /// What was said first holds.
  void recall(Batch& batch) {
    drop_old(clock_.tick());
    if (kept_.empty()) return;
    for (auto& o : batch.observations)
      if (auto const first = places_.find(key_of(o)); first != places_.end()) o.quality = first->second->quality;
  }
  void forget(Batch const& batch) {
    if (kept_.empty()) return;
    for (auto const& o : batch.observations) {
      auto const at = places_.find(key_of(o));
      if (at == places_.end()) continue;
      kept_.erase(at->second);
      places_.erase(at);
    }
  }

 private:
  using Key = std::tuple<DatastreamId, Instant, double>;
  static Key key_of(Observation const& o) { return {o.datastream, o.phenomenon_time, o.value}; }

  struct Verdict;
  using Places = std::map<Key, std::list<Verdict>::iterator>;
  struct Verdict {
    Places::iterator place;
    Quality quality;
    Tick since;  ///< when the value last came
  };

  void drop_oldest() {
    places_.erase(kept_.front().place);
    kept_.pop_front();
  }
  void drop_old(Tick now) {
    while (!kept_.empty() && now - kept_.front().since > kVerdictsAge) drop_oldest();
  }

  runtime::Clock const& clock_;
  std::list<Verdict> kept_;  ///< who came last stands last
  Places places_;
};

struct Submission {
  Batch batch;
  Ingest::Done done;
  Instant arrived;
};

/// When what has been taken and not yet delivered to the listeners arrived. A millisecond is one place, however much came in it.
class Undelivered {
 public:
  void add(Instant arrived) { ++counts_[arrived]; }
  void remove(Instant arrived) {
    auto const found = counts_.find(arrived);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
  }
  [[nodiscard]] std::optional<Instant> first() const { return counts_.empty() ? std::nullopt : std::optional{counts_.begin()->first}; }

 private:
  std::map<Instant, std::size_t> counts_;
};

/// An error that one submission of a shared batch may have caused alone.
bool is_about_content(Code code) {
  return code == Code::kInvalid || code == Code::kLimit || code == Code::kConflict || code == Code::kNotFound;
}

/// Where there is no log that others follow.
struct DirectLog {
  explicit DirectLog(storage::ObservationStore& store)
      : following(log.follow({}, [&store](Batch const& batch, storage::Position) { return store.append(batch); }).value()) {}

  storage::LocalLog log;
  std::unique_ptr<storage::ReadingLog::Following> following;
};

class GroupCommitIngest final : public Ingest {
 public:
  GroupCommitIngest(std::unique_ptr<DirectLog> direct, storage::ReadingLog& log, runtime::Clock const& clock,
                    runtime::Metrics& metrics, Options const& options)
      : direct_(std::move(direct)), log_(log), clock_(clock), options_(options),
        stored_total_(total(metrics, "stored")), repeated_total_(total(metrics, "repeated")),
        superseded_total_(total(metrics, "superseded")), refused_total_(total(metrics, "refused")),
        overloaded_total_(total(metrics, "overloaded")),
        commit_seconds_(metrics.seconds("madang_sensing_commit_seconds", "time of one durable batch")) {
    metrics.sampled("madang_sensing_observations_waiting", "observations accepted but not yet durable",
                    [waiting = waiting_] { return static_cast<double>(waiting->load()); });
    writer_ = std::thread([this] { run(); });
  }

  ~GroupCommitIngest() override { stop(); }

  void submit(Batch batch, Done done) override {
    auto const count = batch.observations.size();
    if (auto checked = storage::check_batch(batch); !checked) {
      refused_total_.Increment(static_cast<double>(count));
      return done(fail(std::move(checked).error()));
    }
    storage::set_aside_non_numbers(batch);
    if (auto error = enqueue(batch, done)) {
      overloaded_total_.Increment(static_cast<double>(count));
      done(fail(*std::move(error)));
    }
  }

  Result<Appended> submit_and_wait(Batch batch) override {
    std::promise<Result<Appended>> promise;
    auto answer = promise.get_future();
    submit(std::move(batch), [&promise](Result<Appended> result) { promise.set_value(std::move(result)); });
    return answer.get();
  }

  [[nodiscard]] Instant delivered_until() const override {
    runtime::Lock const lock(mutex_);
    return undelivered_.first().value_or(clock_.now());
  }

  void listen(Listener listener) override {
    runtime::Lock const lock(mutex_);
    listeners_.push_back(std::move(listener));
  }

  void stop() override {
    {
      runtime::Lock const lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    runtime::Lock const lock(join_mutex_);
    if (writer_.joinable()) writer_.join();
  }

 private:
  static prometheus::Counter& total(runtime::Metrics& metrics, std::string const& result) {
    return metrics.counter("madang_sensing_observations_total", "observations by what became of them",
                           {{"result", result}});
  }

  /// Takes both when there is room; otherwise leaves them and says why. It has arrived when it is taken: who asked before
  /// until when all has been delivered was told of an earlier moment.
  std::optional<Error> enqueue(Batch& batch, Done& done) {
    auto const count = batch.observations.size();
    {
      runtime::Lock const lock(mutex_);
      if (stopping_) return Error{Code::kUnavailable, "the server is stopping; send the observations again later"};
      auto const waiting = waiting_->load();
      if (waiting > 0 && waiting + count > options_.observations_waiting_max) {
        return Error{Code::kOverloaded, fmt::format("{} observations wait to be stored, the maximum is {}", waiting,
                                                    options_.observations_waiting_max)};
      }
      waiting_->fetch_add(count);
      auto const arrived = clock_.now();
      for (auto& o : batch.observations)
        if (o.received_at == Instant{}) o.received_at = arrived;
      queue_.push_back({std::move(batch), std::move(done), arrived});
      undelivered_.add(arrived);
    }
    wake_.notify_one();
    return std::nullopt;
  }

  /// Before anybody of them is answered: who has the answer may ask.
  void mark_delivered(std::span<Submission const> submissions) {
    runtime::Lock const lock(mutex_);
    for (auto const& s : submissions) undelivered_.remove(s.arrived);
  }

  void run() {
    std::vector<Submission> taken;
    while (true) {
      {
        runtime::Lock lock(mutex_);
        wake_.wait(lock, [this]() MADANG_REQUIRES(mutex_) { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        taken.swap(queue_);
      }
      for (std::size_t begin = 0; begin < taken.size();) {
        std::size_t end = begin;
        std::size_t count = 0;
        do {
          count += taken[end++].batch.observations.size();
        } while (end < taken.size() && count + taken[end].batch.observations.size() <= options_.batch_max);
        write(std::span(taken).subspan(begin, end - begin));
        waiting_->fetch_sub(count);
        begin = end;
      }
      taken.clear();
    }
  }

  void write(std::span<Submission> group) {
    if (options_.closed == nullptr) return write_open(group);
    city::ClosedStreams::Passage const passage(*options_.closed);
    if (!passage.any()) return write_open(group);
    auto const closed_of = [&passage](Submission const& s) {
      return std::ranges::find_if(s.batch.observations, [&](Observation const& o) { return passage.is_closed(o.datastream); });
    };
    auto const refused = std::ranges::stable_partition(group, [&](Submission const& s) { return closed_of(s) == s.batch.observations.end(); });
    write_open({group.begin(), refused.begin()});
    mark_delivered(refused);
    for (auto& s : refused) {
      refused_total_.Increment(static_cast<double>(s.batch.observations.size()));
      s.done(fail(Code::kUnavailable, fmt::format("Datastream {} is being deleted; send again what else was sent", closed_of(s)->datastream.value())));
    }
  }

  void write_open(std::span<Submission> group) {
    bool const nothing = std::ranges::all_of(group, [](Submission const& s) { return s.batch.observations.empty(); });
    if (nothing) {
      mark_delivered(group);
      for (auto& s : group) s.done(Appended{});
      return;
    }
    if (group.size() == 1) return write_alone(group.front());
    merged_.observations.clear();
    merged_.details.clear();
    for (auto& s : group) {
      auto const offset = static_cast<std::uint32_t>(merged_.observations.size());
      merged_.observations.insert(merged_.observations.end(), s.batch.observations.begin(), s.batch.observations.end());
      for (auto const& [index, detail] : s.batch.details) merged_.details.emplace_back(offset + index, detail);
    }
    judge(merged_);
    auto appended = append(merged_);
    if (!appended && is_about_content(appended.error().code)) {
      // Each by itself: they have been judged already.
      std::size_t begin = 0;
      for (auto& s : group) {
        for (auto& o : s.batch.observations) o.quality = merged_.observations[begin++].quality;
        store_alone(s);
      }
      return;
    }
    settle(merged_, appended);
    mark_delivered(group);
    std::size_t begin = 0;
    for (auto& s : group) {
      auto const count = s.batch.observations.size();
      if (appended) {
        auto const first = appended->entries.begin() + static_cast<std::ptrdiff_t>(begin);
        s.done(Appended{{first, first + static_cast<std::ptrdiff_t>(count)}});
      } else {
        refused_total_.Increment(static_cast<double>(count));
        s.done(fail(appended.error()));
      }
      begin += count;
    }
  }

  void write_alone(Submission& s) {
    judge(s.batch);
    store_alone(s);
  }

  void judge(Batch& batch) {
    if (!options_.judge) return;
    options_.judge(batch);
    verdicts_.recall(batch);
  }

  /// Tells what is durable; of what may come again it keeps what was said of it.
  void settle(Batch const& batch, Result<Appended> const& appended) {
    if (appended) {
      verdicts_.forget(batch);
      notify_listeners(batch, *appended);
    } else if (!is_about_content(appended.error().code)) {
      verdicts_.keep(batch);
    }
  }

  void store_alone(Submission& s) {
    auto appended = s.batch.observations.empty() ? Appended{} : append(s.batch);
    settle(s.batch, appended);
    mark_delivered({&s, 1});
    if (!appended) refused_total_.Increment(static_cast<double>(s.batch.observations.size()));
    s.done(std::move(appended));
  }

  Result<Appended> append(Batch const& batch) {
    Tick const start = clock_.tick();
    auto appended = log_.append(batch);
    commit_seconds_.Observe(std::chrono::duration<double>(clock_.tick() - start).count());
    if (!appended && !is_about_content(appended.error().code)) {
      runtime::log_error("sensing", "append_failed", {{"observations", batch.observations.size()},
                                                      {"error", appended.error().sentence}});
    }
    if (appended) MADANG_ASSERT(appended->entries.size() == batch.observations.size());
    return appended;
  }

  /// Counts, and tells the listeners all but the repeats, which they have heard before.
  void notify_listeners(Batch const& batch, Appended const& appended) {
    std::size_t repeated = 0;
    std::size_t superseded = 0;
    std::size_t refused = 0;
    // Places are used again and again: making and unmaking them cost more than filling them.
    if (news_.size() < batch.observations.size()) news_.resize(batch.observations.size());
    std::size_t delivered = 0;
    auto detail = batch.details.begin();
    for (std::size_t i = 0; i < batch.observations.size(); ++i) {
      auto const& entry = appended.entries[i];
      bool const has_detail = detail != batch.details.end() && detail->first == i;
      bool const fresh_value = entry.outcome == Appended::Outcome::kStored || entry.outcome == Appended::Outcome::kSuperseded;
      if (entry.outcome == Appended::Outcome::kRepeated) {
        ++repeated;
      } else if (!fresh_value) {
        ++refused;
      } else {
        superseded += entry.outcome == Appended::Outcome::kSuperseded ? 1 : 0;
        auto& fresh = news_[delivered++];
        static_cast<Observation&>(fresh) = batch.observations[i];
        fresh.id = entry.id;
        fresh.detail.reset();
        if (has_detail) fresh.detail = detail->second;
      }
      if (has_detail) ++detail;
    }
    stored_total_.Increment(static_cast<double>(delivered - superseded));
    repeated_total_.Increment(static_cast<double>(repeated));
    superseded_total_.Increment(static_cast<double>(superseded));
    refused_total_.Increment(static_cast<double>(refused));
    if (delivered == 0) return;
    for (auto const& listener : listeners_) listener(std::span(news_).first(delivered));
  }

  std::unique_ptr<DirectLog> const direct_;
  storage::ReadingLog& log_;
  runtime::Clock const& clock_;
  Options const options_;
  prometheus::Counter& stored_total_;
  prometheus::Counter& repeated_total_;
  prometheus::Counter& superseded_total_;
  prometheus::Counter& refused_total_;
  prometheus::Counter& overloaded_total_;
  prometheus::Histogram& commit_seconds_;
  /// Shared with the metrics, which may be read after this is gone.
  std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);

  mutable runtime::Mutex mutex_;
  runtime::Condition wake_;
  std::vector<Submission> queue_ MADANG_GUARDED_BY(mutex_);
  Undelivered undelivered_ MADANG_GUARDED_BY(mutex_);  ///< of what waits and of what the writer has taken
  bool stopping_ MADANG_GUARDED_BY(mutex_) = false;
  std::vector<Listener> listeners_;  ///< complete before the first submission, then only read

  // Of the writer thread alone; kept for their memory.
  Batch merged_;
  std::vector<StoredObservation> news_;
  Verdicts verdicts_{clock_};

  runtime::Mutex join_mutex_;
  std::thread writer_ MADANG_GUARDED_BY(join_mutex_);
};

}  // namespace

std::unique_ptr<Ingest> Ingest::start(storage::ObservationStore& store, runtime::Clock const& clock,
                                      runtime::Metrics& metrics, Options const& options) {
  auto direct = std::make_unique<DirectLog>(store);
  auto& log = direct->log;
  return std::make_unique<GroupCommitIngest>(std::move(direct), log, clock, metrics, options);
}

std::unique_ptr<Ingest> Ingest::start(storage::ReadingLog& log, runtime::Clock const& clock, runtime::Metrics& metrics,
                                      Options const& options) {
  return std::make_unique<GroupCommitIngest>(nullptr, log, clock, metrics, options);
}

}  // namespace madang::sensing
