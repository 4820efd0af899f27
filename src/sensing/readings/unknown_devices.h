// Devices that send and that nobody has registered: what a city does when a firmware is on the air before its Thing is made.
// Who they are is shown to operators, and their newest messages wait here for the registration.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "city/city.h"
#include "core/time.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "runtime/mutex.h"
#include "web/http/http.h"

namespace madang::sensing {

inline constexpr std::size_t kUnknownDevicesMax = 1'000;      ///< above, the one that was silent longest is forgotten
inline constexpr std::size_t kHeldMessagesMax = 32;           ///< of one device, its newest
inline constexpr std::size_t kHeldBytesMax = 8 * 1024 * 1024;  ///< of all together
inline constexpr Millis kHeldFor = std::chrono::hours{24};

struct UnknownDevice {
  std::string serial;
  std::string door;  ///< "mqtt", "broker"
  std::uint64_t messages = 0;
  std::uint64_t held = 0;
  Instant first;
  Instant last;
};

/// In memory only: their senders were told that these messages cannot be stored, or that nothing more is to be done, and send them no
/// more. Thread-safe.
class UnknownDevices {
 public:
  struct Held {
    std::string topic;
    std::string payload;
    Instant received_at;
  };

  UnknownDevices(runtime::Clock const& clock, runtime::Metrics& metrics);

  /// A message under a serial that no Thing has. `hold` false: it is only counted, since nobody knows when it was measured.
  void add(std::string_view door, std::string_view serial, Held message, bool hold);
  /// The device is known now: what this door holds of it, oldest first. Once for each `plan` of it (DevicePlan::made_at): what
  /// comes back is tried again when the registry says something else of this device. Quick where nobody is unknown.
  std::vector<Held> take(std::string_view door, std::string_view serial, std::uint64_t plan);
  /// A message of which something could not be stored yet.
  void put_back(std::string_view door, std::string_view serial, Held message);
  /// Looks up who has a Thing by now: one that went to another door after its registration never comes by here again.
  void recount(city::City const& city);
  /// All of a message that was held is durable.
  void count_stored() { stored_later_.Increment(); }
  [[nodiscard]] bool any() const { return any_; }
  /// The last one heard first.
  [[nodiscard]] std::vector<UnknownDevice> list() const;

 private:
  struct Entry {
    UnknownDevice about;
    std::vector<Held> held;  ///< by their arrival
    std::uint64_t tried = 0;  ///< the plan by which they were taken last
    bool registered = false;  ///< by now; then it is in no count
  };
  using Entries = std::map<std::pair<std::string, std::string>, Entry>;  ///< by door and serial

  Entry& entry_of(std::string_view door, std::string_view serial, Instant now) MADANG_REQUIRES(mutex_);
  void mark_registered(Entry& entry) MADANG_REQUIRES(mutex_);
  void hold(Entry& entry, Held message) MADANG_REQUIRES(mutex_);
  void make_room() MADANG_REQUIRES(mutex_);
  void forget(Entries::iterator entry) MADANG_REQUIRES(mutex_);
  void drop_oldest(Entry& entry) MADANG_REQUIRES(mutex_);
  void drop_expired() MADANG_REQUIRES(mutex_);
  /// Of all devices. False: nothing is held.
  bool drop_oldest_of_all() MADANG_REQUIRES(mutex_);

  runtime::Clock const& clock_;
  prometheus::Counter& messages_;
  prometheus::Counter& stored_later_;
  prometheus::Gauge& devices_;
  std::atomic<bool> any_ = false;
  mutable runtime::Mutex mutex_;
  Entries entries_ MADANG_GUARDED_BY(mutex_);
  std::size_t held_bytes_ MADANG_GUARDED_BY(mutex_) = 0;
  std::size_t unregistered_ MADANG_GUARDED_BY(mutex_) = 0;  ///< among the entries
};

/// {"devices": [{"serial", "door", "messages", "held", "first", "last"}, ...], "kept_for_hours"}; those that have a Thing by now
/// are left out.
std::string unknown_devices_json(UnknownDevices const& unknown, city::City const& city);

/// GET /api/v1/devices/unknown, for who may see devices. Both outlive the routes.
web::Routes unknown_device_routes(UnknownDevices const& unknown, city::City const& city);

}  // namespace madang::sensing
