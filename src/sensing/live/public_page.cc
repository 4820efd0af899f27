#include "sensing/live/public_page.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/mutex.h"
#include "sensing/indices/index_section.h"
#include "sensing/live/citizen_steps.h"
#include "sensing/live/public_sections.h"
#include "situations/banner.h"
#include "situations/kinds.h"
#include "situations/unjudged.h"
#include "web/html/page_frame.h"

namespace madang::sensing {
namespace {

using markup::element;
using markup::Html;
using markup::pieces;

using IndicesPtr = std::shared_ptr<indices::CityIndices const>;

constexpr int kMapWidth = 540;

constexpr SectionPlan kAir{"air", "public.air", "public.steps_air", "pm25", 's', false, "wbbw"};
constexpr SectionPlan kCoarse{"air", "public.air", "public.steps_air", "pm10", 's', false, "wbbw"};
constexpr SectionPlan kNoise{"noise", "public.noise", "public.steps_noise", "noise", 'n', false, "bbww"};
constexpr SectionPlan kHeat{"heat", "public.heat", "public.steps_heat", "temperature", 't', false, "wbbbw"};
constexpr SectionPlan kCrowding{"crowding", "public.crowding", "public.steps_people", "people", 'p', true, "bbww"};

/// Drawing 25 districts takes longer than all the rest of the page, and they change once in years.
class DrawnDistricts {
 public:
  explicit DrawnDistricts(city::City const& city) : city_(city), changes_(city) {}

  std::shared_ptr<DistrictShapes const> read() {
    runtime::Lock const lock(mutex_);
    if (!changes_.is_current() && changes_.read().any_of(city::EntryKind::kArea)) {
      auto const areas = city_.areas();
      std::vector<city::Area const*> districts;
      for (auto const& area : areas)
        if (area->level == 1) districts.push_back(area.get());
      shapes_ = std::make_shared<DistrictShapes const>(draw_districts(districts, kMapWidth));
    }
    return shapes_;
  }

