#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "core/text.h"
#include "simulation/feed/limits.h"
#include "simulation/feed/sink.h"
#include "web/mqtt/mqtt.h"

namespace madang::simulation {
namespace {

constexpr std::chrono::milliseconds kLookAgain{2};
constexpr std::chrono::seconds kFinishWait{5};

/// Outlives the clients, as acknowledgements come on their threads.
struct Tally {
  std::atomic<std::uint64_t> acknowledged = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::mutex mutex;
  std::string last_refusal;
};

struct Connection {
  std::unique_ptr<web::mqtt::Client> client;
  std::shared_ptr<std::atomic<std::size_t>> waiting = std::make_shared<std::atomic<std::size_t>>(0);
};

class MqttSink final : public Sink {
 public:
  MqttSink(CityPlan const& plan, std::vector<Connection> connections, std::atomic<bool> const& stop)
      : plan_(plan), connections_(std::move(connections)), stop_(stop) {}
  ~MqttSink() override { stop_clients(); }

  Result<void> send(std::size_t node, Reading const& reading) override {
    Connection& connection = connections_[node % connections_.size()];
    while (*connection.waiting >= kMessagesWaitingMax && !stop_) std::this_thread::sleep_for(kLookAgain);
    if (stop_) return {};
    ++*connection.waiting;
    ++sent_;
    web::mqtt::Message message{device_topic(plan_.nodes[node].serial), device_message(reading), 1, false};
    auto accepted = [tally = tally_, waiting = connection.waiting](Result<void> result) {
      --*waiting;
      if (result) {
        ++tally->acknowledged;
        return;
      }
      ++tally->refused;
      std::lock_guard const lock(tally->mutex);
      tally->last_refusal = result.error().sentence;
    };
    connection.client->publish(std::move(message), std::move(accepted));
    return {};
  }

  Result<void> flush() override { return {}; }

  void finish() override {
    for (auto left = kFinishWait / kLookAgain; left > 0 && counts().waiting > 0; --left) {
      std::this_thread::sleep_for(kLookAgain);
    }
    stop_clients();
  }

  SinkCounts counts() override {
    SinkCounts counts{.sent = sent_, .acknowledged = tally_->acknowledged, .refused = tally_->refused, .last_refusal = {}};
    for (auto const& connection : connections_) counts.waiting += *connection.waiting;
    std::lock_guard const lock(tally_->mutex);
    counts.last_refusal = tally_->last_refusal;
    return counts;
  }

 private:
  void stop_clients() {
    for (auto& connection : connections_) connection.client->stop();
  }

  CityPlan const& plan_;
  std::uint64_t sent_ = 0;
  std::shared_ptr<Tally> tally_ = std::make_shared<Tally>();
  std::vector<Connection> connections_;
  std::atomic<bool> const& stop_;
};

}  // namespace

Result<std::unique_ptr<Sink>> mqtt_sink(CityPlan const& plan, MqttSinkOptions const& options,
                                        std::atomic<bool> const& stop) {
  auto const colon = options.address.rfind(':');
  auto const port = colon == std::string::npos ? std::nullopt : parse_int(std::string_view(options.address).substr(colon + 1));
  if (!port || *port < 1 || *port > 65'535) {
    return fail(Code::kInvalid, fmt::format("mqtt: \"{}\" is not HOST:PORT", options.address));
  }
  std::size_t const wanted = options.connections != 0 ? options.connections : plan.nodes.size() / kThingsPerConnection + 1;
  std::vector<Connection> connections(std::clamp<std::size_t>(wanted, 1, kConnectionsMax));
  for (std::size_t i = 0; i < connections.size(); ++i) {
    web::mqtt::ClientOptions client;
    client.host = options.address.substr(0, colon);
    client.port = static_cast<std::uint16_t>(*port);
    client.client_id = fmt::format("madang-simulation-{}-{}", plan.seed, i);
    client.username = "simulation";
    client.password = options.key;
    client.clean_start = true;
    client.session_expiry_seconds = 0;
    auto ignore = [](web::mqtt::Message const&, web::mqtt::Accepted accepted) { accepted({}); };
    MADANG_TRY(connections[i].client, web::mqtt::Client::start(std::move(client), std::move(ignore)));
  }
  return std::make_unique<MqttSink>(plan, std::move(connections), stop);
}

}  // namespace madang::simulation
