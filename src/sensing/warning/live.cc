#include "sensing/warning/live.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "runtime/log.h"
#include "runtime/mutex.h"
#include "sensing/quality/quality.h"
#include "sensing/warning/imported_history.h"
#include "sensing/warning/inbox.h"
#include "sensing/warning/lateness.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/registry_changes.h"
#include "sensing/warning/rules.h"
#include "sensing/warning/sight.h"
#include "sensing/warning/sight_words.h"
#include "sensing/warning/signals.h"
#include "sensing/warning/reporter.h"
#include "sensing/warning/warm_start.h"

namespace madang::sensing::warning {
namespace {

constexpr Millis kWake{500};
constexpr std::size_t kManyValues = 50;    // so many values at once tell the time of the stream
constexpr double kMostOfThem = 0.1;        // all but this share is newer
constexpr Millis kReadAgainEvery = std::chrono::seconds{10};
constexpr Millis kCalm = std::chrono::seconds{5};  // after the last value that found no room: a history may still be loaded
constexpr Millis kLookEvery = std::chrono::seconds{15};
// Streams that turn out to deliver at another pace are judged anew with their past; not at every one.
constexpr Millis kNewPaceFirst = std::chrono::seconds{1};
constexpr Millis kNewPaceLater = std::chrono::minutes{10};
constexpr int kNewPacesAtOnce = 3;
constexpr Millis kNewPaceOfFew = std::chrono::hours{1};
constexpr std::size_t kFewOf = 50;  // less than one of so many
constexpr int kBusyWith = 10;  // all that is judged anew for paces takes at most one part of so many of the time
constexpr Millis kMoveEvery = std::chrono::seconds{5};
constexpr std::size_t kMovedAtOnce = 500;  // each is taught by its hours
constexpr Millis kNewPaceOfOpen = std::chrono::minutes{5};  // all is judged anew for streams of something open, so often at most

Instant whole_hour(Instant t) { return Instant{std::chrono::floor<std::chrono::hours>(t.time_since_epoch())}; }

class Live final : public EarlyWarning {
 public:
  Live(Needs needs, RuleSet rules, Options options, indices::Calendar calendar)
      : needs_(needs),
        options_(std::move(options)),
        calendar_(calendar),
        engine_(std::make_unique<Engine>(std::move(rules), engine_options())),
        newest_version_(engine_->rules().version),
        lateness_(options_.lateness),
        sight_(needs.clock.now()),
        reporter_({needs.situations, needs.city, needs.messages, needs.metrics}),
        changes_(needs.city),
        directory_(needs.city),
        inbox_(std::make_shared<Inbox>()),
        judged_(needs.metrics.counter("madang_warning_values_total", "Values judged by the early warning")),
        late_(needs.metrics.gauge("madang_warning_values_late", "Values that came after their step was over")),
        lost_(needs.metrics.counter("madang_warning_values_lost_total",
                                    "Values of the last hours that the early warning neither heard nor read from the store")) {
    inbox_->waiting_max = options_.waiting_max;
    inbox_->missed_total = &needs.metrics.counter("madang_warning_values_read_again_total",
                                                  "Values that found no room in the early warning's queue: they are read from the store");
    needs_.ingest.listen([inbox = inbox_](std::span<storage::StoredObservation const> batch) { inbox->put(batch); });
    if (needs_.quality != nullptr)
      needs_.quality->listen([inbox = inbox_](std::span<Revision const> later) { inbox->put(later); });
    thread_ = std::thread([this] { run(); });
  }
  ~Live() override { stop(); }

  void use(RuleSet rules) override {
    runtime::Lock const lock(inbox_->mutex);
    if (rules.version < newest_version_) return;
    newest_version_ = rules.version;
    inbox_->rules = std::move(rules);
    inbox_->wake.notify_all();
  }

  void drain() override {
    runtime::Lock lock(inbox_->mutex);
    auto const mine = ++inbox_->asked;
    inbox_->wake.notify_all();
    inbox_->idle.wait(lock, [&]() MADANG_REQUIRES(inbox_->mutex) { return inbox_->drained >= mine || inbox_->stopping; });
  }

  [[nodiscard]] std::vector<Engine::Standing> standing() const override {
    runtime::Lock const lock(standing_mutex_);
    return standing_;
  }

