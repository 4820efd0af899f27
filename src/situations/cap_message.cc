#include "situations/cap_message.h"

#include <fmt/format.h>
#include <sodium.h>
#include <unicode/locid.h>

#include <algorithm>
#include <array>

#include "core/language.h"
#include "core/text.h"
#include "situations/kinds.h"
#include "situations/limits.h"
#include "situations/outline.h"
#include "situations/phrases.h"
#include "situations/picture/picture.h"
#include "situations/rules.h"

namespace madang::situations {
namespace {

struct Language {
  std::string_view ours;
  std::string tag;  ///< RFC 3066, with the region where it is most spoken
};

std::string tag_of(std::string const& language) {
  icu::Locale locale{language.c_str()};
  UErrorCode status = U_ZERO_ERROR;
  locale.addLikelySubtags(status);
  return fmt::format("{}-{}", locale.getLanguage(), locale.getCountry());
}

/// The city's own languages, then the world's.
std::vector<Language> languages_of(runtime::Messages const& messages) {
  std::vector<Language> all;
  for (auto const& ours : messages.languages()) all.push_back({ours, tag_of(ours)});
  std::ranges::stable_partition(all, [](auto const& language) { return language.ours != kSourceLanguage; });
  return all;
}

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::kNotice: return "Minor";
    case Severity::kCaution: return "Moderate";
    case Severity::kSerious: return "Severe";
    case Severity::kCritical: return "Extreme";
  }
  return "Unknown";
}

std::string_view urgency_of(Severity severity, MessageType type) {
  if (type == MessageType::kCancel) return "Past";
  return severity >= Severity::kSerious ? "Immediate" : "Expected";
}

std::string_view name_of(MessageType type) {
  switch (type) {
    case MessageType::kAlert: return "Alert";
    case MessageType::kUpdate: return "Update";
    case MessageType::kCancel: return "Cancel";
  }
  return "Alert";
}

bool is_news(Entry::Kind kind) {
  return kind == Entry::Kind::kUpdated || kind == Entry::Kind::kWorsened || kind == Entry::Kind::kEased ||
         kind == Entry::Kind::kRaised || kind == Entry::Kind::kConfirmed;
}

/// A place with a radius is a circle; else the Area's outline; else the bare point. The whole city has its name alone.
cap::Area area_of(Situation const& s, std::string_view language, CapContext const& context) {
  auto const& signal = s.signal;
  cap::Area out;
  auto const area = signal.area ? context.city.area(signal.area) : nullptr;
  out.description = area ? area->name.in(language) : context.publisher.city.in(language);
  if (out.description.empty()) out.description = area ? area->code : context.publisher.sender;
  bool const circle = signal.place && !signal.whole_city && (signal.radius > 0 || !area);
  if (circle) out.circle = cap::Circle{*signal.place, signal.radius / 1000};
  if (area && !circle) {
    out.polygons = outline_of(area->shape, kOutlinePairsMax);
    out.geocode_name = "madang:area";
    out.geocode = area->code;
  }
  return out;
}

std::string in_all_languages(runtime::Messages const& messages, std::string_view key) {
  std::string out;
  for (auto const& language : languages_of(messages))
    out += (out.empty() ? "" : " / ") + messages.text(language.ours, key);
  return out;
}

std::string note_of(Situation const& s, Entry const& entry, MessageType type, runtime::Messages const& messages) {
  std::string note;
  if (turned_real(entry)) note = in_all_languages(messages, "alerts.cap.real");
  if (s.signal.simulated) note = in_all_languages(messages, "alerts.cap.exercise");
  if (type != MessageType::kCancel) return note;
  auto const unsure = end_key(s);
  auto const why = in_all_languages(messages, s.state == State::kDismissed  ? "alerts.cap.withdrawn"
                                              : s.state != State::kResolved ? "alerts.cap.no_longer_public"
                                              : unsure.empty()              ? "alerts.cap.over"
                                                                            : unsure);
  return note.empty() ? why : note + " " + why;
}

/// One word without spaces, whatever a detector calls its groups.
std::string incident_of(std::string const& group) {
  std::string out = group;
  std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '"'; }, '-');
  return out;
}

/// What somebody wrote in one language is not passed off as another: nothing where it was not written in this one.
std::string written_in(city::Name const& text, std::string_view language) {
  auto const found = text.by_language.find(language);
  return found == text.by_language.end() || trim(found->second).empty() ? std::string{} : found->second;
}

struct Times {
  std::string onset;
  std::string expires;
};

