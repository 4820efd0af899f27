// Bodies of observation posts: single observations and dataArray (CreateObservations), decoded on demand into one batch.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "sensing/rules.h"
#include "storage/observations/observation.h"
#include "web/http/http.h"

namespace madang::opendata {

/// What decoding needs to know about one Datastream. Immutable.
struct StreamPlan {
  DatastreamId datastream;
  std::string serial;  ///< of its Thing
  sensing::ChannelRules rules;
};

/// Plans by Datastream, remembered until the registry changes. Thread-safe.
class StreamPlans {
 public:
  explicit StreamPlans(city::City const& city) : city_(city) {}
  /// nullptr: there is no such Datastream.
  std::shared_ptr<StreamPlan const> find(DatastreamId id);
  [[nodiscard]] city::City const& city() const { return city_; }

 private:
  city::City const& city_;
  std::shared_mutex mutex_;
  std::uint64_t version_ = 0;
  std::unordered_map<DatastreamId, std::shared_ptr<StreamPlan const>> plans_;
};

struct PostContext {
  StreamPlans& plans;
  web::Principal const& who;
  Instant now;
};

/// POST Observations, or below a Datastream (`of`). kInvalid names field and byte; kForbidden outside the key's scope;
/// kUnsupported: nested FeatureOfInterest, validTime, forms of resultQuality other than {"flag": n}.
Result<storage::Batch> parse_observation(std::string_view body, DatastreamId of, PostContext const& context);

/// POST CreateObservations: per element its index in the batch, or kRefused.
struct DataArrays {
  static constexpr std::uint32_t kRefused = 0xFFFF'FFFF;
  storage::Batch batch;
  std::vector<std::uint32_t> elements;
};
/// An element that cannot be read is refused alone; text that is not JSON, a missing `components` and a Datastream
/// outside the key's scope refuse the whole body.
Result<DataArrays> parse_data_arrays(std::string_view body, PostContext const& context);

}  // namespace madang::opendata
