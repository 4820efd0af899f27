#include "sensing/readings/broker.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "core/text.h"
#include "runtime/log.h"
#include "runtime/log_once.h"
#include "sensing/limits.h"
#include "sensing/readings/broker_mapping.h"
#include "sensing/readings/unknown_devices.h"
#include "sensing/readings/unstored_messages.h"

namespace madang::sensing {
namespace {

Result<std::string> read_file(std::string const& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::kNotFound, path + ": cannot be read");
  std::string text(bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > bytes_max) return fail(Code::kLimit, fmt::format("{}: more than {} bytes", path, bytes_max));
  return text;
}

constexpr std::string_view kBrokerDoor = "broker";

/// Counts and logs what becomes of messages. Shared with submissions on their way, which may outlive the broker.
class Outcomes {
 public:
  Outcomes(runtime::Clock const& clock, runtime::Metrics& metrics)
      : clock_(clock), stored_(total(metrics, "stored")), empty_(total(metrics, "empty")), cleared_(total(metrics, "cleared")),
        retained_(total(metrics, "retained")), refused_(total(metrics, "refused")), again_(total(metrics, "again")) {}

  void finish(std::string const& topic, Result<storage::Appended> const& appended, web::mqtt::Accepted accepted) {
    if (appended) {
      (appended->entries.empty() ? empty_ : stored_).Increment();
      return accepted({});
    }
    if (web::mqtt::is_final(appended.error().code)) return refuse(topic, appended.error().sentence, std::move(accepted));
    again_.Increment();
    accepted(fail(appended.error()));
  }

  void refuse(std::string const& topic, std::string_view why, web::mqtt::Accepted accepted) {
    refused_.Increment();
    if (logged_.first(topic, why, clock_.tick()))
      runtime::log_warning("sensing", "broker_message_refused", {{"topic", topic.substr(0, 200)}, {"why", why}});
    accepted({});
  }

  void set_aside(std::string const& topic, SetAside const& aside) {
    if (aside.faults() == 0 || !logged_.first(topic, aside.why, clock_.tick())) return;
    runtime::log_warning("sensing", "values_set_aside",
                         {{"topic", topic.substr(0, 200)}, {"values", aside.faults()}, {"why", aside.why}});
  }

  /// A retained message that says no time: the broker has kept it for nobody knows how long.
  void pass_over_retained(web::mqtt::Accepted accepted) {
    retained_.Increment();
    accepted({});
  }

  /// Without a payload: a retained message of the broker was taken away.
  void pass_over_cleared(web::mqtt::Accepted accepted) {
    cleared_.Increment();
    accepted({});
  }

 private:
  static prometheus::Counter& total(runtime::Metrics& metrics, std::string const& result) {
    return metrics.counter("madang_sensing_broker_messages_total",
                           "messages of the city's own broker by what became of them", {{"result", result}});
  }

  runtime::Clock const& clock_;
  prometheus::Counter& stored_;
  prometheus::Counter& empty_;
  prometheus::Counter& cleared_;
  prometheus::Counter& retained_;
  prometheus::Counter& refused_;
  prometheus::Counter& again_;
  runtime::LogOnce logged_;  ///< source: the topic
};

class MappedBroker final : public Broker {
 public:
  MappedBroker(BrokerMapping mapping, city::City const& city, Ingest& ingest, runtime::Clock const& clock,
               runtime::Metrics& metrics, UnknownDevices* unknown, UnstoredMessages* unstored)
      : mapping_(std::move(mapping)), ingest_(ingest), clock_(clock), decoder_(city, &metrics), unknown_(unknown),
        unstored_(unstored), outcomes_(std::make_shared<Outcomes>(clock, metrics)) {}

  ~MappedBroker() override { stop(); }

  Result<void> connect() {
    auto on_message = [this](web::mqtt::Message message, web::mqtt::Accepted accepted) {
      receive(std::move(message), std::move(accepted));
    };
    MADANG_TRY(client_, web::mqtt::Client::start(mapping_.client, std::move(on_message)));
    return {};
  }

  [[nodiscard]] bool connected() const override { return client_ != nullptr && client_->connected(); }
  void stop() override {
    if (client_ != nullptr) client_->stop();
  }

