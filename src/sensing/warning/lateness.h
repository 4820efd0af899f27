// How late each stream's values come: a network that delivers by the hour or by the day is judged at its own pace. Learned
// from when values arrive, by the time they stand for. Only how a stream goes on delivering is a pace: history that is
// loaded, a replay and what an outage has held back bring more time than has passed since the delivery before, and change
// nothing, however long they take, since neighbours of different paces are judged at different times.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/id.h"
#include "core/time.h"

namespace madang::sensing::warning {

/// Values older than this when they come are history: nobody can be warned of them.
inline constexpr Millis kLatenessMax = std::chrono::hours{30};

struct Arrival {
  Instant arrived;
  Instant time;  ///< the moment its value stands for
};
struct Delivery {
  Instant arrived;
  std::vector<Instant> times;
};
/// What arrives of one stream within a second came together, however long it waits until somebody looks at it. In the order of
/// arrival.
std::vector<Delivery> deliveries_of(std::span<Arrival> arrivals);

/// Whether a value found its step open.
struct Judged {
  DatastreamId stream;
  bool accepted = false;
};

/// Not thread-safe.
class Lateness {
 public:
  /// `at_once`: who is not later than this, or than its own step, delivers at once.
  explicit Lateness(Millis at_once) : at_once_(at_once) {}

  /// What a stream of this step brought at one time: the moments its values stand for, in any order. Deliveries come in the
  /// order of their arrival; one that is known already says nothing, and neither does the first: it may be all there was
  /// before. After that each weighs as long as there was none before it, at most ten minutes.
  void add(DatastreamId stream, Millis step, Instant arrived, std::span<Instant const> times);
  /// So late came the newest delivery of a past that has been read: it decides where nothing else is known.
  void assume(DatastreamId stream, Millis step, Millis late);
  /// What became of the values of the newest deliveries. Of whom none is taken, delivery after delivery, all is lost: its pace
  /// follows at once, whatever it was for hours.
  void note_judged(std::span<Judged const> values);
  /// Streams of which all came too late since `since` or longer, and of which there was some word since `heard`.
  [[nodiscard]] std::vector<DatastreamId> lost(Instant since, Instant heard) const;
  /// Who was last heard before, and all came too late then, may be dead.
  void forget_lost(Instant before);
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
    std::uint8_t held_back = 0;                     ///< deliveries later than the own step, at most kCountedMost
    Instant arrived = kInstantMin;                  ///< the last one
    Instant reached = kInstantMin;                  ///< the newest moment that is known of
    std::uint8_t pace = 0;
    std::uint8_t newest_pace = 0;                   ///< of the newest delivery, where it says something; else 0
  };
  /// Deliveries in a row of which no value was judged, each later than the stream's pace.
  struct Lost {
    Instant since;
    Instant heard;
    int deliveries = 0;
    std::uint8_t pace = 0;
  };
  static constexpr std::uint8_t kCountedMost = 100;
  void note_lost(DatastreamId stream);
  [[nodiscard]] std::size_t pace_of(Millis step, Millis late) const;
  [[nodiscard]] static std::size_t settled_pace(Record const& record);

  Millis at_once_;
  std::unordered_map<DatastreamId, Record> records_;
  std::unordered_map<DatastreamId, Lost> lost_;
  std::size_t changes_ = 0;
};

}  // namespace madang::sensing::warning
