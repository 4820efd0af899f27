#include "web/http/event_hub.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "core/json_writer.h"
#include "core/text.h"
#include "web/http/limits.h"

namespace madang::web {
namespace {

std::string new_epoch() {
  std::uint64_t random = 0;
  randombytes_buf(&random, sizeof random);
  return fmt::format("{:016x}", random);
}

}  // namespace

EventTopic::EventTopic(Snapshot snapshot, std::function<void()> before_beat, runtime::Clock const& clock, prometheus::Counter& missed)
    : snapshot_(std::move(snapshot)), before_beat_(std::move(before_beat)), clock_(clock), missed_(missed), epoch_(new_epoch()) {}

void EventTopic::close() {
  runtime::Lock const no_snapshot(snapshot_mutex_);
  runtime::Lock const no_beat(beat_mutex_);
  runtime::Lock const lock(mutex_);
  closed_ = true;
  listeners_.clear();
}

std::string EventTopic::id_of(std::uint64_t number) const { return fmt::format("{}-{}", epoch_, number); }

Result<void> EventTopic::check_room() {
  drop_closed();
  if (closed_) return fail(Code::kUnavailable, "the server is stopping");
  if (listeners_.size() >= kTopicListenersMax) return fail(Code::kOverloaded, "too many listen to this already");
  return {};
}

Result<void> EventTopic::add(std::shared_ptr<EventSink> sink, std::string_view last_id) {
  {
    runtime::Lock const lock(mutex_);
    MADANG_CHECK(check_room());
    std::uint64_t number = 0;
    if (can_resume(last_id, number) && resume(*sink, number)) {
      listeners_.push_back({std::move(sink)});
      return {};
    }
  }
  runtime::Lock const making(snapshot_mutex_);
  runtime::Lock const lock(mutex_);
  MADANG_CHECK(check_room());
  MADANG_CHECK(renew_snapshot(kTopicKeptMax));
  MADANG_CHECK(check_room());
  if (!send_snapshot(*sink))
    return fail(Code::kOverloaded, "what there is to tell does not fit one stream; ask for it by a request of its own");
  listeners_.push_back({std::move(sink)});
  return {};
}

bool EventTopic::can_resume(std::string_view last_id, std::uint64_t& number) const {
  auto const dash = last_id.find('-');
  if (dash == std::string_view::npos || last_id.substr(0, dash) != epoch_) return false;
  auto const parsed = parse_int(last_id.substr(dash + 1));
  if (!parsed || *parsed < 0) return false;
  number = static_cast<std::uint64_t>(*parsed);
  return number <= number_ && number_ - number <= kept_.size();
}

Result<void> EventTopic::renew_snapshot(std::uint64_t behind_max) {
  auto const behind = [this]() MADANG_REQUIRES(mutex_) { return number_ - kept_snapshot_->number; };
  if (kept_snapshot_ && clock_.tick() - kept_snapshot_->made < kTopicSnapshotKept && behind() <= behind_max && behind() <= kept_.size()) return {};
  for (int tries = 0; tries < kTopicSnapshotTries; ++tries) {
    kept_snapshot_.reset();
    KeptSnapshot kept{.data = {}, .number = number_, .made = clock_.tick()};
    auto data = [this]() MADANG_REQUIRES(mutex_) {
      runtime::Unlocked const meanwhile(mutex_);
      return snapshot_();
    }();
    if (!data) return fail(std::move(data).error());
    kept.data = *std::move(data);
    kept_snapshot_ = std::move(kept);
    if (behind() <= kept_.size()) return {};
  }
  return fail(Code::kOverloaded, "more changes at once than can be told; try again soon");
}

bool EventTopic::send_snapshot(EventSink& sink) const {
  return sink.send({"snapshot", kept_snapshot_->data, id_of(kept_snapshot_->number)}) && send_since(sink, kept_snapshot_->number);
}

/// False when not all of it fitted: then the snapshot that follows says everything again.
bool EventTopic::resume(EventSink& sink, std::uint64_t number) const {
  return sink.send({"resumed", "{}", id_of(number)}) && send_since(sink, number);
}

bool EventTopic::send_since(EventSink& sink, std::uint64_t number) const {
  for (; number < number_; ++number) {
    auto const& kept = kept_[kept_.size() - (number_ - number)];
    if (!sink.send({kept.event, kept.data, id_of(number + 1)})) return false;
  }
  return true;
}

void EventTopic::publish(std::string_view event, std::string data) {
  runtime::Lock const lock(mutex_);
  ++number_;
  auto const id = id_of(number_);
  for (auto& listener : listeners_) send(listener, {event, data, id});
  kept_bytes_ += event.size() + data.size();
  kept_.push_back({std::string{event}, std::move(data)});
  while (kept_bytes_ > kTopicKeptBytesMax || kept_.size() > kTopicKeptMax) {
    kept_bytes_ -= kept_.front().event.size() + kept_.front().data.size();
    kept_.pop_front();
  }
}

std::size_t EventTopic::listeners() {
  runtime::Lock const lock(mutex_);
  drop_closed();
  return listeners_.size();
}

void EventTopic::drop_closed() {
  std::erase_if(listeners_, [](Listener const& l) { return l.sink->closed(); });
}

void EventTopic::send(Listener& listener, EventSink::Event const& event) {
  if (listener.missed || listener.sink->closed() || listener.sink->send(event)) return;
  listener.missed = true;
  missed_.Increment();
}

/// A listener that reads a few bytes now and then must not have the whole snapshot made every second.
bool EventTopic::is_due(Listener& listener) {
  if (!listener.missed || --listener.waits >= 0) return false;
  listener.waits = listener.pause = std::min(2 * listener.pause + 1, kTopicPauseMax);
  return true;
}

/// Tells anew what there is to those who missed something.
void EventTopic::resend_missed() {
  {
    runtime::Lock const lock(mutex_);
    drop_closed();
    bool any = false;
    for (auto& listener : listeners_) any = (listener.due = is_due(listener)) || any;
    if (!any) return;
  }
  runtime::Lock const making(snapshot_mutex_);
  runtime::Lock const lock(mutex_);
  // Their queues are short of room: the less follows the better.
  bool const made = !closed_ && renew_snapshot(0);
  for (auto& listener : listeners_) {
    if (!std::exchange(listener.due, false) || !made) continue;
    listener.missed = !send_snapshot(*listener.sink);
    if (!listener.missed) listener.pause = listener.waits = 0;
  }
}

void EventTopic::beat(std::string_view data) {
  runtime::Lock const no_close(beat_mutex_);
  if (before_beat_ && !is_closed_for_beats()) before_beat_();
  runtime::Lock const lock(mutex_);
  for (auto& listener : listeners_) send(listener, {"beat", data, {}});
}

EventHub::EventHub(runtime::Clock const& clock, runtime::Metrics& metrics)
    : clock_(clock),
      missed_(metrics.counter("madang_web_events_missed_total",
                               "server-sent events that a slow listener could not take; it gets a snapshot instead")),
      next_beat_(clock.tick() + kTopicBeat),
      thread_([this] { run(); }) {}

EventHub::~EventHub() {
  {
    runtime::Lock const lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::shared_ptr<EventTopic> EventHub::open(EventTopic::Snapshot snapshot, std::function<void()> before_beat) {
  auto topic = std::make_shared<EventTopic>(std::move(snapshot), std::move(before_beat), clock_, missed_);
  runtime::Lock const lock(mutex_);
  topics_.push_back(topic);
  return topic;
}

void EventHub::run() {
  runtime::Lock lock(mutex_);
  while (!wake_.wait_for(lock, kTopicMend, [this]() MADANG_REQUIRES(mutex_) { return stopping_; })) {
    bool const beat = clock_.tick() >= next_beat_;
    if (beat) next_beat_ = clock_.tick() + kTopicBeat;
    lock.unlock();
    serve_topics(beat);
    lock.lock();
  }
}

void EventHub::serve_topics(bool beat) {
  std::vector<std::shared_ptr<EventTopic>> topics;
  {
    runtime::Lock const lock(mutex_);
    std::erase_if(topics_, [](auto const& topic) { return topic.expired(); });
    for (auto const& held : topics_) {
      if (auto topic = held.lock()) topics.push_back(std::move(topic));
    }
  }
  JsonWriter w;
  w.begin_object().field("now", millis_of(clock_.now())).end_object();
  auto const data = w.take();
  for (auto const& topic : topics) {
    topic->resend_missed();
    if (beat) topic->beat(data);
  }
}

std::string_view last_event_id(Request const& request) {
  if (auto const header = request.header("last-event-id"); !header.empty()) return header;
  return request.query_value("last_event_id").value_or(std::string_view{});
}

}  // namespace madang::web
