// Shows how long work goes on: a bar with rate and time left on a terminal, otherwise a plain line every ten seconds.
#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"
#include "runtime/clock.h"

namespace madang::simulation {

/// Used by one thread.
class Progress {
 public:
  /// `what` is "history", `unit` is "values".
  Progress(runtime::Clock const& clock, std::string what, std::string unit, std::uint64_t total);

  /// At most a few times a second or once in ten seconds something is written; more calls are cheap.
  void show(std::uint64_t done) { show(done, done); }
  /// `made`: how many of the unit came of what was done, where that is not the same.
  void show(std::uint64_t done, std::uint64_t made);
  /// The last line, with the mean rate.
  void finish(std::uint64_t done) { finish(done, done); }
  void finish(std::uint64_t done, std::uint64_t made);

 private:
  [[nodiscard]] std::string line(std::uint64_t done, std::uint64_t made) const;

  runtime::Clock const& clock_;
  std::string const what_;
  std::string const unit_;
  std::uint64_t const total_;
  bool const terminal_;
  Tick const started_;
  Tick shown_;
};

/// "1,234,567"
std::string with_thousands(std::uint64_t number);

}  // namespace madang::simulation
