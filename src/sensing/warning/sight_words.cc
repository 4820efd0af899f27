#include "sensing/warning/sight_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "sensing/quantity_names.h"

namespace madang::sensing::warning {
namespace {

constexpr std::size_t kNamedInHeadline = 3;  // quantities; the sentence below it names all

/// Keys are written out, so that a search finds them.
struct Keys {
  std::string_view headline, description, instruction;
};
Keys keys_of_blind(Blind why) {
  switch (why) {
    case Blind::kLate:
      return {"warning.blind_late.headline", "warning.blind_late.description", "warning.blind_late.instruction"};
    case Blind::kHistory:
      return {"warning.blind_history.headline", "warning.blind_history.description", "warning.blind_history.instruction"};
    case Blind::kSilent:
      return {"warning.blind_silent.headline", "warning.blind_silent.description", "warning.blind_silent.instruction"};
    case Blind::kUnit:
      return {"warning.blind_unit.headline", "warning.blind_unit.description", "warning.blind_unit.instruction"};
    case Blind::kRoom:
      return {"warning.blind_room.headline", "warning.blind_room.description", "warning.blind_room.instruction"};
  }
  return {};
}

std::string names_of(std::span<std::string const> channels, runtime::Messages const& messages, std::string_view language) {
  std::string all;
  for (auto const& channel : channels) all += (all.empty() ? "" : ", ") + quantity_name(messages, language, std::string_view{channel});
  return all;
}

/// Real and simulated stations are apart: who reads that nothing is judged, beside an exercise of the same quantity, is told of which it holds.
std::string names_of(Blindness const& b, std::span<std::string const> channels, runtime::Messages const& messages, std::string_view language) {
  auto const is_real_alone = [&b](std::string const& channel) { return std::ranges::find(b.simulated_seen, channel) != b.simulated_seen.end(); };
  auto const of_real = [&](std::string names) { return messages.text(language, "warning.blind_real", {{"quantities", std::move(names)}}); };
  if (std::ranges::none_of(channels, is_real_alone)) return names_of(channels, messages, language);
  if (std::ranges::all_of(channels, is_real_alone)) return of_real(names_of(channels, messages, language));
  std::string all;
  for (auto const& channel : channels) {
    auto name = quantity_name(messages, language, std::string_view{channel});
    all += (all.empty() ? "" : ", ") + (is_real_alone(channel) ? of_real(std::move(name)) : std::move(name));
  }
  return all;
}

}  // namespace

std::string blind_key(Blind why) { return fmt::format("blind:{}", name_of(why)); }

situations::Signal signal_of(Blindness const& b, Wording const& w) {
  situations::Signal s;
  s.source = kSource;
  s.key = blind_key(b.why);
  s.kind = kBlindKind;
  s.since = b.since;
  for (auto const& channel : b.channels) {
    s.facts.not_judged.push_back({.channel = channel, .name = quantity_names(w.messages, channel), .since = b.since});
  }
  Keys const keys = keys_of_blind(b.why);
  auto const named = std::span(b.channels).first(std::min(kNamedInHeadline, b.channels.size()));
  for (auto const& language : w.messages.languages()) {
    runtime::Messages::Arguments const arguments{{"quantities", names_of(b, b.channels, w.messages, language)},
                                                 {"named", names_of(b, named, w.messages, language)},
                                                 {"more", static_cast<std::int64_t>(b.channels.size() - named.size())},
                                                 {"streams", static_cast<std::int64_t>(b.streams)}};
    s.headline.by_language.emplace(language, w.messages.text(language, keys.headline, arguments));
    s.description.by_language.emplace(language, w.messages.text(language, keys.description, arguments));
    s.instruction.by_language.emplace(language, w.messages.text(language, keys.instruction, arguments));
  }
  return s;
}

}  // namespace madang::sensing::warning
