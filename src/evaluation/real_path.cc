#include "evaluation/real_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "core/language.h"
#include "embedded_locales.h"
#include "sensing/means.h"
#include "sensing/quantities.h"
#include "storage/observations/chunk_store.h"
#include "storage/observations/memory_store.h"

namespace madang::evaluation {
namespace {

constexpr Millis kKept = std::chrono::hours{3};  // a flat line's earlier hours are not looked at again
constexpr int kForgetEvery = 15;                 // jobs
constexpr std::size_t kRegisteredAtOnce = 1'000;
constexpr std::string_view kZone = "Asia/Seoul";
constexpr std::uint32_t kNoNode = UINT32_MAX;

/// In memory where the machine offers it: thousands of small transactions are not what is measured here.
std::filesystem::path temporary_root() {
  std::error_code ignored;
  std::filesystem::path const memory = "/dev/shm";
  return std::filesystem::is_directory(memory, ignored) ? memory : std::filesystem::temp_directory_path();
}

city::Sensor sensor() {
  city::Sensor s;
  s.name.by_language.emplace(kSourceLanguage, "Simulated node");
  s.model = "evaluated";
  s.measurement_class = city::MeasurementClass::kSimulated;
  for (auto const& q : sensing::city_node_quantities())
    s.channels.push_back({std::string(q.channel), 1, 0, q.valid_min, q.valid_max, {-999}, true});
  return s;
}

city::NewDatastream datastream(sensing::QuantityInfo const& q, Millis interval) {
  city::NewDatastream d;
  d.datastream.channel = q.channel;
  d.datastream.name.by_language.emplace(kSourceLanguage, q.channel);
  d.datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
  d.datastream.interval = interval;
  d.datastream.unit = {std::string(q.unit_name), std::string(q.unit_symbol), std::string(q.unit_definition)};
  d.sensor = sensor();
  d.observed_property.name.by_language.emplace(kSourceLanguage, q.channel);
  d.observed_property.definition = q.definition;
  return d;
}

city::NewThing thing_of(simulation::Node const& node, std::vector<simulation::Channel> const& channels, Millis interval) {
  city::NewThing t;
  t.thing.serial = node.serial;
  t.thing.name = simulation::name_of(node.name);
  t.thing.simulated = true;
  if (node.ground > 0) t.thing.properties = fmt::format(R"({{"crowdAreaM2":{}}})", node.ground);
  city::Location location;
  location.name = t.thing.name;
  location.point = node.position;
  location.geometry = fmt::format(R"({{"type":"Point","coordinates":[{},{}]}})", node.position.longitude, node.position.latitude);
  t.locations.push_back(std::move(location));
  for (auto const c : channels) t.datastreams.push_back(datastream(sensing::city_node_quantities()[simulation::index_of(c)], interval));
  return t;
}

}  // namespace

Result<TemporaryDirectory> TemporaryDirectory::make() {
  std::string pattern = (temporary_root() / "madang-evaluate-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return fail(Code::kUnavailable, "no temporary folder can be made at " + pattern);
  TemporaryDirectory made;
  made.path_ = pattern;
  return made;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

RealPath::RealPath(TemporaryDirectory folder, Options options)
    : folder_(std::move(folder)), options_(std::move(options)), clock_(options_.begin) {}

RealPath::~RealPath() { close(); }

/// In the order in which the server does.
void RealPath::close() {
  if (ingest_) ingest_->stop();
  if (warning_) warning_->stop();
  warning_.reset();
  ingest_.reset();
  quality_.reset();
  situations_.reset();
  store_.reset();
  city_.reset();
  records_.reset();
}

Result<std::unique_ptr<RealPath>> RealPath::open(simulation::CityPlan const& plan, Options options) {
  MADANG_TRY(auto folder, TemporaryDirectory::make());
  std::unique_ptr<RealPath> path(new RealPath(std::move(folder), std::move(options)));
  MADANG_CHECK(path->open_stores());
  MADANG_CHECK(path->register_city(plan));
  MADANG_CHECK(path->open_rooms());
  return path;
}

Result<void> RealPath::restart(Instant now) {
  MADANG_ASSERT(options_.on_disk);
  if (now > clock_.now()) clock_.advance(now - clock_.now());
  close();
  MADANG_CHECK(open_stores());
  return open_rooms();
}

Result<void> RealPath::open_stores() {
  metrics_ = std::make_unique<runtime::Metrics>();
  MADANG_TRY(records_, storage::Records::open("sqlite:" + (folder_.path() / "records.db").string(), clock_));
  MADANG_TRY(city_, city::City::open(*records_, clock_));
  if (!options_.on_disk) {
    store_ = std::make_unique<storage::MemoryStore>(clock_);
    return {};
  }
  storage::ChunkStore::Options options;
  options.folder = (folder_.path() / "observations").string();
  options.clock = &clock_;
  MADANG_TRY(store_, storage::ChunkStore::open(options));
  return {};
}

Result<void> RealPath::open_rooms() {
  MADANG_TRY(auto loaded, runtime::Messages::load(embedded_locales(), kZone));
  messages_.emplace(std::move(loaded));
  MADANG_TRY(situations_, situations::Situations::open(
                              {.records = *records_, .city = *city_, .clock = clock_, .metrics = *metrics_}, {}));
  MADANG_CHECK(sensing::keep_averaging(*city_, *store_));
  MADANG_TRY(quality_, sensing::QualityControl::start(
                           {.city = *city_, .store = *store_, .clock = clock_, .metrics = *metrics_, .messages = *messages_}));
  ingest_ = sensing::Ingest::start(*store_, clock_, *metrics_,
                                   {.judge = [q = quality_](storage::Batch& batch) { q->judge(batch); }});
  if (options_.listener) ingest_->listen(options_.listener);
  rules_ = sensing::warning::shipped_rules();
  for (auto& rule : rules_.rules) {
    bool const detector = rule.method != sensing::warning::Method::kLevel;
    if (detector && options_.fixed_threshold > 0) rule.threshold = options_.fixed_threshold;
  }
  MADANG_TRY(warning_, sensing::warning::EarlyWarning::start({.city = *city_,
                                                              .store = *store_,
                                                              .ingest = *ingest_,
                                                              .situations = *situations_,
                                                              .messages = *messages_,
                                                              .clock = clock_,
                                                              .metrics = *metrics_,
                                                              .quality = quality_.get()},
                                                             rules_, {.zone = std::string(kZone),
                                                                      .alarms_per_day = options_.alarms_per_day}));
  warning_->drain();
  return {};
}

Result<void> RealPath::register_city(simulation::CityPlan const& plan) {
  MADANG_CHECK(city_->import_areas(simulation::areas_geojson(plan, 1), 1));
  for (std::size_t first = 0; first < plan.nodes.size(); first += kRegisteredAtOnce) {
    std::vector<city::NewThing> things;
    for (auto const& node : std::span(plan.nodes).subspan(first, std::min(kRegisteredAtOnce, plan.nodes.size() - first)))
      things.push_back(thing_of(node, options_.channels, options_.step));
    MADANG_CHECK(city_->add_things(std::move(things)));
  }
  auto const quantities = sensing::city_node_quantities();
  streams_.resize(plan.nodes.size());
  for (std::uint32_t n = 0; n < plan.nodes.size(); ++n) {
    auto const datastreams = city_->datastreams_of_serial(plan.nodes[n].serial);
    for (auto const& d : *datastreams) {
      auto const at = std::ranges::find(quantities, d->channel, &sensing::QuantityInfo::channel) - quantities.begin();
      auto const id = static_cast<std::size_t>(d->id.value());
      if (origins_.size() <= id) origins_.resize(id + 1);
      origins_[id] = {n, static_cast<std::uint32_t>(at)};
      streams_[n][static_cast<std::size_t>(at)] = d->id;
      auto const thing = static_cast<std::size_t>(d->thing.value());
      if (nodes_.size() <= thing) nodes_.resize(thing + 1, kNoNode);
      nodes_[thing] = n;
      if (!options_.on_disk) MADANG_CHECK(store_->set_retention(d->id, kKept));
    }
  }
  return {};
}

Result<void> RealPath::send(std::vector<storage::Observation> values, Instant now) {
  if (now > clock_.now()) clock_.advance(now - clock_.now());
  if (!values.empty()) {
    storage::Batch batch;
    batch.observations = std::move(values);
    MADANG_CHECK(ingest_->submit_and_wait(std::move(batch)));
  }
  warning_->drain();
  return {};
}

Result<void> RealPath::run_jobs() {
  MADANG_CHECK(quality_->settle());
  MADANG_CHECK(situations_->tick());
  if (++jobs_ % kForgetEvery == 0) (void)store_->statistics();  // looks at all, and lets go what is too old
  return {};
}

std::optional<std::uint32_t> RealPath::node_of(ThingId thing) const {
  auto const at = static_cast<std::size_t>(thing.value());
  if (at >= nodes_.size() || nodes_[at] == kNoNode) return std::nullopt;
  return nodes_[at];
}

Result<std::vector<situations::SituationPtr>> RealPath::open_situations() const {
  return situations_->list({.open_only = true, .limit = 1'000});
}

Quality RealPath::stored_quality(DatastreamId stream, Instant when) {
  auto const read = store_->read(stream, {when, when + Millis{1}}, {.limit = 1, .with_details = false});
  return read && !read->empty() ? read->front().quality : Quality{};
}

std::vector<std::string> RealPath::standing() const {
  std::vector<std::string> lines;
  for (auto const& s : warning_->standing()) {
    if (s.streams > 0) lines.push_back(fmt::format("{} fires from {:.1f}", rules_.rules[s.rule].id, s.threshold));
  }
  return lines;
}

}  // namespace madang::evaluation
