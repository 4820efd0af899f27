#include "app/bench/store.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "app/bench/machine.h"
#include "app/bench/report.h"
#include "app/bench/workload.h"
#include "storage/observations/chunk_store.h"

namespace madang::app {
namespace {

namespace fs = std::filesystem;
using Limit = BenchReport::Floor;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kBatch = 20'000;

Tick tick() { return std::chrono::steady_clock::now(); }

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  auto const at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::uint64_t bytes_in(std::string const& folder) {
  std::uint64_t bytes = 0;
  for (auto const& entry : fs::directory_iterator(folder)) bytes += entry.file_size();
  return bytes;
}

/// The slowest of many plain appends of `size` bytes with fdatasync, in ms: what the disk alone takes.
double worst_fdatasync(std::string const& folder, std::size_t size, int rounds) {
  std::string const path = folder + "/fdatasync";
  int const file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return 0;
  std::string const bytes(size, 'x');
  double worst = 0;
  for (int i = 0; i < rounds; ++i) {
    auto const start = tick();
    if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) < 0) break;
    worst = std::max(worst, seconds_since(start) * 1e3);
  }
  ::close(file);
  fs::remove(path);
  return worst;
}

struct Ingested {
  std::uint64_t values = 0;
  std::uint64_t repeated = 0;
  double append_seconds = 0;  ///< inside append
  double wall_seconds = 0;    ///< with making the values, until everything stands in files and they are closed
  double stop_seconds = 0;
  std::vector<double> commits_ms;
  double bytes_per_value = 0;
};

class StoreBench {
 public:
  explicit StoreBench(BenchStoreOptions const& options) : options_(options) {}

  int run();

 private:
  Result<Ingested> ingest(std::string const& folder, BenchWorkload& workload, double days);
  Result<void> main_workload();
  Result<void> other_workload(std::string const& name, BenchWorkload::Options workload, double days, double limit);
  Result<void> reads(storage::ChunkStore& store, BenchWorkload const& workload);
  Result<void> mixed(storage::ChunkStore& store, BenchWorkload& workload);
  std::string fresh_folder(char const* name) const {
    std::string const folder = options_.folder + "/bench-" + name;
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
  }
  void forget(std::string const& folder) const {
    if (!options_.keep_files) fs::remove_all(folder);
  }

  BenchStoreOptions const& options_;
  BenchReport report_;
};

Result<Ingested> StoreBench::ingest(std::string const& folder, BenchWorkload& workload, double days) {
  storage::ChunkStore::Options store_options;
  store_options.folder = folder;
  MADANG_TRY(auto store, storage::ChunkStore::open(store_options));
  std::vector<DatastreamId> levels;
  for (std::int64_t node = 0; node < workload.streams() / BenchWorkload::kQuantities; ++node)
    levels.push_back(BenchWorkload::stream_of(node, BenchWorkload::kNoise));
  MADANG_CHECK(store->set_averaging(levels, Averaging::kEnergy));
  auto const all = static_cast<std::uint64_t>(days * 720.0 * static_cast<double>(workload.streams()));
  Ingested out;
  storage::Batch batch;
  auto const start = tick();
  while (out.values < all) {
    workload.next(std::min<std::size_t>(kBatch, all - out.values), batch);
    auto const began = tick();
    MADANG_TRY(auto const appended, store->append(batch));
    double const took = seconds_since(began);
    out.append_seconds += took;
    out.commits_ms.push_back(took * 1e3);
    for (auto const& entry : appended.entries) out.repeated += entry.outcome == storage::Appended::Outcome::kRepeated;
    out.values += batch.observations.size();
  }
  auto const stopping = tick();
  store.reset();
  out.stop_seconds = seconds_since(stopping);
  out.wall_seconds = seconds_since(start);
  out.bytes_per_value = static_cast<double>(bytes_in(folder)) / static_cast<double>(out.values);
  return out;
}

