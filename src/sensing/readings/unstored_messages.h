// Registered devices that send and of which nothing can be stored: every message is refused, holds no value or nothing new. They are
// alive, so they are not silent, and somebody has to look at them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "city/city.h"
#include "core/time.h"
#include "runtime/metrics.h"
#include "runtime/mutex.h"
#include "storage/observations/observation.h"
#include "storage/observations/store.h"

namespace madang::sensing {

inline constexpr std::size_t kUnstoredDevicesMax = 1'000;  ///< above, the one that was silent longest is forgotten
inline constexpr std::size_t kUnstoredWhyMax = 200;        ///< bytes kept of a reason

/// What became of a device's messages since the last one of which something was stored.
struct UnstoredMessage {
  enum class Kind : std::uint8_t {
    kRefused,
    kNoValue,   ///< it was read and held no value
    kRepeated,  ///< all of it was stored already
  };
  Kind kind = Kind::kRefused;  ///< the last
  std::uint64_t messages = 0;
  Instant since;    ///< the first of them
  Instant last;
  std::string why;  ///< the last was refused
};

/// In memory only: the next message of such a device makes it known again. Thread-safe.
class UnstoredMessages {
 public:
  /// Told of each message that is added; must be quick.
  using Listener = std::function<void(ThingId thing, Instant when)>;

  UnstoredMessages(city::City const& city, runtime::Metrics& metrics);
  /// Before the first message.
  void listen(Listener listener) { listener_ = std::move(listener); }

  /// A message under this serial of which nothing was stored; `why` empty: it held no value. A serial without a Thing is
  /// passed over: UnknownDevices has it.
  void add(std::string_view serial, std::string_view why, Instant now);
  /// One of which all was stored before: sent twice, or by a clock that stands still.
  void add_repeat(std::string_view serial, Instant now);
  /// What became of one that was handed to the ingest, by whatever door it came. What was stored the ingest tells by itself;
  /// what may still be stored when it is sent again is no fault of the device.
  void note_outcome(std::string_view serial, Result<storage::Appended> const& appended, Instant now);
  /// Of a message of the device that this Datastream belongs to; 0: of nobody.
  void note_outcome(DatastreamId stream, Result<storage::Appended> const& appended, Instant now);
  /// Whose values were stored, by whatever door, is well again. For Ingest::listen; quick where all devices are well.
  void clear(std::span<storage::StoredObservation const> stored);
  [[nodiscard]] std::optional<UnstoredMessage> find(ThingId thing) const;

 private:
  void note(std::string_view serial, UnstoredMessage::Kind kind, std::string_view why, Instant now);
  void count() MADANG_REQUIRES(mutex_);

  city::City const& city_;
  Listener listener_;
  prometheus::Gauge& devices_;
  std::atomic<bool> any_ = false;
  mutable runtime::Mutex mutex_;
  std::unordered_map<ThingId, UnstoredMessage> by_thing_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::sensing
