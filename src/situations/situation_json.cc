#include "situations/situation_json.h"

#include <algorithm>

#include "situations/codec.h"
#include "situations/kinds.h"
#include "situations/reader.h"

namespace madang::situations {
namespace {

void write_time(JsonWriter& w, std::string_view name, std::optional<Instant> const& time) {
  w.key(name);
  if (time)
    w.value(millis_of(*time));
  else
    w.null();
}

void write_area(JsonWriter& w, AreaId id, city::City const& city) {
  auto const area = id ? city.area(id) : nullptr;
  w.key("area");
  if (!area) {
    w.null();
    return;
  }
  w.begin_object().field("id", id.value()).key("name");
  write_name(w, area->name);
  w.end_object();
}

void write_assignee(JsonWriter& w, Situation const& s) {
  w.key("assignee");
  if (!s.assignee_name.empty())
    w.value(s.assignee_name);
  else
    w.null();
}

/// What the public is told in words too, without the names of parts and rules.
void write_public_facts(JsonWriter& w, Facts const& facts) {
  w.begin_object().field("stations", facts.stations).key("quantities").begin_array();
  for (auto const& q : by_channel(facts)) {
    write_name(w.begin_object().field("channel", q.channel).key("name"), q.name);
    w.field("unit", q.unit).field("stations", q.stations);
    w.field("value", q.value).field("expected", q.expected).field("peak", q.peak).field("at", millis_of(q.at));
    w.field("peak_at", millis_of(q.peak_at)).end_object();
  }
  w.end_array().end_object();
}

/// The Things in alarm: those of the cause, not those around it. Also those whose series found no room in the evidence.
void write_members(JsonWriter& w, Signal const& signal, city::City const& city) {
  std::vector<ThingId> members;
  auto const add = [&members](ThingId thing) {
    if (thing && std::ranges::find(members, thing) == members.end()) members.push_back(thing);
  };
  for (auto const& stream : signal.evidence.streams)
    if (stream.role == "cause") add(stream.thing);
  for (auto const member : named_members(signal.facts))
    if (auto const stream = city.datastream(member)) add(stream->thing);
  w.key("members").begin_array();
  for (auto const thing : members) w.value(thing.value());
  w.end_array();
}

/// Inside an object that is open already.
void write_fields(JsonWriter& w, Situation const& s, city::City const& city, Audience audience) {
  auto const& signal = s.signal;
  bool const all = audience == Audience::kOperators;
  w.field("id", s.id.value()).field("version", s.version);
  if (all) w.field("source", signal.source).field("key", signal.key);
  w.field("kind", signal.kind).field("group", signal.group);
  if (all) w.field("rule", signal.rule).field("rule_version", static_cast<std::int64_t>(signal.rule_version));
  w.field("severity", name_of(signal.severity)).field("severity_max", name_of(s.severity_max));
  w.field("state", name_of(s.state));
  write_name(w.key("headline"), signal.headline);
  write_name(w.key("description"), signal.description);
  write_name(w.key("instruction"), signal.instruction);
  write_place(w.key("place"), signal.place);
  w.field("radius", signal.radius);
  write_members(w, signal, city);
  write_area(w, signal.area, city);
  if (signal.whole_city) w.field("whole_city", true);
  w.field("since", millis_of(signal.since)).field("raised_at", millis_of(s.raised_at));
  w.field("updated_at", millis_of(s.updated_at));
  if (all) w.field("seen_at", millis_of(s.seen_at));
  write_time(w, "clear_since", s.clear_since);
  if (all) write_time(w, "acknowledged_at", s.acknowledged_at);
  write_time(w, "ended_at", s.ended_at);
  w.field("ended_by", name_of(s.ended_by)).field("lasts_after_end", lasts_after_end(s)).key("facts");
  if (all)
    write_facts(w, signal.facts);
  else
    write_public_facts(w, signal.facts);
  if (all) {
    write_assignee(w, s);
    w.field("end_reason", s.end_reason).field("escalation", s.escalation).field("silenced", s.silenced);
  }
  w.field("public", signal.is_public).field("simulated", signal.simulated);
  if (!s.recorded) w.field("recorded", false);
}

void write_entry(JsonWriter& w, Entry const& entry, Audience audience) {
  w.begin_object().field("number", entry.number).field("at", millis_of(entry.at)).field("kind", name_of(entry.kind));
  if (audience == Audience::kOperators) {
    w.key("by");
    if (entry.by)
      w.value(entry.by_name);
    else
      w.null();
    w.field("text", entry.text);
  }
  write_standing(w.key("from"), entry.from);
  write_standing(w.key("to"), entry.to);
  if (!entry.ended_parts.empty()) write_ended_parts(w.key("ended_parts"), entry.ended_parts);
  w.end_object();
}

void write_silence(JsonWriter& w, Silence const& silence) {
  w.begin_object().field("id", silence.id).field("kind", silence.kind).field("source", silence.source).key("area");
  if (silence.area)
    w.value(silence.area.value());
  else
    w.null();
  w.field("from", millis_of(silence.when.from)).field("to", millis_of(silence.when.to));
  w.field("reason", silence.reason).field("by", silence.by_name).end_object();
}

}  // namespace

bool shown_to_public(Entry const& entry) {
  switch (entry.kind) {
    case Entry::Kind::kAssigned:
    case Entry::Kind::kNoted:
    case Entry::Kind::kEscalated:
    case Entry::Kind::kSilenced: return false;
    default: return true;
  }
}

void write_situation(JsonWriter& w, Situation const& s, city::City const& city, Audience audience) {
  w.begin_object();
  write_fields(w, s, city, audience);
  w.end_object();
}

std::string situation_json(Situation const& s, city::City const& city, Audience audience) {
  JsonWriter w;
  write_situation(w, s, city, audience);
  return w.take();
}

std::string situation_json(Situation const& s, std::span<Entry const> timeline, city::City const& city,
                           Audience audience) {
  JsonWriter w;
  w.begin_object();
  write_fields(w, s, city, audience);
  if (audience == Audience::kOperators) w.key("evidence").raw(json_of(s.signal.evidence));
  w.key("timeline").begin_array();
  for (auto const& entry : timeline)
    if (audience == Audience::kOperators || shown_to_public(entry)) write_entry(w, entry, audience);
  w.end_array().end_object();
  return w.take();
}

std::string list_json(ListFrame const& frame, std::span<SituationPtr const> all, city::City const& city,
                      Reader const& reader) {
  JsonWriter w;
  std::size_t shown = 0;
  w.begin_object().field("now", millis_of(frame.now));
  if (frame.at) w.field("at", millis_of(*frame.at));
  w.key("situations").begin_array();
  for (auto const& s : all) {
    auto const text = situation_json(*s, city, reader.of(*s, city));
    if (frame.bytes_max != 0 && w.text().size() + text.size() > frame.bytes_max) break;
    w.raw(text);
    ++shown;
  }
  w.end_array();
  auto const more = frame.left_out + all.size() - shown;
  if (more > 0) w.field("more", more);
  if (frame.read_to) w.field("before", frame.read_to->value());
  write_unjudged(w, frame.unjudged);
  w.end_object();
  return w.take();
}

void write_unjudged(JsonWriter& w, std::span<SituationPtr const> all) {
  if (all.empty()) return;
  w.key("unjudged").begin_array();
  for (auto const& s : all) {
    write_name(w.begin_object().key("headline"), s->signal.headline);
    w.field("since", millis_of(s->signal.since)).end_object();
  }
  w.end_array();
}

std::string kinds_json(runtime::Messages const& messages) {
  JsonWriter w;
  w.begin_object().key("kinds").begin_array();
  for (auto const& kind : kinds()) {
    w.begin_object().field("kind", kind.name).key("name").begin_object();
    for (auto const& language : messages.languages()) w.field(language, messages.text(language, kind.key));
    w.end_object().field("category", kind.category).field("internal", kind.internal).field("by_hand", kind.by_hand);
    w.end_object();
  }
  w.end_array().end_object();
  return w.take();
}

std::string silence_json(Silence const& silence) {
  JsonWriter w;
  write_silence(w, silence);
  return w.take();
}

std::string silences_json(std::span<Silence const> all) {
  JsonWriter w;
  w.begin_object().key("silences").begin_array();
  for (auto const& silence : all) write_silence(w, silence);
  w.end_array().end_object();
  return w.take();
}

}  // namespace madang::situations
