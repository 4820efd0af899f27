#include "sensing/indices/index_section.h"

#include <array>

#include "sensing/indices/crowd.h"
#include "sensing/indices/indices_json.h"
#include "sensing/live/public_sections.h"

namespace madang::sensing::indices {
namespace {

using web::markup::element;
using web::markup::Html;
using web::markup::pieces;

std::string class_name(Voice const& voice, IndexClass const& c) { return voice.say(c.name_key); }

/// The scale's own colour; the class name stands beside it always.
Html swatch(IndexClass const& c) {
  return element("i", {{"class", "k"}, {"style", "--c:" + std::string{c.colour}}, {"aria-hidden", "true"}});
}

std::string scale_name(Voice const& voice, AirScale scale) { return voice.say(info_of(scale).name_key); }

/// Only reference instruments make an official value; any other is never called by the bare name.
std::string shown_name(Voice const& voice, CityIndices const& all) {
  auto const name = scale_name(voice, all.settings.air);
  return all.official ? name : voice.say("indices.not_official", {{"scale", name}});
}

Html headline(Voice const& voice, AirScale scale, AirIndex const& index) {
  auto const& c = classes_of(scale)[index.step];
  Html words;
  if (index.value) words += pieces(element("b", {}, std::to_string(*index.value)), element("span", {}, std::string{info_of(scale).short_name}));
  words += element("em", {}, swatch(c), class_name(voice, c));
  return element("p", {{"class", "big"}}, words);
}

Html row(Voice const& voice, CityIndices const& all, PlaceIndices const& area) {
  auto const scale = all.settings.air;
  auto const name = element("th", {{"scope", "row"}}, area.name.in(voice.language));
  if (!area.air.index) {
    return element("tr", {}, name, element("td", {{"colspan", 3}}, air_reason(voice.messages, voice.language, scale, area.air)));
  }
  auto const& index = *area.air.index;
  auto const& c = classes_of(scale)[index.step];
  return element("tr", {}, name, element("td", {{"class", "r"}}, index.value ? std::to_string(*index.value) : "–"),
                 element("td", {}, swatch(c), class_name(voice, c)),
                 element("td", {}, std::string{symbol_of(index.cause)}));
}

Html table(Voice const& voice, CityIndices const& all) {
  Html rows;
  for (auto const& area : all.areas) rows += row(voice, all, area);
  if (rows.empty()) return {};
  auto const head = element("tr", {}, element("th", {{"scope", "col"}}, voice.say("public.district")),
                            element("th", {{"scope", "col"}, {"class", "r"}}, voice.say("indices.value")),
                            element("th", {{"scope", "col"}}, voice.say("indices.class")),
                            element("th", {{"scope", "col"}}, voice.say("indices.cause")));
  auto const caption = voice.say("indices.caption", {{"scale", shown_name(voice, all)}, {"time", all.hour.to}});
  return element("details", {}, element("summary", {}, voice.say("public.table")),
                 element("table", {}, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, rows)));
}

/// What the number is and what it is not.
Html remarks(Voice const& voice, CityIndices const& all) {
  auto const& info = info_of(all.settings.air);
  Html out = element("p", {{"class", "small"}},
                     voice.say("indices.how", {{"to", all.hour.to}, {"source", voice.say(info.source_key)}}));
  if (!all.official && !all.simulated) out += element("p", {{"class", "small"}}, voice.say("indices.unofficial", {{"scale", std::string{info.short_name}}}));
  return out;
}

/// What is to be said of a density that is in no band yet.
std::string_view free_key(CrowdBands const& bands, CrowdDensity density, std::size_t warnings) {
  if (is_filling(bands, density)) return "indices.crowd_filling";
  // Nobody is told of room while the city warns of a crowd.
  return warnings > 0 ? "indices.crowd_measured" : "indices.crowd_free";
}

}  // namespace

Html air_section(Voice const& voice, CityIndices const& all) {
  auto const scale = all.settings.air;
  if (scale == AirScale::kNone) return {};
  auto const name = all.city.air.index ? shown_name(voice, all) : scale_name(voice, scale);
  Html content;
  if (auto const& index = all.city.air.index) {
    auto const& c = classes_of(scale)[index->step];
    content = pieces(headline(voice, scale, *index),
                     element("p", {}, voice.say("indices.sentence", {{"scale", name},
                                                                     {"class", class_name(voice, c)},
                                                                     {"cause", std::string{symbol_of(index->cause)}}})),
                     remarks(voice, all), table(voice, all));
  } else {
    content = element("p", {}, air_reason(voice.messages, voice.language, scale, all.city.air));
  }
  return element("section", {{"id", "index"}, {"aria-labelledby", "index-heading"}},
                 element("h2", {{"id", "index-heading"}}, name), content);
}

Html noise_paragraph(Voice const& voice, CityIndices const& all) {
  if (!all.city.noise) return {};
  auto const& noise = *all.city.noise;
  return element("p", {}, voice.say(all.part == DayPart::kDay ? "indices.noise_day" : "indices.noise_night",
                                    {{"above", static_cast<std::int64_t>(noise.above)},
                                     {"stations", static_cast<std::int64_t>(noise.stations)},
                                     {"leq", value_text(noise.leq.value, 1)},
                                     {"limit", value_text(all.noise_limit.value, 0)}}));
}

Html heat_paragraph(Voice const& voice, CityIndices const& all) {
  static constexpr std::array<std::string_view, 5> kAdvice{"public.heat_none", "public.heat_31", "public.heat_33",
                                                           "public.heat_35", "public.heat_38"};
  auto const level = all.city.heat ? all.city.heat->level : HeatLevel::kNone;
  auto const perceived = all.city.heat ? value_text(all.city.heat->perceived.value, 0) : std::string{};
  Html out = element("p", {}, voice.say(kAdvice[static_cast<std::size_t>(level)], {{"perceived", perceived}}));
  if (all.advisory == HeatAdvisory::kAdvisory) out += element("p", {}, voice.say("indices.heat_advisory"));
  if (all.advisory == HeatAdvisory::kWarning) out += element("p", {}, voice.say("indices.heat_warning"));
  return out;
}

Html crowd_paragraph(Voice const& voice, CityIndices const& all, std::size_t warnings) {
  static constexpr std::array<std::string_view, 4> kBands{"indices.crowd_free", "indices.crowd_caution",
                                                          "indices.crowd_alert", "indices.crowd_severe"};
  Html out;
  if (warnings > 0)
    out += element("p", {}, element("a", {{"href", "/alerts"}}, voice.say("indices.crowd_warned", {{"count", static_cast<std::int64_t>(warnings)}})));
  if (all.crowds.empty()) return out;
  auto const& densest = all.crowds.front();
  auto const& bands = all.settings.crowd;
  bool const free = densest.state.band == CrowdBand::kFree;
  auto const key = free ? free_key(bands, densest.density, warnings) : kBands[static_cast<std::size_t>(densest.state.band)];
  return pieces(out, element("p", {}, voice.say(key, {{"place", densest.name.in(voice.language)},
                                                      {"time", densest.at},
                                                      {"density", value_text(shown_density(bands, densest.density).value, 1)}})));
}

}  // namespace madang::sensing::indices
