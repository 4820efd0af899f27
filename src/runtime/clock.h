// The only way to know what time it is. Production reads the system's clocks; tests move their own.
#pragma once

#include <atomic>

#include "core/time.h"

namespace madang::runtime {

/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;  ///< what the world says
  [[nodiscard]] virtual Tick tick() const = 0;    ///< for how long; never goes back
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Tick tick() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : millis_(millis_of(start)) {}
  [[nodiscard]] Instant now() const override { return instant_of_millis(millis_.load()); }
  [[nodiscard]] Tick tick() const override { return Tick{Millis{millis_.load()}}; }
  void advance(Millis by) { millis_ += by.count(); }

 private:
  std::atomic<std::int64_t> millis_;
};

}  // namespace madang::runtime
