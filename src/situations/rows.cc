#include "situations/rows.h"

#include <algorithm>

#include "situations/codec.h"

namespace madang::situations::rows {
namespace {

Result<Signal> signal_of(SituationRow& row) {
  Signal signal;
  signal.source = std::move(row.source);
  signal.key = std::move(row.cause);
  signal.kind = std::move(row.kind);
  signal.severity = row.severity;
  signal.is_public = row.is_public;
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
  return {.id = s.id,
          .version = s.version,
          .source = s.signal.source,
          .cause = s.signal.key,
          .kind = s.signal.kind,
          .state = s.state,
          .severity = s.signal.severity,
          .severity_max = s.severity_max,
          .is_public = s.signal.is_public,
          .silenced = s.silenced,
          .raised_at = s.raised_at,
          .updated_at = s.updated_at,
          .seen_at = s.seen_at,
          .told_at = s.last_standing_at,
          .words_at = {s.words_at},
          .clear_since = {s.clear_since},
          .eased_since = {s.eased_since},
          .acknowledged_at = {s.acknowledged_at},
          .escalated_at = {s.escalated_at},
          .ended_at = {s.ended_at},
          .escalation = s.escalation,
          .assignee = s.assignee,
          .ended_by = s.ended_by,
          .assignee_name = s.assignee_name,
          .end_reason = s.end_reason,
          .signal = json_of(s.signal),
          .evidence = json_of(s.signal.evidence),
          .told = json_of(s.last_standing)};
}

SituationRow past_row_of(Situation const& s) {
  auto row = row_of(s);
  row.evidence = json_of(cause_of(s.signal.evidence));
  return row;
}

Result<Situation> situation_of(SituationRow&& row) {
  Situation s;
  s.id = row.id;
  s.version = row.version;
  MADANG_TRY(s.signal, signal_of(row));
  s.state = row.state;
  s.severity_max = row.severity_max;
  s.silenced = row.silenced;
  s.raised_at = row.raised_at;
  s.updated_at = row.updated_at;
  s.seen_at = row.seen_at;
  s.last_standing_at = row.told_at;
  s.clear_since = row.clear_since.at;
  s.eased_since = row.eased_since.at;
  s.acknowledged_at = row.acknowledged_at.at;
  s.escalated_at = row.escalated_at.at;
  s.ended_at = row.ended_at.at;
  s.escalation = row.escalation;
  s.assignee = row.assignee;
  s.assignee_name = std::move(row.assignee_name);
  s.end_reason = std::move(row.end_reason);
  s.ended_by = row.ended_by;
  // Until it was kept, words were as old as the newest line.
  s.words_at = row.words_at.at.value_or(s.updated_at);
  s.last_standing = row.told.empty() ? standing_of(s.signal.facts, s.signal.severity) : standing_of_json(row.told);
  return s;
}

EntryRow row_of(Entry const& e) { return {e.situation, e.number, e.at, e.kind, e.by, e.by_name, e.text, changes_json(e)}; }

SilenceRow row_of(Silence const& s) { return {s.id, s.kind, s.source, s.area, s.when.from, s.when.to, s.reason, s.by, s.by_name}; }

Entry entry_of(EntryRow&& row) {
  Entry entry{row.situation, row.number, row.at, row.kind, row.actor, std::move(row.actor_name), std::move(row.words)};
  read_changes(row.changes, entry);
  return entry;
}

Silence silence_of(SilenceRow&& row) {
  return {row.id,    std::move(row.kind), std::move(row.source), row.area, {row.from_at, row.until_at}, std::move(row.reason),
          row.actor, std::move(row.actor_name)};
}

}  // namespace madang::situations::rows
