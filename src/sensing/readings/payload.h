// Device messages, `things/{serial}/obs`: one JSON object, one time, many channels. The decoder remembers for each
// serial which channel is which Datastream and what the registry says about it, until the registry changes that.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "city/city.h"
#include "core/error.h"
#include "core/time.h"
#include "runtime/metrics.h"
#include "runtime/shared_mutex.h"
#include "sensing/readings/device_plan.h"

namespace madang::sensing {

/// Values are in the Datastream's unit: a wire scale belongs to packets, not to JSON. Thread-safe.
class PayloadDecoder {
 public:
  /// `metrics` may be null; then what is set aside is not counted.
  PayloadDecoder(city::City const& city, runtime::Metrics* metrics);
  ~PayloadDecoder();

  /// One observation for each channel with a value; perhaps none, when all are null or not fitted. A
  /// sentinel is stored as "no value". A bad, unknown
  /// or repeated channel is set aside, and the rest stays. kInvalid names field and byte: no object, no time that can be
  /// read, nothing but faults; kNotFound the serial; kLimit above 64 KiB.
  Result<DecodedMessage> decode(std::string_view serial, std::string_view payload, Instant received_at);

  /// What a broker's mapping needs: one channel of one Thing. nullptr when the serial is unknown.
  std::shared_ptr<DevicePlan const> plan_of(std::string_view serial);
  /// A message that was refused with this code may be stored once the registry knows more: its Thing is not there, or has no
  /// channel yet.
  bool waits_for_registration(std::string_view serial, Code refused);
  /// For messages decoded elsewhere; decode() counts its own.
  void count(SetAside const& aside);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Counters;

  void follow_registry();

  city::City const& city_;
  std::unique_ptr<Counters> counters_;
  runtime::SharedMutex mutex_;
  city::ChangeReader changes_ MADANG_GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::shared_ptr<DevicePlan const>, Hash, std::equal_to<>> plans_ MADANG_GUARDED_BY(mutex_);
  std::unordered_map<ThingId, std::string> serials_ MADANG_GUARDED_BY(mutex_);  ///< of the plans
};

}  // namespace madang::sensing
