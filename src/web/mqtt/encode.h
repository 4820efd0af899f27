// Packets to bytes, appended to a growing buffer so that many packets leave in one write.
#pragma once

#include <cstddef>
#include <string>

#include "web/mqtt/packet.h"

namespace madang::web::mqtt {

/// Texts must be at most 65,535 bytes, and the whole packet at most 268,435,455 (asserted); fields that `version`
/// does not know are left out. CONNECT uses its own version.
void encode(std::string& out, Packet const& packet, Version version);
void encode(std::string& out, Publish const& publish, Version version);
void encode(std::string& out, Puback const& puback, Version version);

/// Properties without their length, for keeping; PUBLISH takes them back through `raw_properties`.
std::string encode_properties(Properties const& properties);

/// A PUBLISH whose properties are bytes already (of encode_properties). Returns its size.
std::size_t encode_publish(std::string& out, Publish const& publish, std::string_view raw_properties, Version version);

}  // namespace madang::web::mqtt
