// The rules in the path of every value: one engine behind one mutex, fed by the ingest's writer thread, asked by pages.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "city/registered.h"
#include "runtime/log.h"
#include "runtime/mutex.h"
#include "sensing/quality/engine.h"
#include "sensing/quality/plans.h"
#include "sensing/quality/quality.h"
#include "sensing/quality/reasons.h"
#include "sensing/quality/revisions.h"
#include "sensing/quality/warm_up.h"

namespace madang::sensing {
namespace {

using storage::ObservationDetail;

/// So many Datastreams are looked at while the writer waits.
constexpr std::size_t kCheckUpStep = 2'048;
/// So many are planned while the writer waits.
constexpr std::size_t kPlanStep = 4'096;
/// So often it is looked for streams whose past was not learned; so long those wait of whom the store could tell no more.
constexpr Millis kUnlearnedEvery = std::chrono::minutes{1};
constexpr Millis kUnlearnedAgain = std::chrono::hours{24};
/// The log tells so often how far learning at the start is.
constexpr std::chrono::seconds kLearningSaidEvery{2};
/// The work list is made anew at most so often.
constexpr Millis kWorkListAge = std::chrono::seconds{5};

class EngineControl final : public QualityControl {
 public:
  explicit EngineControl(Needs needs)
      : needs_(needs),
        revised_total_(needs.metrics.counter("madang_sensing_quality_revised_total", "stored values that a later value gave another flag")),
        dropped_total_(needs.metrics.counter("madang_sensing_quality_revisions_dropped_total",
                                             "later opinions that found no room; a rerun gives them again")),
        changes_(needs.city) {}

  Result<void> learn() {
    runtime::Lock const lock(mutex_);
    (void)changes_.read();
    auto const plans = all_plans(needs_.city);
    for (auto const& plan : plans) engine_.plan(plan, needs_.clock.now());
    engine_.expect_all();
    if (needs_.records != nullptr)
      MADANG_CHECK(city::each_registered(*needs_.records, [this](DatastreamId stream, Instant at) MADANG_REQUIRES(mutex_) { engine_.expect_since(stream, at); }));
    engine_.find_neighbours();
    auto const began = needs_.clock.tick();
    auto said = began;
    auto const progress = [&](std::size_t learned, std::size_t of) {
      if (auto const now = needs_.clock.tick(); now - said >= kLearningSaidEvery || learned == of) {
        said = now;
        runtime::log_info("sensing", "quality_learning", {{"quantities", learned}, {"of", of}});
      }
    };
    runtime::log_info("sensing", "quality_learning", {{"quantities", 0}, {"datastreams", plans.size()}});
    MADANG_CHECK(warm_up(engine_, needs_.store, plans, needs_.clock.now(), progress));
    runtime::log_info("sensing", "quality_ready",
                      {{"datastreams", engine_.size()},
                       {"seconds", std::chrono::duration<double>(needs_.clock.tick() - began).count()}});
    return {};
  }

  void judge(storage::Batch& batch) override {
    runtime::Lock const lock(mutex_);
    keep_revisions();
    ++batches_;
    follow_changes();
    plan_new_streams(batch);
    if (batch.details.empty()) return engine_.judge(batch.observations);
    auto const skip = std::make_unique<bool[]>(batch.observations.size());
    for (auto const& [index, detail] : batch.details) {
      using enum ObservationDetail::ResultKind;
      auto& o = batch.observations[index];
      bool const no_measurement = detail.result_kind == kBoolean && engine_.is_measured(o.datastream);
      skip[index] = detail.result_kind == kText || detail.result_kind == kJson || no_measurement;
      // True is no temperature, and what came with it from outside does not make it one.
      if (no_measurement) o.quality = opinion(QualityFlag::kFail, QualityTest::kSyntax);
    }
    engine_.judge(batch.observations, {skip.get(), batch.observations.size()});
  }

  Result<void> settle() override {
    follow_registry();
    Result<void> outcome = learn_forgotten();
    if (auto const learned = learn_history(); !learned) outcome = learned;
    std::vector<Revision> revisions;
    {
      runtime::Lock const lock(mutex_);
      if (batches_ == batches_settled_) keep_revisions();
      batches_settled_ = batches_;
      revisions.swap(durable_);
    }
    std::map<DatastreamId, std::vector<Revision>> by_stream;
    for (auto const& r : revisions) by_stream[r.stream].push_back(r);
    // One that fails does not keep the others waiting; a rerun gives its opinions again.
    for (auto const& [stream, all] : by_stream) {
      auto const changed = revise_stored(needs_.store, stream, all);
      if (changed)
        revised_total_.Increment(static_cast<double>(*changed));
      else
        outcome = fail(changed.error());
    }
    return outcome;
  }

