// The Things of one ingest bench and the messages that they send: 17 quantities each, every message with a time of its
// own, so that nothing is a repeat.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/bench/post_load.h"
#include "core/error.h"
#include "core/time.h"
#include "web/http/client.h"
#include "web/mqtt/mqtt.h"

namespace madang::app {

struct BenchNode {
  std::string serial;
  std::vector<std::int64_t> datastreams;  ///< ids, in the order of city_node_quantities()
};

/// Not thread-safe: one object for each load.
class BenchCity {
 public:
  /// Makes `nodes` Things with deep inserts. `start`: the time of the first observation that the messages below carry.
  static Result<BenchCity> make(web::HttpClient& client, std::size_t nodes, Instant start);

  /// CreateObservations: 20 Datastreams with 50 values each.
  void next_bulk(PostLoad::Next& next);
  /// One observation for one Datastream.
  void next_single(PostLoad::Next& next);
  /// All 17 values of node i.
  web::mqtt::Message next_message(std::size_t node);
  /// pm25 of node i at this very moment.
  [[nodiscard]] web::mqtt::Message message_of_now(std::size_t node, Instant now) const;

  [[nodiscard]] std::vector<BenchNode> const& nodes() const { return nodes_; }

 private:
  std::vector<BenchNode> nodes_;
  std::vector<std::int64_t> datastreams_;  ///< of all nodes
  std::vector<Instant> clocks_;            ///< next time of each Datastream
  std::size_t turn_ = 0;
  std::uint32_t noise_ = 1;

  double next_value();
};

}  // namespace madang::app
