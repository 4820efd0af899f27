// Moments of the past cost reads per station, for anybody who asks. What was answered a moment ago is answered again from memory.
// Such questions wait in a queue of their own (web::Work::kScan), one at a time, and hold none of the threads that answer reads.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "sensing/live/now.h"

namespace madang::sensing {

inline constexpr std::size_t kPastAnswersMax = 32;                   ///< kept ...
inline constexpr std::size_t kPastStationsMax = 200'000;             ///< ... of so many stations together, each of some hundred bytes
inline constexpr Millis kPastAnswersAge = std::chrono::seconds{30};  ///< what comes late changes the past
inline constexpr Millis kPastTurnMax = std::chrono::seconds{10};     ///< the longest that a question waits for its turn (web/http/limits.h)
inline constexpr Millis kPastReadMax = std::chrono::seconds{3};      ///< reading the values of one moment takes no longer

/// Thread-safe.
class PastAnswers {
 public:
  using Answer = std::shared_ptr<QuantityNow const>;
  using Compute = std::function<Result<QuantityNow>()>;
  /// The newest answer is kept whatever its size.
  explicit PastAnswers(runtime::Clock const& clock, std::size_t stations_max = kPastStationsMax) : clock_(clock), stations_max_(stations_max) {}

  /// `version`: of the registry. Errors are not kept.
  Result<Answer> get(std::string_view channel, Instant at, std::uint64_t version, Compute const& compute);
  /// Whether it is kept, and will still be fresh when a question that comes now has its turn.
  [[nodiscard]] bool knows(std::string_view channel, Instant at, std::uint64_t version) const;

 private:
  struct Entry {
    std::string channel;
    Instant at;
    std::uint64_t version = 0;
    Tick since;
    Answer answer;
  };

  [[nodiscard]] std::list<Entry>::const_iterator place_of(std::string_view channel, Instant at, std::uint64_t version) const MADANG_REQUIRES(mutex_);
  [[nodiscard]] Answer find(std::string_view channel, Instant at, std::uint64_t version);
  void keep(Entry entry);

  runtime::Clock const& clock_;
  std::size_t const stations_max_;
  mutable runtime::Mutex mutex_;
  std::list<Entry> kept_ MADANG_GUARDED_BY(mutex_);     ///< the newest first
  std::size_t stations_ MADANG_GUARDED_BY(mutex_) = 0;  ///< of all that are kept
};

}  // namespace madang::sensing
