#include "sensing/quality/health_page.h"

#include <algorithm>
#include <array>
#include <string>

#include "sensing/live/public_sections.h"
#include "sensing/quality/reasons.h"

namespace madang::sensing {
namespace {

using markup::element;
using markup::Html;
using markup::pieces;

std::int64_t whole(std::size_t count) { return static_cast<std::int64_t>(count); }

Html section(std::string const& id, std::string const& heading, Html const& content) {
  return element("section", {{"id", id}, {"aria-labelledby", id + "-heading"}},
                 element("h2", {{"id", id + "-heading"}}, heading), content);
}

Html counts_section(Voice const& voice, StationHealth const& health) {
  auto const& s = health.stations;
  if (s.total == 0) return section("now", voice.say("stations_page.now"), pieces(element("p", {}, voice.say("stations_page.none")), element("p", {}, voice.say("public.first_steps"))));
  auto const big = element("p", {{"class", "big"}}, element("b", {}, value_text(static_cast<double>(s.reporting), 0)),
                           element("span", {}, voice.say("stations_page.of", {{"total", whole(s.total)}})));
  return section("now", voice.say("stations_page.now"),
                 pieces(big, element("p", {}, voice.say("stations_page.late", {{"count", whole(s.late)}}), " ",
                                     voice.say("stations_page.silent", {{"count", whole(s.silent)}}), " ",
                                     voice.say("stations_page.never_heard", {{"count", whole(s.never_heard)}}))));
}

std::string share_text(AreaHealth const& area) {
  return std::to_string(whole_percent(static_cast<double>(area.reporting) / static_cast<double>(area.stations))) + " %";
}

Html gap_rows(Voice const& voice, std::vector<AreaHealth const*> const& areas) {
  Html rows;
  for (auto const* area : areas) {
    rows += element("tr", {}, element("th", {{"scope", "row"}}, area->name.in(voice.language)),
                    element("td", {{"class", "r"}}, std::to_string(area->stations)),
                    element("td", {{"class", "r"}}, std::to_string(area->reporting)),
                    element("td", {{"class", "r"}}, share_text(*area)));
  }
  return rows;
}

/// Districts that lack stations, the emptiest first.
Html gaps_section(Voice const& voice, StationHealth const& health) {
  std::vector<AreaHealth const*> gaps;
  for (auto const& area : health.areas)
    if (area.reporting < area.stations) gaps.push_back(&area);
  auto const heading = voice.say("stations_page.gaps");
  if (health.stations.total == 0) return {};
  if (gaps.empty()) return section("gaps", heading, element("p", {}, voice.say("stations_page.no_gaps")));
  auto const emptier = [](AreaHealth const* a, AreaHealth const* b) {
    return a->reporting * b->stations < b->reporting * a->stations;
  };
  std::ranges::stable_sort(gaps, emptier);
  auto const number = [&voice](std::string_view key) {
    return element("th", {{"scope", "col"}, {"class", "r"}}, voice.say(key));
  };
  auto const head = element("tr", {}, element("th", {{"scope", "col"}}, voice.say("public.district")), number("public.stations"),
                            number("stations_page.reporting"), number("stations_page.share"));
  auto const table = element("table", {}, element("caption", {}, voice.say("stations_page.caption", {{"time", health.now}})),
                             element("thead", {}, head), element("tbody", {}, gap_rows(voice, gaps)));
  return section("gaps", heading, pieces(element("p", {}, voice.say("stations_page.gaps_text")), table));
}

Html ailments_section(Voice const& voice, StationHealth const& health) {
  struct Words {
    Ailment ailment;
    std::string_view key;
  };
  constexpr std::array kWords{Words{Ailment::kSilent, "stations_page.ailment_silent"},
                              Words{Ailment::kNeverHeard, "stations_page.ailment_never_heard"},
                              Words{Ailment::kLate, "stations_page.ailment_late"},
                              Words{Ailment::kUnusable, "stations_page.ailment_unusable"},
                              Words{Ailment::kChannelAway, "stations_page.ailment_channel_away"},
                              Words{Ailment::kStuck, "stations_page.ailment_stuck"},
                              Words{Ailment::kDrifting, "stations_page.ailment_drifting"},
                              Words{Ailment::kNotFitted, "stations_page.ailment_not_fitted"},
                              Words{Ailment::kOutOfRange, "stations_page.ailment_out_of_range"},
                              Words{Ailment::kClock, "stations_page.ailment_clock"},
                              Words{Ailment::kForeignUnit, "stations_page.ailment_foreign_unit"},
                              Words{Ailment::kSuspect, "stations_page.ailment_suspect"}};
  Html rows;
  for (auto const& words : kWords) {
    auto const found = health.ailments.find(words.ailment);
    if (found != health.ailments.end()) rows += element("li", {}, voice.say(words.key, {{"count", whole(found->second)}}));
  }
  auto const content = rows.empty() ? element("p", {}, voice.say("stations_page.no_ailments"))
                                    : pieces(element("p", {}, voice.say("stations_page.ailments_text")),
                                             element("ul", {}, rows));
  return section("ailments", voice.say("stations_page.ailments"), content);
}

Html marks_section(Voice const& voice) {
  constexpr std::array kMarks{"stations_page.mark_good", "stations_page.mark_suspect", "stations_page.mark_fail",
                              "stations_page.mark_missing"};
  Html rows;
  for (auto const* key : kMarks) rows += element("li", {}, voice.say(key));
  return section("marks", voice.say("stations_page.marks"), element("ul", {}, rows));
}

Html notices_section(Voice const& voice, CityNow const& now) {
  if (now.notices.empty()) return {};
  Html rows;
  for (auto const& notice : now.notices) rows += element("li", {}, notice.in(voice.language));
  return section("notices", voice.say("stations_page.notices"),
                 pieces(element("p", {}, voice.say("stations_page.notices_text")), element("ul", {}, rows)));
}

Html links_section(Voice const& voice) {
  auto const link = [&voice](std::string_view address, std::string_view key) {
    return element("li", {}, element("a", {{"href", address}}, voice.say(key)));
  };
  return section("data", voice.say("public.data"),
                 element("ul", {{"class", "links"}}, link("/api/v1/health", "stations_page.data"), link("/", "stations_page.back")));
}

}  // namespace

web::Response health_page(HealthNeeds const& needs, StationHealth const& health, web::Request const& request) {
  auto const reader = web::reader_of(request, needs.messages);
  Voice const voice{needs.messages, reader.language};
  auto const now = needs.now->city_now();
  auto const city = now.identity.name.in(reader.language);
  auto const title = voice.say("stations_page.title", {{"city", city}});
  auto const asof = element("p", {{"class", "asof"}}, voice.say("public.as_of", {{"time", health.now}}),
                            element("a", {{"href", "/health"}}, voice.say("public.refresh")));
  auto const main = pieces(element("h1", {}, title), element("p", {{"class", "lead"}}, voice.say("stations_page.lead")), asof,
                           simulated_notice(voice, now), counts_section(voice, health), gaps_section(voice, health),
                           ailments_section(voice, health), marks_section(voice), notices_section(voice, now),
                           links_section(voice));
  auto const skip = element("a", {{"class", "skip"}, {"href", "#main"}}, voice.say("stations_page.skip"));
  return web::page_response(reader, title, voice.say("stations_page.lead"),
                            pieces(skip, web::page_top(reader, needs.messages, city, "/health",
                                                 web::links_of(needs.navigation, voice, request.who, "/health")),
                                   element("main", {{"id", "main"}}, main)));
}

}  // namespace madang::sensing
