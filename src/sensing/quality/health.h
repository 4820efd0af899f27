// What ails the city's devices, as the quality rules see it: the work list of the maintenance crew, and the public
// page's counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "city/model.h"

namespace madang::sensing {

/// The first two and kNeverHeard are states of reporting.h; the others are troubles of devices that report.
enum class Ailment : std::uint8_t {
  kSilent = 1,        ///< not heard of for seven days
  kLate,              ///< not heard of for three expected intervals, at least ten minutes
  kStuck,             ///< flat line
  kDrifting,          ///< the bias against the city's median moves
  kNotFitted,         ///< a channel that never measured anything
  kOutOfRange,        ///< gross range, sentinel or scale again and again
  kClock,             ///< readings dated ahead or far behind
  kSuspect,           ///< spikes, or alone against its neighbours
  kNeverHeard,        ///< registered, and nothing has ever come
  kForeignUnit,       ///< its unit is none of its quantity's: shown as it came, and counted in nothing
  kUnusable,          ///< it sends, and nothing of it can be stored
  kChannelAway,       ///< a channel is late or silent while its device reports: no station counts as late or silent for it
};
/// "silent", "late", "stuck", "drifting", "not_fitted", "out_of_range", "clock", "suspect", "never_heard",
/// "foreign_unit", "unusable", "channel_away".
std::string_view name_of(Ailment ailment);

/// One line of the work list: one trouble of one device (or of one of its channels).
struct WorkItem {
  ThingId thing;
  DatastreamId datastream;  ///< 0: the whole device
  std::string channel;
  Ailment ailment = Ailment::kLate;
  Instant since;            ///< kInstantMin: nobody knows
  city::Name reason;        ///< a sentence a person understands, with the numbers
  double share = 0;         ///< of the last day's values that are affected, 0 to 1
};

/// Thread-safe. Worst first: by ailment, then by since.
class HealthView {
 public:
  virtual ~HealthView() = default;
  [[nodiscard]] virtual std::vector<WorkItem> work_list() const = 0;
};

}  // namespace madang::sensing