 private:
  void receive(web::mqtt::Message message, web::mqtt::Accepted accepted) {
    if (message.payload.empty()) return outcomes_->pass_over_cleared(std::move(accepted));
    auto const* rule = mapping_.rule_of(message.topic);
    if (rule == nullptr) return outcomes_->refuse(message.topic, "no rule fits this topic", std::move(accepted));
    auto const now = clock_.now();
    submit_held(*rule, message);  // first: messages without a time are of the moment in which they came, in that order
    auto decoded = decode_mapped(*rule, message.topic, message.payload, decoder_, now);
    if (!decoded) {
      auto const serial = unknown_ != nullptr ? serial_in(*rule, message.topic, message.payload) : std::nullopt;
      if (serial && decoder_.waits_for_registration(*serial, decoded.error().code))
        unknown_->add(kBrokerDoor, *serial, {message.topic, message.payload, now}, !message.retain);
      note_unstored(*rule, message, decoded.error().sentence, now);
      return outcomes_->refuse(message.topic, decoded.error().sentence, std::move(accepted));
    }
    if (message.retain && decoded->dated_by_arrival) return outcomes_->pass_over_retained(std::move(accepted));
    outcomes_->set_aside(message.topic, decoded->aside);
    if (decoded->batch.observations.empty()) note_unstored(*rule, message, {}, now);
    bool const is_noted = unstored_ != nullptr && !message.retain && !decoded->batch.observations.empty();
    auto const stream = is_noted ? decoded->batch.observations.front().datastream : DatastreamId{};
    auto done = [outcomes = outcomes_, unstored = is_noted ? unstored_ : nullptr, &clock = clock_, stream, topic = std::move(message.topic),
                 accepted = std::move(accepted)](Result<storage::Appended> const& appended) mutable {
      if (unstored != nullptr) unstored->note_outcome(stream, appended, clock.now());
      outcomes->finish(topic, appended, std::move(accepted));
    };
    ingest_.submit(std::move(decoded->batch), std::move(done));
  }

  void note_unstored(TopicRule const& rule, web::mqtt::Message const& message, std::string_view why, Instant now) {
    // What a broker has kept is no sign of life.
    if (unstored_ == nullptr || message.retain) return;
    if (auto const serial = serial_in(rule, message.topic, message.payload)) unstored_->add(*serial, why, now);
  }

  /// What came before the Thing was registered, with the time at which it came.
  void submit_held(TopicRule const& rule, web::mqtt::Message const& message) {
    if (unknown_ == nullptr || !unknown_->any()) return;
    auto const serial = serial_in(rule, message.topic, message.payload);
    if (!serial) return;
    auto const plan = decoder_.plan_of(*serial);
    if (plan == nullptr) return;
    for (auto& held : unknown_->take(kBrokerDoor, *serial, plan->made_at)) {
      auto const* own_rule = mapping_.rule_of(held.topic);
      if (own_rule == nullptr) continue;
      auto decoded = decode_mapped(*own_rule, held.topic, held.payload, decoder_, held.received_at);
      if (!decoded || decoded->aside.unknown > 0) unknown_->put_back(kBrokerDoor, *serial, held);
      if (!decoded) continue;
      bool const whole = decoded->aside.unknown == 0;
      ingest_.submit(std::move(decoded->batch), [unknown = unknown_, whole, serial = *serial,
                                                 held = std::move(held)](Result<storage::Appended> const& stored) {
        if (stored && whole) unknown->count_stored();
        if (!stored && whole && !web::mqtt::is_final(stored.error().code)) unknown->put_back(kBrokerDoor, serial, held);
      });
    }
  }

  BrokerMapping mapping_;
  Ingest& ingest_;
  runtime::Clock const& clock_;
  PayloadDecoder decoder_;
  UnknownDevices* const unknown_;
  UnstoredMessages* const unstored_;
  std::shared_ptr<Outcomes> outcomes_;
  std::unique_ptr<web::mqtt::Client> client_;  ///< last: its threads call the rest
};

}  // namespace

Result<std::unique_ptr<Broker>> Broker::start(std::string const& mapping_file, city::City const& city, Ingest& ingest,
                                              runtime::Clock const& clock, runtime::Metrics& metrics,
                                              UnknownDevices* unknown, UnstoredMessages* unstored) {
  MADANG_TRY(auto const text, read_file(mapping_file, kBrokerMappingBytesMax));
  MADANG_TRY(auto mapping, BrokerMapping::parse(text, mapping_file));
  if (!mapping.password_file.empty()) {
    MADANG_TRY(auto const password, read_file(mapping.password_file, 4096));
    mapping.client.password = trim(password);
  }
  auto broker = std::make_unique<MappedBroker>(std::move(mapping), city, ingest, clock, metrics, unknown, unstored);
  MADANG_CHECK(broker->connect());
  return broker;
}

}  // namespace madang::sensing
