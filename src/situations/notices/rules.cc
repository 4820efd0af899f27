#include "situations/notices/rules.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/notices/limits.h"
#include "situations/notices/targets.h"

namespace madang::situations::notices {
namespace {

bool holds(auto const& range, auto const& wanted) { return std::ranges::find(range, wanted) != range.end(); }

/// What those hear who were told before.
std::optional<Event> news_of(Entry::Kind kind, bool internal) {
  switch (kind) {
    case Entry::Kind::kWorsened:
    case Entry::Kind::kConfirmed: return Event::kWorsened;
    case Entry::Kind::kEased: return Event::kEased;
    case Entry::Kind::kAcknowledged: return internal ? std::optional{Event::kAcknowledged} : std::nullopt;
    case Entry::Kind::kActing: return internal ? std::optional{Event::kActing} : std::nullopt;
    case Entry::Kind::kEscalated: return internal ? std::optional{Event::kEscalated} : std::nullopt;
    default: return std::nullopt;
  }
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// RFC 5322's atext.
bool is_atom(char c) { return is_letter_or_digit(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos; }

/// Parts separated by dots, none empty, each made of `allowed`.
bool is_dotted(std::string_view text, bool (*allowed)(char)) {
  for (auto const part : split(text, '.'))
    if (part.empty() || !std::ranges::all_of(part, allowed)) return false;
  return true;
}

bool is_domain(std::string_view text) {
  if (!is_dotted(text, [](char c) { return is_letter_or_digit(c) || c == '-'; })) return false;
  auto const parts = split(text, '.');
  return std::ranges::none_of(parts, [](auto p) { return p.size() > 63 || p.starts_with('-') || p.ends_with('-'); });
}

Result<void> check_words(Subscriber const& s) {
  auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (trim(s.name).empty()) return runtime::refuse_field(Code::kInvalid, "name", "refusal.subscriber.name_missing");
  if (s.name.size() > kNameMax) return runtime::refuse_field(Code::kLimit, "name", "refusal.too_long", {{"max", kNameMax}});
  if (!is_utf8(s.name) || std::ranges::any_of(s.name, is_control))
    return runtime::refuse_field(Code::kInvalid, "name", "refusal.subscriber.name");
  return {};
}

Result<void> check_filter(Filter const& filter) {
  if (filter.kinds.size() > kKindsMax) return runtime::refuse_field(Code::kLimit, "kinds", "refusal.too_many", {{"max", kKindsMax}});
  for (auto const& kind : filter.kinds)
    if (kind.empty() || kind.size() > kKindMax || !is_dotted(kind, [](char c) { return is_letter_or_digit(c) || c == '_'; }))
      return runtime::refuse_field(Code::kInvalid, "kinds", "refusal.subscriber.kinds");
  if (filter.areas.size() > kAreasMax) return runtime::refuse_field(Code::kLimit, "areas", "refusal.too_many", {{"max", kAreasMax}});
  return {};
}

Result<void> check_secret(std::string_view secret) {
  if (secret.size() < kSecretMin || secret.size() > kSecretMax)
    return runtime::refuse_field(Code::kInvalid, "secret", "refusal.subscriber.secret_length", {{"min", kSecretMin}, {"max", kSecretMax}});
  if (!std::ranges::all_of(secret, [](char c) { return c > 0x20 && c < 0x7f; }))
    return runtime::refuse_field(Code::kInvalid, "secret", "refusal.subscriber.secret_signs");
  return {};
}

}  // namespace

std::string_view name_of(Channel channel) { return channel == Channel::kEmail ? "email" : "webhook"; }

std::string name_of(Event event) {
  constexpr std::array<std::string_view, 8> kNames{"raised", "worsened",  "eased",    "acknowledged",
                                                   "acting", "escalated", "resolved", "dismissed"};
  if (event == Event::kReal) return "situation.real";
  auto const at = static_cast<std::size_t>(event) - 1;
  return at < kNames.size() ? "situation." + std::string{kNames[at]} : "test";
}

bool fits(Filter const& filter, ChangeSeen const& change) {
  auto const& s = change.situation;
  if (!filter.internal && !s.signal.is_public) return false;
  // The worst it has been: who heard of it hears of its easing too.
  if (s.severity_max < filter.severity_min) return false;
  if (!filter.kinds.empty() && !holds(filter.kinds, s.signal.kind)) return false;
  if (filter.areas.empty() || change.areas.empty()) return true;
  return std::ranges::any_of(filter.areas, [&](AreaId area) { return holds(change.areas, area); });
}

std::optional<Event> event_for(Filter const& filter, ChangeSeen const& change, bool notified) {
  auto const& s = change.situation;
  bool const visible = filter.internal || s.signal.is_public;
  if (!is_open(s.state)) {
    if (!notified || !visible) return std::nullopt;
    return s.state == State::kDismissed ? Event::kDismissed : Event::kResolved;
  }
  if (s.silenced) return std::nullopt;
  if (notified && visible && change.real) return Event::kReal;
  if (notified) return visible ? news_of(change.kind, filter.internal) : std::nullopt;
  return fits(filter, change) ? std::optional{Event::kRaised} : std::nullopt;
}

Millis backoff(Pace const& pace, int attempts, double chance, std::optional<Millis> retry_after) {
  auto whole = pace.backoff_first;
  for (int i = 1; i < attempts && whole < pace.backoff_max; ++i) whole *= 2;
  whole = std::min(whole, pace.backoff_max);
  auto const half = whole / 2;
  auto const wait = half + Millis{static_cast<std::int64_t>(static_cast<double>((whole - half).count()) * chance)};
  if (!retry_after) return wait;
  return std::max(wait, std::min(*retry_after, kRetryAfterMax));
}

bool given_up(Pace const& pace, Notice const& notice, Instant now) { return now - notice.created_at >= pace.give_up_after; }

std::string_view reach_key(Subscriber const& subscriber) {
  auto const& tally = subscriber.tally;
  if (subscriber.paused) return "subscriber.reach_paused";
  if (!tally.error.empty()) return "subscriber.reach_failing";
  if (tally.owed > 0) return "subscriber.reach_waiting";
  return tally.delivered > 0 ? "subscriber.reach_reached" : "subscriber.reach_untold";
}

Verdict verdict_of_http(int status) {
  if (status >= 200 && status < 300) return Verdict::kDelivered;
  if (status == 410) return Verdict::kGone;
  // These speak about this body and will say so again; a wrong path or key may be mended while the notice waits.
  if (status == 400 || status == 413 || status == 415 || status == 422) return Verdict::kRefused;
  return Verdict::kAgain;
}

Verdict verdict_of_smtp(int code) {
  // RFC 4954 and 3207: the server wants another login, mechanism or TLS. That is the city's mistake, not the receiver's.
  if (code == 530 || code == 534 || code == 535 || code == 538) return Verdict::kAgain;
  return code >= 500 && code < 600 ? Verdict::kRefused : Verdict::kAgain;
}

Result<void> check_email(std::string_view address) {
  if (address.size() > kEmailMax) return runtime::refuse_field(Code::kLimit, "address", "refusal.too_long", {{"max", kEmailMax}});
  auto const at = address.rfind('@');
  if (at == std::string_view::npos || at > kLocalPartMax || !is_dotted(address.substr(0, at), is_atom) ||
      !is_domain(address.substr(at + 1)))
    return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.email");
  return {};
}

Result<void> check(Subscriber const& subscriber) {
  MADANG_CHECK(check_words(subscriber));
  MADANG_CHECK(check_filter(subscriber.filter));
  if (subscriber.channel == Channel::kEmail) return check_email(subscriber.address);
  MADANG_CHECK(check_secret(subscriber.secret));
  return check_url(subscriber.address);
}

}  // namespace madang::situations::notices
