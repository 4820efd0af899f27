// Bodies of observation posts: single observations and dataArray (CreateObservations), decoded on demand into one batch.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/result_types.h"
#include "runtime/mutex.h"
#include "runtime/shared_mutex.h"
#include "sensing/rules.h"
#include "storage/observations/observation.h"
#include "web/http/http.h"

namespace madang::opendata {

/// What decoding needs to know about one Datastream. Immutable.
struct StreamPlan {
  DatastreamId datastream;
  std::string serial;  ///< of its Thing
  FeatureId default_feature;
  ResultType result_type = ResultType::kAny;
  sensing::ChannelRules rules;
};
StreamPlan stream_plan(city::Datastream const& datastream, city::Sensor const* sensor, std::string serial);

/// Plans by Datastream, remembered until the registry changes them, and the times that this server gave. Thread-safe.
class StreamPlans {
 public:
  explicit StreamPlans(city::City const& city) : city_(city), changes_(city) {}
  /// nullptr: there is no such Datastream.
  std::shared_ptr<StreamPlan const> find(DatastreamId id);
  /// The phenomenonTime of an observation that came without one: now, or the next millisecond that no other of this
  /// Datastream was given, so that two that come at once do not supersede each other.
  Instant arrival_time(DatastreamId id, Instant now);
  [[nodiscard]] city::City const& city() const { return city_; }

 private:
  void follow_registry();

  city::City const& city_;
  runtime::SharedMutex mutex_;
  city::ChangeReader changes_ MADANG_GUARDED_BY(mutex_);
  std::unordered_map<DatastreamId, std::shared_ptr<StreamPlan const>> plans_ MADANG_GUARDED_BY(mutex_);
  runtime::Mutex times_mutex_;
  Instant newest_time_ MADANG_GUARDED_BY(times_mutex_){};
  std::unordered_map<DatastreamId, Instant> times_ MADANG_GUARDED_BY(times_mutex_);  ///< none is needed once all are past
};

struct PostContext {
  StreamPlans& plans;
  web::Principal const& who;
  Instant now;
};

/// kForbidden where the key may not write to the Thing of this serial.
Result<void> check_scope(web::Principal const& who, std::string_view serial);

/// POST Observations, or below a Datastream (`of`). kInvalid names field and byte; kForbidden outside the key's scope;
/// kUnsupported: validTime, forms of resultQuality other than {"flag": n}.
struct ParsedObservation {
  storage::Batch batch;
  bool nested = false;  ///< it holds a new Datastream or FeatureOfInterest: read it with DeepInsert, nothing is in `batch`
};
Result<ParsedObservation> parse_observation(std::string_view body, DatastreamId of, PostContext const& context);

/// POST CreateObservations: per element its index in the batch, or kRefused.
struct DataArrays {
  static constexpr std::uint32_t kRefused = 0xFFFF'FFFF;
  storage::Batch batch;
  std::vector<std::uint32_t> elements;
  std::map<std::string, std::string, std::less<>> refused_of;  ///< by serial why its last refused element was
  std::vector<std::string> reasons;  ///< of the first refused, "/0/dataArray/17: result: ..."; at most kReasonsMax
  std::vector<std::string> kinds;    ///< a reason of each kind (runtime::without_numbers) that the body has, with its place; at most kReasonKindsMax
  std::vector<std::string> whys;     ///< of each refused one, in their order, "result: ..."; the last ones missing above kReasonsBytesMax
};
/// An element that cannot be read is refused alone, and so is one whose Datastream, phenomenonTime and FeatureOfInterest
/// another element of the body has with another result; text that is not JSON, a missing `components` and a
/// Datastream outside the key's scope refuse the whole body.
Result<DataArrays> parse_data_arrays(std::string_view body, PostContext const& context);

}  // namespace madang::opendata