  void listen(Listener listener) override {
    runtime::Lock const lock(mutex_);
    listeners_.push_back(std::move(listener));
  }

  [[nodiscard]] std::vector<WorkItem> work_list() const override {
    auto const now = needs_.clock.now();
    {
      runtime::Lock const lock(list_mutex_);
      if (listed_at_ <= now && now - listed_at_ < kWorkListAge) return list_;
    }
    CheckUp check_up;
    std::size_t streams = 1;
    for (std::size_t begin = 0; begin < streams; begin += kCheckUpStep) {
      runtime::Lock const lock(mutex_);
      streams = engine_.size();
      engine_.check_up(now, begin, kCheckUpStep, check_up);
    }
    std::vector<WorkItem> list;
    for (auto const& finding : by_device(check_up)) list.push_back(work_item(needs_.city, needs_.messages, finding));
    runtime::Lock const lock(list_mutex_);
    list_ = list;
    listed_at_ = now;
    return list;
  }

 private:
  /// Opinions on values up to the batch before: those are stored by now, since one thread judges and stores.
  void keep_revisions() MADANG_REQUIRES(mutex_) {
    auto const fresh = engine_.take_revisions();
    if (fresh.empty()) return;
    for (auto const& listener : listeners_) listener(fresh);
    auto const room = kRevisionsMax - std::min(kRevisionsMax, durable_.size());
    if (fresh.size() > room) dropped_total_.Increment(static_cast<double>(fresh.size() - room));
    durable_.insert(durable_.end(), fresh.begin(), fresh.begin() + static_cast<std::ptrdiff_t>(std::min(room, fresh.size())));
  }

  /// Datastreams that were registered a moment ago.
  void plan_new_streams(storage::Batch const& batch) MADANG_REQUIRES(mutex_) {
    for (auto const& o : batch.observations) {
      if (engine_.knows(o.datastream)) continue;
      auto const datastream = needs_.city.datastream(o.datastream);
      auto const plan = datastream == nullptr ? std::nullopt : plan_of(needs_.city, *datastream);
      if (plan) engine_.plan(*plan);
    }
  }

  /// What changed is known before the next value is judged.
  void follow_changes() MADANG_REQUIRES(mutex_) {
    if (planning_ || changes_.is_current()) return;
    auto const changes = changes_.read();
    all_anew_ = all_anew_ || changes.read_all_anew || changes.changes.size() > kPlanStep;
    if (all_anew_) return;
    for (auto const& change : changes.changes) {
      if (change.kind == city::EntryKind::kDatastream) plan_again(DatastreamId{change.id});
      if (change.kind != city::EntryKind::kThing || change.act == city::Act::kMade) continue;
      for (auto const& datastream : needs_.city.datastreams_of(change.thing)) plan_again(datastream->id);
    }
  }

  void plan_again(DatastreamId id) MADANG_REQUIRES(mutex_) {
    auto const datastream = needs_.city.datastream(id);
    auto const plan = datastream == nullptr ? std::nullopt : plan_of(needs_.city, *datastream);
    if (!plan) return engine_.retire(id);
    engine_.plan(*plan, needs_.clock.now());
  }

  void follow_registry() {
    runtime::Lock lock(mutex_);
    follow_changes();
    if (std::exchange(all_anew_, false)) {
      planning_ = true;
      lock.unlock();
      plan_all();
      lock.lock();
      planning_ = false;
      return;
    }
    auto const places = engine_.take_changed_places();
    if (places.empty()) return;
    auto const sites = engine_.sites();
    lock.unlock();
    auto const around = surroundings_of(places, sites, kNeighbourMetres);
    auto const found = neighbours_of(around.sites);
    std::vector<Site> affected;
    std::vector<Neighbours> theirs;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!around.affected[i]) continue;
      affected.push_back(around.sites[i]);
      theirs.push_back(found[i]);
    }
    lock.lock();
    engine_.set_neighbours(affected, theirs);
  }

  /// What was learned in another unit is learned anew beside the engine, while the writer goes on.
  Result<void> learn_forgotten() {
    {
      runtime::Lock const lock(mutex_);
      to_learn_.merge(engine_.take_forgotten());
    }
    if (to_learn_.empty()) return {};
    MADANG_TRY(auto const learned, learn_anew(needs_.store, all_plans(needs_.city), to_learn_, needs_.clock.now()));
    to_learn_.clear();
    runtime::Lock const lock(mutex_);
    follow_changes();
    for (auto const& [id, state] : learned) engine_.restore(id, state);
    return {};
  }

