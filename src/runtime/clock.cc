#include "runtime/clock.h"

namespace madang::runtime {

Instant SystemClock::now() const { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

Tick SystemClock::tick() const { return std::chrono::steady_clock::now(); }

}  // namespace madang::runtime
