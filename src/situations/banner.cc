#include "situations/banner.h"

#include <algorithm>
#include <iterator>

namespace madang::situations {

std::string banner_text(web::Voice const& voice, std::span<SituationPtr const> open) {
  auto const exercises = std::ranges::count_if(open, [](SituationPtr const& s) { return s->signal.simulated; });
  auto const real = std::ssize(open) - exercises;
  auto const is_counted = [real](SituationPtr const& s) { return real == 0 || !s->signal.simulated; };
  auto const gone = std::ranges::count_if(open, [&](SituationPtr const& s) { return is_counted(s) && s->clear_since; });
  auto text = voice.say("alerts.banner", {{"count", static_cast<std::int64_t>(real > 0 ? real : exercises)}, {"gone", static_cast<std::int64_t>(gone)}});
  if (real == 0) return voice.say("alerts.feed_simulated", {{"headline", std::move(text)}});
  if (exercises == 0) return text;
  return voice.say("alerts.banner_beside", {{"warnings", std::move(text)}, {"count", static_cast<std::int64_t>(exercises)}});
}

}  // namespace madang::situations
