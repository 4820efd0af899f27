// What is told to whom, when it is tried again, and when it is given up. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "situations/notices/model.h"

namespace madang::situations::notices {

/// A change as the rules see it. `areas`: the Area of the Situation and all that hold it.
struct ChangeSeen {
  Situation const& situation;
  Entry::Kind kind;
  std::span<AreaId const> areas;
  bool real = false;  ///< turned_real() of its line
};

[[nodiscard]] bool fits(Filter const& filter, ChangeSeen const& change);
/// What a subscriber is notified of for a change, if anything. `notified`: it has heard of this Situation before. Who was not
/// told is not told of the end; who was told always is, even in a silence.
[[nodiscard]] std::optional<Event> event_for(Filter const& filter, ChangeSeen const& change, bool notified);

/// Times of the outbox; tests make them short.
struct Pace {
  Millis backoff_first;
  Millis backoff_max;
  Millis give_up_after;
};
/// Until the next attempt after `attempts` failed ones (1, 2, ...). `chance` in [0, 1) spreads those who failed together:
/// between a half and the whole of the doubled time.
[[nodiscard]] Millis backoff(Pace const& pace, int attempts, double chance, std::optional<Millis> retry_after);
[[nodiscard]] bool given_up(Pace const& pace, Notice const& notice, Instant now);

/// The text that says whether one is reached, by the same rule as the control room's page (reachOf in ui/src/domains/subscribers/rules.ts).
[[nodiscard]] std::string_view reach_key(Subscriber const& subscriber);

/// What an HTTP answer means for a notice.
[[nodiscard]] Verdict verdict_of_http(int status);
/// What the last answer of the SMTP server means; 0: there was none.
[[nodiscard]] Verdict verdict_of_smtp(int code);

/// Everything an operator may have typed wrong; the sentence names the field.
[[nodiscard]] Result<void> check(Subscriber const& subscriber);
/// One plain address: ASCII, letters and dots as in RFC 5322's dot-atom, a domain of letters, digits and hyphens. No
/// quotes, spaces, brackets or line ends, so that it is safe in headers and in the SMTP dialogue.
[[nodiscard]] Result<void> check_email(std::string_view address);

}  // namespace madang::situations::notices
