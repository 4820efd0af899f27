#include "sensing/live/public_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sensing/live/citizen_steps.h"
#include "web/html/svg.h"

namespace madang::sensing {
namespace {

using markup::element;
using markup::Html;
using markup::pieces;

std::optional<std::size_t> step_in(SectionPlan const& plan, QuantityNow const& q, double value) {
  if (!plan.relative) return step_of(plan.channel, value);
  if (!q.median || *q.median <= 0) return std::nullopt;
  return step_of(plan.channel, value / *q.median);
}

std::string class_of(SectionPlan const& plan, std::size_t step) { return fmt::format("{}{}", plan.colour, step); }

Html swatch(SectionPlan const& plan, std::size_t step) {
  return element("i", {{"class", "k " + class_of(plan, step)}, {"aria-hidden", "true"}});
}

/// Districts with a value, highest first.
std::vector<AreaNow const*> ranked(QuantityNow const& q) {
  std::vector<AreaNow const*> areas;
  for (auto const& area : q.areas)
    if (area.median) areas.push_back(&area);
  std::ranges::stable_sort(areas, [](AreaNow const* a, AreaNow const* b) { return *a->median > *b->median; });
  return areas;
}

std::string unit_text(Voice const& voice, QuantityNow const& q) {
  return q.unit == "people" ? voice.say("unit.people") : q.unit;
}

std::string range_sentence(Voice const& voice, QuantityNow const& q, std::vector<AreaNow const*> const& areas) {
  if (areas.size() < 2) return {};
  return voice.say("public.range", {{"high_name", areas.front()->name.in(voice.language)},
                                    {"high", value_text(*areas.front()->median, q.decimals)},
                                    {"low_name", areas.back()->name.in(voice.language)},
                                    {"low", value_text(*areas.back()->median, q.decimals)},
                                    {"unit", unit_text(voice, q)}});
}

Html headline(Voice const& voice, SectionPlan const& plan, QuantityNow const& q) {
  Html words = pieces(element("b", {}, value_text(*q.median, q.decimals)), element("span", {}, unit_text(voice, q)));
  // The middle of the city compared with itself would say nothing.
  if (auto const step = plan.relative ? std::nullopt : step_in(plan, q, *q.median))
    words += element("em", {}, swatch(plan, *step), voice.say(steps_of(plan.channel)[*step].key));
  return element("p", {{"class", "big"}}, words);
}

Html map_of(SectionPlan const& plan, QuantityNow const& q, DistrictShapes const& shapes, std::string const& label) {
  Html drawn;
  Html numbers;
  for (auto const& shape : shapes.shapes) {
    auto const area = std::ranges::find(q.areas, shape.area, &AreaNow::area);
    bool const known = area != q.areas.end() && area->median;
    auto const step = known ? step_in(plan, q, *area->median) : std::nullopt;
    drawn += element("use", {{"href", fmt::format("#d{}", shape.area.value())}, {"class", step ? class_of(plan, *step) : "none"}});
    if (!known) continue;
    bool const white = step && *step < plan.dark_text.size() && plan.dark_text[*step] == 'w';
    numbers += element("text", {{"x", shape.x}, {"y", shape.y}, {"class", white ? "w" : "b"}},
                       value_text(*area->median, 0));
  }
  if (drawn.empty()) return {};
  auto const box = fmt::format("0 0 {} {}", shapes.width, shapes.height);
  return element("svg", {{"viewBox", box}, {"role", "img"}, {"aria-label", label}}, drawn, numbers);
}

Html legend_of(Voice const& voice, SectionPlan const& plan, QuantityNow const& q) {
  auto const steps = steps_of(plan.channel);
  std::vector<std::int64_t> counts(steps.size(), 0);
  for (auto const& area : q.areas)
    if (auto const step = area.median ? step_in(plan, q, *area.median) : std::nullopt) ++counts[*step];
  Html rows;
  for (std::size_t i = 0; i < steps.size(); ++i)
    rows += element("li", {}, swatch(plan, i), voice.say(steps[i].key), " ",
                    element("small", {}, voice.say("public.districts_count", {{"count", counts[i]}})));
  return element("ul", {{"class", "legend"}}, rows);
}

Html table_of(Voice const& voice, SectionPlan const& plan, QuantityNow const& q,
              std::vector<AreaNow const*> const& areas) {
  Html rows;
  for (auto const* area : areas) {
    auto const step = step_in(plan, q, *area->median);
    Html const level = step ? pieces(swatch(plan, *step), voice.say(steps_of(plan.channel)[*step].key)) : Html("–");
    rows += element("tr", {}, element("th", {{"scope", "row"}}, area->name.in(voice.language)),
                    element("td", {{"class", "r"}}, value_text(*area->median, q.decimals)), element("td", {}, level),
                    element("td", {{"class", "r"}}, fmt::format("{}", area->count)));
  }
  auto const head = element(
      "tr", {}, element("th", {{"scope", "col"}}, voice.say("public.district")),
      element("th", {{"scope", "col"}, {"class", "r"}}, voice.say("public.value")),
      element("th", {{"scope", "col"}}, voice.say("public.level")),
      element("th", {{"scope", "col"}, {"class", "r"}}, voice.say("public.stations")));
  auto const caption = voice.say("public.table_caption", {{"quantity", q.name.in(voice.language)},
                                                          {"unit", unit_text(voice, q)},
                                                          {"time", q.time.value_or(q.at)}});
  return element("details", {}, element("summary", {}, voice.say("public.table")),
                 element("table", {}, element("caption", {}, caption), element("thead", {}, head),
                         element("tbody", {}, rows)));
}

Html values_of(Voice const& voice, SectionPlan const& plan, QuantityNow const& q, DistrictShapes const& shapes,
               Html const& more) {
  auto const areas = ranked(q);
  auto const range = range_sentence(voice, q, areas);
  auto const name = q.name.in(voice.language);
  auto const sentence =
      plan.relative ? voice.say("public.sentence_people", {{"value", value_text(*q.median, q.decimals)}})
                    : voice.say("public.sentence", {{"quantity", name},
                                                    {"value", value_text(*q.median, q.decimals)},
                                                    {"unit", unit_text(voice, q)},
                                                    {"level", voice.say(step_key(plan, q, *q.median))}});
  auto const middle = voice.say("public.middle", {{"count", static_cast<std::int64_t>(q.count)},
                                                  {"time", q.time.value_or(q.at)},
                                                  {"age", age_text(voice, q.time.value_or(q.at), q.at)}});
  Html out = pieces(headline(voice, plan, q), element("p", {}, sentence, " ", range), more,
                    element("p", {{"class", "small"}}, middle));
  if (areas.empty()) return out;
  auto const label = voice.say("public.map_label", {{"quantity", name}, {"range", range}});
  auto const drawn = map_of(plan, q, shapes, label);
  if (!drawn.empty()) out += element("figure", {}, drawn, legend_of(voice, plan, q));
  out += element("p", {{"class", "small"}}, voice.say(plan.steps_key));
  out += table_of(voice, plan, q, areas);
  return out;
}

}  // namespace

std::string value_text(double value, int decimals) {
  double const power = std::pow(10.0, decimals);
  double const rounded = std::round(value * power) / power;
  auto digits = fmt::format("{:.{}f}", std::abs(rounded), decimals);
  auto const whole = std::min(digits.find('.'), digits.size());
  for (std::size_t place = whole; place > 3; place -= 3) digits.insert(place - 3, ",");
  return rounded < 0 ? "−" + digits : digits;
}

markup::Html simulated_notice(Voice const& voice, CityNow const& now) {
  if (!now.simulated) return {};
  bool const all = now.simulated_stations == now.stations;
  auto const text = all ? voice.say("public.simulated_text")
                        : voice.say("public.simulated_some_text", {{"simulated", static_cast<std::int64_t>(now.simulated_stations)},
                                                                   {"total", static_cast<std::int64_t>(now.stations)}});
  return element("p", {{"class", "notice"}},
                 element("strong", {}, voice.say(all ? "public.simulated_title" : "public.simulated_some_title")), " ", text);
}

std::string_view step_key(SectionPlan const& plan, QuantityNow const& q, double value) {
  auto const step = step_in(plan, q, value);
  return step ? steps_of(plan.channel)[*step].key : std::string_view{"level.none"};
}

markup::Html section_of(Voice const& voice, SectionPlan const& plan, QuantityNow const& q, DistrictShapes const& shapes,
                      markup::Html const& more) {
  auto const content = q.median ? values_of(voice, plan, q, shapes, more)
                                : element("p", {}, voice.say("public.no_values"));
  std::string const heading = fmt::format("{}-heading", plan.id);
  auto const name = voice.say(plan.heading_key);
  return element("section", {{"id", plan.id}, {"aria-labelledby", heading}},
                 element("h2", {{"id", heading}}, name), content);
}

}  // namespace madang::sensing
