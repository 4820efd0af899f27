// What a report, a silence or a note may be. Pure.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/limits.h"
#include "situations/rules.h"

namespace madang::situations {

Result<void> check_text(std::string_view field, std::string_view text) {
  if (text.size() > kTextMax) return runtime::refuse_field(Code::kLimit, field, "refusal.too_long", {{"max", kTextMax}});
  if (text.find('\0') != std::string_view::npos || !is_utf8(text))
    return runtime::refuse_field(Code::kInvalid, field, "refusal.not_text");
  return {};
}

namespace {

Result<void> check_word(std::string_view field, std::string_view text, bool needed) {
  if (needed && text.empty()) return runtime::refuse_field(Code::kInvalid, field, "refusal.missing");
  if (text.size() > kWordMax) return runtime::refuse_field(Code::kLimit, field, "refusal.too_long", {{"max", kWordMax}});
  bool const printable = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (!printable || !is_utf8(text)) return runtime::refuse_field(Code::kInvalid, field, "refusal.not_printable");
  return {};
}

Result<void> check_name(std::string_view field, city::Name const& name) {
  if (name.by_language.size() > kLanguagesMax)
    return runtime::refuse_field(Code::kLimit, field, "refusal.too_many_languages", {{"max", kLanguagesMax}});
  for (auto const& [language, text] : name.by_language) {
    MADANG_CHECK(check_word(field, language, true));
    MADANG_CHECK(check_text(field, text));
  }
  return {};
}

Result<void> check_stream(EvidenceStream const& stream) {
  MADANG_CHECK(check_word("evidence.channel", stream.channel, false));
  MADANG_CHECK(check_word("evidence.unit", stream.unit, false));
  MADANG_CHECK(check_word("evidence.role", stream.role, false));
  if (stream.values.size() > kEvidenceValuesMax)
    return fail(Code::kLimit, fmt::format("evidence: more than {} values of one stream", kEvidenceValuesMax));
  if (stream.place && !is_on_earth(*stream.place)) return runtime::refuse_field(Code::kInvalid, "evidence.place", "refusal.situation.not_on_earth");
  return {};
}

Result<void> check_evidence(Evidence const& evidence) {
  MADANG_CHECK(check_name("evidence.reason", evidence.reason));
  if (evidence.streams.size() > kEvidenceStreamsMax)
    return fail(Code::kLimit, fmt::format("evidence: more than {} streams", kEvidenceStreamsMax));
  for (auto const& stream : evidence.streams) MADANG_CHECK(check_stream(stream));
  return {};
}

Result<void> check_place(Signal const& signal) {
  if (signal.place && !is_on_earth(*signal.place)) return runtime::refuse_field(Code::kInvalid, "place", "refusal.situation.not_on_earth");
  if (!std::isfinite(signal.radius) || signal.radius < 0) return runtime::refuse_field(Code::kInvalid, "radius", "refusal.situation.radius");
  if (signal.radius > kRadiusMax) return runtime::refuse_field(Code::kLimit, "radius", "refusal.situation.radius_max", {{"max", kRadiusMax}});
  return {};
}

}  // namespace

Result<void> check(Signal const& signal) {
  MADANG_CHECK(check_word("source", signal.source, true));
  MADANG_CHECK(check_word("key", signal.key, true));
  MADANG_CHECK(check_word("kind", signal.kind, true));
  MADANG_CHECK(check_word("group", signal.group, false));
  MADANG_CHECK(check_word("rule", signal.rule, false));
  if (signal.severity < Severity::kNotice || signal.severity > Severity::kCritical)
    return runtime::refuse_field(Code::kInvalid, "severity", "refusal.situation.severity");
  if (signal.headline.by_language.empty()) return runtime::refuse_field(Code::kInvalid, "headline", "refusal.missing");
  MADANG_CHECK(check_name("headline", signal.headline));
  MADANG_CHECK(check_name("description", signal.description));
  MADANG_CHECK(check_name("instruction", signal.instruction));
  MADANG_CHECK(check_place(signal));
  if (signal.facts.quantities.size() > kQuantitiesMax)
    return fail(Code::kLimit, fmt::format("facts: more than {} quantities", kQuantitiesMax));
  if (std::ranges::any_of(signal.facts.quantities, [](Quantity const& q) { return q.members.size() > kPartMembersMax; }))
    return fail(Code::kLimit, fmt::format("facts: more than {} members of one part", kPartMembersMax));
  return check_evidence(signal.evidence);
}

Result<void> place_in_time(Signal& signal, Instant now) {
  if (signal.since == Instant{}) return {};
  if (signal.since < kSinceFirst) return runtime::refuse_field(Code::kInvalid, "since", "refusal.situation.since_first");
  if (signal.since > now + kSinceAheadMax) return runtime::refuse_field(Code::kInvalid, "since", "refusal.time.not_yet");
  signal.since = std::min(signal.since, now);
  return {};
}

Result<void> check(Silence const& silence) {
  MADANG_CHECK(check_word("kind", silence.kind, false));
  MADANG_CHECK(check_word("source", silence.source, false));
  if (silence.when.from >= silence.when.to) return runtime::refuse_field(Code::kInvalid, "to", "refusal.time.to_before_from");
  if (trim(silence.reason).empty()) return runtime::refuse_field(Code::kInvalid, "reason", "refusal.silence.reason_missing");
  return check_text("reason", silence.reason);
}

}  // namespace madang::situations
