// The fixed-width packets that S-DoT devices send: fields one behind the other, padded with zeros, `x` where the
// device has nothing to say. Three kinds are known: the environment node, the pedestrian counter, the indoor node.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace madang::sensing {

struct SdotPacketField {
  std::string_view name;     ///< "temperature", "wind_direction", "field_25" where the publisher names none
  std::string_view channel;  ///< Madang's channel; empty for model, serial, time and what has no established meaning
  std::string_view text;     ///< as sent, with leading zeros; empty: missing
};

struct SdotPacket {
  std::string_view model;
  std::string_view serial;
  std::optional<Instant> time;  ///< start of the two-minute mean; only the environment node says it
  std::vector<SdotPacketField> fields;  ///< all, in the packet's order, model and serial too
};

/// The views point into `packet`. kUnsupported: no known model at its start; kInvalid: names the field and the column
/// (too short, too long, not a number, partly `x`).
Result<SdotPacket> decode_sdot_packet(std::string_view packet);

/// Every channel that some kind of packet carries.
std::span<std::string_view const> sdot_packet_channels();

}  // namespace madang::sensing