  void stop() override {
    {
      runtime::Lock const lock(inbox_->mutex);
      inbox_->stopping = true;
      inbox_->wake.notify_all();
      inbox_->idle.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  [[nodiscard]] Engine::Options engine_options() const { return {options_.alarms_per_day, calendar_, options_.lateness, options_.streams_max}; }

  void run();
  void warm();
  void rebuild(RuleSet rules);
  void rebuild_from_past();
  void judge(std::vector<Item> items, std::vector<Correction> const& revisions, Instant delivered_until);
  [[nodiscard]] Instant time_of(std::span<Item const> sorted, Instant delivered_until) const;
  void learn_lateness(std::vector<Item> const& items);
  [[nodiscard]] std::vector<Engine::Sight> sights(Instant now) const;
  void read_again_after(std::size_t missed);
  void follow_paces();
  bool move_lost(Instant now);
  void teach(std::span<std::uint32_t const> anew);
  void report_blind();
  void follow_registry();
  [[nodiscard]] std::shared_ptr<StationIndex const> stations() const { return needs_.stations ? needs_.stations() : directory_.read(); }
  void advance(Instant now);
  void remember_blind();
  void remember_ended(Instant now);
  void wait_for_history(Instant now, std::string const& why);

  Needs needs_;
  Options options_;
  indices::Calendar calendar_;
  // Of the own thread alone.
  std::unique_ptr<Engine> engine_;
  std::uint32_t newest_version_ MADANG_GUARDED_BY(inbox_->mutex);  ///< of the rules given
  std::unique_ptr<Engine> before_;  ///< whose knowledge goes on once the past could be read
  StreamNumbers numbers_;
  Lateness lateness_;
  Instant new_pace_at_;
  Instant moved_at_;
  Millis rebuilt_in_{0};  ///< the last time that all was judged anew for a pace
  int new_paces_ = 0;
  std::size_t paces_changed_ = 0;
  std::size_t missed_ = 0;     ///< values that found no room in the queue and are not read from the store yet
  Instant missed_at_;          ///< the last of them
  Instant read_again_at_;
  ImportedHistory imported_history_;
  bool history_wanted_ = false;  ///< was brought in beside live values, and says what is usual
  std::size_t left_out_ = 0;   ///< of the newest reading: more than it had room for
  std::optional<Instant> warm_again_at_;  ///< the past could not be read
  Sightedness sight_;
  Instant looked_at_;
  struct Unseen {
    std::vector<std::string> channels;
    Instant since;
  };
  std::map<std::string, Unseen> blind_;  ///< what is told as unseen, by key
  std::optional<city::ChangeCursor> units_seen_;  ///< how far the registry was, and was followed, when units were looked at; none: of other rules
  Instant advanced_;
  bool remembers_ended_ = false;
  Reporter reporter_;
  city::ChangeReader changes_;
  StationDirectory directory_;

  std::shared_ptr<Inbox> inbox_;
  prometheus::Counter& judged_;
  prometheus::Gauge& late_;
  prometheus::Counter& lost_;
  mutable runtime::Mutex standing_mutex_;
  std::vector<Engine::Standing> standing_ MADANG_GUARDED_BY(standing_mutex_);
  std::thread thread_;
};

void Live::run() {
  warm();
  while (true) {
    std::vector<Item> items;
    std::vector<Correction> revisions;
    std::optional<RuleSet> rules;
    std::uint64_t asked = 0;
    std::size_t missed = 0;
    Instant delivered_until;
    {
      runtime::Lock lock(inbox_->mutex);
      auto const work = [&]() MADANG_REQUIRES(inbox_->mutex) { return inbox_->stopping || inbox_->rules || inbox_->asked > inbox_->drained; };
      inbox_->wake.wait_for(lock, kWake, work);
      if (inbox_->stopping) return;
      // Asked before the values are taken: all that arrived until then is among them.
      lock.unlock();
      delivered_until = needs_.ingest.delivered_until();
      lock.lock();
      items.swap(inbox_->items);
      revisions.swap(inbox_->revisions);
      rules.swap(inbox_->rules);
      asked = inbox_->asked;
      missed = std::exchange(inbox_->missed, 0);
    }
    if (rules) rebuild(*std::move(rules));
    else if (warm_again_at_ && needs_.clock.now() >= *warm_again_at_) rebuild(engine_->rules());
    read_again_after(missed);
    // What comes meanwhile stands in the store, and is read with the past.
    if (!warm_again_at_) follow_registry();
    if (!warm_again_at_) {
      judge(std::move(items), revisions, delivered_until);
      follow_paces();
      report_blind();
    }
    {
      runtime::Lock const lock(standing_mutex_);
      standing_ = engine_->standing();
    }
    runtime::Lock const lock(inbox_->mutex);
    inbox_->drained = asked;
    inbox_->idle.notify_all();
  }
}

void Live::warm() {
  (void)changes_.read();
  auto const now = needs_.clock.now();
  auto const is_stopping = [this] {
    runtime::Lock const lock(inbox_->mutex);
    return inbox_->stopping;
  };
  auto const replayed = warm_start({needs_.city, needs_.store, lateness_, is_stopping, before_.get()}, *engine_, numbers_, now, options_.history);
  if (is_stopping()) return;
  warm_again_at_.reset();
  if (!replayed) return wait_for_history(now, replayed.error().sentence);
  before_.reset();
  left_out_ = replayed->left_out;
  if (replayed->crowded_out > 0)
    runtime::log_error("warning", "streams_not_watched", {{"datastreams", std::to_string(replayed->crowded_out)}, {"maximum", std::to_string(options_.streams_max)}});
  auto const continued = adopt_all(needs_.situations, *engine_, numbers_);
  reporter_.continue_causes(continued, engine_->rules());
  if (!std::exchange(remembers_ended_, true)) {
    reporter_.restore_ended_parts(continued, *engine_);
    remember_ended(now);
  }
  remember_blind();
  sight_.restart_counts(now, engine_->sight());
  (void)lateness_.take_changes();
  runtime::log_info("warning", "watching", {{"datastreams", std::to_string(numbers_.size())},
                                           {"replayed", std::to_string(replayed->values)},
                                           {"rules_version", std::to_string(engine_->rules().version)}});
}

/// Who delivers a day late may show what was over before the restart.
void Live::remember_ended(Instant now) {
  auto const ended = needs_.situations.list({.when = Interval{now - kLatenessMax, now + Millis{1}}, .limit = kCausesMax});
  if (ended) reporter_.remember(*ended);
  else runtime::log_error("warning", "ended_unread", {{"reason", ended.error().sentence}});
}

/// Without its past nothing is judged, and what was told stays as it is: nobody knows that it is over. It is tried again.
void Live::wait_for_history(Instant now, std::string const& why) {
  runtime::log_error("warning", "history_unread", {{"reason", why}});
  warm_again_at_ = now + kReadAgainEvery;
  remember_blind();
  Blindness all{.why = Blind::kHistory, .channels = {}, .streams = numbers_.size(), .since = now};
  std::set<std::string> channels;
  for (auto const& rule : engine_->rules().rules)
    if (rule.enabled) channels.insert(rule.channel);
  all.channels.assign(channels.begin(), channels.end());
  if (all.channels.empty()) return;
  auto& unseen = blind_.try_emplace(blind_key(all.why), Unseen{{}, now}).first->second;
  unseen.channels = all.channels;
  all.since = unseen.since;
  reporter_.raise(signal_of(all, {needs_.city, needs_.messages}));
}

/// What was told as unseen before stands until it is known to be seen again.
void Live::remember_blind() {
  for (auto const& open : needs_.situations.open_of(kSource)) {
    if (open->signal.kind != kBlindKind) continue;
    auto& unseen = blind_[open->signal.key] = {{}, open->signal.since};
    for (auto const& one : open->signal.facts.not_judged) unseen.channels.push_back(one.channel);
  }
}

/// Other rules, other paces: what was learned of a station, what it was about to show and what is open goes on.
void Live::rebuild(RuleSet rules) {
  if (!warm_again_at_) before_ = std::move(engine_);
  engine_ = std::make_unique<Engine>(std::move(rules), engine_options());
  numbers_.clear();
  units_seen_.reset();
  paces_changed_ = 0;  // all are as they were learned
  warm();
}

/// The engine did not hear all: what it made of the rest is judged anew.
void Live::rebuild_from_past() {
  RuleSet rules = engine_->rules();
  before_.reset();
  engine_.reset();
  rebuild(std::move(rules));
}

/// A history that is loaded brings more than the queue holds. When it is in, what was missed is read from the store.
void Live::read_again_after(std::size_t missed) {
  auto const now = needs_.clock.now();
  if (missed > 0) {
    missed_ += missed;
    missed_at_ = now;
    return;
  }
  if ((missed_ == 0 && !history_wanted_) || warm_again_at_ || now - missed_at_ < kCalm || now - read_again_at_ < kReadAgainEvery) return;
  read_again_at_ = now;
  rebuild_from_past();
  if (warm_again_at_) return;  // the past could not be read: it is tried again
  lost_.Increment(static_cast<double>(std::min(missed_, left_out_)));
  runtime::log_info("warning", "read_again", {{"values", std::to_string(missed_)}, {"lost", std::to_string(std::min(missed_, left_out_))}});
  missed_ = 0;
  history_wanted_ = false;
}

/// By when each arrived: what has waited in the queue while the past was read did not come late for that.
void Live::learn_lateness(std::vector<Item> const& items) {
  std::unordered_map<DatastreamId, std::vector<Arrival>> arrivals;
  for (auto const& item : items) arrivals[item.datastream].push_back({item.received, item.time});
  for (auto& [id, of_stream] : arrivals) {
    auto const number = numbers_.find(id);
    if (number == numbers_.end()) continue;
    auto const step = engine_->stream(number->second).interval;
    for (auto const& delivery : deliveries_of(of_stream)) lateness_.add(id, step, delivery.arrived, delivery.times);
  }
}

std::vector<Engine::Sight> Live::sights(Instant now) const {
  auto all = engine_->sight();
  for (auto const id : lateness_.lost(now - kBlindAfter, now - kSilentFor)) {
    auto const number = numbers_.find(id);
    if (number == numbers_.end()) continue;
    auto const& stream = engine_->stream(number->second);
    auto const of_channel = std::ranges::find_if(all, [&](Engine::Sight const& s) {
      return s.channel == base_channel(stream.channel) && s.simulated == stream.simulated;
    });
    if (of_channel != all.end()) ++of_channel->only_late;
  }
  return all;
}

/// Streams of another pace are judged with their like, from their stored past on.
void Live::follow_paces() {
  auto const now = needs_.clock.now();
  paces_changed_ += lateness_.take_changes();
  if (paces_changed_ == 0) return;
  // Everything is judged anew: a few streams are not worth it before long.
  bool const few = paces_changed_ * kFewOf < numbers_.size();
  auto const wait = few ? kNewPaceOfFew : new_paces_ < kNewPacesAtOnce ? kNewPaceFirst : kNewPaceLater;
  bool const waits = new_pace_at_ > Instant{} && now - new_pace_at_ < std::max(wait, kBusyWith * rebuilt_in_);
  if (waits && !move_lost(now)) return;
  auto const changed = std::exchange(paces_changed_, 0);
  ++new_paces_;
  runtime::log_info("warning", "new_pace", {{"datastreams", std::to_string(changed)}});
  rebuild(engine_->rules());
  new_pace_at_ = needs_.clock.now();
  rebuilt_in_ = new_pace_at_ - now;
}

/// Of whom nothing is judged loses nothing by going to its own pace alone, taught by its hours. True: some are part of something open,
/// which only an engine that is made anew goes on with, and it is time for one.
bool Live::move_lost(Instant now) {
  if (now - moved_at_ < kMoveEvery) return false;
  moved_at_ = now;
  lateness_.forget_lost(now - kSilentFor);
  std::vector<std::uint32_t> moved;
  bool any_open = false;
  for (auto const id : lateness_.lost(now, now - kSilentFor)) {
    auto const number = numbers_.find(id);
    if (number == numbers_.end() || moved.size() >= kMovedAtOnce) continue;
    Stream stream = engine_->stream(number->second);
    auto const before = std::exchange(stream.lateness, lateness_.of(id));
    if (stream.lateness == before) continue;
    if (engine_->would_end_what_is_open(number->second, stream)) any_open = true;
    else if (engine_->change(number->second, stream)) moved.push_back(number->second);
  }
  if (any_open && now - new_pace_at_ >= std::max(kNewPaceOfOpen, kBusyWith * rebuilt_in_)) return true;
  if (!moved.empty()) teach(moved);
  return false;
}

/// Tells of what it cannot see, and when it sees again.
void Live::report_blind() {
  auto const now = needs_.clock.now();
  if (now - looked_at_ < kLookEvery) return;
  looked_at_ = now;
  if (auto const seen = needs_.city.change_cursor(); units_seen_ != seen) {
    auto const index = stations();
    sight_.set_foreign(now, only_foreign(*index, engine_->rules()));
    auto const out = crowded_out(*index, engine_->rules(), numbers_);
    // Who was registered since the registry was followed is not without room: they are counted once it is followed so far.
    if (changes_.cursor() == seen && changes_.is_current()) {
      sight_.set_crowded_out(now, out);
      units_seen_ = seen;
    }
  }
  std::map<std::string, Unseen> blind;
  std::set<std::string_view> unseen;
  auto const sights = this->sights(now);
  history_wanted_ = imported_history_.detect(now, sights) || history_wanted_;
  auto found = sight_.find_blind(now, sights);
  for (auto& b : found) {
    auto const key = blind_key(b.why);
    // It began when it was first told, whatever a restart has forgotten.
    if (auto const before = blind_.find(key); before != blind_.end()) b.since = std::min(b.since, before->second.since);
    blind.emplace(key, Unseen{b.channels, b.since});
    unseen.insert(b.channels.begin(), b.channels.end());
    reporter_.raise(signal_of(b, {needs_.city, needs_.messages}));
  }
  for (auto& [key, before] : blind_) {
    if (blind.contains(key)) continue;
    // After a restart nobody knows at once that it sees again.
    auto const sees = [&](std::string const& channel) { return unseen.contains(channel) || sight_.sees(key, channel); };
    if (std::ranges::all_of(before.channels, sees)) reporter_.end(key, situations::End::kGone);
    else blind.emplace(key, std::move(before));
  }
  blind_ = std::move(blind);
}

/// Stations that were added, moved or retired, and what was corrected: before the values that came after it are judged.
void Live::follow_registry() {
  if (changes_.is_current()) return;
  auto const changes = changes_.read();
  auto const index = stations();
  auto const applied = apply_changes(changed_streams(changes, needs_.city, *index, numbers_), {needs_.city, *index, lateness_}, *engine_, numbers_);
  if (!applied.outcome) runtime::log_error("warning", "streams_refused", {{"reason", applied.outcome.error().sentence}});
  if (applied.needs_rebuild) return rebuild(engine_->rules());
  if (applied.anew.empty()) return;
  teach(applied.anew);
  runtime::log_info("warning", "registry_followed", {{"taught_anew", std::to_string(applied.anew.size())}});
}

void Live::teach(std::span<std::uint32_t const> anew) {
  auto const now = needs_.clock.now();
  auto const taught = teach_anew(needs_.store, *engine_, numbers_, anew, {whole_hour(now - options_.history), now});
  if (!taught) runtime::log_error("warning", "history_unread", {{"reason", taught.error().sentence}});
}

/// Whether the value that it is about has been sent anew since: `items` ascending by time.
bool is_superseded(Correction const& correction, std::span<Item const> items) {
  auto const same_time = std::ranges::equal_range(items, correction.when.from, {}, &Item::time);
  return correction.when.length() == Millis{1} && std::ranges::any_of(same_time, [&](Item const& item) {
    return item.datastream == correction.stream && item.order > correction.order;
  });
}

void Live::judge(std::vector<Item> items, std::vector<Correction> const& revisions, Instant delivered_until) {
  learn_lateness(items);
  std::ranges::stable_sort(items, {}, &Item::time);
  auto const over = time_of(items, delivered_until);
  std::vector<Judged> judged;
  for (auto const& item : items) {
    auto const number = numbers_.find(item.datastream);
    if (number == numbers_.end()) continue;
    auto const before = std::min(item.time, over);
    if (before - advanced_ >= std::chrono::seconds{1}) advance(before);
    judged.push_back({item.datastream, engine_->observe(number->second, item.time, static_cast<double>(item.value), item.flag)});
    judged_.Increment();
  }
  lateness_.note_judged(judged);
  for (auto const& r : revisions) {
    if (may_be_true(r.quality) || is_superseded(r, items)) continue;
    if (auto const number = numbers_.find(r.stream); number != numbers_.end()) engine_->revise(number->second, r.when, r.quality.flag);
  }
  advance(over);
  late_.Set(static_cast<double>(engine_->late()));
  reporter_.retry_refused_ends();
}

/// A step is over when the clock says so and all that has arrived by then is heard, or when nearly everything that comes, and from half of all streams, is newer: a
/// replay runs ahead. One device whose clock is ahead moves nothing, however much it sends.
Instant Live::time_of(std::span<Item const> sorted, Instant delivered_until) const {
  auto const clock = needs_.clock.now();
  auto const now = std::min(clock, std::max(delivered_until, clock - kBacklogMax));
  if (sorted.size() < kManyValues) return now;
  auto const early = sorted[static_cast<std::size_t>(kMostOfThem * static_cast<double>(sorted.size()))].time;
  if (early <= now) return now;
  std::set<DatastreamId> ahead;
  for (auto const& item : sorted)
    if (item.time >= early) ahead.insert(item.datastream);
  return 2 * ahead.size() >= numbers_.size() ? early : now;
}

void Live::advance(Instant now) {
  if (now <= advanced_) return;
  advanced_ = now;
  auto findings = engine_->advance(now);
  reporter_.report(std::move(findings), *engine_);
}

}  // namespace

Result<std::unique_ptr<EarlyWarning>> EarlyWarning::start(Needs needs, RuleSet rules, Options options) {
  MADANG_TRY(auto const calendar, indices::Calendar::of_zone(options.zone));
  MADANG_CHECK(check(rules));
  return std::make_unique<Live>(needs, std::move(rules), std::move(options), calendar);
}

}  // namespace madang::sensing::warning
