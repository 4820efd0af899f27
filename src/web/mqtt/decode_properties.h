// Reads the properties of one MQTT 5 packet. Internal to the codec.
#pragma once

#include "web/mqtt/packet.h"
#include "web/mqtt/property_table.h"
#include "web/mqtt/reader.h"

namespace madang::web::mqtt {

/// Length and properties. A property that this packet may not carry, or that comes twice, is a protocol error.
Properties read_properties(Reader& reader, Carriers packet);

}  // namespace madang::web::mqtt
