#include "sensing/quality/reasons.h"

#include <fmt/format.h>

#include <cmath>

#include "sensing/quality/quality.h"
#include "sensing/quantities.h"

namespace madang::sensing {
namespace {

using runtime::Messages;

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

Quantity quantity_in(std::string_view language, std::string_view channel) {
  for (std::string_view const suffix : {"", "_calibrated"}) {
    if (!channel.ends_with(suffix)) continue;
    auto const* info = quantity(channel.substr(0, channel.size() - suffix.size()));
    if (info == nullptr) continue;
    return {std::string{language == "ko" ? info->name_ko : info->name_en}, std::string{info->unit_symbol}, info->decimals};
  }
  return {std::string{channel}, "", 2};
}

std::string percent(double share) { return number(std::clamp(share, 0.0, 1.0) * 100, 1); }

/// A length as people say it: minutes below two hours, hours below two days, else days.
Messages::Arguments span_of(double hours) {
  auto const unit = hours < 2 ? "minutes" : hours < 48 ? "hours" : "days";
  auto const count = hours < 2 ? hours * 60 : hours < 48 ? hours : std::floor(hours / 24);
  return {{"length", std::string(unit)}, {"count", static_cast<std::int64_t>(std::lround(count))}};
}

/// "The whole device has said nothing for 12 minutes": minutes below two hours, hours below two days, else days.
std::string silence_sentence(Messages const& messages, std::string_view language, bool device, double hours, Messages::Arguments arguments) {
  if (hours < 2) {
    arguments.emplace_back("age", static_cast<std::int64_t>(std::lround(hours * 60)));
    return messages.text(language, device ? "quality.silent_device_minutes" : "quality.silent_channel_minutes", arguments);
  }
  arguments.emplace_back("age", static_cast<std::int64_t>(hours < 48 ? std::lround(hours) : std::lround(std::floor(hours / 24))));
  if (hours < 48) return messages.text(language, device ? "quality.silent_device_hours" : "quality.silent_channel_hours", arguments);
  return messages.text(language, device ? "quality.silent_device_days" : "quality.silent_channel_days", arguments);
}

std::string sentence(Messages const& messages, std::string_view language, Finding const& f, std::string_view channel) {
  auto const q = quantity_in(language, channel);
  auto const say = [&](std::string_view key, Messages::Arguments more) {
    more.emplace_back("quantity", q.name);
    more.emplace_back("unit", q.unit);
    return messages.text(language, key, more);
  };
  switch (f.ailment) {
    case Ailment::kSilent:
    case Ailment::kLate:
      return silence_sentence(messages, language, !f.stream, f.number, {{"quantity", q.name}});
    case Ailment::kStuck: return say("quality.stuck", {{"value", number(f.number, q.decimals)}, {"since", f.since}});
    case Ailment::kDrifting:
      return f.number > 0 ? say("quality.drifting_up", {{"bias", number(f.number, q.decimals)}})
                          : say("quality.drifting_down", {{"bias", number(-f.number, q.decimals)}});
    case Ailment::kNotFitted: return say("quality.not_fitted", {});
    case Ailment::kOutOfRange:
      if (f.test == QualityTest::kScale) return say("quality.scale", {{"factor", number(f.number, 3)}});
      return say("quality.out_of_range", {{"share", percent(f.share)}});
    case Ailment::kClock:
      return say(f.number < 0 ? "quality.clock_ahead" : "quality.clock_behind", span_of(std::abs(f.number)));
    case Ailment::kSuspect: return say("quality.suspect", {{"share", percent(f.share)}});
    case Ailment::kNeverHeard: return say("quality.never_heard", {});
    case Ailment::kForeignUnit: return say("quality.foreign_unit", {{"sent", f.unit}});
  }
  return {};
}

}  // namespace

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
  auto const q = quantity_in(language, channel);
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
    case QualityTest::kNeighbour: return say("quality.test.neighbour", {{"limit", amount(limits.neighbour)}});
    case QualityTest::kDrift: return say("quality.test.drift", {{"limit", amount(limits.bias)}});
    case QualityTest::kClock: return say("quality.test.clock", {});
    case QualityTest::kSyntax: return say("quality.test.syntax", {});
    case QualityTest::kNone: break;
  }
  return say("quality.test.none", {});
}

}  // namespace madang::sensing
