#include "situations/alert_sections.h"

#include <fmt/format.h>

#include <array>

#include "situations/phrases.h"
#include "situations/picture/picture.h"
#include "situations/rules.h"
#include "situations/situation_json.h"

namespace madang::situations {
namespace {

using web::markup::element;
using web::markup::Html;
using web::markup::pieces;

/// Of each severity; the dark outline of its mark holds on white, the mark on black.
constexpr std::array<std::string_view, 4> kColours = {"#3f8ae0", "#f3c338", "#ec8a2c", "#d8402f"};

std::string when_text(web::Voice const& voice, Instant time, Instant now) {
  return voice.say("alerts.when", {{"time", time}, {"age", web::age_text(voice, time, now)}});
}

std::string_view ended_key(Situation const& s) {
  if (lasts_after_end(s)) return "alerts.state.operator";
  switch (s.ended_by) {
    case End::kRuleOff: return "alerts.state.rule_off";
    case End::kUnheard: return "alerts.state.unheard";
    case End::kJoined: return "alerts.state.joined";
    case End::kUnconfirmed: return "alerts.state.unconfirmed";
    case End::kUsual: return "alerts.state.usual";
    default: return "alerts.state.resolved";
  }
}

std::string state_text(PageContext const& context, Situation const& s) {
  auto const& voice = context.voice;
  if (is_open(s.state) && s.clear_since)
    return voice.say("alerts.state.clearing", {{"when", when_text(voice, *s.clear_since, context.now)}});
  switch (s.state) {
    case State::kResolved:
      return voice.say(ended_key(s), {{"when", when_text(voice, s.ended_at.value_or(s.updated_at), context.now)}});
    case State::kDismissed: return voice.say("alerts.state.dismissed", {{"when", when_text(voice, s.ended_at.value_or(s.updated_at), context.now)}});
    case State::kActing: return voice.say("alerts.state.acting");
    case State::kAcknowledged: return voice.say("alerts.state.acknowledged");
    case State::kFiring: return voice.say("alerts.state.firing");
  }
  return {};
}

Html fact(std::string const& name, std::string const& text) {
  return pieces(element("dt", {}, name), element("dd", {}, text));
}

Html facts(PageContext const& context, Situation const& s) {
  auto const& voice = context.voice;
  return element("dl", {}, fact(voice.say("alerts.where"), where_text(s, context.voice, context.city)),
                 fact(voice.say("alerts.since"), when_text(voice, s.signal.since, context.now)),
                 fact(voice.say("alerts.state"), state_text(context, s)));
}

std::string entry_text(web::Voice const& voice, Entry const& entry, Situation const& s) {
  auto const kind = entry.kind;
  if (turned_real(entry)) return voice.say("alerts.line.real");
  if (auto const key = end_key(s); kind == Entry::Kind::kResolved && !key.empty()) return voice.say(key);
  switch (kind) {
    case Entry::Kind::kRaised: return voice.say("alerts.line.raised");
    case Entry::Kind::kUpdated: return voice.say("alerts.line.updated");
    case Entry::Kind::kWorsened: return voice.say("alerts.line.worsened");
    case Entry::Kind::kEased: return voice.say("alerts.line.eased");
    case Entry::Kind::kCleared: return voice.say("alerts.line.cleared");
    case Entry::Kind::kReturned: return voice.say("alerts.line.returned");
    case Entry::Kind::kConfirmed: return voice.say("alerts.line.confirmed");
    case Entry::Kind::kAcknowledged: return voice.say("alerts.line.acknowledged");
    case Entry::Kind::kActing: return voice.say("alerts.line.acting");
    case Entry::Kind::kResolved: return voice.say("alerts.line.resolved");
    case Entry::Kind::kDismissed: return voice.say("alerts.line.dismissed");
    default: return {};
  }
}

/// A page stays small however long a cause lasts: the newest lines.
constexpr std::size_t kLinesShownMax = 40;

/// "It became more severe. Caution → Serious, 2 → 6 stations, PM2.5 47 → 83 µg/m³"
std::string line_text(PageContext const& context, Situation const& s, Entry const& entry) {
  auto const change = change_text(entry, s.signal.facts, {context.voice.messages, context.voice.language});
  return entry_text(context.voice, entry, s) + (change.empty() ? "" : " " + change);
}

Html course(PageContext const& context, Situation const& s, std::span<Entry const> timeline) {
  Html rows;
  std::size_t shown = 0;
  for (auto entry = timeline.rbegin(); entry != timeline.rend() && shown < kLinesShownMax; ++entry) {
    if (!shown_to_public(*entry)) continue;
    ++shown;
    rows += element("li", {}, when_text(context.voice, entry->at, context.now), ": ",
                    line_text(context, s, *entry));
  }
  return element("section", {{"aria-labelledby", "course"}},
                 element("h2", {{"id", "course"}}, context.voice.say("alerts.course")), element("ul", {}, rows));
}

/// Of what is over there is nothing to do.
bool is_to_do(Situation const& s, PageContext const& context) {
  return is_open(s.state) && !s.signal.instruction.in(context.voice.language).empty();
}

/// Beside what happened, so that nobody has to open a page of its own to know it.
Html to_do_line(PageContext const& context, Situation const& s) {
  if (!is_to_do(s, context)) return {};
  return element("p", {}, element("strong", {}, context.voice.say("alerts.to_do")), " ", s.signal.instruction.in(context.voice.language));
}

Html picture_of(PageContext const& context, Situation const& s) {
  if (!has_public_picture(s)) return {};
  auto const& language = context.voice.language;
  auto const words = picture_words(s, {context.voice, context.city}, Audience::kPublic);
  auto const address = fmt::format("/alerts/{}.svg?lang={}", s.id.value(), language);
  return element("figure", {}, element("img", {{"src", address}, {"alt", words}, {"width", kPictureWidth}}));
}

}  // namespace

std::string where_text(Situation const& s, web::Voice const& voice, city::City const& city) {
  auto const area = s.signal.area ? city.area(s.signal.area) : nullptr;
  if (!area) return voice.say("alerts.whole_city");
  auto const parent = area->parent ? city.area(area->parent) : nullptr;
  auto const& name = area->name.in(voice.language);
  if (!parent) return name;
  return voice.say("alerts.area_in", {{"area", name}, {"parent", parent->name.in(voice.language)}});
}

Html severity_mark(PageContext const& context, Severity severity) {
  auto const colour = kColours[static_cast<std::size_t>(severity) - 1];
  auto const shape = element("svg", {{"viewBox", "0 0 20 20"}, {"width", 20}, {"height", 20}, {"aria-hidden", "true"}},
                             element("path", {{"d", severity_shape(severity)}, {"fill", colour}, {"stroke", "#5a6978"}}));
  return pieces(shape, " ", element("strong", {}, context.voice.say(severity_key(severity))));
}

Html short_piece(PageContext const& context, Situation const& s) {
  auto const& language = context.voice.language;
  auto const address = fmt::format("/alerts/{}", s.id.value());
  // In a city of which a part is simulated each one says it of itself.
  auto const headline = headline_text(s.signal, {context.voice.messages, language});
  return element("section", {}, element("p", {}, severity_mark(context, s.signal.severity)),
                 element("h3", {}, element("a", {{"href", address}}, headline)),
                 element("p", {}, s.signal.description.in(language)), to_do_line(context, s), facts(context, s));
}

Html long_piece(PageContext const& context, Situation const& s, std::span<Entry const> timeline) {
  auto const& voice = context.voice;
  auto const& instruction = s.signal.instruction.in(voice.language);
  Html out = pieces(element("p", {}, severity_mark(context, s.signal.severity)),
                    element("p", {}, s.signal.description.in(voice.language)), facts(context, s));
  if (is_to_do(s, context))
    out += element("section", {{"aria-labelledby", "do"}}, element("h2", {{"id", "do"}}, voice.say("alerts.do")),
                   element("p", {}, instruction));
  return pieces(out, picture_of(context, s), course(context, s, timeline));
}

Html simulated_notice(PageContext const& context, std::span<SituationPtr const> shown) {
  auto const exercises = std::ranges::count_if(shown, [](SituationPtr const& s) { return s->signal.simulated; });
  if (exercises == 0) return {};
  bool const all = exercises == std::ssize(shown);
  return element("p", {{"class", "notice"}},
                 element("strong", {}, context.voice.say(all ? "alerts.simulated_title" : "alerts.simulated_some_title")), " ",
                 context.voice.say(all ? "alerts.simulated_text" : "alerts.simulated_some_text"));
}

}  // namespace madang::situations
