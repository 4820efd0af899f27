#include "web/html/navigation.h"

#include <algorithm>
#include <utility>

namespace madang::web {

namespace {

using markup::element;
using markup::Html;

}  // namespace

Navigation::Navigation(std::vector<PageLink> links) : links_(std::move(links)) {
  std::ranges::stable_sort(links_, {}, &PageLink::rank);
}

bool is_open_to(Access const& access, Principal const& who) {
  using Kind = Principal::Kind;
  switch (access.who) {
    case Access::Who::kEverybody: return true;
    case Access::Who::kDevice: return who.kind == Kind::kDevice;
    case Access::Who::kSignedIn: return who.kind == Kind::kPerson;
    case Access::Who::kLocal: return who.kind == Kind::kLocal;
    case Access::Who::kHolder: return who.may(access.permission);
    case Access::Who::kHolderSomewhere: return who.may_somewhere(access.permission);
  }
  return false;
}

Html links_of(Navigation const* navigation, Voice const& voice, Principal const& who, std::string_view here) {
  return navigation == nullptr ? Html{} : navigation->of(voice, who, here);
}

Html Navigation::of(Voice const& voice, Principal const& who, std::string_view here) const {
  Html items;
  for (auto const& link : links_) {
    if (!is_open_to(link.access, who) || (link.signed_out_only && who.kind == Principal::Kind::kPerson)) continue;
    markup::AttributeList attributes{{"href", link.path}};
    if (link.path == here) attributes.emplace_back("aria-current", "page");
    items += element("li", {}, markup::pieces(markup::open_tag("a", attributes), voice.say(link.words), markup::close_tag("a")));
  }
  if (items.empty()) return {};
  return element("nav", {{"class", "pages"}, {"aria-label", voice.say("nav.label")}}, element("ul", {}, items));
}

}  // namespace madang::web
