// Broken devices, by seed, node and time: silence, stuck and drifting channels, spikes, sentinels, wrong scale, wrong
// clock, a sudden offset. The one model of faults: the simulated city lives with them, truth.jsonl names them, and
// `madang evaluate` scores by them. Any instant is answered directly: a slot of time holds at most one fault of a node.
//
// Sizes lie around the size from which a rule is meant to see them (`about`): half of them below, half above, so that
// what is missed says where the rule's threshold really is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.h"

namespace madang::simulation {

enum class FaultKind : std::uint8_t { kSilence, kStuck, kSpikes, kDrift, kSentinel, kClock, kScale, kJump };
inline constexpr std::size_t kFaultKinds = 8;

/// "silence", "stuck", "spikes", "drift", "sentinel", "clock", "scale", "jump".
std::string_view name_of(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::kSilence;
  std::size_t node = 0;
  int channel = -1;  ///< index into city_node_quantities(); -1: the whole device
  Interval when;
  double size = 0;   ///< spikes, jump, drift (at its end): in the channel's unit; sentinel: the value; clock: ms; scale: factor
  double share = 1;  ///< of readings that it touches: spikes, sentinel
  double about = 0;  ///< the size around which its kind is drawn; of silence and stuck the hours; 0: it has no such size
};
/// Size (of silence and stuck the length) as a multiple of `about`, without sign; 0 where there is none.
double relative_size(Fault const& fault);

/// A fault of this kind that begins at `from`: channel, size, share and length follow from `draw` alone.
Fault draw_fault(FaultKind kind, std::size_t node, Instant from, std::uint64_t draw);

/// Slots of silence are long, because a dead device stays dead; the others share a shorter one.
inline constexpr Millis kSilenceSlot{32LL * 86'400'000};
inline constexpr Millis kFaultSlot{16LL * 86'400'000};

/// The fault that begins in the slot, if there is one; it ends before the next slot does.
std::optional<Fault> silence_of_slot(std::uint64_t seed, std::size_t node, std::int64_t slot);
std::optional<Fault> fault_of_slot(std::uint64_t seed, std::size_t node, std::int64_t slot);

/// What is wrong with a node at an instant: silence, and at most one other fault (the younger one).
struct Trouble {
  std::optional<Fault> silence;
  std::optional<Fault> fault;
};
Trouble trouble_at(std::uint64_t seed, std::size_t node, Instant when);

}  // namespace madang::simulation
