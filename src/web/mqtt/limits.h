// Every bound of the MQTT listener, client and swarm, by name. Whoever goes beyond one is refused in words.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace madang::web::mqtt {

inline constexpr std::string_view kLogModule = "mqtt";

/// Of the listener; the defaults suit a city of some ten thousand devices.
struct Limits {
  std::size_t packet_bytes_max = 256 * 1024;
  std::size_t sessions_max = 16'000;                 ///< connections at once, each costs one file descriptor
  std::chrono::milliseconds connect_wait_max{10'000};  ///< from accept to CONNECT
  std::uint16_t publishes_waiting_max = 256;         ///< per connection, not yet acknowledged; MQTT 5's Receive Maximum
  std::size_t exactly_once_max = 1024;               ///< QoS 2 messages of a connection whose PUBREL has not come
  double messages_per_second_max = 10'000;           ///< per connection; above, its reading pauses
  double messages_burst_max = 20'000;
  std::size_t subscriptions_per_client_max = 64;
  /// Of answers that a connection has not taken, above what subscriptions may have waiting: then its reading pauses. The next retained
  /// messages that it subscribed to come while less than this of those before waits, whatever else waits.
  std::size_t outbox_bytes_max = 256 * 1024;
  std::chrono::milliseconds write_wait_max{60'000};  ///< a client that takes nothing for so long is disconnected
  std::size_t queued_bytes_max = 4 * 1024 * 1024;    ///< of news per subscriber; QoS 0 is dropped, QoS 1 ends the connection
  std::uint16_t deliveries_waiting_max = 1024;       ///< QoS 1 messages a subscriber has not acknowledged
  std::size_t retained_messages_max = 50'000;
  std::size_t retained_bytes_max = 64 * 1024 * 1024;
  /// Of what the server itself publishes and network threads have not taken yet: messages, and a letter for each subscriber.
  std::size_t publications_under_way_bytes_max = 64 * 1024 * 1024;
  std::chrono::milliseconds rights_asked{1'000};     ///< between looks whether what let each client in still does
};

// Retained messages for one new subscriber go out in slices, between which the hub is free for others.
inline constexpr std::size_t kRetainedLooksMax = 8'192;  ///< at a message and a filter
inline constexpr std::size_t kRetainedSentMax = 256;
inline constexpr std::size_t kRetainedBytesMax = 256 * 1024;

/// A PUBLISH above packet_bytes_max is passed over and refused; above this the connection ends.
inline constexpr std::size_t kPassedOverBytesMax = 64 * 1024 * 1024;

inline constexpr double kRefusedConnectsLoggedAtOnce = 50;  ///< then so many a second
inline constexpr double kRefusedConnectsLoggedPerSecond = 5;

inline constexpr std::size_t kTopicBytesMax = 512;
inline constexpr std::size_t kTopicLevelsMax = 32;
inline constexpr std::size_t kClientIdBytesMax = 256;
inline constexpr std::size_t kUserPropertiesMax = 64;
inline constexpr std::size_t kReasonStringBytesMax = 200;

inline constexpr std::size_t kGrowthHeardBytes = 1024;  ///< by which a packet that is coming must grow to count for the keep alive
inline constexpr std::size_t kReadBytesMin = 2 * 1024;   ///< of one read; grows while reads are full
inline constexpr std::size_t kReadBytesMax = 64 * 1024;
inline constexpr std::size_t kTakenBytesMax = 256 * 1024;  ///< from an outbox at once
inline constexpr std::size_t kWriteBytesMax = 16 * 1024;  ///< of one write, so that also a client of 300 bytes a second ends it in time

/// How often keep-alive, rates and waiting connections are looked at.
inline constexpr std::chrono::milliseconds kSweepPeriod{100};
/// What stop() waits at most for the goodbyes to leave.
inline constexpr std::chrono::milliseconds kGoodbyeWaitMax{1'000};

inline constexpr std::size_t kClientSubscriptionsMax = 256;
inline constexpr std::size_t kClientPublishesWaitingMax = 4096;
inline constexpr std::size_t kClientPublishBytesWaitingMax = 32 * 1024 * 1024;
inline constexpr std::size_t kClientPacketBytesMax = 1024 * 1024;
inline constexpr std::chrono::milliseconds kReconnectWaitFirst{200};
inline constexpr std::chrono::milliseconds kReconnectWaitMax{60'000};
inline constexpr std::chrono::milliseconds kClientConnectWaitMax{10'000};

}  // namespace madang::web::mqtt
