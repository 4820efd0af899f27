// The command line of measurements. Every bench prints machine, size and seed, can write JSON, and ends with 1 when a
// floor is missed.
#include <CLI/CLI.hpp>

#include "app/bench/http.h"
#include "app/bench/ingest.h"
#include "app/bench/registry.h"
#include "app/bench/sessions.h"
#include "app/bench/store.h"
#include "app/commands/command_line_parts.h"

namespace madang::app {
namespace {

void add_bench_store(CLI::App& bench, Invocation& call) {
  auto* sub = bench.add_subcommand("store", "The observation store on a city's workload: 43 million values");
  auto options = std::make_shared<BenchStoreOptions>();
  sub->add_option("--data", options->folder, "Where it writes; a fresh folder inside is used and removed")->required();
  sub->add_option("--json", options->json_path, "Results as JSON");
  sub->add_option("--days", options->days, "Days of 2-minute values")->capture_default_str();
  sub->add_option("--nodes", options->nodes, "Devices of 17 quantities")->capture_default_str();
  sub->add_option("--seed", options->seed, "Of the values")->capture_default_str();
  sub->add_flag("--keep", options->keep_files, "Leave the files");
  sub->footer("Example:\n  madang bench store --data /var/tmp --json store.json");
  call.on(*sub, [options] { return bench_store(*options); });
}

void add_bench_ingest(CLI::App& bench, Invocation& call) {
  auto* sub = bench.add_subcommand("ingest", "A running server's doors: HTTP, MQTT, and how soon a browser sees it");
  auto options = std::make_shared<BenchIngestOptions>();
  sub->add_option("--http", options->http, "The server; none: one of its own on a fresh folder");
  sub->add_option("--mqtt", options->mqtt, "Its MQTT address");
  sub->add_option("--key", options->key, "A key for all Things")->envname("MADANG_KEY");
  sub->add_option("--data", options->folder, "Where the own server keeps its data");
  sub->add_option("--json", options->json_path, "Results as JSON");
  sub->add_option("--seconds", options->seconds, "Of each load")->capture_default_str();
  sub->add_option("--nodes", options->nodes, "Things, each with 17 quantities and an MQTT connection")->capture_default_str();
  sub->add_option("--only", options->only, "One part alone: bulk, reads, single, mqtt or live");
  sub->footer("Example:\n  madang bench ingest --json ingest.json");
  call.on(*sub, [options] { return bench_ingest(*options); });
}

void add_bench_http(CLI::App& bench, Invocation& call) {
  auto* sub = bench.add_subcommand("http", "A small answer on one thread, side by side with nginx");
  auto options = std::make_shared<BenchHttpOptions>();
  sub->add_option("--connections", options->connections, "Kept open by the load generator")->capture_default_str();
  sub->add_option("--rounds", options->rounds, "Per server and depth; the median counts")->capture_default_str();
  sub->add_option("--nginx", options->nginx, "The nginx to compare with")->capture_default_str();
  sub->add_option("--json", options->json_file, "Results as JSON");
  sub->footer("Example:\n  madang bench http --json http.json");
  call.on(*sub, [options] { return bench_http(*options); });
}

void add_bench_registry(CLI::App& bench, Invocation& call) {
  auto* sub = bench.add_subcommand("registry", "A large city's Things: registered, held, looked up, opened again");
  auto options = std::make_shared<BenchRegistryOptions>();
  sub->add_option("--data", options->folder, "Where it writes; a fresh folder inside is used and removed")->required();
  sub->add_option("--things", options->things, "Of 17 Datastreams each")->capture_default_str();
  sub->add_option("--json", options->json_path, "Results as JSON");
  sub->footer("Example:\n  madang bench registry --data /var/tmp --json registry.json");
  call.on(*sub, [options] { return bench_registry(*options); });
}

void add_bench_sessions(CLI::App& bench, Invocation& call) {
  auto* sub = bench.add_subcommand("sessions", "People signed in at once: looked up, signed in and out, forgotten by a second server");
  auto options = std::make_shared<BenchSessionsOptions>();
  sub->add_option("--data", options->folder, "Where it writes; a fresh folder inside is used and removed")->required();
  sub->add_option("--records", options->address, "Empty records, such as \"postgresql:dbname=bench\"; none: SQLite in that folder");
  sub->add_option("--sessions", options->sessions, "One person each")->capture_default_str();
  sub->add_option("--json", options->json_path, "Results as JSON");
  sub->footer("Example:\n  madang bench sessions --data /var/tmp --json sessions.json");
  call.on(*sub, [options] { return bench_sessions(*options); });
}

}  // namespace

void add_benches(CLI::App& app, Invocation& call) {
  auto* bench = app.add_subcommand("bench", "Measure this machine; nothing is claimed without it");
  bench->require_subcommand(1);
  bench->footer("Example:\n  madang bench store --data /var/tmp");
  add_bench_store(*bench, call);
  add_bench_ingest(*bench, call);
  add_bench_http(*bench, call);
  add_bench_registry(*bench, call);
  add_bench_sessions(*bench, call);
}

}  // namespace madang::app
