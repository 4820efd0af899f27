#include "app/bench/registry.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>

#include "app/bench/machine.h"
#include "app/bench/report.h"
#include "city/city.h"
#include "core/language.h"
#include "embedded_locales.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "sensing/live/now.h"
#include "sensing/quality/quality.h"
#include "sensing/quantities.h"
#include "sensing/sensing.h"
#include "storage/observations/memory_store.h"
#include "storage/records/records.h"

namespace madang::app {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kThingsPerTransaction = 1'000;
constexpr std::size_t kLookups = 1'000'000;
constexpr int kPages = 100;
constexpr std::size_t kOneByOne = 500;  // registered alone, at each end
constexpr int kTimes = 20;


double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double pages = 0;
  in >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::string serial_of(std::size_t number) { return fmt::format("bench-{:06}", number); }

city::NewThing make_thing(std::size_t number) {
  city::NewThing made;
  made.thing.serial = serial_of(number);
  made.thing.name.by_language.emplace(kSourceLanguage, made.thing.serial);
  made.thing.simulated = true;
  city::Location place;
  place.name = made.thing.name;
  auto const row = number / 400;
  double const longitude = 126.8 + 0.001 * static_cast<double>(number % 400);
  double const latitude = 37.4 + 0.001 * static_cast<double>(row);
  place.geometry = fmt::format(R"({{"type":"Point","coordinates":[{},{}]}})", longitude, latitude);
  place.point = LatLon{latitude, longitude};
  made.locations.push_back(std::move(place));
  for (auto const& quantity : sensing::city_node_quantities()) {
    city::NewDatastream stream;
    stream.datastream.channel = quantity.channel;
    stream.datastream.name.by_language.emplace(kSourceLanguage, quantity.channel);
    stream.datastream.unit = {std::string(quantity.unit_name), std::string(quantity.unit_symbol),
                              std::string(quantity.unit_definition)};
    stream.datastream.interval = std::chrono::minutes{2};
    stream.sensor.name.by_language.emplace(kSourceLanguage, "Bench node");
    stream.observed_property.name = stream.datastream.name;
    stream.observed_property.definition = quantity.definition;
    made.datastreams.push_back(std::move(stream));
  }
  return made;
}

class RegistryBench {
 public:
  explicit RegistryBench(BenchRegistryOptions const& options)
      : options_(options), folder_(fs::path(options.folder) / fmt::format("madang-bench-registry-{}", getpid())) {}
  ~RegistryBench() {
    city_.reset();
    records_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  RegistryBench(RegistryBench const&) = delete;
  RegistryBench& operator=(RegistryBench const&) = delete;

  Result<bool> run() {
    if (options_.things < 1 || options_.things > 1'000'000) return fail(Code::kInvalid, "things: 1 to 1000000");
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return fail(Code::kUnavailable, fmt::format("{}: {}", folder_.string(), error.message()));
    MADANG_CHECK(open());
    MADANG_CHECK(measure_registering());
    measure_lookups();
    measure_pages();
    MADANG_CHECK(measure_beside_live_views());
    city_.reset();
    records_.reset();
    auto const began = Steady::now();
    MADANG_CHECK(open());
    report_.add("opening it again", "s", seconds_since(began));
    report_.add("resident memory, highest", "MB", static_cast<double>(peak_resident_bytes()) / kMega);
    auto const title = fmt::format("bench registry: {} Things x {} Datastreams, SQLite\n{}", options_.things,
                                   sensing::city_node_quantities().size(), describe(this_machine()));
    bool const kept = report_.print(title);
    if (!options_.json_path.empty() && !write_json()) return fail(Code::kUnavailable, options_.json_path + ": cannot be written");
    return kept;
  }

 private:
  Result<void> open() {
    MADANG_TRY(records_, storage::Records::open("sqlite:" + (folder_ / "records.db").string(), clock_));
    MADANG_TRY(city_, city::City::open(*records_, clock_));
    return {};
  }

  Result<void> measure_registering() {
    double const before = resident_bytes();
    double worst = 0;
    auto const began = Steady::now();
    for (std::size_t done = 0; done < options_.things;) {
      std::vector<city::NewThing> batch;
      for (; done < options_.things && batch.size() < kThingsPerTransaction; ++done) batch.push_back(make_thing(done));
      auto const from = Steady::now();
      MADANG_CHECK(city_->add_things(std::move(batch)));
      worst = std::max(worst, seconds_since(from));
    }
    double const took = seconds_since(began);
    auto const things = static_cast<double>(options_.things);
    report_.add(fmt::format("registered, {} a transaction", kThingsPerTransaction), "Things/s", things / took);
    report_.add("  all of them", "s", took);
    report_.add("  worst transaction", "s", worst);
    report_.add("held in memory", "MB", (resident_bytes() - before) / kMega);
    report_.add("  of each Datastream", "bytes", (resident_bytes() - before) / (things * streams()));
    double disk = 0;
    for (auto const& file : fs::directory_iterator(folder_)) disk += static_cast<double>(file.file_size());
    report_.add("on disk", "MB", disk / kMega);
    return {};
  }

  /// One after the other, each its own transaction, while a reader and the quality rules follow.
  Result<double> register_alone(std::size_t first, std::size_t count, std::function<Result<void>()> const& follow) {
    auto const began = Steady::now();
    for (std::size_t i = first; i < first + count; ++i) {
      MADANG_CHECK(city_->add_thing(make_thing(i)));
      MADANG_CHECK(follow());
    }
    return seconds_since(began) / static_cast<double>(count);
  }

  /// What a running server does after each change, and whether it depends on how many Things there are.
  Result<void> measure_beside_live_views() {
    runtime::Metrics metrics;
    storage::MemoryStore store(clock_);
    MADANG_TRY(auto const messages, runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
    auto const ingest = sensing::Ingest::start(store, clock_, metrics, {});
    MADANG_TRY(auto const view, sensing::NowView::start({.city = *city_, .store = store, .ingest = *ingest, .clock = clock_}));
    MADANG_TRY(auto const quality, sensing::QualityControl::start({.city = *city_, .store = store, .clock = clock_, .metrics = metrics,
                                                                   .messages = messages}));
    auto const read = [&]() -> Result<void> {
      MADANG_CHECK(view->quantity("pm25"));
      return {};
    };
    auto const timed = [](int times, std::function<Result<void>()> const& work) -> Result<double> {
      auto const began = Steady::now();
      for (int i = 0; i < times; ++i) MADANG_CHECK(work());
      return seconds_since(began) / times * 1000;
    };
    MADANG_TRY(auto const first, timed(1, read));
    report_.add("the first read of one quantity: the index is made", "ms", first);
    MADANG_TRY(auto const unchanged, timed(kTimes, read));
    report_.add("  a read when nothing has changed", "ms", unchanged);
    auto number = options_.things;
    auto const nothing = []() -> Result<void> { return {}; };
    MADANG_TRY(auto const alone, register_alone(number, kOneByOne, nothing));
    number += kOneByOne;
    report_.add("one Thing registered alone", "ms", alone * 1000);
    MADANG_TRY(auto const with_read, register_alone(number, kTimes, read));
    number += kTimes;
    report_.add("  and a read that shows it", "ms", with_read * 1000);
    MADANG_TRY(auto const with_quality, register_alone(number, kTimes, [&] { return quality->settle(); }));
    report_.add("  and the quality rules with its neighbours", "ms", with_quality * 1000);
    ingest->stop();
    return {};
  }

  /// What every MQTT message asks for.
  void measure_lookups() {
    std::vector<std::string> serials;
    serials.reserve(options_.things);
    for (std::size_t i = 0; i < options_.things; ++i) serials.push_back(serial_of(i));
    std::size_t found = 0;
    auto const began = Steady::now();
    for (std::size_t i = 0; i < kLookups; ++i) {
      found += city_->datastreams_of_serial(serials[i * kStride % serials.size()])->size();
    }
    double const took = seconds_since(began);
    MADANG_ASSERT(found == kLookups * sensing::city_node_quantities().size());
    report_.add("Datastreams of a serial", "ns", took / static_cast<double>(kLookups) * 1e9);
  }

  void measure_pages() {
    auto const began = Steady::now();
    std::size_t found = 0;
    for (int i = 0; i < kPages; ++i) {
      city::PageOptions options;
      options.skip = options_.things * static_cast<std::size_t>(i) / kPages;
      found += city_->things(options).entities.size();
    }
    MADANG_ASSERT(found > 0);
    report_.add("a page of 100 Things, anywhere", "ms", seconds_since(began) / kPages * 1000);
  }

  [[nodiscard]] bool write_json() const {
    JsonWriter out;
    out.begin_object().field("bench", "registry").field("machine", describe(this_machine()));
    out.field("things", options_.things).key("results");
    report_.write(out);
    out.end_object();
    std::ofstream file(options_.json_path);
    file << out.take() << '\n';
    return file.good();
  }

  [[nodiscard]] static double streams() { return static_cast<double>(sensing::city_node_quantities().size()); }

  BenchRegistryOptions const& options_;
  fs::path const folder_;
  runtime::SystemClock clock_;
  std::unique_ptr<storage::Records> records_;
  std::unique_ptr<city::City> city_;
  BenchReport report_;
};

}  // namespace

int bench_registry(BenchRegistryOptions const& options) {
  auto const kept = RegistryBench(options).run();
  if (kept) return *kept ? 0 : 1;
  fmt::print(stderr, "bench registry: {}\n", kept.error().sentence);
  return 2;
}

}  // namespace madang::app
