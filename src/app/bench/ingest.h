// `madang bench ingest`: how fast a running server takes readings in through each of its doors, and how soon a browser
// sees them.
#pragma once

#include <cstddef>
#include <string>

namespace madang::app {

struct BenchIngestOptions {
  std::string http;            ///< "http://127.0.0.1:8080"; empty: a server of its own, on a fresh folder
  std::string mqtt;            ///< "127.0.0.1:1883"
  std::string key;             ///< for every Thing
  std::string folder;          ///< where the own server keeps its data; empty: the system's temporary folder
  std::string json_path;       ///< results as JSON; empty: none
  double seconds = 6;          ///< of each load
  std::string only;            ///< one of bulk, reads, single, mqtt, live; empty: all
  std::size_t nodes = 1'000;   ///< Things made for this run, 17 quantities each; also the MQTT connections
};

/// Prints a table and writes the JSON. 0 when every floor is reached, 1 when one is missed, 2 when it cannot run. A
/// server that was given keeps the Things of the run (serials bench-...).
int bench_ingest(BenchIngestOptions const& options);

}  // namespace madang::app
