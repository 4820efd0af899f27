#include "simulation/feed/device_connections.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "core/text.h"
#include "simulation/feed/limits.h"

namespace madang::simulation {
namespace {

constexpr std::chrono::milliseconds kLookAgain{2};
constexpr std::chrono::seconds kFinishWait{5};

}  // namespace

Result<std::unique_ptr<DeviceConnections>> DeviceConnections::open(DeviceConnectionsOptions const& options,
                                                                   std::atomic<bool> const& stop) {
  auto const colon = options.address.rfind(':');
  auto const port =
      colon == std::string::npos ? std::nullopt : parse_int(std::string_view(options.address).substr(colon + 1));
  if (!port || *port < 1 || *port > 65'535) {
    return fail(Code::kInvalid, fmt::format("mqtt: \"{}\" is not HOST:PORT", options.address));
  }
  std::unique_ptr<DeviceConnections> opened(new DeviceConnections(stop));
  opened->connections_.resize(std::clamp<std::size_t>(options.connections, 1, kConnectionsMax));
  for (std::size_t i = 0; i < opened->connections_.size(); ++i) {
    web::mqtt::ClientOptions client;
    client.host = options.address.substr(0, colon);
    client.port = static_cast<std::uint16_t>(*port);
    client.client_id = fmt::format("{}-{}", options.client_id, i + 1);
    client.username = "feed";
    client.password = options.key;
    client.clean_start = true;
    client.session_expiry_seconds = 0;
    auto ignore = [](web::mqtt::Message const&, web::mqtt::Accepted accepted) { accepted({}); };
    MADANG_TRY(opened->connections_[i].client, web::mqtt::Client::start(std::move(client), std::move(ignore)));
  }
  return opened;
}

DeviceConnections::~DeviceConnections() {
  for (auto& connection : connections_) {
    if (connection.client) connection.client->stop();
  }
}

void DeviceConnections::send(std::size_t device, std::string topic, std::string payload) {
  Connection& connection = connections_[device % connections_.size()];
  while (*connection.waiting >= kMessagesWaitingMax && !stop_) std::this_thread::sleep_for(kLookAgain);
  if (stop_) return;
  ++*connection.waiting;
  ++sent_;
  auto accepted = [tally = tally_, waiting = connection.waiting](Result<void> result) {
    --*waiting;
    if (result) {
      ++tally->acknowledged;
      return;
    }
    ++tally->refused;
    runtime::Lock const lock(tally->mutex);
    tally->last_refusal = result.error().sentence;
  };
  connection.client->publish({std::move(topic), std::move(payload), 1, false}, std::move(accepted));
}

void DeviceConnections::finish() {
  for (auto left = kFinishWait / kLookAgain; left > 0 && counts().waiting > 0; --left) {
    std::this_thread::sleep_for(kLookAgain);
  }
  for (auto& connection : connections_) connection.client->stop();
}

SinkCounts DeviceConnections::counts() {
  SinkCounts counts{.sent = sent_, .acknowledged = tally_->acknowledged, .refused = tally_->refused, .last_refusal = {}};
  for (auto const& connection : connections_) counts.waiting += *connection.waiting;
  runtime::Lock const lock(tally_->mutex);
  counts.last_refusal = tally_->last_refusal;
  return counts;
}

}  // namespace madang::simulation
