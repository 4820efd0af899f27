#include "sensing/quality/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sensing/quality/missed.h"
#include "sensing/quality/quality.h"
#include "sensing/quantity_names.h"

namespace madang::sensing {
namespace {

using runtime::Messages;

/// The version of the rule set since which every neighbour is asked.
constexpr std::uint16_t kEveryNeighbourSince = 8;

/// "353.4", "0.021", "12": no more digits than the quantity deserves.
std::string number(double value, int decimals) {
  auto text = fmt::format("{:.{}f}", value, std::max(decimals, 1));
  while (text.contains('.') && (text.ends_with('0') || text.ends_with('.'))) text.pop_back();
  return text == "-0" ? "0" : text;
}

struct Quantity {
  std::string name;
  std::string unit;
  int decimals = 1;
};

Quantity quantity_in(Messages const& messages, std::string_view language, std::string_view channel) {
  for (std::string_view const suffix : {"", "_calibrated"}) {
    if (!channel.ends_with(suffix)) continue;
    auto const* info = quantity(channel.substr(0, channel.size() - suffix.size()));
    if (info == nullptr) continue;
    return {quantity_name(messages, language, *info), std::string{info->unit_symbol}, info->decimals};
  }
  return {std::string{channel}, "", 2};
}

std::string percent(double share) { return std::to_string(whole_percent(share)); }

/// A length as people say it: whole minutes below two hours, hours below two days, else days, each of them complete, as the
/// control room writes ages.
Messages::Arguments span_of(double hours) {
  constexpr double kAlmost = 1e-6;  // 20 minutes are no 19 because a third of an hour is no binary number
  auto const unit = hours + kAlmost < 2 ? "minutes" : hours + kAlmost < 48 ? "hours" : "days";
  auto const count = hours + kAlmost < 2 ? hours * 60 : hours + kAlmost < 48 ? hours : hours / 24;
  return {{"length", std::string(unit)}, {"count", static_cast<std::int64_t>(std::floor(count + kAlmost))}};
}

std::string sentence(Messages const& messages, std::string_view language, Finding const& f, std::string_view channel) {
  auto const q = quantity_in(messages, language, channel);
  auto const say = [&](std::string_view key, Messages::Arguments more) {
    more.emplace_back("quantity", q.name);
    more.emplace_back("unit", q.unit);
    return messages.text(language, key, more);
  };
  switch (f.ailment) {
    case Ailment::kSilent:
    case Ailment::kLate:
      if (f.test == QualityTest::kTiming) return say(f.stream ? "quality.late_channel" : "quality.late_device", span_of(f.number));
      return say(f.stream ? "quality.silent_channel" : "quality.silent_device", span_of(f.number));
    case Ailment::kStuck: return say("quality.stuck", {{"value", number(f.number, q.decimals)}, {"since", f.since}});
    case Ailment::kDrifting:
      return f.number > 0 ? say("quality.drifting_up", {{"bias", number(f.number, q.decimals)}})
                          : say("quality.drifting_down", {{"bias", number(-f.number, q.decimals)}});
    case Ailment::kNotFitted: return say("quality.not_fitted", {});
    case Ailment::kOutOfRange:
      if (f.test == QualityTest::kScale) return say("quality.scale", {{"factor", number(f.number, 3)}});
      if (whole_percent(f.share) == 100) return say("quality.out_of_range_all", {});
      return say("quality.out_of_range", {{"share", percent(f.share)}});
    case Ailment::kClock:
      return say(f.number < 0 ? "quality.clock_ahead" : "quality.clock_behind", span_of(std::abs(f.number)));
    case Ailment::kSuspect: return say("quality.suspect", {{"share", percent(f.share)}});
    case Ailment::kNeverHeard: return say("quality.never_heard", {});
    case Ailment::kForeignUnit: return say("quality.foreign_unit", {{"sent", f.unit}});
    case Ailment::kChannelAway: break;  // late or silent, which its reason says: away_channels of station_health.cc
    case Ailment::kUnusable: break;  // no rule finds it: unstored_item
  }
  return {};
}

}  // namespace

int whole_percent(double share) {
  if (!(share > 0)) return 0;
  constexpr double kAll = 1 - 1e-6;  // what is added up in floats never quite comes to 1
  if (share >= kAll) return 100;
  return std::clamp(static_cast<int>(std::lround(share * 100)), 1, 99);
}

std::string unstored_sentence(Messages const& messages, std::string_view language, UnstoredMessage const& unstored, bool with_why) {
  if (unstored.kind == UnstoredMessage::Kind::kNoValue) return messages.text(language, "quality.no_value_sent", {});
  if (unstored.kind == UnstoredMessage::Kind::kRepeated) return messages.text(language, "quality.only_repeats", {});
  if (!with_why) return messages.text(language, "quality.refused", {});
  return messages.text(language, "quality.refused_why", {{"why", unstored.why}});
}

WorkItem unstored_item(Messages const& messages, ThingId thing, UnstoredMessage const& unstored, Instant now) {
  WorkItem item;
  item.thing = thing;
  item.ailment = Ailment::kUnusable;
  item.since = unstored.since;
  item.share = share_since(unstored.since, now);
  for (auto const& language : messages.languages())
    item.reason.by_language.insert_or_assign(language, unstored_sentence(messages, language, unstored, true));
  return item;
}

WorkItem work_item(city::City const& city, Messages const& messages, Finding const& f) {
  WorkItem item;
  item.thing = f.thing;
  item.datastream = f.stream;
  if (auto const datastream = f.stream ? city.datastream(f.stream) : nullptr) item.channel = datastream->channel;
  item.ailment = f.ailment;
  item.since = f.since;
  item.share = f.share;
  for (auto const& language : messages.languages())
    item.reason.by_language.insert_or_assign(language, sentence(messages, language, f, item.channel));
  return item;
}

std::string quality_sentence(Messages const& messages, std::string_view language, std::string_view channel, double value,
                             Quality quality) {
  if (quality.flag == QualityFlag::kGood || quality.flag == QualityFlag::kUnknown) return {};
  auto const q = quantity_in(messages, language, channel);
  auto const& limits = limits_of(channel);
  auto const say = [&](std::string_view key, Messages::Arguments more) {
    more.emplace_back("quantity", q.name);
    more.emplace_back("unit", q.unit);
    more.emplace_back("value", number(value, q.decimals));
    return messages.text(language, key, more);
  };
  auto const amount = [&q](double v) { return number(v, q.decimals); };
  switch (static_cast<QualityTest>(quality.reason)) {
    case QualityTest::kTiming: return say("quality.test.timing", {});
    case QualityTest::kGrossRange: return say("quality.test.gross_range", {});
    case QualityTest::kSentinel: return say("quality.test.sentinel", {});
    case QualityTest::kSpike: return say("quality.test.spike", {{"limit", amount(limits.spike)}});
    case QualityTest::kRate: return say("quality.test.rate", {{"limit", amount(limits.spike)}});
    case QualityTest::kFlatLine: return say("quality.test.flat_line", {{"hours", number(limits.still_hours, 0)}});
    case QualityTest::kNotFitted: return say("quality.test.not_fitted", {});
    case QualityTest::kScale: return say("quality.test.scale", {});
    case QualityTest::kNeighbour:
      // Before, a value was held against the middle of its neighbours, some of whom might be as far off.
      return say(quality.rule_version < kEveryNeighbourSince ? "quality.test.neighbour_middle" : "quality.test.neighbour", {{"limit", amount(limits.neighbour)}});
    case QualityTest::kDrift: return say("quality.test.drift", {{"limit", amount(limits.bias)}});
    case QualityTest::kClock: return say("quality.test.clock", {});
    case QualityTest::kSyntax: return say("quality.test.syntax", {});
    case QualityTest::kNone: break;
  }
  return say("quality.test.none", {});
}

}  // namespace madang::sensing
