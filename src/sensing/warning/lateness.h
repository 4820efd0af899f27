// How late each stream's values come: a network that delivers by the hour or by the day is judged at its own pace. Learned
// from when values arrive, by the time they stand for: what is late for minutes makes no other pace, in however many pieces
// it comes, since neighbours of different paces confirm each other no more.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "core/id.h"
#include "core/time.h"

namespace madang::sensing::warning {

/// Values older than this when they come are history: nobody can be warned of them.
inline constexpr Millis kLatenessMax = std::chrono::hours{30};

/// What a stream brought at once.
struct Delivery {
  Instant arrived = kInstantMin;
  Millis late{0};                 ///< of the oldest value in it
  Instant newest = kInstantMin;   ///< when its newest value was measured
};

/// Not thread-safe.
class Lateness {
 public:
  /// `at_once`: who is not later than this, or than its own step, delivers at once.
  explicit Lateness(Millis at_once) : at_once_(at_once) {}

  /// One delivery of a stream of this step. The first one decides until others come, unless it is so late that it may be
  /// history; each weighs as long as there was none before it, at most ten minutes. Whose values gain on the clock is catching up, with history that is brought in or after an
  /// outage, and what is older than what was heard fills a gap: neither is a pace.
  void add(DatastreamId stream, Millis step, Delivery const& delivery) { count(stream, step, delivery, kFirstMost); }
  /// It is the newest one of a past that has been read, so it decides however late it is where nothing else is known.
  void assume(DatastreamId stream, Millis step, Delivery const& delivery) { count(stream, step, delivery, kPaces.size()); }
  /// 0: at once; else what covers nearly all its deliveries. None were seen: 0.
  [[nodiscard]] Millis of(DatastreamId stream) const;
  /// Streams whose pace is another one since the last call.
  [[nodiscard]] std::size_t take_changes() { return std::exchange(changes_, 0); }

 private:
  static constexpr std::array<Millis, 7> kPaces{Millis{0},
                                                std::chrono::minutes{1},
                                                std::chrono::minutes{5},
                                                std::chrono::minutes{20},
                                                std::chrono::minutes{75},
                                                std::chrono::hours{6},
                                                kLatenessMax};
  struct Record {
    std::array<float, kPaces.size()> deliveries{};  ///< of each pace, in hours; the newer count more
    Instant arrived = kInstantMin;   ///< the newest delivery
    Instant newest = kInstantMin;    ///< when the newest value was measured
    std::uint8_t pace = 0;
  };
  static constexpr std::size_t kFirstMost = 4;  ///< twenty minutes
  [[nodiscard]] std::size_t pace_of(Millis step, Millis late) const;
  void count(DatastreamId stream, Millis step, Delivery const& delivery, std::size_t first_below);

  Millis at_once_;
  std::unordered_map<DatastreamId, Record> records_;
  std::size_t changes_ = 0;
};

}  // namespace madang::sensing::warning