 private:
  city::City const& city_;
  runtime::Mutex mutex_;
  city::ChangeReader changes_ MADANG_GUARDED_BY(mutex_);
  std::shared_ptr<DistrictShapes const> shapes_ MADANG_GUARDED_BY(mutex_);
};

QuantityNow const* find(CityNow const& now, std::string_view channel) {
  auto const found = std::ranges::find(now.quantities, channel, &QuantityNow::channel);
  return found == now.quantities.end() ? nullptr : &*found;
}

/// Every shape once; each map only refers to them.
Html definitions(DistrictShapes const& shapes) {
  Html paths;
  for (auto const& shape : shapes.shapes)
    paths += element("path", {{"id", "d" + std::to_string(shape.area.value())}, {"d", shape.path}});
  return element("svg", {{"width", 0}, {"height", 0}, {"aria-hidden", "true"}, {"style", "position:absolute"}},
                 element("defs", {}, paths));
}

Html beside_air(Voice const& voice, CityNow const& now, QuantityNow const& shown) {
  auto const* coarse = find(now, "pm10");
  if (coarse == nullptr || coarse == &shown || !coarse->median) return {};
  return element("p", {}, voice.say("public.also", {{"quantity", coarse->name.in(voice.language)},
                                                    {"value", value_text(*coarse->median, coarse->decimals)},
                                                    {"unit", coarse->unit},
                                                    {"level", voice.say(step_key(kCoarse, *coarse, *coarse->median))}}));
}

Html beside_heat(Voice const& voice, CityNow const& now, QuantityNow const& temperature, IndicesPtr const& indices) {
  auto const* humidity = find(now, "humidity");
  if (humidity == nullptr || !humidity->median || !temperature.median) return {};
  auto const damp = voice.say("public.also_plain", {{"quantity", humidity->name.in(voice.language)},
                                                    {"value", value_text(*humidity->median, humidity->decimals)},
                                                    {"unit", humidity->unit}});
  return pieces(element("p", {}, damp), indices ? indices::heat_paragraph(voice, *indices) : Html{});
}

struct Sections {
  Html all;
  Html links;  ///< to each of them
};

Sections sections(Voice const& voice, CityNow const& now, DistrictShapes const& shapes, IndicesPtr const& indices, std::size_t crowds_warned) {
  Sections out;
  auto const link = [&out](std::string const& id, std::string const& text) {
    out.links += element("li", {}, element("a", {{"href", "#" + id}}, text));
  };
  if (auto const index = indices && !now.quantities.empty() ? indices::air_section(voice, *indices) : Html{}; !index.empty()) {
    out.all += index;
    link("index", voice.say("indices.heading"));
  }
  auto const add = [&](SectionPlan const& plan, auto const& more) {
    auto const* q = find(now, plan.channel);
    if (q == nullptr) return false;
    out.all += section_of(voice, plan, *q, shapes, more(*q));
    link(std::string{plan.id}, voice.say(plan.heading_key));
    return true;
  };
  auto const air = [&](QuantityNow const& q) { return beside_air(voice, now, q); };
  auto const noise = [&](QuantityNow const&) { return indices ? indices::noise_paragraph(voice, *indices) : Html{}; };
  auto const crowds = [&](QuantityNow const&) { return indices ? indices::crowd_paragraph(voice, *indices, crowds_warned) : Html{}; };
  if (!add(kAir, air)) add(kCoarse, air);
  add(kNoise, noise);
  add(kHeat, [&](QuantityNow const& q) { return beside_heat(voice, now, q, indices); });
  add(kCrowding, crowds);
  return out;
}

Html notices(Voice const& voice, CityNow const& now) {
  Html out;
  out += simulated_notice(voice, now);
  Html sentences;
  for (auto const& notice : now.notices) sentences += element("p", {}, notice.in(voice.language));
  if (!sentences.empty())
    out += element("aside", {{"class", "small"}, {"aria-label", voice.say("public.notices")}}, sentences);
  return out;
}

Html data_links(Voice const& voice, std::string const& licence) {
  struct Link {
    char const* address;
    char const* key;
  };
  constexpr std::array kLinks = {Link{"/control", "public.control_room"}, Link{"/health", "public.health"},
                                 Link{"/sta/v1.1", "public.data_sta"}, Link{"/api/v1/indices", "public.data_indices"},
                                 Link{"/api/v1/now?property=pm25", "public.data_now"},
                                 Link{"/alerts.atom", "public.data_alerts"}, Link{"/api/openapi.yaml", "public.data_api"}};
  Html rows;
  for (auto const& link : kLinks) rows += element("li", {}, element("a", {{"href", link.address}}, voice.say(link.key)));
  return element("section", {{"id", "data"}, {"aria-labelledby", "data-heading"}},
                 element("h2", {{"id", "data-heading"}}, voice.say("public.data")),
                 element("p", {}, voice.say("public.data_text"), " ",
                         licence.empty() ? voice.say("public.data_licence_none") : voice.say("public.data_licence", {{"licence", licence}})),
                 element("ul", {{"class", "links"}}, rows));
}

using OpenWarnings = std::vector<situations::SituationPtr>;

/// None where they cannot be read.
std::optional<OpenWarnings> open_warnings(situations::Situations* known) {
  if (known == nullptr) return std::nullopt;
  auto open = known->list({.open_only = true, .public_only = true, .limit = std::numeric_limits<std::size_t>::max()});
  if (!open) return std::nullopt;
  return std::move(*open);
}

/// First what needs somebody: a link to the warnings, with their number, and what nobody can warn of.
Html warnings(Voice const& voice, situations::Situations* known, std::optional<OpenWarnings> const& open) {
  if (!open) return {};
  auto const blind = situations::unjudged(*known);
  auto const none = blind.empty() ? "alerts.banner_none" : "alerts.banner_none_judged";
  auto const link = element("a", {{"href", "/alerts"}}, open->empty() ? voice.say(none) : situations::banner_text(voice, *open));
  return pieces(open->empty() ? element("p", {}, link) : element("p", {{"class", "notice"}}, element("strong", {}, link)),
                situations::unjudged_notice(voice, blind));
}

web::Response public_page(PublicNeeds const& needs, DrawnDistricts& drawn, web::Request const& request) {
  auto const reader = web::reader_of(request, needs.messages);
  Voice const voice{needs.messages, reader.language};
  auto const now = needs.now.city_now();
  auto const shapes = drawn.read();
  auto const city = now.identity.name.in(reader.language);
  auto const title = voice.say("public.title", {{"city", city}});
  // A store that cannot be asked for hours now does not take the page away.
  auto const indices = needs.indices == nullptr ? Result<IndicesPtr>{IndicesPtr{}} : needs.indices->read();
  auto const open = open_warnings(needs.situations);
  bool const of_simulated = indices && *indices && (*indices)->crowds_simulated;
  auto const content = sections(voice, now, *shapes, indices.value_or(IndicesPtr{}), open ? crowd_warnings(*open, of_simulated) : 0);
  Html main = pieces(
      element("h1", {}, title), element("p", {{"class", "lead"}}, voice.say("public.lead")),
      element("p", {{"class", "asof"}}, voice.say("public.as_of", {{"time", now.now}}),
              element("a", {{"href", "/"}}, voice.say("public.refresh"))),
      warnings(voice, needs.situations, open), notices(voice, now));
  if (content.all.empty())
    main += pieces(element("p", {}, voice.say("public.nothing")), now.stations == 0 ? element("p", {}, voice.say("public.first_steps")) : Html{});
  else
    main += pieces(element("nav", {{"aria-label", title}}, element("ul", {{"class", "jump"}}, content.links)), content.all);
  main += data_links(voice, now.identity.licence);
  auto const skip = element("a", {{"class", "skip"}, {"href", "#main"}}, voice.say("public.skip"));
  return web::page_response(reader, title, voice.say("public.lead"),
                       pieces(skip, web::page_top(reader, needs.messages, city, "/", web::links_of(needs.navigation, voice, request.who, "/")), definitions(*shapes),
                              element("main", {{"id", "main"}}, main)));
}

}  // namespace

std::size_t crowd_warnings(std::vector<situations::SituationPtr> const& open, bool of_simulated) {
  auto const is_crowd = [of_simulated](auto const& s) {
    return s->signal.kind == situations::kCrowdSurge && !s->clear_since && (of_simulated || !s->signal.simulated);
  };
  return static_cast<std::size_t>(std::ranges::count_if(open, is_crowd));
}

web::Routes public_routes(PublicNeeds needs) {
  web::Routes r;
  auto const drawn = std::make_shared<DrawnDistricts>(needs.city);
  r.get<web::Access::kPublic>("/", [needs, drawn](web::Request const& request) -> Result<web::Response> {
    return public_page(needs, *drawn, request);
  });
  return r;
}

}  // namespace madang::sensing