cap::Info info_in(Language const& language, Situation const& s, MessageType type, Times const& times,
                  CapContext const& context) {
  auto const& signal = s.signal;
  auto const& kind = kind_of(signal.kind);
  bool const ends = type == MessageType::kCancel;
  cap::Info info;
  info.language = language.tag;
  info.category = kind.category;
  info.event = context.messages.text(language.ours, kind.key);
  // A warning that nobody can keep up any more is no word that the danger is over.
  bool const unsure = ends && (!end_key(s).empty() || is_open(s.state));
  if (ends && !unsure) info.response_type = "AllClear";
  info.urgency = unsure ? "Unknown" : urgency_of(signal.severity, type);
  info.severity = severity_of(signal.severity);
  info.certainty = s.state == State::kDismissed ? "Unlikely" : unsure ? "Unknown" : "Observed";
  info.onset = times.onset;
  info.expires = times.expires;
  info.sender_name = context.publisher.city.in(language.ours);
  // Receivers show the headline alone, without status or note.
  info.headline = written_in(signal.headline, language.ours);
  if (!info.headline.empty()) info.headline = headline_text(signal, {context.messages, language.ours});
  info.description = written_in(signal.description, language.ours);
  if (!ends) info.instruction = written_in(signal.instruction, language.ours);
  if (!context.publisher.base_address.empty())
    info.web = fmt::format("{}/alerts/{}", context.publisher.base_address, s.id.value());
  info.parameters = {{"madang:situation", fmt::format("{}", s.id.value())}, {"madang:kind", signal.kind}};
  if (signal.facts.stations > 0) info.parameters.push_back({"madang:stations", fmt::format("{}", signal.facts.stations)});
  if (signal.simulated) info.parameters.push_back({"madang:simulated", "true"});
  // A cancellation may mean that the picture is public no more.
  if (!info.web.empty() && !ends && has_public_picture(s))
    info.resources.push_back({context.messages.text(language.ours, "picture.alert"), "image/svg+xml",
                              fmt::format("{}.svg?lang={}", info.web, language.ours)});
  info.area = area_of(s, language.ours, context);
  return info;
}

}  // namespace

std::optional<MessageType> message_of(Situation const& situation, Entry::Kind kind,
                                      std::optional<MessageType> const& newest) {
  bool const published = newest && *newest != MessageType::kCancel;
  bool const visible = is_open(situation.state) && shown_to_public(situation);
  if (visible && !published) return MessageType::kAlert;
  if (visible && is_news(kind)) return MessageType::kUpdate;
  if (!visible && published) return MessageType::kCancel;
  return std::nullopt;
}

std::vector<cap::Reference> followed(std::vector<Published> const& published) {
  auto const last_alert = std::ranges::find(published.rbegin(), published.rend(), MessageType::kAlert, &Published::type);
  std::vector<cap::Reference> out;
  auto first = last_alert == published.rend() ? published.begin() : last_alert.base() - 1;
  if (published.end() - first > static_cast<std::ptrdiff_t>(kReferencesMax)) first = published.end() - kReferencesMax;
  for (; first != published.end(); ++first) out.push_back(first->reference);
  return out;
}

Result<cap::Message> cap_message(Situation const& situation, Entry const& entry, MessageType type,
                                 CapContext const& context) {
  auto const& zone = context.publisher.zone;
  cap::Message message;
  message.identifier = message_identifier(situation.id, entry.number, entry.at);
  message.sender = context.publisher.sender;
  MADANG_TRY(message.sent, cap::date_time(entry.at, zone));
  message.status = situation.signal.simulated ? "Exercise" : "Actual";
  message.type = name_of(type);
  message.note = note_of(situation, entry, type, context.messages);
  message.incidents = incident_of(situation.signal.group);
  Times times;
  MADANG_TRY(times.onset, cap::date_time(situation.signal.since, zone));
  MADANG_TRY(times.expires, cap::date_time(entry.at + (type == MessageType::kCancel ? kCancelLife : kAlertLife), zone));
  // A language in which nobody wrote has no block.
  auto languages = languages_of(context.messages);
  auto const is_missing = [&](Language const& language) { return written_in(situation.signal.headline, language.ours).empty(); };
  if (!std::ranges::all_of(languages, is_missing)) std::erase_if(languages, is_missing);
  for (auto const& language : languages) message.infos.push_back(info_in(language, situation, type, times, context));
  return message;
}

std::string message_identifier(SituationId id, std::int64_t version, Instant at) {
  std::array<unsigned char, 8> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::string random;
  for (auto const byte : bytes) random += fmt::format("{:02x}", byte);
  return fmt::format("situation-{}-{}-{}-{}", id.value(), version, millis_of(at) / 1000, random);
}

}  // namespace madang::situations
