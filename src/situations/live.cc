#include "situations/live.h"

#include "situations/limits.h"
#include "situations/unjudged.h"

namespace madang::situations {

LiveSituations::LiveSituations(Needs needs) : needs_(needs), thread_([this] { run(); }) {}

LiveSituations::~LiveSituations() {
  {
    std::scoped_lock const lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<void> LiveSituations::add(std::shared_ptr<web::EventSink> sink, Audience audience) {
  // Under the lock, so that no change can slip between the snapshot and the first event.
  std::scoped_lock const lock(mutex_);
  std::erase_if(watchers_, [](Watcher const& w) { return w.sink->closed(); });
  if (watchers_.size() >= kLiveSinksMax) return fail(Code::kOverloaded, "too many listen to situations already");
  Watcher watcher{std::move(sink), audience, false};
  watcher.missed = !send_snapshot(watcher);
  watchers_.push_back(std::move(watcher));
  return {};
}

void LiveSituations::send_change(SituationPtr const& situation) {
  std::scoped_lock const lock(mutex_);
  if (watchers_.empty())
    sent_.clear();
  else
    send_to_all(situation);
}

void LiveSituations::send_to_all(SituationPtr const& situation) {
  if (is_open(situation->state))
    sent_[situation->id] = situation;
  else
    sent_.erase(situation->id);
  auto const for_operators = situation_json(*situation, needs_.city, Audience::kOperators);
  std::string_view public_name;
  auto const for_public = public_event(*situation, public_name);
  for (auto& watcher : watchers_) {
    if (watcher.audience == Audience::kOperators)
      send(watcher, "situation", for_operators);
    else if (!public_name.empty())
      send(watcher, public_name, for_public);
  }
}

void LiveSituations::send_fresh() {
  if (watchers_.empty()) return;
  auto const open = needs_.situations.list({.open_only = true, .limit = kOpenMax});
  if (!open) return;
  for (auto const& s : *open) {
    auto const known = sent_.find(s->id);
    bool const same = known != sent_.end() && (known->second == s || known->second->signal.description == s->signal.description);
    if (same) known->second = s;
    else if (known != sent_.end()) send_to_all(s);
    else sent_[s->id] = s;
  }
}

/// Without a name: nothing that the public may know of has changed.
std::string LiveSituations::public_event(Situation const& situation, std::string_view& name) {
  if (shown_to_public(situation)) {
    name = "situation";
    if (is_open(situation.state))
      public_ones_.insert(situation.id);
    else
      public_ones_.erase(situation.id);
    return situation_json(situation, needs_.city, Audience::kPublic);
  }
  if (public_ones_.erase(situation.id) == 0) return {};
  name = "gone";
  JsonWriter w;
  w.begin_object().field("id", situation.id.value()).end_object();
  return w.take();
}

void LiveSituations::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kLiveBeat, [this] { return stopping_; })) {
    std::erase_if(watchers_, [](Watcher const& w) { return w.sink->closed(); });
    send_fresh();
    JsonWriter w;
    w.begin_object().field("now", millis_of(needs_.clock.now()));
    write_unjudged(w, watchers_.empty() ? std::vector<SituationPtr>{} : unjudged(needs_.situations));
    w.end_object();
    auto const data = w.take();
    for (auto& watcher : watchers_) {
      if (watcher.missed) watcher.missed = !send_snapshot(watcher);
      send(watcher, "beat", data);
    }
  }
}

bool LiveSituations::send_snapshot(Watcher const& watcher) {
  ListQuery query;
  query.open_only = true;
  query.public_only = watcher.audience == Audience::kPublic;
  query.limit = kOpenMax;
  auto const open = needs_.situations.list(query);
  if (!open) return false;
  if (query.public_only)
    for (auto const& s : *open) public_ones_.insert(s->id);
  auto const blind = unjudged(needs_.situations);
  ListFrame const frame{.now = needs_.clock.now(), .bytes_max = kLiveSnapshotBytes, .unjudged = blind};
  return watcher.sink->send("snapshot", list_json(frame, *open, needs_.city, watcher.audience));
}

void LiveSituations::send(Watcher& watcher, std::string_view event, std::string const& data) {
  if (watcher.missed || watcher.sink->closed()) return;
  watcher.missed = !watcher.sink->send(event, data);
}

}  // namespace madang::situations
