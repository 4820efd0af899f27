#include "situations/unjudged.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace madang::situations {

using web::markup::element;
using web::markup::Html;

std::vector<SituationPtr> unjudged(Situations& situations) {
  auto open = situations.list({.open_only = true, .limit = std::numeric_limits<std::size_t>::max()});
  if (!open) return {};
  return unjudged_of(*open);
}

std::vector<SituationPtr> unjudged_of(std::span<SituationPtr const> all) {
  std::vector<SituationPtr> out;
  std::ranges::copy_if(all, std::back_inserter(out),
                       [](SituationPtr const& s) { return s->signal.kind == kBlindKind && !s->clear_since; });
  return out;
}

Html unjudged_notice(web::Voice const& voice, std::span<SituationPtr const> all) {
  if (all.empty()) return {};
  Html rows;
  for (auto const& s : all)
    rows += element("li", {}, voice.say("alerts.unjudged", {{"what", s->signal.headline.in(voice.language)}, {"since", s->signal.since}}));
  return element("div", {{"class", "notice"}}, element("strong", {}, voice.say("alerts.unjudged_title")), element("ul", {}, rows));
}

}  // namespace madang::situations