  /// What came as a history, station by station, met no median of its time. Once no more stations of it come, how they follow the
  /// city is learned from the store, as a start would do: else the first restart would judge by what was not known before it.
  void look_for_history() {
    auto const now = needs_.clock.now();
    if (!history_.empty() || now - looked_for_history_ < kUnlearnedEvery) return;
    looked_for_history_ = now;
    std::set<DatastreamId> found;
    std::size_t streams = 1;
    for (std::size_t begin = 0; begin < streams; begin += kPlanStep) {
      runtime::Lock const lock(mutex_);
      streams = engine_.size();
      found.merge(engine_.find_unlearned(begin, kPlanStep));
    }
    std::erase_if(asked_store_, [now](auto const& asked) { return now - asked.second >= kUnlearnedAgain; });
    std::erase_if(found, [this](DatastreamId id) { return asked_store_.contains(id); });
    bool const more_come = std::exchange(unlearned_, found.size()) < found.size();
    if (!more_come) history_.swap(found);
  }

  /// One channel at a time, so that nothing that waits for this job waits for all of a day's values.
  Result<void> learn_history() {
    look_for_history();
    if (history_.empty()) return {};
    auto const now = needs_.clock.now();
    auto const plans = all_plans(needs_.city);
    std::set<DatastreamId> some;
    for (auto const& channel : by_channel(plans)) {
      for (auto const* plan : channel)
        if (history_.contains(plan->id)) some.insert(plan->id);
      if (!some.empty()) break;
    }
    if (some.empty()) history_.clear();  // none of them is there any more
    auto const learned = learn_anew(needs_.store, plans, some, now);
    // Where that failed the other channels come first.
    auto const asked = learned ? now : now - kUnlearnedAgain + kUnlearnedEvery;
    for (auto const id : some) {
      history_.erase(id);
      asked_store_[id] = asked;
    }
    if (!learned) return fail(learned.error());
    runtime::Lock const lock(mutex_);
    follow_changes();
    for (auto const& [id, state] : *learned) engine_.restore_expectation(id, state);
    return {};
  }

  /// In steps, and with the search outside: the writer goes on while a large city is gone through.
  void plan_all() {
    auto const plans = all_plans(needs_.city);
    std::span<StreamPlan const> rest = plans;
    while (!rest.empty()) {
      auto const some = rest.first(std::min(rest.size(), kPlanStep));
      rest = rest.subspan(some.size());
      runtime::Lock const lock(mutex_);
      for (auto const& plan : some) engine_.plan(plan, needs_.clock.now());
    }
    runtime::Lock lock(mutex_);
    engine_.retire_others(plans);
    (void)engine_.take_changed_places();
    auto const sites = engine_.sites();
    lock.unlock();
    auto const found = neighbours_of(sites);
    lock.lock();
    engine_.set_neighbours(sites, found);
  }

  Needs needs_;
  prometheus::Counter& revised_total_;
  prometheus::Counter& dropped_total_;
  mutable runtime::Mutex mutex_;
  city::ChangeReader changes_ MADANG_GUARDED_BY(mutex_);
  bool all_anew_ MADANG_GUARDED_BY(mutex_) = false;              ///< more has changed than the writer may wait for
  bool planning_ MADANG_GUARDED_BY(mutex_) = false;              ///< what changes meanwhile is applied after it, not overwritten by it
  QualityEngine engine_ MADANG_GUARDED_BY(mutex_);
  std::set<DatastreamId> to_learn_;    ///< of settle() alone
  std::set<DatastreamId> history_;     ///< the same: whose past is to be learned
  std::size_t unlearned_ = 0;          ///< so many there were at the last look
  Instant looked_for_history_{kInstantMin};
  std::map<DatastreamId, Instant> asked_store_;  ///< for their past, when
  std::vector<Listener> listeners_ MADANG_GUARDED_BY(mutex_);
  std::vector<Revision> durable_ MADANG_GUARDED_BY(mutex_);     ///< on values that are stored
  std::uint64_t batches_ MADANG_GUARDED_BY(mutex_) = 0;
  std::uint64_t batches_settled_ MADANG_GUARDED_BY(mutex_) = 0;  ///< at the last settle: when nothing came since, all is stored
  mutable runtime::Mutex list_mutex_;
  mutable std::vector<WorkItem> list_ MADANG_GUARDED_BY(list_mutex_);
  mutable Instant listed_at_ MADANG_GUARDED_BY(list_mutex_){kInstantMin};
};

}  // namespace

Result<std::shared_ptr<QualityControl>> QualityControl::start(Needs needs) {
  auto control = std::make_shared<EngineControl>(needs);
  MADANG_CHECK(control->learn());
  return control;
}

}  // namespace madang::sensing
