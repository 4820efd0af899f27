#include "situations/live.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "situations/limits.h"
#include "situations/unjudged.h"

namespace madang::situations {

LiveSituations::LiveSituations(Needs needs) : needs_(needs) {
  // The hub may beat as soon as the first topic is open: it waits for the lock until both are there.
  runtime::Lock const lock(mutex_);
  operators_ = open_circle(Reader::everywhere());
  public_ = open_circle(Reader{});
  // Whoever comes gets these in his snapshot.
  if (auto const open = needs_.situations.list({.open_only = true, .limit = kOpenMax}))
    for (auto const& s : *open) sent_[s->id] = s;
}

LiveSituations::~LiveSituations() {
  operators_->topic->close();
  public_->topic->close();
  for (auto const& circle : in_areas_) circle->topic->close();
}

LiveSituations::CirclePtr LiveSituations::open_circle(Reader const& reader) {
  auto circle = std::make_shared<Circle>(reader);
  std::function<void()> before_beat;
  if (reader.sees_all()) before_beat = [this] { send_fresh(); };
  circle->topic = needs_.events.open([this, c = circle.get()] { return snapshot(*c); }, std::move(before_beat));
  return circle;
}

/// Circles that nobody listens in any more go when somebody comes.
LiveSituations::CirclePtr LiveSituations::circle_of(Reader const& reader) {
  if (reader.sees_all()) return operators_;
  if (reader.is_public()) return public_;
  runtime::Lock const lock(mutex_);
  std::erase_if(in_areas_, [&reader](CirclePtr const& circle) {
    // Who is being added holds it, too.
    bool const left = circle->reader != reader && circle.use_count() == 1 && circle->topic->listeners() == 0;
    if (left) circle->topic->close();
    return left;
  });
  auto const found = std::ranges::find_if(in_areas_, [&reader](CirclePtr const& circle) { return circle->reader == reader; });
  if (found != in_areas_.end()) return *found;
  return in_areas_.emplace_back(open_circle(reader));
}

Result<void> LiveSituations::add(std::shared_ptr<web::EventSink> sink, Reader const& reader, std::string_view last_id) {
  return circle_of(reader)->topic->add(std::move(sink), last_id);
}

/// What the circle may see of what is open.
Result<std::vector<SituationPtr>> LiveSituations::open_for(Circle const& circle) const {
  MADANG_TRY(auto open, needs_.situations.list({.open_only = true, .public_only = circle.reader.is_public(), .limit = kOpenMax}));
  std::erase_if(open, [&](SituationPtr const& s) { return !circle.reader.sees(*s, needs_.city); });
  return open;
}

Result<std::string> LiveSituations::snapshot(Circle& circle) {
  // Known first, and then read: what one of them may not see any more meanwhile is "gone" behind the snapshot.
  MADANG_TRY(auto const before, open_for(circle));
  {
    runtime::Lock const lock(circle.mutex);
    for (auto const& s : before) circle.known.insert(s->id);
  }
  MADANG_TRY(auto const open, open_for(circle));
  auto const blind = unjudged(needs_.situations);
  ListFrame const frame{.now = needs_.clock.now(), .bytes_max = kLiveSnapshotBytes, .unjudged = blind};
  return list_json(frame, open, needs_.city, circle.reader);
}

void LiveSituations::send_change(SituationPtr const& situation) {
  runtime::Lock const lock(mutex_);
  send_to_all(situation);
  if (situation->signal.kind == kBlindKind) send_unjudged();
}

void LiveSituations::send_unjudged() {
  auto const blind = unjudged(needs_.situations);
  JsonWriter what;
  what.begin_object();
  write_unjudged(what, blind);
  what.end_object();
  if (what.text() == unjudged_) return;
  unjudged_ = what.text();
  JsonWriter w;
  w.begin_object().field("now", millis_of(needs_.clock.now()));
  write_unjudged(w, blind);
  w.end_object();
  for (auto const& circle : in_areas_) circle->topic->publish("unjudged", w.text());
  operators_->topic->publish("unjudged", w.text());
  public_->topic->publish("unjudged", w.take());
}

void LiveSituations::send_to_all(SituationPtr const& situation) {
  if (is_open(situation->state))
    sent_[situation->id] = situation;
  else
    sent_.erase(situation->id);
  send(*operators_, *situation);
  send(*public_, *situation);
  for (auto const& circle : in_areas_) send(*circle, *situation);
}

/// Nothing, when nothing that they may know of has changed.
void LiveSituations::send(Circle& circle, Situation const& situation) {
  bool const shown = circle.reader.sees(situation, needs_.city);
  bool known = false;
  {
    runtime::Lock const lock(circle.mutex);
    known = circle.known.erase(situation.id) > 0;
    if (shown && is_open(situation.state)) circle.known.insert(situation.id);
  }
  if (shown) {
    circle.topic->publish("situation", situation_json(situation, needs_.city, circle.reader.of(situation, needs_.city)));
  } else if (known) {
    JsonWriter w;
    w.begin_object().field("id", situation.id.value()).end_object();
    circle.topic->publish("gone", w.take());
  }
}

void LiveSituations::send_fresh() {
  runtime::Lock const lock(mutex_);
  auto const open = needs_.situations.list({.open_only = true, .limit = kOpenMax});
  if (!open) return;
  for (auto const& s : *open) {
    auto const known = sent_.find(s->id);
    bool const same = known != sent_.end() && (known->second == s || known->second->signal.description == s->signal.description);
    if (same) known->second = s;
    else send_to_all(s);
  }
  send_unjudged();
}

}  // namespace madang::situations
