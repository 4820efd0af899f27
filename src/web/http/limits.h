// The named maximum of everything the web server reads, keeps or waits for.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace madang::web {

/// Defaults are for a city's server; tests make them small.
struct Limits {
  std::size_t connections = 4096;             ///< open at once, streams included; more are answered 503 and closed
  std::size_t streams = 2048;                 ///< server-sent event connections at once
  std::size_t header_bytes = 16 * 1024;       ///< request line and fields together
  std::size_t header_fields = 64;
  std::size_t target_bytes = 8 * 1024;
  std::size_t body_bytes_read = 64 * 1024;              ///< Work::kInline with a handler, kRead, kScan, kPassword
  std::size_t body_bytes_write = 1024 * 1024;           ///< Work::kWrite
  std::size_t body_bytes_async = 8 * 1024 * 1024;       ///< routes with an AsyncHandler
  std::size_t body_bytes_bulk = 32 * 1024 * 1024;       ///< Work::kBulk
  std::uint64_t body_bytes_upload = std::uint64_t{4} << 30;  ///< of a route with an UploadHandler; never held as a whole
  std::size_t flow_bytes = 256 * 1024;                  ///< of a streamed body that wait between network and handler
  std::size_t body_bytes_all = 256 * 1024 * 1024;       ///< bodies of all connections together; above: 503
  std::size_t stream_queue_bytes = 256 * 1024;          ///< unsent events of one listener
  std::size_t unsent_bytes = 256 * 1024;                ///< answers of pipelined requests; above, reading pauses
  std::chrono::milliseconds header_wait{10'000};        ///< from the first byte of a request to the end of its header
  std::chrono::milliseconds idle_wait{75'000};          ///< keep-alive without a request
  std::chrono::milliseconds body_wait{30'000};          ///< for a body, plus a second for each body_bytes_per_second read
  std::size_t body_bytes_per_second = 4096;
  std::chrono::milliseconds write_wait{30'000};         ///< without any progress of an answer
  std::chrono::milliseconds heartbeat{15'000};          ///< between comments on a silent stream
  std::chrono::milliseconds listener_asked{2'000};     ///< between looks whether who listens to a stream still may
  std::chrono::milliseconds stop_wait{3'000};           ///< for running requests when the server stops
  /// A request that waited longer for its turn is answered 503 and not begun: its client has gone. Not in Work::kBulk.
  std::chrono::milliseconds turn_wait{10'000};
  /// For each answer of the records, from when the work begins. What is not a read has until turn_wait is over.
  std::chrono::milliseconds records_wait_read{5'000};
};

inline constexpr std::size_t kQueryFieldsMax = 128;
inline constexpr std::size_t kFormFieldsMax = 256;
inline constexpr std::size_t kFormTextMax = 4000;  ///< bytes of one field that says nothing else
inline constexpr std::size_t kCookiesMax = 64;
inline constexpr std::size_t kScansOfOneAddressMax = 4;  ///< waiting or running at once
inline constexpr std::size_t kBudgetAddressesMax = 65'536;
inline constexpr std::int64_t kBudgetWaitSaidMax = 60;  ///< seconds; who has to wait longer is told this much
inline constexpr std::size_t kSessionsSeenMax = 65'536;  ///< whose look-up is free of the budget
inline constexpr std::size_t kTrustedProxiesMax = 256;
inline constexpr std::size_t kForwardedMax = 32;     ///< proxies of one X-Forwarded-* list that are looked at
inline constexpr std::size_t kPrefixBytesMax = 256;  ///< of the path that stands before all of ours
/// Server-sent events (event_hub.h).
inline constexpr std::size_t kTopicListenersMax = 2'000;
inline constexpr std::size_t kTopicKeptMax = 1'000;             ///< events of a topic that somebody who comes back can have
inline constexpr std::size_t kTopicKeptBytesMax = 128 * 1024;   ///< half of a listener's queue
inline constexpr std::chrono::milliseconds kTopicSnapshotKept{1'000};  ///< for others who come meanwhile
inline constexpr int kTopicSnapshotTries = 3;                    ///< when more than is kept is published while one is made
inline constexpr std::chrono::milliseconds kTopicMend{1'000};   ///< until who missed something gets a snapshot
inline constexpr int kTopicPauseMax = 63;                        ///< looks that may go by before the next try
inline constexpr std::chrono::seconds kTopicBeat{10};
/// A packed request body of at most so many bytes is unpacked by the network thread, a longer one by a pool.
inline constexpr std::size_t kUnpackInlineBytesMax = 4 * 1024;
/// Smaller bodies are not worth compressing; larger ones hold a thread for too long.
inline constexpr std::size_t kGzipBytesMin = 1024;
inline constexpr std::size_t kGzipBytesMax = 16 * 1024 * 1024;

}  // namespace madang::web
