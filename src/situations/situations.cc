#include "situations/situations.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <type_traits>

#include "runtime/log.h"
#include "runtime/refusal.h"
#include "runtime/snapshot.h"
#include "situations/codec.h"
#include "situations/kinds.h"
#include "situations/known.h"
#include "situations/limits.h"
#include "situations/numbers.h"
#include "situations/rules.h"
#include "situations/store.h"
#include "storage/records/transactions.h"
#include "storage/records/turn.h"
#include "storage/records/whole_reading.h"

namespace madang::situations {
namespace {

bool fits(Situation const& s, ListQuery const& query) {
  if (query.public_only && !shown_to_public(s)) return false;
  if (query.before && s.id >= *query.before) return false;
  return !query.when || (s.raised_at < query.when->to && (!s.ended_at || *s.ended_at >= query.when->from));
}

/// Not only the time of the report is another one.
bool is_otherwise(Situation const& before, Situation const& after) {
  bool const same = before.words_at == after.words_at && before.clear_since == after.clear_since && before.eased_since == after.eased_since &&
                    json_of(before.signal) == json_of(after.signal) && before.signal.evidence == after.signal.evidence;
  return !same;
}

/// One change at a time, in the records first; readers see whole states only. What other servers write on the same records is read when
/// time passes, and before a change that is made on top of it.
class KeptSituations final : public Situations {
 public:
  KeptSituations(Needs needs, Options options)
      : needs_(needs), options_(options), store_(needs.records), numbers_(needs.metrics) {}

  Result<void> start() {
    MADANG_CHECK(store_.migrate());
    storage::Turn::Holder const one_change(changing_, Tick::max());
    return reload();
  }

  Result<SituationId> raise(Signal signal) override { return raise(std::move(signal), nullptr, {}); }
  Result<SituationId> report(Signal signal, Actor const& by, MayChange const& may_change) override {
    return raise(std::move(signal), &by, may_change);
  }

  Result<void> clear(std::string_view source, std::string_view key) override {
    storage::Turn::Holder const one_change(changing_, storage::CallDeadline::of_call());
    if (!one_change.has_it()) return busy();
    Cause const cause{source, key};
    return with_retries([&]() MADANG_REQUIRES(changing_) -> Result<void> {
      auto const before = known_.find(cause);
      if (!before) return settled_is_over(cause);
      if (before->clear_since) return {};
      return change(cleared(*before, needs_.clock.now()), Said::kOnce);
    });
  }

  Result<void> end(std::string_view source, std::string_view key, End why) override {
    MADANG_ASSERT(why != End::kNone && why != End::kOperator);
    storage::Turn::Holder const one_change(changing_, storage::CallDeadline::of_call());
    if (!one_change.has_it()) return busy();
    Cause const cause{source, key};
    return with_retries([&]() MADANG_REQUIRES(changing_) -> Result<void> {
      auto const open = known_.find(cause);
      if (!open) return settled_is_over(cause);
      return change(ended(*open, why, needs_.clock.now()));
    });
  }

  [[nodiscard]] std::vector<SituationPtr> open_of(std::string_view source) const override {
    std::vector<SituationPtr> out;
    auto const open = known_.open();
    for (auto const& s : *open)
      if (s->signal.source == source) out.push_back(s);
    return out;
  }

  [[nodiscard]] std::vector<SituationPtr> settled_of(std::string_view source) const override {
    return known_.settled().lasting_of(source, needs_.clock.now());
  }

  Result<SituationPtr> acknowledge(SituationId id, Actor const& by) override {
    return work(id, {.action = Action::kAcknowledge, .by = by});
  }
  Result<SituationPtr> act(SituationId id, Actor const& by, std::string note) override {
    return work(id, {.action = Action::kAct, .by = by, .text = std::move(note)});
  }
  Result<SituationPtr> assign(SituationId id, Actor const& by, Actor const& to) override {
    return work(id, {.action = Action::kAssign, .by = by, .assignee = to});
  }
  Result<SituationPtr> note(SituationId id, Actor const& by, std::string text) override {
    return work(id, {.action = Action::kNote, .by = by, .text = std::move(text)});
  }
  Result<SituationPtr> resolve(SituationId id, Actor const& by, std::string reason) override {
    return work(id, {.action = Action::kResolve, .by = by, .text = std::move(reason)});
  }
  Result<SituationPtr> dismiss(SituationId id, Actor const& by, std::string reason) override {
    return work(id, {.action = Action::kDismiss, .by = by, .text = std::move(reason)});
  }

