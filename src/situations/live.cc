#include "situations/live.h"

#include "situations/limits.h"
#include "situations/unjudged.h"

namespace madang::situations {

LiveSituations::LiveSituations(Needs needs)
    : needs_(needs),
      operators_(needs_.events.open([this] { return snapshot(Audience::kOperators); }, [this] { send_fresh(); })),
      public_(needs_.events.open([this] { return snapshot(Audience::kPublic); })) {}

LiveSituations::~LiveSituations() {
  operators_->close();
  public_->close();
}

Result<void> LiveSituations::add(std::shared_ptr<web::EventSink> sink, Audience audience, std::string_view last_id) {
  return (audience == Audience::kPublic ? public_ : operators_)->add(std::move(sink), last_id);
}

Result<std::string> LiveSituations::snapshot(Audience audience) {
  ListQuery query;
  query.open_only = true;
  query.public_only = audience == Audience::kPublic;
  query.limit = kOpenMax;
  MADANG_TRY(auto const open, needs_.situations.list(query));
  if (query.public_only) {
    std::scoped_lock const lock(public_mutex_);
    for (auto const& s : open) public_ones_.insert(s->id);
  }
  auto const blind = unjudged(needs_.situations);
  ListFrame const frame{.now = needs_.clock.now(), .bytes_max = kLiveSnapshotBytes, .unjudged = blind};
  return list_json(frame, open, needs_.city, audience);
}

void LiveSituations::send_change(SituationPtr const& situation) {
  std::scoped_lock const lock(mutex_);
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
  operators_->publish("unjudged", w.text());
  public_->publish("unjudged", w.take());
}

void LiveSituations::send_to_all(SituationPtr const& situation) {
  if (is_open(situation->state))
    sent_[situation->id] = situation;
  else
    sent_.erase(situation->id);
  operators_->publish("situation", situation_json(*situation, needs_.city, Audience::kOperators));
  send_to_public(*situation);
}

/// Nothing, when nothing that the public may know of has changed.
void LiveSituations::send_to_public(Situation const& situation) {
  bool const shown = shown_to_public(situation);
  bool known = false;
  {
    std::scoped_lock const lock(public_mutex_);
    known = public_ones_.erase(situation.id) > 0;
    if (shown && is_open(situation.state)) public_ones_.insert(situation.id);
  }
  if (shown) {
    public_->publish("situation", situation_json(situation, needs_.city, Audience::kPublic));
  } else if (known) {
    JsonWriter w;
    w.begin_object().field("id", situation.id.value()).end_object();
    public_->publish("gone", w.take());
  }
}

void LiveSituations::send_fresh() {
  std::scoped_lock const lock(mutex_);
  auto const open = needs_.situations.list({.open_only = true, .limit = kOpenMax});
  if (!open) return;
  for (auto const& s : *open) {
    auto const known = sent_.find(s->id);
    bool const same = known != sent_.end() && (known->second == s || known->second->signal.description == s->signal.description);
    if (same) known->second = s;
    else if (known != sent_.end()) send_to_all(s);
    else sent_[s->id] = s;
  }
  send_unjudged();
}

}  // namespace madang::situations
