// How long work shows itself: a bar with rate and time left on a terminal, plain lines now and then elsewhere.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "runtime/clock.h"

namespace madang::runtime {

struct ProgressState {
  std::string_view doing;   ///< "storing"
  std::uint64_t done = 0;   ///< of `total`, in any unit
  std::uint64_t total = 0;  ///< 0: not known
  std::uint64_t count = 0;  ///< what the rate counts
  std::string_view unit;    ///< "values"
};

/// Not thread-safe.
class Progress {
 public:
  /// On a terminal the line is drawn again at each call; elsewhere a new one is written at most every 10 s.
  Progress(Clock const& clock, std::FILE* out);
  ~Progress();
  Progress(Progress const&) = delete;
  Progress& operator=(Progress const&) = delete;

  void show(ProgressState const& state);
  /// Takes the bar off the terminal, so that what follows starts on a clean line.
  void clear();

 private:
  Clock const& clock_;
  std::FILE* out_;
  bool terminal_;
  Tick started_;
  Tick shown_;
  bool any_ = false;
};

/// "storing  [#########           ]  45 %  1,830,000 values  402,000/s  6 s left"; without the bar where not `bar`.
std::string progress_line(ProgressState const& state, double seconds, bool bar);
/// 1830000 as "1,830,000".
std::string grouped(std::uint64_t number);

}  // namespace madang::runtime