  Result<Silence> silence(Silence silence) override {
    MADANG_CHECK(check(silence));
    storage::Turn::Holder const one_change(changing_, storage::CallDeadline::of_call());
    if (!one_change.has_it()) return busy();
    MADANG_CHECK(reload_if_unsure());
    if (silence.when.to <= needs_.clock.now()) return runtime::refuse_field(Code::kInvalid, "to", "refusal.silence.over");
    auto all = silences();
    if (all.size() >= kSilencesMax) return runtime::refuse_field(Code::kLimit, "silences", "refusal.silence.full", {{"max", kSilencesMax}});
    auto const number = store_.add(silence, needs_.clock.now());
    unsure_ = unsure_ || !number;
    if (!number) return fail(number.error());
    all.push_back(silence);
    silences_.swap(std::make_shared<std::vector<Silence> const>(std::move(all)));
    count(*number);
    return silence;
  }

  Result<void> end_silence(std::int64_t id, Actor const& by) override {
    storage::Turn::Holder const one_change(changing_, storage::CallDeadline::of_call());
    if (!one_change.has_it()) return busy();
    MADANG_CHECK(reload_if_unsure());
    auto const number = store_.end_silence(id, by, needs_.clock.now());
    if (!number) {
      // These say that the records were read and nothing was changed.
      bool const is_certain = number.error().code == Code::kNotFound || number.error().code == Code::kInvalid;
      unsure_ = unsure_ || !is_certain;
      return fail(number.error());
    }
    auto all = *silences_.read();
    std::erase_if(all, [id](Silence const& s) { return s.id == id; });
    silences_.swap(std::make_shared<std::vector<Silence> const>(std::move(all)));
    count(*number);
    runtime::log_info("situations", "silence_ended", {{"silence", id}, {"party", by.party.value()}});
    return {};
  }

  [[nodiscard]] std::vector<Silence> silences() const override {
    auto all = *silences_.read();
    auto const now = needs_.clock.now();
    std::erase_if(all, [now](Silence const& s) { return s.when.to <= now; });
    return all;
  }

  Result<std::vector<SituationPtr>> list(ListQuery const& query) override {
    if (query.open_only) return list_open(query);
    std::vector<SituationPtr> out;
    MADANG_TRY(auto stored, store_.list(query));
    auto const open = known_.open();
    for (auto& s : stored) {
      auto const fresh = find_in(*open, s.id);
      if (!fresh || fresh->version < s.version)
        out.push_back(std::make_shared<Situation const>(std::move(s)));
      else if (fits(*fresh, query))
        out.push_back(fresh);
    }
    return out;
  }

  Result<SituationPtr> find(SituationId id) override {
    if (auto found = find_in(*known_.open(), id)) return found;
    MADANG_TRY(auto stored, store_.find(id));
    return std::make_shared<Situation const>(std::move(stored));
  }

  Result<std::vector<Entry>> timeline(SituationId id) override {
    MADANG_TRY(auto entries, store_.timeline(id));
    if (entries.empty()) return runtime::refuse(Code::kNotFound, "refusal.situation.none", {{"id", std::to_string(id.value())}});
    return entries;
  }

  Result<std::vector<SituationPtr>> open_at(Instant at) override {
    MADANG_TRY(auto shown, store_.shown_at(at));
    MADANG_TRY(auto old, store_.open_by_timeline_at(at));
    std::vector<SituationPtr> out;
    for (auto* const some : {&shown, &old})
      for (auto& s : *some) out.push_back(std::make_shared<Situation const>(std::move(s)));
    std::ranges::sort(out, [](SituationPtr const& a, SituationPtr const& b) { return needs_first(*a, *b); });
    return out;
  }

  Result<void> tick() override {
    storage::Turn::Holder const one_change(changing_, storage::CallDeadline::of_call());
    if (!one_change.has_it()) return busy();
    MADANG_CHECK(read_written());
    // A long reading may have used up the time: the next tick goes on from what is known now.
    if (runtime::SystemClock{}.tick() >= storage::CallDeadline::of_call()) return {};
    return with_retries([this]() MADANG_REQUIRES(changing_) { return pass_time(); });
  }

