// What the registry says about one Thing, arranged for decoding its messages (immutable but for the last arrival), and what a
// decoded message is.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "city/city.h"
#include "sensing/import/local_time.h"
#include "sensing/rules.h"
#include "storage/observations/observation.h"

namespace madang::sensing {

/// What of a message was not stored. A missing value is no fault: nothing was measured.
struct SetAside {
  std::size_t unknown = 0;     ///< names that the Thing does not have
  std::size_t unreadable = 0;  ///< not a number, or one that no double holds
  std::size_t repeated = 0;    ///< the same name again: the last one counts, as every JSON parser has it
  std::size_t missing = 0;     ///< null, nan, channels that are not fitted
  std::string why;             ///< the first of the first three, in words

  [[nodiscard]] std::size_t faults() const { return unknown + unreadable + repeated; }
  /// `sentence` is called for the first fault only: a message may have thousands.
  template <typename Sentence>
  void fault(std::size_t& which, Sentence const& sentence) {
    ++which;
    if (why.empty()) why = sentence();
  }
};

struct DecodedMessage {
  storage::Batch batch;
  SetAside aside;
  /// The time of arrival stands for the time of measurement: of a retained message nobody knows it.
  bool dated_by_arrival = false;
};

struct PlannedChannel {
  std::string name;
  DatastreamId datastream;
  ChannelRules rules;
  bool numbers_in_text = true;  ///< the Datastream measures numbers, and the Thing does not forbid them in text
  bool takes_words = false;     ///< its observationType wants a text
  bool takes_truth = false;     ///< true and false are 1 and 0: of a switch, and of nothing that is measured
};

/// When the time of arrival is taken for the time of measurement.
enum class ArrivalTime : std::uint8_t {
  kNever,  ///< a time before the clock was set is kept, and flagged
  kUnset,  ///< in the place of a time before the clock was set
  kAlways,
};

struct DevicePlan {
  ThingId thing;
  city::ChangeCursor made_at = 0;   ///< another plan of the same device has another
  std::string serial;
  std::vector<PlannedChannel> channels;
  std::unordered_map<std::string_view, std::size_t> by_name;  ///< views into `channels`
  bool ignore_unknown = false;      ///< the Thing's property "ignoreUnknownChannels"
  std::optional<Zone> zone;         ///< "timeZone": of times that name none
  ArrivalTime arrival = ArrivalTime::kNever;  ///< "useArrivalTime": "never", "unset", "always"

  mutable std::atomic<std::int64_t> last_arrival{0};  ///< milliseconds; changes only apart

  DevicePlan() = default;
  DevicePlan(DevicePlan const&) = delete;
  DevicePlan& operator=(DevicePlan const&) = delete;

  /// `hint`: where the search starts; messages name their channels in the same order, so it is nearly always there.
  [[nodiscard]] PlannedChannel const* find(std::string_view name, std::size_t& hint) const;
  /// Appends the judged observation. False: the value means "no value" and was left out.
  static bool add(PlannedChannel const& channel, double value, Instant received_at, storage::Batch& batch);
  /// The same for a word of a channel that takes words.
  static bool add_word(PlannedChannel const& channel, std::string_view word, Instant received_at, storage::Batch& batch);
  /// The time of a message that tells none. Two in one millisecond are two: the second is a millisecond later.
  [[nodiscard]] Instant arrival_of_its_own(Instant received_at) const;
  /// Gives all observations their time. One from a clock that was never set, or far ahead, is suspect.
  void set_time(DecodedMessage& message, std::optional<Instant> told, Instant received_at) const;
  /// kInvalid with the first fault when a message brings nothing but faults.
  static Result<void> check_something_was_said(SetAside const& aside, storage::Batch const& batch);
};

/// Why a number, true or false is no reading of a channel that takes words: the same at every door.
std::string no_word(std::string_view place, std::string_view given);

/// nullptr when the serial is unknown.
std::shared_ptr<DevicePlan const> make_plan(city::City const& city, std::string_view serial);

}  // namespace madang::sensing
