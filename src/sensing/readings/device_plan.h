// What the registry says about one Thing, arranged for decoding its messages. Immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "sensing/rules.h"
#include "storage/observations/observation.h"

namespace madang::sensing {

struct PlannedChannel {
  std::string name;
  DatastreamId datastream;
  ChannelRules rules;
};

struct DevicePlan {
  std::string serial;
  std::vector<PlannedChannel> channels;
  bool ignore_unknown = false;  ///< the Thing's property "ignoreUnknownChannels"

  /// `hint`: where the search starts; messages name their channels in the same order, so it is nearly always there.
  [[nodiscard]] PlannedChannel const* find(std::string_view name, std::size_t& hint) const;
  /// Appends the judged observation. False: the value means "no value" and was left out.
  static bool add(PlannedChannel const& channel, double value, Instant time, Instant received_at,
                  storage::Batch& batch);
};

/// nullptr when the serial is unknown.
std::shared_ptr<DevicePlan const> make_plan(city::City const& city, std::string_view serial);

}  // namespace madang::sensing
