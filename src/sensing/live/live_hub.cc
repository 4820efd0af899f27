#include "sensing/live/live_hub.h"

#include <algorithm>

#include "sensing/limits.h"
#include "sensing/live/api_json.h"

namespace madang::sensing {
namespace {

/// Medians over thousands of stations need not be taken ten times a second.
constexpr Millis kSumsEvery = std::chrono::seconds{1};

bool same_sums(QuantityNow const& a, QuantityNow const& b) {
  return a.median == b.median && a.count == b.count && a.areas == b.areas && a.stations == b.stations;
}

}  // namespace

LiveHub::LiveHub(std::shared_ptr<CityView> view, runtime::Metrics& metrics)
    : view_(std::move(view)),
      changes_(view_->board().add_reader()),
      dropped_total_(metrics.counter("madang_sensing_live_dropped_total",
                                     "live events that a slow or gone listener did not take")),
      thread_([this] { run(); }) {}

LiveHub::~LiveHub() {
  {
    std::scoped_lock const lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<void> LiveHub::add(std::string const& channel, std::shared_ptr<web::EventSink> sink) {
  // Under the lock, so that no change can slip between the snapshot and the first event.
  std::scoped_lock const lock(mutex_);
  if (watching_ >= kLiveSinksMax) return fail(Code::kOverloaded, "too many listen to live values already");
  MADANG_TRY(auto now, view_->quantity(channel, std::nullopt));
  if (!sink->send("snapshot", now_json(now, true))) {
    return fail(Code::kOverloaded, "the values of so many stations do not fit one stream; read /api/v1/now instead");
  }
  auto& audience = audiences_[channel];
  // Who listens already may not have been told yet how the others' states turned meanwhile.
  if (audience.watchers.empty())
    for (auto const& v : now.values) audience.states[v.datastream] = v.state;
  now.values.clear();
  audience.sums = std::move(now);
  audience.summed_at = view_->needs().clock.tick();
  audience.watchers.push_back({std::move(sink), false});
  ++watching_;
  return {};
}

void LiveHub::run() {
  auto const& clock = view_->needs().clock;
  Tick next_beat = clock.tick() + kLiveBeat;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kLiveTick, [this] { return stopping_; })) {
    drop_closed();
    sort_changes();
    bool const beat_now = clock.tick() >= next_beat;
    for (auto& [channel, audience] : audiences_) tell(channel, audience, beat_now);
    if (!beat_now) continue;
    next_beat = clock.tick() + kLiveBeat;
    beat();
  }
}

/// Looks up what changed since the last tick and hands it to those who watch it.
void LiveHub::sort_changes() {
  auto const changed = view_->board().take_changed(*changes_);
  if (changed.empty() || audiences_.empty()) return;
  auto const index = view_->stations();
  auto const now = view_->needs().clock.now();
  auto const latest = view_->board().find(changed);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    auto const place = index->place_of.find(changed[i]);
    if (place == index->place_of.end()) continue;
    auto const audience = audiences_.find(*place->second.channel);
    if (audience == audiences_.end()) continue;
    auto const* ref = index->stream(changed[i]);
    audience->second.changed.push_back(CityView::shown(*ref, latest[i], now));
    audience->second.states[ref->datastream] = audience->second.changed.back().state;
  }
}

/// Stations that reported and do not any more, or again, without a value that came.
void LiveHub::add_turned(Audience& audience, std::span<StationValue const> values) {
  for (auto const& v : values) {
    auto& told = audience.states[v.datastream];
    if (told != v.state) audience.changed.push_back(v);
    told = v.state;
  }
}

/// `look_again`: take the sums anew even when nothing came in, since stations also grow late by mere time.
void LiveHub::tell(std::string const& channel, Audience& audience, bool look_again) {
  auto const& clock = view_->needs().clock;
  bool const due = clock.tick() - audience.summed_at >= kSumsEvery;
  QuantityNow const* sums = nullptr;
  if (look_again || (due && !audience.changed.empty())) {
    if (auto now = view_->quantity(channel, std::nullopt)) {
      add_turned(audience, now->values);
      now->values.clear();
      bool const same = same_sums(*now, audience.sums);
      audience.sums = *std::move(now);
      audience.summed_at = clock.tick();
      if (!same) sums = &audience.sums;
    }
  }
  if (audience.changed.empty() && sums == nullptr) return;
  auto const data = values_event_json(clock.now(), audience.changed, sums);
  audience.changed.clear();
  for (auto& watcher : audience.watchers) {
    if (watcher.missed) {
      send_snapshot(channel, watcher);
    } else {
      send(watcher, "values", data);
    }
  }
}

void LiveHub::beat() {
  JsonWriter w;
  w.begin_object().field("now", millis_of(view_->needs().clock.now())).end_object();
  auto const data = w.take();
  for (auto& [channel, audience] : audiences_) {
    for (auto& watcher : audience.watchers) send(watcher, "beat", data);
  }
}

void LiveHub::send(Watcher& watcher, std::string_view event, std::string const& data) {
  if (watcher.sink->closed() || watcher.sink->send(event, data)) return;
  watcher.missed = true;
  dropped_total_.Increment();
}

void LiveHub::send_snapshot(std::string const& channel, Watcher& watcher) {
  auto const now = view_->quantity(channel, std::nullopt);
  if (now && watcher.sink->send("snapshot", now_json(*now, true))) watcher.missed = false;
}

void LiveHub::drop_closed() {
  for (auto& [channel, audience] : audiences_) {
    watching_ -= std::erase_if(audience.watchers, [](Watcher const& w) { return w.sink->closed(); });
  }
  std::erase_if(audiences_, [](auto const& entry) { return entry.second.watchers.empty(); });
}

}  // namespace madang::sensing
