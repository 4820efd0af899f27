#include "situations/picture/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "situations/alert_sections.h"
#include "situations/phrases.h"

namespace madang::situations {
namespace {

/// As many digits as say something on a map: 0.045 ppm, 84.3 µg/m³, 3,245 people.
double rounded(double value) {
  double const size = std::abs(value);
  double const scale = size < 1 ? 1000 : size < 10 ? 100 : size < 100 ? 10 : 1;
  return std::round(value * scale) / scale;
}

std::string place_text(Situation const& s, PictureContext const& context) {
  auto const& place = s.signal.place;
  if (place && !s.signal.area) return fmt::format("{:.4f}, {:.4f}", place->latitude, place->longitude);
  return where_text(s, context.voice, context.city);
}

void add_sentence(std::string& words, std::string const& sentence) {
  if (!sentence.empty()) words += (words.empty() ? "" : " ") + sentence;
}

std::string worst_words(EvidenceMoment const& moment, PictureContext const& context) {
  if (!moment.at) return {};
  auto const& worst = moment.worst;
  runtime::Messages::Arguments arguments{{"time", *moment.at},
                                         {"quantity", quantity_text(*worst.stream, context)},
                                         {"value", rounded(worst.value->value)},
                                         {"unit", unit_text(worst.stream->unit, context.voice)}};
  if (!worst.has_expected()) return context.voice.say("picture.worst", arguments);
  arguments.emplace_back("expected", rounded(worst.stream->expected));
  return context.voice.say("picture.worst_usual", arguments);
}

std::set<ThingId> things_of_cause(EvidenceMoment const& moment) {
  std::set<ThingId> shown;
  for (auto const& each : moment.streams)
    if (role_of(*each.stream) == Role::kCause) shown.insert(each.stream->thing);
  return shown;
}

std::string streams_words(Situation const& s, EvidenceMoment const& moment, web::Voice const& voice) {
  if (moment.streams.empty()) return {};
  if (s.signal.facts.stations > 0) {
    auto const shown = things_of_cause(moment);
    std::set<ThingId> beside;
    for (auto const& each : moment.streams)
      if (role_of(*each.stream) != Role::kCause) beside.insert(each.stream->thing);
    return voice.say("picture.stations", {{"stations", s.signal.facts.stations},
                                          {"shown", static_cast<std::int64_t>(shown.size())},
                                          {"others", static_cast<std::int64_t>(beside.size())}});
  }
  auto const count = [&](Role role) {
    return static_cast<std::int64_t>(
        std::ranges::count_if(moment.streams, [&](Shown const& shown) { return role_of(*shown.stream) == role; }));
  };
  return voice.say("picture.streams", {{"causes", count(Role::kCause)}, {"others", count(Role::kNeighbour) + count(Role::kOther)}});
}

}  // namespace

std::int64_t stations_left_out(Situation const& s, EvidenceMoment const& moment) {
  auto const shown = std::ssize(things_of_cause(moment));
  return shown == 0 ? 0 : std::max<std::int64_t>(s.signal.facts.stations - shown, 0);
}

bool has_circle(Signal const& signal) { return signal.place && signal.radius > 0; }

std::string unit_text(std::string const& unit, web::Voice const& voice) {
  return situations::unit_text(unit, Speech{voice.messages, voice.language});
}

std::string quantity_text(EvidenceStream const& stream, PictureContext const& context) {
  auto const datastream = context.city.datastream(stream.datastream);
  auto const property = datastream ? context.city.observed_property(datastream->observed_property) : nullptr;
  return property ? property->name.in(context.voice.language) : stream.channel;
}

std::string measured_text(Shown const& shown, web::Voice const& voice) {
  if (shown.value == nullptr) return {};
  return voice.say("picture.value", {{"value", rounded(shown.value->value)}});
}

std::string value_text(Shown const& shown, web::Voice const& voice) {
  if (shown.value == nullptr || !shown.has_expected()) return measured_text(shown, voice);
  return voice.say("picture.value_usual", {{"value", rounded(shown.value->value)}, {"expected", rounded(shown.stream->expected)}});
}

std::string reach_text(double metres, web::Voice const& voice) {
  return voice.say("situation.within", {{"distance", distance_text(metres, {voice.messages, voice.language})}});
}

std::string picture_words(Situation const& s, PictureContext const& context, Audience audience) {
  auto const& voice = context.voice;
  std::string words = voice.say("picture.map", {{"severity", voice.say(severity_key(s.signal.severity))},
                                                {"where", place_text(s, context)}});
  if (has_circle(s.signal)) add_sentence(words, voice.say("picture.circle", {{"distance", distance_text(s.signal.radius, {voice.messages, voice.language})}}));
  if (audience == Audience::kOperators) {
    auto const moment = worst_moment(s.signal.evidence, s.signal.since);
    add_sentence(words, streams_words(s, moment, voice));
    add_sentence(words, worst_words(moment, context));
  } else {
    add_sentence(words, voice.say("picture.since", {{"time", s.signal.since}}));
  }
  if (s.signal.simulated) add_sentence(words, voice.say("alerts.simulated_title"));
  return words;
}

}  // namespace madang::situations
