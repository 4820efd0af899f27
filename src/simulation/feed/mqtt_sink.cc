#include <fmt/format.h>

#include "simulation/feed/limits.h"
#include "simulation/feed/sink.h"

namespace madang::simulation {
namespace {

class MqttSink final : public Sink {
 public:
  MqttSink(CityPlan const& plan, std::unique_ptr<DeviceConnections> connections)
      : plan_(plan), connections_(std::move(connections)) {}

  Result<void> send(std::size_t node, Reading const& reading) override {
    connections_->send(node, device_topic(plan_.nodes[node].serial), device_message(reading));
    return {};
  }
  Result<void> flush() override { return {}; }
  void finish() override { connections_->finish(); }
  SinkCounts counts() override { return connections_->counts(); }

 private:
  CityPlan const& plan_;
  std::unique_ptr<DeviceConnections> connections_;
};

}  // namespace

Result<std::unique_ptr<Sink>> mqtt_sink(CityPlan const& plan, MqttSinkOptions const& options,
                                        std::atomic<bool> const& stop) {
  std::size_t const usual = plan.nodes.size() / kThingsPerConnection + 1;
  MADANG_TRY(auto connections,
             DeviceConnections::open({.address = options.address, .key = options.key,
                                      .client_id = fmt::format("madang-simulation-{}", plan.seed),
                                      .connections = options.connections == 0 ? usual : options.connections}, stop));
  return std::make_unique<MqttSink>(plan, std::move(connections));
}

}  // namespace madang::simulation
