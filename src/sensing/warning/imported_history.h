// History that is brought in beside live values comes too late to be judged, but says what is usual: where that is not known,
// it is read as soon as no more of it comes. A real network is late now and then, and some of it always: only what is more
// than all its streams tell in this time is history.
#pragma once

#include <map>
#include <span>
#include <string>
#include <tuple>

#include "sensing/warning/engine.h"

namespace madang::sensing::warning {

class ImportedHistory {
 public:
  /// So long after the last reading nothing is read again.
  static constexpr Millis kReadEvery = std::chrono::minutes{5};

  /// What each field has seen until now. True: what was brought in is to be read, and counts as read.
  bool detect(Instant now, std::span<Engine::Sight const> sights);

 private:
  using Key = std::tuple<std::string, bool, Millis>;
  std::map<Key, std::uint64_t> late_;  ///< by channel, whether it is simulated, and step, at the last look
  Instant looked_at_;
  Instant read_at_;
};

}  // namespace madang::sensing::warning
