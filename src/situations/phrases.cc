#include "situations/phrases.h"

#include <algorithm>
#include <cmath>

namespace madang::situations {
namespace {

std::string quantity_name(std::string const& channel, Facts const& facts, Speech const& speech) {
  auto const known = std::ranges::find(facts.quantities, channel, &Quantity::channel);
  if (known == facts.quantities.end()) return channel;
  auto const& name = known->name.in(std::string{speech.language});
  return name.empty() ? channel : name;
}

void add_piece(std::string& out, std::string const& piece) {
  if (!piece.empty()) out += (out.empty() ? "" : ", ") + piece;
}

std::string severity_change(Standing const& from, Standing const& to, Speech const& speech) {
  if (from.severity == to.severity) return {};
  return speech.say("situation.change_severity",
                    {{"from", speech.say(severity_key(from.severity))}, {"to", speech.say(severity_key(to.severity))}});
}

std::string stations_change(std::optional<Standing> const& from, Standing const& to, Speech const& speech) {
  if (to.stations == 0) return {};
  if (!from || from->stations == to.stations || from->stations == 0)
    return speech.say("situation.change_stations_same", {{"count", to.stations}});
  return speech.say("situation.change_stations", {{"from", from->stations}, {"to", to.stations}});
}

std::string value_change(std::optional<Standing> const& from, Standing const& to, Facts const& facts, Speech const& speech) {
  if (to.channel.empty()) return {};
  runtime::Messages::Arguments arguments{{"quantity", quantity_name(to.channel, facts, speech)}, {"unit", unit_text(to.unit, speech)}};
  // Another quantity's number is no change of the one before.
  bool const other = from && !from->channel.empty() && from->channel != to.channel;
  bool const changed = from && !other && !from->channel.empty() && from->value != to.value;
  if (!changed) {
    arguments.emplace_back("value", to.value);
    return speech.say(other ? "situation.change_lead" : "situation.change_value_same", arguments);
  }
  arguments.emplace_back("from", from->value);
  arguments.emplace_back("to", to.value);
  return speech.say("situation.change_value", arguments);
}

}  // namespace

std::string unit_text(std::string const& unit, Speech const& speech) { return unit == "people" ? speech.say("unit.people") : unit; }

std::string headline_text(Signal const& signal, Speech const& speech) {
  auto const& headline = signal.headline.in(std::string{speech.language});
  return signal.simulated ? speech.say("alerts.feed_simulated", {{"headline", headline}}) : headline;
}

std::string distance_text(double metres, Speech const& speech) {
  if (metres < 975) {
    double const step = metres < 100 ? 10 : 50;
    return speech.say("distance.metres", {{"metres", std::max(step, std::round(metres / step) * step)}});
  }
  double const kilometres = metres / 1000;
  return speech.say("distance.kilometres",
                    {{"kilometres", kilometres < 10 ? std::round(kilometres * 10) / 10 : std::round(kilometres)}});
}

std::string change_text(Entry const& entry, Facts const& facts, Speech const& speech) {
  std::string out;
  if (!entry.to) return out;
  if (entry.from) add_piece(out, severity_change(*entry.from, *entry.to, speech));
  add_piece(out, stations_change(entry.from, *entry.to, speech));
  add_piece(out, value_change(entry.from, *entry.to, facts, speech));
  for (auto const& part : entry.ended_parts)
    add_piece(out, speech.say(part_end_key(part.why), {{"quantity", part.name.in(std::string{speech.language})}}));
  return out;
}

std::string_view end_key(End end) {
  switch (end) {
    case End::kRuleOff: return "alerts.end.rule_off";
    case End::kUnheard: return "alerts.end.unheard";
    case End::kJoined: return "alerts.end.joined";
    case End::kUnconfirmed: return "alerts.end.unconfirmed";
    case End::kUsual: return "alerts.end.usual";
    case End::kOperator: return "alerts.end.operator";
    default: return {};
  }
}

std::string_view end_key(Situation const& s) {
  if (s.ended_by == End::kOperator && !lasts_after_end(s)) return {};
  return end_key(s.ended_by);
}

std::string_view part_end_key(End why) {
  switch (why) {
    case End::kRuleOff: return "situation.part_rule_off";
    case End::kUnheard: return "situation.part_unheard";
    case End::kUnconfirmed: return "situation.part_unconfirmed";
    case End::kUsual: return "situation.part_usual";
    default: return "situation.part_ended";
  }
}

std::string_view severity_key(Severity severity) {
  switch (severity) {
    case Severity::kNotice: return "alerts.severity.notice";
    case Severity::kCaution: return "alerts.severity.caution";
    case Severity::kSerious: return "alerts.severity.serious";
    case Severity::kCritical: return "alerts.severity.critical";
  }
  return "alerts.severity.notice";
}

}  // namespace madang::situations
