#include "situations/banner.h"

#include <algorithm>

namespace madang::situations {

std::string banner_text(web::Voice const& voice, std::span<SituationPtr const> open) {
  auto const gone = std::ranges::count_if(open, [](SituationPtr const& s) { return s->clear_since.has_value(); });
  auto text = voice.say("alerts.banner", {{"count", static_cast<std::int64_t>(open.size())}, {"gone", static_cast<std::int64_t>(gone)}});
  bool const real = std::ranges::any_of(open, [](SituationPtr const& s) { return !s->signal.simulated; });
  return real ? text : voice.say("alerts.feed_simulated", {{"headline", std::move(text)}});
}

}  // namespace madang::situations
