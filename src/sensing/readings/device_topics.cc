// What devices publish to things/{serial}/obs: they hear PUBACK only after their values are durable.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "runtime/log.h"
#include "runtime/log_once.h"
#include "sensing/readings/payload.h"
#include "sensing/readings/unknown_devices.h"
#include "sensing/readings/unstored_messages.h"
#include "sensing/sensing.h"

namespace madang::sensing {
namespace {

using web::Principal;

constexpr std::string_view kReadings = "things/{thing}/obs";
constexpr std::string_view kDevicesDoor = "mqtt";

class DeviceReadings {
 public:
  explicit DeviceReadings(DeviceNeeds const& needs)
      : ingest_(needs.ingest), clock_(needs.clock), decoder_(needs.city, needs.metrics), unknown_(needs.unknown), unstored_(needs.unstored) {}

  /// A retained message without payload only clears; the empty batch makes it wait for the readings before it.
  void take(web::mqtt::Message const& message, web::mqtt::Accepted accepted) {
    auto const serial = web::mqtt::named_level(kReadings, "thing", message.topic);
    if (!serial) return accepted(fail(Code::kInvalid, "topic: things/{serial}/obs expected"));
    DecodedMessage decoded;
    if (!message.payload.empty() || !message.retain) {
      auto const now = clock_.now();
      submit_held(*serial);  // first: messages without a time are of the moment in which they came, in that order
      auto read = decoder_.decode(*serial, message.payload, now);
      if (!read) {
        if (unknown_ != nullptr && decoder_.waits_for_registration(*serial, read.error().code))
          unknown_->add(kDevicesDoor, *serial, {message.topic, message.payload, now}, true);  // MQTT 5 sends no refused one again either
        if (unstored_ != nullptr) unstored_->add(*serial, read.error().sentence, now);
        return accepted(fail(read.error().code, fmt::format("{}: {}", *serial, read.error().sentence)));
      }
      decoded = *std::move(read);
      log_set_aside(*serial, decoded.aside);
      if (unstored_ != nullptr && decoded.batch.observations.empty()) unstored_->add(*serial, {}, now);
    }
    // Runs on the writer's thread, and perhaps after this is gone.
    auto done = [unstored = unstored_, &clock = clock_, serial = std::string(*serial),
                 accepted = std::move(accepted)](Result<storage::Appended> appended) mutable {
      if (unstored != nullptr) unstored->note_outcome(serial, appended, clock.now());
      if (appended) return accepted({});
      accepted(fail(std::move(appended).error()));
    };
    ingest_.submit(std::move(decoded.batch), std::move(done));
  }

 private:
  /// What came before the Thing was registered, with the time at which it came. A message with a channel that is still not known
  /// is kept besides: stored once more later, it changes nothing.
  void submit_held(std::string_view serial) {
    if (unknown_ == nullptr || !unknown_->any()) return;
    auto const plan = decoder_.plan_of(serial);
    if (plan == nullptr) return;
    for (auto& message : unknown_->take(kDevicesDoor, serial, plan->made_at)) {
      auto decoded = decoder_.decode(serial, message.payload, message.received_at);
      if (!decoded || decoded->aside.unknown > 0) unknown_->put_back(kDevicesDoor, serial, message);
      if (!decoded) continue;
      bool const whole = decoded->aside.unknown == 0;
      ingest_.submit(std::move(decoded->batch), [unknown = unknown_, whole, serial = std::string(serial),
                                                 message = std::move(message)](Result<storage::Appended> const& stored) {
        if (stored && whole) unknown->count_stored();
        if (!stored && whole && !web::mqtt::is_final(stored.error().code)) unknown->put_back(kDevicesDoor, serial, message);
      });
    }
  }

  void log_set_aside(std::string_view serial, SetAside const& aside) {
    if (aside.faults() == 0 || !logged_.first(serial, aside.why, clock_.tick())) return;
    runtime::log_warning("sensing", "values_set_aside", {{"thing", serial}, {"values", aside.faults()}, {"why", aside.why}});
  }

  Ingest& ingest_;
  runtime::Clock const& clock_;
  PayloadDecoder decoder_;
  UnknownDevices* const unknown_;
  UnstoredMessages* const unstored_;
  runtime::LogOnce logged_;
};

}  // namespace

std::vector<web::mqtt::Topic> device_topics(DeviceNeeds const& needs) {
  using Who = web::mqtt::TopicAccess::Who;
  auto const readings = std::make_shared<DeviceReadings>(needs);
  auto const take = [readings](Principal const&, web::mqtt::Message const& message, web::mqtt::Accepted accepted) {
    readings->take(message, std::move(accepted));
  };
  // A key for all Things may hear whatever stands below things/, also with a filter that is wider than readings.
  return {{.pattern = std::string{kReadings}, .publish = Who::kWriter, .subscribe = Who::kWriter, .handler = take},
          {.pattern = "things/#", .subscribe = Who::kWriter}};
}

}  // namespace madang::sensing