  void listen(Listener listener) override {
    storage::Turn::Holder const one_change(changing_, Tick::max());
    listeners_.push_back(std::move(listener));
  }
  void add_transaction_hook(TransactionHook hook) override {
    storage::Turn::Holder const one_change(changing_, Tick::max());
    transaction_hooks_.push_back(std::move(hook));
  }

 private:
  /// What another server on the same records wrote meanwhile is read, and the change tried again on top of it: also one that was refused
  /// because of how things stood before that.
  template <typename Work>
  std::invoke_result_t<Work const&> with_retries(Work const& work) MADANG_REQUIRES(changing_) {
    MADANG_CHECK(reload_if_unsure());
    for (int tries = 1;; ++tries) {
      overtaken_ = false;
      auto done = std::invoke(work);  // where clang sees the call itself, it looks for the turn in `work`
      if (done || done.error().code != Code::kConflict || tries == kOvertakenMax) return done;
      auto const known = seen_;
      MADANG_CHECK(catch_up());
      // Who was overtaken by a program that does not count its writes reads all.
      bool const is_uncounted = overtaken_ && seen_ == known;
      if (is_uncounted) MADANG_CHECK(reload());
      if (!is_uncounted && seen_ == known) return done;
    }
  }

  Result<void> save(std::span<Step const> steps, std::function<Result<void>(soci::session&)> const& within) MADANG_REQUIRES(changing_) {
    auto const number = store_.save(steps, seen_, within);
    overtaken_ = !number && number.error().code == Code::kConflict;
    unsure_ = unsure_ || (!number && !overtaken_);
    if (!number) return fail(number.error());
    count(*number);
    return {};
  }

  /// A write of this server. Where another one came before it, both are read with the next look.
  void count(std::int64_t number) MADANG_REQUIRES(changing_) {
    if (number == seen_ + 1) seen_ = number;
  }

  /// Some at a time, so that what is committed stays where the records are too slow for all of it: the rest follows with the next tick.
  Result<void> pass_time() MADANG_REQUIRES(changing_) {
    auto const deadline = storage::CallDeadline::of_call();
    auto const now = needs_.clock.now();
    bool const save_fresh = now - fresh_saved_at_ >= kFreshSavedEvery || now < fresh_saved_at_;
    auto due = due_steps(now, save_fresh);
    for (std::size_t from = 0; from < due.size();) {
      auto const count = std::min(together_, due.size() - from);
      auto const first = due.begin() + static_cast<std::ptrdiff_t>(from);
      auto const begun = runtime::SystemClock{}.tick();
      auto committed = commit({std::make_move_iterator(first), std::make_move_iterator(first + static_cast<std::ptrdiff_t>(count))});
      if (!committed) {
        if (!overtaken_) together_ = std::max<std::size_t>(1, count / 2);
        return committed;
      }
      together_ = std::min(together_ + 1, kTogetherMax);
      from += count;
      auto const ended = runtime::SystemClock{}.tick();
      bool const fits_another = ended + 2 * (ended - begun) <= deadline;
      if (from < due.size() && !fits_another) return {};
    }
    if (save_fresh) fresh_saved_at_ = now;
    return {};
  }

  /// What time has made of the open ones; behind that, where it is to be saved, what is in memory alone.
  std::vector<Step> due_steps(Instant now, bool save_fresh) MADANG_REQUIRES(changing_) {
    auto const silences = silences_.read();
    std::vector<Step> due;
    std::vector<Step> fresh;
    auto const open = known_.open();
    for (auto const& s : *open) {
      auto step = time_passed(*s, silence_of(*silences, s->signal, now, parent_of()), options_, now);
      if (!step.entries.empty()) due.push_back(std::move(step));
      else if (save_fresh && known_.is_unsaved(s->id)) fresh.push_back(std::move(step));
      if (due.size() >= kTickMax) break;
    }
    fresh.resize(std::min(fresh.size(), kTickMax - due.size()));
    std::ranges::move(fresh, std::back_inserter(due));
    return due;
  }

