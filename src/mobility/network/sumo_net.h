// Reads the road network of SUMO (.net.xml, also packed as .gz): lanes, movements with their foes, signals with their plans. A fault
// is one sentence that names the line and the element; nothing is read half.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "mobility/network/model.h"

namespace madang::mobility::network {

/// At most kSumoNetBytesMax.
Result<Network> read_sumo_net(std::string_view xml, std::string id);

/// The network's id is the file's name without .net.xml; faults begin with the path.
Result<Network> read_sumo_net_file(std::string const& path);

}  // namespace madang::mobility::network
