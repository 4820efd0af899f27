// The server's own MQTT behaviour: devices publish to things/{serial}/obs, each only its own, and hear PUBACK only
// after their values are durable.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/log.h"
#include "runtime/log_once.h"
#include "sensing/readings/payload.h"
#include "sensing/readings/unknown_devices.h"
#include "sensing/readings/unstored_messages.h"
#include "sensing/sensing.h"

namespace madang::sensing {
namespace {

using web::Principal;

constexpr std::string_view kPrefix = "things/";
constexpr std::string_view kSuffix = "/obs";
constexpr std::string_view kDevicesDoor = "mqtt";

/// The serial of "things/{serial}/obs"; nothing for any other topic.
std::optional<std::string_view> serial_of(std::string_view topic) {
  if (!topic.starts_with(kPrefix) || !topic.ends_with(kSuffix)) return std::nullopt;
  if (topic.size() <= kPrefix.size() + kSuffix.size()) return std::nullopt;
  topic.remove_prefix(kPrefix.size());
  topic.remove_suffix(kSuffix.size());
  if (topic.find('/') != std::string_view::npos) return std::nullopt;
  return topic;
}

bool may_write(Principal const& who, std::string_view serial) {
  if (who.kind == Principal::Kind::kNobody) return false;
  return who.things.empty() || std::ranges::find(who.things, serial) != who.things.end();
}

class Handler final : public web::mqtt::ListenerHandler {
 public:
  Handler(city::City const& city, web::Authenticator& authenticator, Ingest& ingest, runtime::Clock const& clock,
          runtime::Metrics* metrics, UnknownDevices* unknown, UnstoredMessages* unstored)
      : authenticator_(authenticator), ingest_(ingest), clock_(clock), decoder_(city, metrics), unknown_(unknown), unstored_(unstored) {}

  /// A key is the password. Without one, the common name of a checked client certificate is the device's serial.
  Result<Principal> authenticate(std::string_view, std::string_view password,
                                 std::string_view certificate_name) override {
    if (!password.empty()) return authenticator_.principal_of_key(password);
    if (certificate_name.empty()) return fail(Code::kUnauthorized, "a key is needed as the password");
    Principal who;
    who.kind = Principal::Kind::kDevice;
    who.name = certificate_name;
    who.things.emplace_back(certificate_name);
    return who;
  }

  bool may_publish(Principal const& who, std::string_view topic) override {
    auto const serial = serial_of(topic);
    return serial && may_write(who, *serial);
  }

  /// A key for all Things may listen to everything below things/; another only to its own topics, one by one.
  bool may_subscribe(Principal const& who, std::string_view filter) override {
    if (who.kind == Principal::Kind::kNobody || !filter.starts_with(kPrefix)) return false;
    if (who.things.empty()) return true;
    auto const serial = serial_of(filter);
    return serial && may_write(who, *serial);
  }

  /// A retained message without payload only clears; the empty batch makes it wait for the readings before it.
  void publish(Principal const& who, web::mqtt::Message message, web::mqtt::Accepted accepted) override {
    auto const serial = serial_of(message.topic);
    if (!serial) return accepted(fail(Code::kInvalid, "topic: things/{serial}/obs expected"));
    if (!may_write(who, *serial)) {
      return accepted(fail(Code::kForbidden, "this key may not write to " + std::string(*serial)));
    }
    DecodedMessage decoded;
    if (!message.payload.empty() || !message.retain) {
      auto const now = clock_.now();
      submit_held(*serial);  // first: messages without a time are of the moment in which they came, in that order
      auto read = decoder_.decode(*serial, message.payload, now);
      if (!read) {
        if (unknown_ != nullptr && decoder_.waits_for_registration(*serial, read.error().code))
          unknown_->add(kDevicesDoor, *serial, {message.topic, message.payload, now}, !message.hears_refusal);
        if (unstored_ != nullptr) unstored_->add(*serial, read.error().sentence, now);
        return accepted(fail(read.error().code, fmt::format("{}: {}", *serial, read.error().sentence)));
      }
      decoded = *std::move(read);
      log_set_aside(*serial, decoded.aside);
      if (unstored_ != nullptr && decoded.batch.observations.empty()) unstored_->add(*serial, {}, now);
    }
    // Runs on the writer's thread, and perhaps after this handler is gone.
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

  web::Authenticator& authenticator_;
  Ingest& ingest_;
  runtime::Clock const& clock_;
  PayloadDecoder decoder_;
  UnknownDevices* const unknown_;
  UnstoredMessages* const unstored_;
  runtime::LogOnce logged_;
};

}  // namespace

std::unique_ptr<web::mqtt::ListenerHandler> mqtt_handler(city::City const& city, web::Authenticator& authenticator,
                                                         Ingest& ingest, runtime::Clock const& clock,
                                                         runtime::Metrics* metrics, UnknownDevices* unknown,
                                                         UnstoredMessages* unstored) {
  return std::make_unique<Handler>(city, authenticator, ingest, clock, metrics, unknown, unstored);
}

}  // namespace madang::sensing
