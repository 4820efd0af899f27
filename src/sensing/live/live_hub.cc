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

LiveHub::LiveHub(std::shared_ptr<CityView> view, web::EventHub& events)
    : view_(std::move(view)), changes_(view_->board().add_reader()), events_(events), thread_([this] { run(); }) {}

LiveHub::~LiveHub() {
  {
    runtime::Lock const lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  for (auto const& [channel, audience] : audiences_) audience.topic->close();
}

Result<void> LiveHub::add(std::string const& channel, std::shared_ptr<web::EventSink> sink, std::string_view last_id) {
  MADANG_TRY(auto const topic, topic_of(channel));
  // Beside the lock: the snapshot of one quantity must not hold up the changes of all.
  return topic->add(std::move(sink), last_id);
}

Result<std::shared_ptr<web::EventTopic>> LiveHub::topic_of(std::string const& channel) {
  {
    runtime::Lock const lock(mutex_);
    if (auto const found = audiences_.find(channel); found != audiences_.end()) return stay(found->second);
  }
  // Beside the lock too. What changes until the audience is there is in the snapshot that its first listener gets.
  MADANG_TRY(auto audience, open(channel));
  runtime::Lock const lock(mutex_);
  auto const [at, fresh] = audiences_.try_emplace(channel, std::move(audience));
  return stay(at->second);
}

/// Somebody comes: it stays.
std::shared_ptr<web::EventTopic> LiveHub::stay(Audience& audience) const {
  audience.left_at = view_->needs().clock.tick();
  return audience.topic;
}

Result<LiveHub::Audience> LiveHub::open(std::string const& channel) {
  Audience audience;
  MADANG_TRY(audience.sums, view_->quantity(channel, std::nullopt));
  for (auto const& v : audience.sums.values) audience.states[v.datastream] = v.state;
  audience.sums.values.clear();
  audience.summed_at = audience.looked_at = audience.left_at = view_->needs().clock.tick();
  audience.topic = events_.open([view = view_, channel]() -> Result<std::string> {
    MADANG_TRY(auto const now, view->quantity(channel, std::nullopt));
    return now_json(now, true);
  });
  return audience;
}

void LiveHub::run() {
  runtime::Lock lock(mutex_);
  while (!wake_.wait_for(lock, kLiveTick, [this]() MADANG_REQUIRES(mutex_) { return stopping_; })) {
    sort_changes();
    for (auto& [channel, audience] : audiences_) publish(channel, audience);
    drop_left();
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
    auto const* channel = index->channel_of(changed[i]);
    if (channel == nullptr) continue;
    auto const audience = audiences_.find(*channel);
    if (audience == audiences_.end()) continue;
    auto const& ref = *index->placed(changed[i]);
    audience->second.changed.push_back(CityView::shown(ref, latest[i], now));
    audience->second.states[ref.datastream] = audience->second.changed.back().state;
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

void LiveHub::publish(std::string const& channel, Audience& audience) {
  auto const& clock = view_->needs().clock;
  auto const tick = clock.tick();
  bool const look_again = tick - audience.looked_at >= kLiveLookEvery;
  bool const due = tick - audience.summed_at >= kSumsEvery;
  QuantityNow const* sums = nullptr;
  if (look_again || (due && !audience.changed.empty())) {
    if (look_again) audience.looked_at = tick;
    if (auto now = view_->quantity(channel, std::nullopt)) {
      add_turned(audience, now->values);
      now->values.clear();
      bool const same = same_sums(*now, audience.sums);
      audience.sums = *std::move(now);
      audience.summed_at = tick;
      if (!same) sums = &audience.sums;
    }
  }
  if (audience.changed.empty() && sums == nullptr) return;
  audience.topic->publish("values", values_event_json(clock.now(), audience.changed, sums));
  audience.changed.clear();
}

/// Nobody has listened for a while: what is published costs nothing then.
void LiveHub::drop_left() {
  auto const tick = view_->needs().clock.tick();
  for (auto& [channel, audience] : audiences_) {
    if (audience.topic->listeners() > 0) audience.left_at = tick;
    if (tick - audience.left_at >= kLiveLeftMax) audience.topic->close();
  }
  std::erase_if(audiences_, [&](auto const& entry) { return tick - entry.second.left_at >= kLiveLeftMax; });
}

}  // namespace madang::sensing
