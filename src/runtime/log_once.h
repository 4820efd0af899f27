// Keeps a log readable while something repeats: each reason once per source, or so many lines a second. Both are bounded,
// because sources and reasons come from outside. Metrics count what is not logged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/time.h"
#include "runtime/mutex.h"

namespace madang::runtime {

inline constexpr std::size_t kLoggedSourcesMax = 20'000;
inline constexpr std::size_t kLoggedReasonsMax = 16;  ///< of one source
inline constexpr std::chrono::hours kLoggedAgainAfter{24};

/// What makes a reason the same as another: numbers that stand alone do not, so "near byte 17" and "near byte 23" are one; those that
/// belong to a name ("pm25") stay.
std::string without_numbers(std::string_view reason);

/// Reasons are the same that are so without_numbers. Thread-safe.
class LogOnce {
 public:
  /// True: this reason of this source has not been logged within the last day, so now is the time.
  bool first(std::string_view source, std::string_view reason, Tick now);

 private:
  Mutex mutex_;
  std::optional<Tick> since_ MADANG_GUARDED_BY(mutex_);
  std::unordered_map<std::uint64_t, std::unordered_set<std::uint64_t>> logged_ MADANG_GUARDED_BY(mutex_);  ///< hashes: of sources, of their reasons
};

/// So many at once, then so many a second. Thread-safe.
class LogRate {
 public:
  LogRate(double burst, double per_second) : burst_(burst), per_second_(per_second), tokens_(burst) {}
  /// How many were held back since the last line that went out; nullopt: this one is held back too.
  std::optional<std::uint64_t> admit(Tick now);

 private:
  double const burst_;
  double const per_second_;
  Mutex mutex_;
  double tokens_ MADANG_GUARDED_BY(mutex_);
  std::optional<Tick> at_ MADANG_GUARDED_BY(mutex_);
  std::uint64_t held_back_ MADANG_GUARDED_BY(mutex_) = 0;
};

}  // namespace madang::runtime