  /// `by`: a person says so; nullptr: a detector.
  Result<SituationId> raise(Signal signal, Actor const* by, MayChange const& may_change) {
    MADANG_CHECK(check(signal));
    storage::Turn::Holder const one_change(changing_, storage::CallDeadline::of_call());
    if (!one_change.has_it()) return busy();
    return with_retries([&]() MADANG_REQUIRES(changing_) { return accept_report(signal, by, may_change); });
  }

  Result<SituationId> accept_report(Signal signal, Actor const* by, MayChange const& may_change) MADANG_REQUIRES(changing_) {
    auto const now = needs_.clock.now();
    if (!signal.area && signal.place && !signal.whole_city) signal.area = needs_.city.area_at(*signal.place);
    signal.is_public = signal.is_public && !kind_of(signal.kind).internal;
    signal.by_program = by != nullptr && by->is_program;
    bool const is_dated = signal.since != Instant{};
    if (!is_dated) signal.since = now;
    Cause const cause{signal.source, signal.key};
    if (auto const before = known_.find(cause)) {
      if (!is_dated) signal.since = before->signal.since;
      if (may_change && !may_change(*before))
        return runtime::refuse_field(Code::kForbidden, "key", "refusal.situation.open_elsewhere", {{"id", std::to_string(before->id.value())}});
      if (by != nullptr) MADANG_CHECK(check_same_incident(*before, signal, *by));
      auto step = reported(*before, std::move(signal), options_, now, by);
      // What is confirmed, or has moved, may be what a silence is about: nobody is told first and told otherwise a second later.
      auto const silences = silences_.read();
      if (!step.entries.empty()) apply_silence(step, silence_of(*silences, step.situation.signal, now, parent_of()), now);
      auto const said = by != nullptr && is_otherwise(*before, step.situation) ? Said::kOnce : Said::kAgain;
      MADANG_CHECK(change(std::move(step), said));
      return before->id;
    }
    bool const by_person = by != nullptr && !by->is_program;
    auto const settled = by_person ? nullptr : known_.settled().find(cause);
    bool const is_quiet = settled && stays_settled(*settled, signal, now) && (!may_change || may_change(*settled));
    if (is_quiet) return still_settled(*settled, now);
    MADANG_TRY(auto const id, raise_new(std::move(signal), by, now));
    known_.settled().forget(cause);
    return id;
  }

  /// In the order of need, so that a limit cuts off what needs somebody least.
  Result<std::vector<SituationPtr>> list_open(ListQuery query) {
    SituationPtr after;
    if (query.before) {
      MADANG_TRY(after, find(*query.before));
    }
    query.before.reset();
    std::vector<SituationPtr> out;
    auto const open = known_.open();
    for (auto const& s : *open)
      if (fits(*s, query) && (!after || needs_first(*after, *s))) out.push_back(s);
    std::ranges::sort(out, [](SituationPtr const& a, SituationPtr const& b) { return needs_first(*a, *b); });
    if (out.size() > query.limit) out.resize(query.limit);
    return out;
  }

  [[nodiscard]] ParentOf parent_of() const {
    return [this](AreaId id) {
      auto const area = needs_.city.area(id);
      return area ? area->parent : AreaId{};
    };
  }

  /// The cause lasts, or is back, although somebody ended its Situation by hand.
  Result<SituationId> still_settled(Situation const& settled, Instant now) MADANG_REQUIRES(changing_) {
    bool const is_due = settled.clear_since || now - settled.seen_at >= kSettledSavedEvery;
    if (!is_due) return settled.id;
    auto seen = std::make_shared<Situation>(settled);
    seen->seen_at = now;
    seen->clear_since.reset();
    MADANG_CHECK(save(std::array{Step{*seen, {}}}, nothing_owed));
    known_.settled().renew(seen);
    return seen->id;
  }

  /// The next report of this cause is about a new one. A dismissal holds for its day all the same, but for this cause
  /// alone: nothing else is gone on with under its key.
  Result<void> settled_is_over(Cause const& cause) MADANG_REQUIRES(changing_) {
    auto const settled = known_.settled().find(cause);
    if (!settled || settled->clear_since) return {};
    auto over = std::make_shared<Situation>(*settled);
    over->clear_since = needs_.clock.now();
    MADANG_CHECK(save(std::array{Step{*over, {}}}, nothing_owed));
    if (over->state == State::kDismissed) known_.settled().renew(over);
    else known_.settled().forget(cause);
    return {};
  }

