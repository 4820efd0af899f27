// Bytes to packets: strict and bounded. Views in a packet point into the given bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "web/mqtt/packet.h"

namespace madang::web::mqtt {

template <typename T>
using Decoded = std::expected<T, ProtocolError>;

/// One whole packet, its fixed header taken apart.
struct Frame {
  PacketType type = PacketType::kPingreq;
  std::uint8_t flags = 0;
  std::string_view body;
  std::size_t size = 0;  ///< of the whole packet, fixed header included
};

/// The packet at the front of `bytes`; nothing: more bytes are needed. A length above the maximum is refused as
/// soon as it is known (kPacketTooLarge), before the packet is there.
Decoded<std::optional<Frame>> next_frame(std::string_view bytes, std::size_t packet_bytes_max);

/// CONNECT says its version itself; all others are read as `version`.
Decoded<Packet> decode(Frame const& frame, Version version);

std::string_view name_of(PacketType type);

}  // namespace madang::web::mqtt
