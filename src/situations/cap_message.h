// Which message a change makes, and what it says: from a Situation to CAP. Pure but for the city's Areas.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "city/city.h"
#include "runtime/messages.h"
#include "situations/cap.h"
#include "situations/situations.h"

namespace madang::situations {

enum class MessageType { kAlert = 1, kUpdate = 2, kCancel = 3 };
constexpr MessageType last_of(MessageType) { return MessageType::kCancel; }

/// What was published of a Situation so far.
struct Published {
  MessageType type = MessageType::kAlert;
  cap::Reference reference;
};

/// The first public word is an Alert, news about the cause an Update; what ends, or leaves the public, is cancelled, and
/// an Alert again when it comes back. nullopt: this change tells the public nothing.
std::optional<MessageType> message_of(Situation const& situation, Entry::Kind kind,
                                      std::optional<MessageType> const& newest);

/// Those that an Update or Cancel follows: since the last Alert, at most kReferencesMax.
std::vector<cap::Reference> followed(std::vector<Published> const& published);

struct CapContext {
  city::City const& city;
  runtime::Messages const& messages;
  Publisher const& publisher;
};
/// `entry` decides identifier and time. References are the caller's.
Result<cap::Message> cap_message(Situation const& situation, Entry const& entry, MessageType type,
                                 CapContext const& context);

/// "situation-7-3-1764421380-9f8e...": the name of a message for its sender, made once and kept with the message. Time and
/// 64 random bits, because a server that was restored from a backup counts Situations and versions again.
std::string message_identifier(SituationId id, std::int64_t version, Instant at);

}  // namespace madang::situations
