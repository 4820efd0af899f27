// Who is notified of Situations, and what is pending for them. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/time.h"
#include "situations/model.h"

namespace madang::situations::notices {

using SubscriberId = Id<struct SubscriberTag>;

enum class Channel : std::uint8_t { kEmail = 1, kWebhook = 2 };
constexpr Channel last_of(Channel) { return Channel::kWebhook; }
/// "email", "webhook".
std::string_view name_of(Channel channel);

/// Which Situations a subscriber hears of.
struct Filter {
  Severity severity_min = Severity::kNotice;
  std::vector<std::string> kinds;  ///< empty: all
  std::vector<AreaId> areas;       ///< these and all inside them; empty: all. What concerns the whole city always fits
  bool internal = false;           ///< false: only public Situations, without internals
  friend bool operator==(Filter const&, Filter const&) = default;
};

/// What became of the notices of one subscriber since it was entered.
struct Tally {
  std::int64_t owed = 0;        ///< waiting now
  std::int64_t delivered = 0;
  std::int64_t failed = 0;      ///< attempts that will be made again
  std::int64_t refused = 0;     ///< by the receiver, for good
  std::int64_t given_up = 0;    ///< older than kGiveUpAfter
  std::int64_t superseded = 0;  ///< the queue was full, a newer one of the same Situation took the place
  std::int64_t dropped = 0;     ///< the queue was full, or the subscriber was paused while they waited
  std::optional<Instant> delivered_at;
  std::string error;            ///< of the last attempt that failed; empty after one that did not
  std::optional<Instant> error_at;
  [[nodiscard]] std::int64_t lost() const { return refused + given_up + superseded + dropped; }
};

struct Subscriber {
  SubscriberId id;
  std::string name;         ///< what operators call it
  Channel channel = Channel::kEmail;
  std::string address;      ///< an e-mail address, or an http(s) URL
  std::string secret;       ///< of a webhook's signature; never shown again
  std::string language;     ///< of e-mails: "en", "ko"; empty: all languages in one mail
  Filter filter;
  bool paused = false;      ///< no notice is written for it
  std::string paused_because;
  Instant created_at;
  Tally tally;
};

/// What a notice tells, from the subscriber's point of view: the first it hears of a Situation is kRaised.
enum class Event : std::uint8_t {
  kRaised = 1, kWorsened, kEased, kAcknowledged, kActing, kEscalated, kResolved, kDismissed, kTest,
  kReal,  ///< what was told as an exercise is none
};
/// "situation.raised", ..., "situation.dismissed", "situation.real", "test".
std::string name_of(Event event);

/// A notice in the outbox. `key` is its Message-ID's left side and its Idempotency-Key: random, made once, never again.
struct Notice {
  std::int64_t id = 0;      ///< ascending in the order in which they were put into the outbox
  SubscriberId subscriber;
  SituationId situation;    ///< 0: a test
  std::int64_t content = 0; ///< its words, shared by all who hear of the same change
  Event event = Event::kRaised;
  std::string key;
  Instant created_at;
  Instant due_at;
  int attempts = 0;
};

/// How an attempt ended.
enum class Verdict : std::uint8_t {
  kDelivered = 1,
  kAgain,    ///< nobody knows whether tomorrow is better: tried again
  kRefused,  ///< this notice will never be taken
  kGone,     ///< this subscriber wants nothing any more: paused
};
struct Outcome {
  Notice notice;
  Verdict verdict = Verdict::kAgain;
  std::string reason;                  ///< why not delivered; a sentence
  std::optional<Millis> retry_after;   ///< what the receiver asked for
};

}  // namespace madang::situations::notices
