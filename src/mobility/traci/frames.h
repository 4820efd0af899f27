// The bytes of SUMO's TraCI: commands written into a frame, and answers read from one. A frame is a length of four bytes, which
// counts itself, and commands; each begins with its length, in one byte or, after a 0, in four. Big endian throughout. No I/O here.
// Source: SUMO's documentation, TraCI/Protocol, and its pages of each command.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace madang::mobility::traci {

/// What a client may ask.
enum class Command : std::uint8_t {
  kGetVersion = 0x00,
  kStep = 0x02,
  kSetOrder = 0x03,
  kClose = 0x7F,
  kSetSignal = 0xC2,
  kSubscribeLoop = 0xD0,
  kSubscribeSimulation = 0xDB,
  kSubscribeLaneArea = 0xDD,
};

/// What is known of an object; the meaning of a number depends on the kind of object.
namespace variable {
inline constexpr std::uint8_t kVehicles = 0x10;        ///< of a lane area: on it now
inline constexpr std::uint8_t kMeanSpeed = 0x11;       ///< m/s; below 0: nobody is there
inline constexpr std::uint8_t kVehicleIds = 0x12;      ///< of a loop: who was on it in the last step, also who still stands there
inline constexpr std::uint8_t kOccupancy = 0x13;       ///< per cent of its length
inline constexpr std::uint8_t kHalting = 0x14;         ///< vehicles slower than 0.1 m/s
inline constexpr std::uint8_t kSignalState = 0x20;
inline constexpr std::uint8_t kSignalProgram = 0x23;
inline constexpr std::uint8_t kTime = 0x66;            ///< of the simulation, seconds
inline constexpr std::uint8_t kArrived = 0x79;         ///< vehicles of the last step
inline constexpr std::uint8_t kExpected = 0x7D;        ///< vehicles on their way or still to come
}  // namespace variable

/// Commands one after the other; take() puts the length in front.
class FrameWriter {
 public:
  FrameWriter& get_version();
  /// Who goes first of several clients; asked once, before the first step.
  FrameWriter& set_order(std::int32_t order);
  /// Seconds of the simulation's time; 0: one step.
  FrameWriter& step(double until);
  FrameWriter& close();
  /// A letter for each head. The signal leaves its program, and SUMO enforces nothing from then on: no yellow, no minimum green.
  FrameWriter& set_state(std::string_view signal, std::string_view letters);
  FrameWriter& set_program(std::string_view signal, std::string_view program);
  /// Asks for the variables after each step, as long as the simulation runs. At most kVariablesMax.
  FrameWriter& subscribe(Command kind, std::string_view object, std::span<std::uint8_t const> variables);

  [[nodiscard]] bool empty() const { return frame_.empty(); }
  [[nodiscard]] std::size_t commands() const { return commands_; }
  /// The whole frame; the writer is empty again.
  std::string take();

 private:
  void begin(Command id, std::size_t body_bytes);
  void set_signal(std::string_view signal, std::uint8_t what, std::string_view text);
  void byte(std::uint8_t value) { frame_.push_back(static_cast<char>(value)); }
  void integer(std::uint32_t value);
  void real(double value);
  void text(std::string_view value);

  std::string frame_;
  std::size_t commands_ = 0;
};

/// Bytes of a frame with its length, from the first four. kCorrupt, kLimit.
Result<std::size_t> frame_bytes(std::string_view first_four);
inline constexpr std::size_t kFrameHeadBytes = 4;

/// How a server answered a command; texts are of the frame.
struct Status {
  std::uint8_t command = 0;
  std::uint8_t result = 0;  ///< 0x00 done, 0x01 not implemented, 0xFF refused
  std::string_view text;
};

struct Version {
  std::int32_t api = 0;
  std::string name;  ///< "SUMO 1.15.0"
};

struct Value {
  std::uint8_t variable = 0;
  double number = 0;        ///< NaN where it is none
  std::string_view refused;  ///< why there is none; of the frame
  bool known = false;       ///< the server knew it; a text or list is known and has no number
};

/// What is known of one object after a step; texts are of the frame.
struct Subscription {
  std::uint8_t answer = 0;  ///< 0x10 more than the command that asked for it
  std::string_view object;
  std::vector<Value> values;  ///< in the order in which they were asked for
  std::vector<std::string_view> texts;  ///< of the lists of texts among them
};

/// Goes through the answers of a frame. Faults are kCorrupt or kLimit and name the place in the frame, counted from 0 at its length.
class AnswerReader {
 public:
  /// The frame without its length; it must outlive the reader and what is read.
  explicit AnswerReader(std::string_view body) : bytes_(body), end_(body.size()) {}

  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }
  /// Of any command, refused or not.
  Result<Status> status();
  /// Of this command; kConflict where the server refused it, kUnsupported where it does not know it, with its own words.
  Result<void> done(Command command);
  /// What follows the status of kGetVersion.
  Result<Version> version();
  /// What follows the status of kStep: how many subscriptions do.
  Result<std::size_t> subscriptions();
  /// Into one that is used again, so that nothing is allocated for each.
  Result<void> subscription(Subscription& into);

 private:
  struct Head {
    std::uint8_t id = 0;
    std::size_t end = 0;
  };
  Result<Head> head();
  Result<void> ends(Head const& head);
  Result<std::uint8_t> byte(std::string_view what);
  Result<std::uint32_t> integer(std::string_view what);
  Result<double> real(std::string_view what);
  Result<std::string_view> text(std::string_view what);
  Result<std::string_view> raw(std::size_t count, std::string_view what);
  Result<void> value(Value& into);
  Result<double> number(std::uint8_t type, int depth);
  Result<double> skip_list(std::uint8_t type, int depth);
  [[nodiscard]] std::unexpected<Error> fault(Code code, std::string_view what) const;

  std::string_view bytes_;
  std::vector<std::string_view>* list_ = nullptr;  ///< where the texts of lists go; none: they are gone over
  std::size_t at_ = 0;
  std::size_t end_ = 0;  ///< of the command that is read
};

}  // namespace madang::mobility::traci