Result<void> StoreBench::main_workload() {
  auto const folder = fresh_folder("store");
  BenchWorkload workload({.nodes = options_.nodes, .seed = options_.seed});
  MADANG_TRY(auto const in, ingest(folder, workload, options_.days));
  auto const values = static_cast<double>(in.values);
  report_.add("values", "million", values / 1e6);
  report_.add("in, appends (each durable) with rolling beside", "M/s", values / in.append_seconds / 1e6,
              Limit::kAtLeast, 5);
  report_.add("in, with making the values and the clean stop", "M/s", values / in.wall_seconds / 1e6);
  report_.add("clean stop", "s", in.stop_seconds);
  report_.add("on disk, all files", "B/value", in.bytes_per_value, Limit::kAtMost, 2.5);
  report_.add("commit of 20,000 values, median", "ms", percentile(in.commits_ms, 0.5));
  report_.add("commit of 20,000 values, p99", "ms", percentile(in.commits_ms, 0.99));
  report_.add("commit of 20,000 values, worst", "ms", percentile(in.commits_ms, 1), Limit::kAtMost, 60);
  report_.add("bare write and fdatasync of 128 KiB, worst of 1,000", "ms", worst_fdatasync(folder, 128u << 10, 1000));

  auto const opening = tick();
  storage::ChunkStore::Options store_options;
  store_options.folder = folder;
  MADANG_TRY(auto store, storage::ChunkStore::open(store_options));
  report_.add("reopening", "s", seconds_since(opening), Limit::kAtMost, 1);
  auto const held = store->statistics().observations;
  if (held != in.values - in.repeated)
    return fail(Code::kInternal,
                "the store holds " + std::to_string(held) + " of " + std::to_string(in.values) + " values");
  MADANG_CHECK(reads(*store, workload));
  MADANG_CHECK(mixed(*store, workload));
  report_.add("resident memory, highest", "MB", static_cast<double>(peak_resident_bytes()) / 1e6, Limit::kAtMost, 600);
  store.reset();
  forget(folder);
  return {};
}

Result<void> StoreBench::reads(storage::ChunkStore& store, BenchWorkload const& workload) {
  std::mt19937_64 random(options_.seed);
  Interval const all{workload.begin(), workload.reached()};
  auto const day = std::min<Millis>(std::chrono::hours{24}, all.length());
  std::vector<double> took;
  for (int i = 0; i < 4'000; ++i) {
    DatastreamId const stream{1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(workload.streams()))};
    auto const room = static_cast<std::uint64_t>((all.length() - day).count()) + 1;
    Instant const from = all.from + Millis{static_cast<std::int64_t>(random() % room)};
    auto const start = tick();
    MADANG_TRY(auto const read, store.read(stream, {from, from + day}, {}));
    took.push_back(seconds_since(start) * 1e3);
    if (read.empty()) return fail(Code::kInternal, "a day of a stream is empty");
  }
  report_.add("24 h of one stream, median", "ms", percentile(took, 0.5), Limit::kAtMost, 0.025);
  report_.add("24 h of one stream, p99", "ms", percentile(took, 0.99));

  std::vector<DatastreamId> every;
  std::vector<DatastreamId> one_quantity;
  for (std::int64_t node = 0; node < options_.nodes; ++node) {
    one_quantity.push_back(BenchWorkload::stream_of(node, 0));
    for (std::int64_t q = 0; q < BenchWorkload::kQuantities; ++q) every.push_back(BenchWorkload::stream_of(node, q));
  }
  auto const median_of = [&took](int rounds, auto const& work) -> Result<double> {
    took.clear();
    for (int i = 0; i < rounds; ++i) {
      auto const start = tick();
      MADANG_TRY(auto const answer, work());
      took.push_back(seconds_since(start) * 1e3);
      if (answer.empty()) return fail(Code::kInternal, "an answer is empty");
    }
    return percentile(took, 0.5);
  };
  MADANG_TRY(double const latest, median_of(21, [&] { return store.latest(every); }));
  report_.add("latest of all", "ms", latest, Limit::kAtMost, 1);
  // Whole hours around all of it: the workload begins within one, and roll-ups answer for whole ones.
  Interval const hours{std::chrono::floor<std::chrono::hours>(all.from),
                       std::chrono::ceil<std::chrono::hours>(all.to)};
  MADANG_TRY(double const rolled, median_of(11, [&] { return store.aggregate(one_quantity, hours, {}); }));
  report_.add("hourly mean, 1 quantity, all nodes, 3 d, from roll-ups", "ms", rolled, Limit::kAtMost, 10);
  MADANG_TRY(double const raw, median_of(7, [&] { return store.aggregate(one_quantity, hours, {.from_raw = true}); }));
  report_.add("hourly mean, 1 quantity, all nodes, 3 d, from raw", "ms", raw, Limit::kAtMost, 60);
  return {};
}

