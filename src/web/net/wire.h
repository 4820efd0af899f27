// What a wire says about itself, whatever it is made of.
#pragma once

#include <cstdint>

namespace madang::web::net {

enum class Written : std::uint8_t {
  kNow,
  kLater,  ///< whoever writes is told, and the bytes must stay until then
  kFailed,
};

enum class Peer : std::uint8_t {
  kThere,
  kHasFinished,  ///< it sends nothing more: it may still read, or it has closed; the wire tells only who writes to it
  kGone,         ///< the wire is broken: what is written reaches nobody
};

}  // namespace madang::web::net
