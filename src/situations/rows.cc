#include "situations/rows.h"

#include <algorithm>

#include "situations/codec.h"

namespace madang::situations::rows {
namespace {

Number millis_or_zero(std::optional<Instant> const& t) { return t ? millis_of(*t) : 0; }
std::optional<Instant> instant_or_none(Number millis) {
  if (millis == 0) return std::nullopt;
  return instant_of_millis(millis);
}

Result<Signal> signal_of(SituationRow& row) {
  Signal signal;
  signal.source = std::move(row.source);
  signal.key = std::move(row.cause);
  signal.kind = std::move(row.kind);
  signal.severity = static_cast<Severity>(row.severity);
  signal.is_public = row.is_public != 0;
  MADANG_CHECK(read_signal(row.signal, signal));
  MADANG_TRY(signal.evidence, evidence_of_json(row.evidence));
  return signal;
}

/// Which Things are the cause, and nothing of what they measured.
Evidence cause_of(Evidence const& evidence) {
  Evidence out;
  for (auto const& stream : evidence.streams) {
    if (stream.role != "cause" || !stream.thing || std::ranges::find(out.streams, stream.thing, &EvidenceStream::thing) != out.streams.end()) continue;
    EvidenceStream member;
    member.thing = stream.thing;
    member.role = stream.role;
    out.streams.push_back(std::move(member));
  }
  return out;
}

}  // namespace

SituationRow row_of(Situation const& s) {
  SituationRow row;
  row.id = s.id.value();
  row.version = s.version;
  row.source = s.signal.source;
  row.cause = s.signal.key;
  row.kind = s.signal.kind;
  row.state = static_cast<Number>(s.state);
  row.severity = static_cast<Number>(s.signal.severity);
  row.severity_max = static_cast<Number>(s.severity_max);
  row.is_public = s.signal.is_public ? 1 : 0;
  row.silenced = s.silenced ? 1 : 0;
  row.raised_at = millis_of(s.raised_at);
  row.updated_at = millis_of(s.updated_at);
  row.seen_at = millis_of(s.seen_at);
  row.told_at = millis_of(s.told_at);
  row.clear_since = millis_or_zero(s.clear_since);
  row.eased_since = millis_or_zero(s.eased_since);
  row.acknowledged_at = millis_or_zero(s.acknowledged_at);
  row.escalated_at = millis_or_zero(s.escalated_at);
  row.ended_at = s.ended_at ? millis_of(*s.ended_at) : kNever;
  row.escalation = s.escalation;
  row.assignee = s.assignee.value();
  row.assignee_name = s.assignee_name;
  row.end_reason = s.end_reason;
  row.signal = json_of(s.signal);
  row.evidence = json_of(s.signal.evidence);
  row.ended_by = static_cast<Number>(s.ended_by);
  row.told = json_of(s.told);
  row.words_at = millis_of(s.words_at);
  return row;
}

PastRow past_row_of(Situation const& s) {
  PastRow row{row_of(s)};
  row.evidence = json_of(cause_of(s.signal.evidence));
  return row;
}

Result<Situation> situation_of(SituationRow& row) {
  Situation s;
  s.id = SituationId{row.id};
  s.version = row.version;
  MADANG_TRY(s.signal, signal_of(row));
  s.state = static_cast<State>(row.state);
  s.severity_max = static_cast<Severity>(row.severity_max);
  s.silenced = row.silenced != 0;
  s.raised_at = instant_of_millis(row.raised_at);
  s.updated_at = instant_of_millis(row.updated_at);
  s.seen_at = instant_of_millis(row.seen_at);
  s.told_at = instant_of_millis(row.told_at);
  s.clear_since = instant_or_none(row.clear_since);
  s.eased_since = instant_or_none(row.eased_since);
  s.acknowledged_at = instant_or_none(row.acknowledged_at);
  s.escalated_at = instant_or_none(row.escalated_at);
  if (row.ended_at != kNever) s.ended_at = instant_of_millis(row.ended_at);
  s.escalation = static_cast<int>(row.escalation);
  s.assignee = PartyId{row.assignee};
  s.assignee_name = std::move(row.assignee_name);
  s.end_reason = std::move(row.end_reason);
  s.ended_by = static_cast<End>(row.ended_by);
  // Until it was kept, words were as old as the newest line.
  s.words_at = row.words_at == 0 ? s.updated_at : instant_of_millis(row.words_at);
  s.told = row.told.empty() ? standing_of(s.signal.facts, s.signal.severity) : standing_of_json(row.told);
  return s;
}

EntryRow row_of(Entry const& e) {
  return {e.situation.value(), e.number, millis_of(e.at), static_cast<Number>(e.kind), e.by.value(), e.by_name, e.text,
          changes_json(e)};
}

SilenceRow row_of(Silence const& s) {
  return {s.id, s.kind, s.source, s.area.value(), millis_of(s.when.from), millis_of(s.when.to), s.reason, s.by.value(),
          s.by_name};
}

Entry entry_of(EntryRow& row) {
  Entry entry{SituationId{row.situation}, row.number, instant_of_millis(row.at), static_cast<Entry::Kind>(row.kind),
              PartyId{row.actor}, std::move(row.actor_name), std::move(row.words)};
  read_changes(row.changes, entry);
  return entry;
}

Silence silence_of(SilenceRow const& row) {
  return {row.id, row.kind, row.source, AreaId{row.area}, {instant_of_millis(row.from_at), instant_of_millis(row.until_at)},
          row.reason, PartyId{row.actor}, row.actor_name};
}

}  // namespace madang::situations::rows