  static std::unexpected<Error> busy() { return runtime::refuse(Code::kOverloaded, "refusal.situation.busy"); }
  static Result<void> nothing_owed(soci::session&) { return {}; }

  Result<SituationId> raise_new(Signal signal, Actor const* by, Instant now) MADANG_REQUIRES(changing_) {
    if (known_.size() >= kOpenMax) {
      numbers_.count_refused();
      return runtime::refuse(Code::kLimit, "refusal.situation.too_many_open", {{"max", kOpenMax}});
    }
    auto const id = known_.next_id();
    auto const silences = silences_.read();
    auto const* silence = silence_of(*silences, signal, now, parent_of());
    MADANG_CHECK(change(raised(id, std::move(signal), silence, now, by)));
    return id;
  }

  Result<SituationPtr> work(SituationId id, Deed const& deed) {
    storage::Turn::Holder const one_change(changing_, storage::CallDeadline::of_call());
    if (!one_change.has_it()) return busy();
    return with_retries([&]() MADANG_REQUIRES(changing_) -> Result<SituationPtr> {
      MADANG_TRY(auto const before, find(id));
      MADANG_TRY(auto step, deed_done(*before, deed, needs_.clock.now()));
      auto after = std::make_shared<Situation const>(step.situation);
      MADANG_CHECK(change(std::move(step)));
      return after;
    });
  }

  /// What a detector sees it reports again and again; what is said by hand, and that a cause is gone, may be said this once.
  enum class Said { kAgain, kOnce };

  /// Durable at once when somebody must be told, and when nobody may say it again; else in memory until tick() saves it.
  Result<void> change(Step step, Said said = Said::kAgain) MADANG_REQUIRES(changing_) {
    if (!step.entries.empty() || said == Said::kOnce) {
      std::vector<Step> steps;
      steps.push_back(std::move(step));
      return commit(std::move(steps));
    }
    known_.mark_unsaved(step.situation.id);
    std::vector<SituationPtr> const fresh{std::make_shared<Situation const>(std::move(step.situation))};
    show(fresh);
    return {};
  }

  Result<void> commit(std::vector<Step> steps) MADANG_REQUIRES(changing_) {
    std::vector<SituationPtr> fresh;
    std::vector<Change> changes;
    for (auto const& step : steps) {
      fresh.push_back(std::make_shared<Situation const>(step.situation));
      for (auto const& entry : step.entries) changes.push_back({fresh.back(), entry});
    }
    auto const run_hooks = [&](soci::session& sql) MADANG_REQUIRES(changing_) -> Result<void> {
      for (auto const& change : changes)
        for (auto const& hook : transaction_hooks_) MADANG_CHECK(hook(sql, change));
      return {};
    };
    MADANG_CHECK(save(steps, run_hooks));
    for (auto const& s : fresh) known_.mark_saved(s->id);
    show(fresh);
    for (auto const& change : changes) numbers_.count(change.entry.kind);
    notify_listeners(changes);
    return {};
  }

  void notify_listeners(std::span<Change const> changes) const MADANG_REQUIRES(changing_) {
    for (auto const& change : changes)
      for (auto const& listener : listeners_) listener(change);
  }

  void show(std::span<SituationPtr const> fresh) MADANG_REQUIRES(changing_) {
    known_.show(fresh, needs_.clock.now());
    numbers_.show(*known_.open());
  }

  /// A commit that failed may have happened all the same (a lost connection): what is kept decides.
  Result<void> reload_if_unsure() MADANG_REQUIRES(changing_) {
    known_.settled().forget_old(needs_.clock.now());
    if (!unsure_) return {};
    return reload();
  }

  /// For as long as that takes, once the records have answered: who has less time for it would never know how things stand.
  Result<void> read_written() MADANG_REQUIRES(changing_) {
    MADANG_TRY(auto const version, store_.version());
    if (!unsure_ && version == seen_) return {};
    storage::WholeReading const whole;
    MADANG_CHECK(reload_if_unsure());
    return catch_up();
  }

