// The largest of everything about notices. What is above is refused with Code::kLimit, or dropped and counted.
#pragma once

#include <chrono>
#include <cstddef>

#include "core/time.h"

namespace madang::situations::notices {

// Subscribers.
inline constexpr std::size_t kSubscribersMax = 1'000;
inline constexpr std::size_t kNameMax = 120;         ///< bytes
inline constexpr std::size_t kEmailMax = 254;        ///< bytes of an address (RFC 5321, 4.5.3.1)
inline constexpr std::size_t kLocalPartMax = 64;     ///< bytes before the "@" (RFC 5321, 4.5.3.1.1)
inline constexpr std::size_t kUrlMax = 2'048;        ///< bytes
inline constexpr std::size_t kSecretMin = 24;        ///< bytes of a secret that somebody else made
inline constexpr std::size_t kSecretMax = 256;       ///< bytes
inline constexpr std::size_t kKindsMax = 32;         ///< of one filter
inline constexpr std::size_t kKindMax = 128;         ///< bytes
inline constexpr std::size_t kAreasMax = 64;         ///< of one filter
inline constexpr std::size_t kReasonMax = 300;       ///< bytes kept of why something failed

// The outbox.
inline constexpr std::size_t kPendingMax = 200;         ///< undelivered notices of one subscriber
inline constexpr Millis kGiveUpAfter = std::chrono::hours{24};
inline constexpr Millis kBackoffFirst = std::chrono::seconds{2};  ///< doubles with each failure
inline constexpr Millis kBackoffMax = std::chrono::minutes{15};
inline constexpr Millis kRetryAfterMax = std::chrono::hours{1};   ///< a receiver may not ask for more
inline constexpr Millis kLookEvery = std::chrono::seconds{2};     ///< for notices that another process has enqueued

// Deliveries.
inline constexpr std::size_t kWebhooksInFlightMax = 256;  ///< at once, at most one for each subscriber
inline constexpr std::size_t kMailsInFlightMax = 8;       ///< at once, all to the city's own SMTP server
/// Of both the part that subscribers may use whose last attempt failed: the dead leave room for the living.
inline constexpr std::size_t kFailingShare = 4;
inline constexpr Millis kConnectWait = std::chrono::seconds{5};   ///< name, connection and TLS
inline constexpr Millis kWebhookWait = std::chrono::seconds{15};  ///< all of one delivery
inline constexpr Millis kMailWait = std::chrono::seconds{60};     ///< all of one delivery; servers that greylist are slow
inline constexpr Millis kRecordsWait = std::chrono::seconds{2};   ///< for the records, also when the server stops
inline constexpr Millis kStopWait = std::chrono::seconds{2};      ///< for deliveries on their way when the server stops
inline constexpr std::size_t kAnswerBytesMax = 64 * 1024;         ///< read of a receiver's answer
inline constexpr std::size_t kPasswordFileMax = 4'096;            ///< bytes

// Mails.
inline constexpr std::size_t kMailLineMax = 76;      ///< columns of a header line that holds encoded words (RFC 2047, 2)
inline constexpr std::size_t kSubjectMax = 400;      ///< bytes before encoding

}  // namespace madang::situations::notices
