// A client of a simulation that speaks TraCI, as SUMO does: what lane areas sense is asked for once and comes with every step, and
// what signals shall show goes out with the next one, so that a step costs a single round trip.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "mobility/traci/frames.h"
#include "mobility/traci/socket.h"

namespace madang::mobility::traci {

struct Address {
  std::string host = "127.0.0.1";  ///< a number
  std::uint16_t port = 0;
};

/// A lane area sees who is on it now, a loop counts who came onto it in the last step.
enum class DetectorKind : std::uint8_t { kLaneArea, kLoop };
struct Detector {
  std::string id;
  DetectorKind kind = DetectorKind::kLaneArea;
};

/// Of a detector after a step.
struct AreaReading {
  float vehicles = 0;
  float halting = 0;    ///< of them slower than 0.1 m/s; of a loop 0
  float speed = -1;     ///< mean, m/s; -1: nobody is there
  float occupancy = 0;  ///< per cent of its length
  bool known = false;   ///< the server gave all four in this step
};

struct Step {
  double time = 0;           ///< of the simulation, seconds
  std::size_t arrived = 0;   ///< in this step
  std::size_t expected = 0;  ///< vehicles on their way or still to come
};

/// Not thread-safe. What goes wrong on the way is kUnavailable, and the client is of no more use then; what the server refuses is
/// kConflict, with its words.
class Client {
 public:
  /// Waits until the server listens, at most as long as patience, which is also how long each later call waits for its answer.
  static Result<Client> connect(Address const& address, Millis patience);
  /// Waits no longer than until the deadline for the server to listen.
  static Result<Client> connect(Address const& address, Millis patience, Tick deadline);

  Result<Version> version();
  /// Once, before the first step. Their readings come in this order.
  Result<void> subscribe(std::span<Detector const> detectors);
  /// All of them lane areas.
  Result<void> subscribe_lane_areas(std::span<std::string const> ids);
  Result<void> subscribe_simulation();

  /// Both go out with the next step, which tells what was refused.
  void set_state(std::string_view signal, std::string_view letters) { waiting_.set_state(signal, letters); }
  void set_program(std::string_view signal, std::string_view program) { waiting_.set_program(signal, program); }

  /// One step of the simulation. Its numbers stay 0 without subscribe_simulation().
  Result<Step> step();
  /// Of the last step, in the order of subscribe().
  [[nodiscard]] std::span<AreaReading const> lane_areas() const { return areas_; }

  /// Asks the server to end.
  Result<void> close();

 private:
  Client(FrameSocket socket, Millis patience) : socket_(std::move(socket)), patience_(patience) {}
  Result<AnswerReader> answer(Tick deadline);
  Result<AnswerReader> ask(FrameWriter& command);
  Result<void> confirm(std::size_t commands, Tick deadline);
  Result<std::size_t> area_of(std::string_view object, std::size_t expected) const;
  void keep_area(std::size_t area);
  float count_new(std::size_t loop);
  void keep_simulation(Step& step) const;

  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  FrameSocket socket_;
  Millis patience_;
  FrameWriter waiting_;
  Subscription scratch_;
  std::vector<std::string> area_ids_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> area_by_id_;
  std::vector<DetectorKind> area_kinds_;
  std::vector<std::vector<std::string>> on_loop_;  ///< who was on each loop a step ago
  std::vector<AreaReading> areas_;
};

}  // namespace madang::mobility::traci