  /// What was written since the last look, by whichever server.
  Result<void> catch_up() MADANG_REQUIRES(changing_) {
    MADANG_TRY(auto const version, store_.version());
    if (version == seen_) return {};
    if (version < seen_) return reload();  // somebody has put older records in their place
    MADANG_TRY(auto written, store_.written_since(seen_, needs_.clock.now()));
    if (!written) return reload();
    return merge_written(*std::move(written), Known::Reading::kChanges);
  }

  Result<void> reload() MADANG_REQUIRES(changing_) {
    auto const now = needs_.clock.now();
    MADANG_TRY(auto stored, store_.load(now - std::max(kDismissedFor, kSettledFor), now));
    MADANG_CHECK(add_ended(*known_.open(), stored.situations));
    return merge_written(std::move(stored), Known::Reading::kAll);
  }

  /// Those that were open here and are not among these have ended: who shows them must learn it.
  Result<void> add_ended(OpenOnes const& known, std::vector<Situation>& stored) {
    std::vector<SituationId> missing;
    for (auto const& s : known)
      if (!std::ranges::binary_search(stored, s->id, {}, &Situation::id)) missing.push_back(s->id);
    MADANG_TRY(auto ended, store_.find_some(missing));
    std::ranges::move(ended, std::back_inserter(stored));
    std::ranges::sort(stored, {}, &Situation::id);
    return {};
  }

  /// What the records say counts, whoever wrote it. Listeners are told what they have not heard. Nothing has changed where it fails.
  Result<void> merge_written(Stored stored, Known::Reading reading) MADANG_REQUIRES(changing_) {
    std::vector<SituationPtr> written;
    for (auto& s : stored.situations) written.push_back(known_.newer_of(std::move(s)));
    MADANG_TRY(auto const news, changes_to_notify(written));
    known_.merge(written, stored.last_id, reading, needs_.clock.now());
    silences_.swap(std::make_shared<std::vector<Silence> const>(std::move(stored.silences)));
    seen_ = stored.version;
    unsure_ = false;
    numbers_.show(*known_.open());
    notify_listeners(news);
    return {};
  }

  /// The lines that other servers have written, and those of a commit whose answer was lost. `written`: by id.
  Result<std::vector<Change>> changes_to_notify(std::span<SituationPtr const> written) MADANG_REQUIRES(changing_) {
    std::vector<Change> news;
    if (listeners_.empty()) return news;
    std::vector<LinesOf> wanted;
    for (auto const& s : written)
      if (auto const notified = known_.notified_version(*s); notified < s->version) wanted.push_back({s->id, notified, s->version});
    MADANG_TRY(auto lines, store_.lines(wanted));
    for (auto& line : lines) {
      auto const of = std::ranges::lower_bound(written, line.situation, {}, [](SituationPtr const& s) { return s->id; });
      news.push_back({*of, std::move(line)});
    }
    return news;
  }

  Needs const needs_;
  Options const options_;
  Store store_;
  Numbers numbers_;
  Known known_;  ///< changed with the turn
  runtime::Snapshot<std::vector<Silence>> silences_;

  storage::Turn changing_;  ///< with the caller's deadline, for the records may hang meanwhile
  bool unsure_ MADANG_GUARDED_BY(changing_) = false;     ///< a commit failed, and may have happened all the same
  bool overtaken_ MADANG_GUARDED_BY(changing_) = false;  ///< a commit failed because another program was faster
  std::int64_t seen_ MADANG_GUARDED_BY(changing_) = 0;   ///< the write up to which all is known here
  Instant fresh_saved_at_ MADANG_GUARDED_BY(changing_);
  std::size_t together_ MADANG_GUARDED_BY(changing_) = kTogetherMax;  ///< Situations that a tick commits together: fewer where the records took too long for more
  std::vector<Listener> listeners_ MADANG_GUARDED_BY(changing_);
  std::vector<TransactionHook> transaction_hooks_ MADANG_GUARDED_BY(changing_);
};

}  // namespace

Result<std::unique_ptr<Situations>> Situations::open(Needs needs, Options options) {
  auto kept = std::make_unique<KeptSituations>(needs, options);
  MADANG_CHECK(kept->start());
  return kept;
}

}  // namespace madang::situations