/// Two readers of random 24 h ranges as fast as they can, beside one writer held to 1 M values/s.
Result<void> StoreBench::mixed(storage::ChunkStore& store, BenchWorkload& workload) {
  constexpr double kSeconds = 6;
  constexpr double kWritten = 1e6;
  Interval const all{workload.begin(), workload.reached()};
  auto const day = std::min<Millis>(std::chrono::hours{24}, all.length());
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> reads = 0;
  std::atomic<std::uint64_t> failed = 0;
  auto const read_on = [&](std::uint64_t seed) {
    std::mt19937_64 random(seed);
    while (!done) {
      DatastreamId const stream{1 +
                                static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(workload.streams()))};
      Instant const from =
          all.from +
          Millis{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>((all.length() - day).count() + 1))};
      auto const read = store.read(stream, {from, from + day}, {});
      failed += !read || read->empty() ? 1 : 0;
      ++reads;
    }
  };
  std::thread first(read_on, options_.seed + 1);
  std::thread second(read_on, options_.seed + 2);
  auto const start = tick();
  std::uint64_t written = 0;
  Result<void> result{};
  storage::Batch batch;
  while (seconds_since(start) < kSeconds && result) {
    workload.next(kBatch, batch);
    if (auto const appended = store.append(batch); !appended) result = fail(appended.error());
    written += batch.observations.size();
    double const ahead = static_cast<double>(written) / kWritten - seconds_since(start);
    if (ahead > 0) std::this_thread::sleep_for(Seconds(ahead));
  }
  double const took = seconds_since(start);
  done = true;
  first.join();
  second.join();
  MADANG_CHECK(result);
  if (failed > 0) return fail(Code::kInternal, std::to_string(failed) + " reads failed");
  report_.add("24 h reads per second while writing", "1/s", static_cast<double>(reads) / took, Limit::kAtLeast, 40'000);
  report_.add("... values written meanwhile", "M/s", static_cast<double>(written) / took / 1e6, Limit::kAtLeast, 0.99);
  return {};
}

Result<void> StoreBench::other_workload(std::string const& name, BenchWorkload::Options options, double days,
                                        double limit) {
  auto const folder = fresh_folder("other");
  options.nodes = options_.nodes;
  options.seed = options_.seed;
  BenchWorkload workload(options);
  MADANG_TRY(auto const in, ingest(folder, workload, days));
  report_.add(name, "B/value", in.bytes_per_value, limit > 0 ? Limit::kAtMost : Limit::kNone, limit);
  forget(folder);
  return {};
}

int StoreBench::run() {
  auto result = main_workload();
  BenchWorkload::Options shared;
  shared.shared_message = true;
  if (result) result = other_workload("on disk, 17 channels in one message", shared, options_.days, 1.5);
  shared.unrounded = true;
  if (result)
    result =
        other_workload("on disk, unrounded doubles, channels in one message", shared, std::min(options_.days, 0.5), 7);
  shared.shared_message = false;
  if (result)
    result = other_workload("on disk, unrounded doubles, own time per value", shared, std::min(options_.days, 0.5), 0);
  if (!result) {
    fmt::print(stderr, "bench store: {}\n", result.error().sentence);
    return 2;
  }
  auto const machine = this_machine();
  bool const kept =
      report_.print(fmt::format("bench store: {} nodes x {} quantities, {:g} days, seed {}\n{}", options_.nodes,
                                BenchWorkload::kQuantities, options_.days, options_.seed, describe(machine)));
  if (!options_.json_path.empty()) {
    JsonWriter out;
    out.begin_object().field("bench", "store").field("machine", describe(machine)).field("nodes", options_.nodes);
    out.field("days", options_.days).field("seed", static_cast<std::int64_t>(options_.seed)).key("results");
    report_.write(out);
    out.end_object();
    std::ofstream(options_.json_path) << out.take() << '\n';
  }
  return kept ? 0 : 1;
}

}  // namespace

int bench_store(BenchStoreOptions const& options) {
  try {
    return StoreBench(options).run();
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench store: {}\n", e.what());
    return 2;
  }
}

}  // namespace madang::app
