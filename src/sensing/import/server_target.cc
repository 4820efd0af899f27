// Import through a running server: SensorThings over HTTP, with a key that may write Things. Sensors and
// ObservedProperties are looked up first and then linked, so that a Thing's post stays small.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>
#include <unordered_map>

#include "core/json_writer.h"
#include "city/words.h"
#include "core/language.h"
#include "sensing/import/import.h"
#include "sensing/outcomes.h"
#include "sensing/rules.h"
#include "web/http/client.h"
#include "web/http/url.h"

namespace madang::sensing {
namespace {

using simdjson::dom::element;

constexpr std::string_view kBase = "/sta/v1.1";
constexpr std::size_t kPage = 1'000;
constexpr int kTriesMax = 60;  ///< of a request that the server is too busy for
constexpr Millis kBusyPause{1'000};

std::string text_at(element const& node, std::string_view pointer) {
  std::string_view text;
  return node.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}
std::int64_t number_at(element const& node, std::string_view pointer) {
  std::int64_t number = 0;
  return node.at_pointer(pointer).get(number) == simdjson::SUCCESS ? number : 0;
}

void write_names(JsonWriter& w, city::Name const& name) {
  w.key("names");
  city::write_name(w, name);
}

/// The members of a stored JSON object, as the start of another.
void write_members(JsonWriter& w, std::string const& object) {
  auto const first = object.find('{');
  auto const last = object.rfind('}');
  if (first == std::string::npos || last <= first + 1) return;
  w.raw(std::string_view{object}.substr(first + 1, last - first - 1));
}

std::string_view name_of_class(city::MeasurementClass c) {
  using enum city::MeasurementClass;
  switch (c) {
    case kReference: return "reference";
    case kIndicative: return "indicative";
    case kSimpleMonitor: return "simple_monitor";
    case kSimulated: return "simulated";
    case kUnknown: return "unknown";
  }
  return "unknown";
}

std::string sensor_json(city::Sensor const& s) {
  JsonWriter w;
  w.begin_object().field("name", s.name.in(kSourceLanguage)).field("description", s.description);
  w.field("encodingType", s.encoding_type).field("metadata", s.metadata).key("properties").begin_object();
  write_members(w, s.properties);
  write_names(w, s.name);
  w.field("model", s.model).field("measurementClass", name_of_class(s.measurement_class));
  w.field("grade", s.grade).field("source", s.source).key("notice").begin_object();
  for (auto const& [language, text] : s.notice.by_language) w.field(language, text);
  w.end_object().key("channels").begin_array();
  for (auto const& c : s.channels) {
    w.begin_object().field("name", c.name).field("scale", c.scale).field("offset", c.offset);
    w.field("validMin", c.valid_min).field("validMax", c.valid_max).key("sentinels").begin_array();
    for (double const sentinel : c.sentinels) w.value(sentinel);
    w.end_array().field("fitted", c.fitted).end_object();
  }
  w.end_array().end_object().end_object();
  return w.take();
}

std::string property_json(city::ObservedProperty const& p) {
  JsonWriter w;
  w.begin_object().field("name", p.name.in(kSourceLanguage)).field("definition", p.definition).field("description", p.description);
  w.key("properties").begin_object();
  write_names(w, p.name);
  w.end_object().end_object();
  return w.take();
}

void write_location(JsonWriter& w, city::Location const& l) {
  w.field("name", l.name.in(kSourceLanguage)).field("description", l.description).field("encodingType", l.encoding_type);
  w.key("location").raw(l.geometry).key("properties").begin_object();
  write_names(w, l.name);
  w.end_object();
}

class ServerTarget final : public ImportTarget {
 public:
  ServerTarget(web::HttpClient client, Pause pause) : client_(std::move(client)), pause_(std::move(pause)) {}

  /// What the server knows already.
  Result<void> look_around() {
    MADANG_CHECK(each("/Things", [this](element const& e) {
      things_.emplace(text_at(e, "/properties/serial"), number_at(e, "/@iot.id"));
    }));
    MADANG_CHECK(each("/Sensors", [this](element const& e) {
      auto const key = text_at(e, "/name") + '\n' + text_at(e, "/properties/model") + '\n' + text_at(e, "/properties/source");
      sensors_.emplace(key, number_at(e, "/@iot.id"));
    }));
    return each("/ObservedProperties", [this](element const& e) {
      properties_.emplace(text_at(e, "/name") + '\n' + text_at(e, "/definition"), number_at(e, "/@iot.id"));
    });
  }

  Result<std::optional<KnownThing>> find(std::string_view serial) override {
    auto const found = things_.find(std::string{serial});
    if (found == things_.end()) return std::optional<KnownThing>{};
    KnownThing known{ThingId{found->second}, false, {}};
    auto const thing = fmt::format("/Things({})", found->second);
    MADANG_CHECK(each(thing + "/Locations", [&known](element const&) { known.located = true; }));
    MADANG_CHECK(each(thing + "/Datastreams", [&known](element const& e) {
      bool fitted = true;
      if (e.at_pointer("/properties/fitted").get(fitted) != simdjson::SUCCESS) fitted = true;
      city::Datastream typed;
      typed.observation_type = text_at(e, "/observationType");
      known.streams.push_back({DatastreamId{number_at(e, "/@iot.id")}, text_at(e, "/properties/channel"),
                               Millis{number_at(e, "/properties/intervalMs")}, fitted,
                               {text_at(e, "/unitOfMeasurement/name"), text_at(e, "/unitOfMeasurement/symbol"),
                                text_at(e, "/unitOfMeasurement/definition")}, takes_words(typed)});
    }));
    return std::optional{std::move(known)};
  }

  Result<void> add_things(std::vector<city::NewThing> things) override {
    for (auto const& thing : things) {
      MADANG_TRY(auto const body, thing_json(thing));
      MADANG_TRY(auto const id, create("/Things", body));
      things_.emplace(thing.thing.serial, id);
    }
    return {};
  }

  Result<void> add_datastream(ThingId thing, city::NewDatastream datastream) override {
    JsonWriter w;
    w.begin_object();
    MADANG_CHECK(write_datastream(w, datastream));
    w.end_object();
    MADANG_CHECK(create(fmt::format("/Things({})/Datastreams", thing.value()), w.take()));
    return {};
  }

  Result<void> add_location(ThingId thing, city::Location location) override {
    JsonWriter w;
    w.begin_object();
    write_location(w, location);
    w.end_object();
    MADANG_CHECK(create(fmt::format("/Things({})/Locations", thing.value()), w.take()));
    return {};
  }

  /// The server judges quality itself. Of several values of one observation the last is sent; those before it repeat or
  /// supersede each other as they would in a store that is open here.
  Result<Stored> append(storage::Batch const& batch) override {
    Stored out;
    std::map<std::tuple<DatastreamId, Instant, Instant>, std::size_t> last;
    for (std::size_t i = 0; i < batch.observations.size(); ++i) {
      auto const& o = batch.observations[i];
      auto const [at, first] = last.try_emplace({o.datastream, o.phenomenon_time, end_of(batch, i).value_or(kInstantMin)}, i);
      if (!first) ++(batch.observations[at->second].value == o.value ? out.repeated : out.superseded);
      at->second = i;
    }
    std::vector<std::size_t> sent;
    for (auto const& [identity, index] : last) sent.push_back(index);
    if (!sent.empty()) MADANG_CHECK(append_some(batch, sent, out));
    return out;
  }

 private:
  static std::optional<Instant> end_of(storage::Batch const& batch, std::size_t index) {
    auto const found = std::ranges::lower_bound(batch.details, index, {}, [](auto const& d) { return std::size_t{d.first}; });
    return found != batch.details.end() && found->first == index ? found->second.phenomenon_end : std::nullopt;
  }

  Result<void> append_some(storage::Batch const& batch, std::vector<std::size_t> const& some, Stored& out) {
    std::unordered_map<DatastreamId, std::vector<std::size_t>> by_stream;
    for (auto const i : some) by_stream[batch.observations[i].datastream].push_back(i);
    JsonWriter w;
    w.begin_array();
    for (auto const& [stream, indices] : by_stream) {
      w.begin_object().key("Datastream").begin_object().field("@iot.id", stream.value()).end_object();
      w.key("components").begin_array().value("phenomenonTime").value("result").end_array();
      w.key("dataArray").begin_array();
      for (auto const i : indices) {
        auto const& o = batch.observations[i];
        auto const end = end_of(batch, i);
        auto const time = end ? format_interval({o.phenomenon_time, *end}) : format_instant(o.phenomenon_time);
        w.begin_array().value(time).value(o.value).end_array();
      }
      w.end_array().end_object();
    }
    w.end_array();
    MADANG_TRY(auto const answer, post("/CreateObservations", w.take()));
    return count_outcomes(answer, some.size(), out);
  }

  static Result<void> count_outcomes(web::ClientResponse const& answer, std::size_t sent, Stored& out) {
    auto const outcomes = parse_outcomes(answer.header(kOutcomesHeader));
    if (!outcomes || outcomes->sum() != sent)
      return fail(Code::kUnavailable, fmt::format("the server does not say what became of {} observations in {}", sent, kOutcomesHeader));
    out.stored += outcomes->stored;
    out.repeated += outcomes->repeated;
    out.superseded += outcomes->superseded;
    out.refused += outcomes->refused;
    return {};
  }

  template <typename Take>
  Result<void> each(std::string const& collection, Take take) {
    simdjson::dom::parser parser;
    auto target = fmt::format("{}{}?$top={}", kBase, collection, kPage);
    while (true) {
      MADANG_TRY(auto const answer, client_.get(target));
      element root;
      simdjson::dom::array values;
      if (answer.status != 200 || parser.parse(answer.body).get(root) != simdjson::SUCCESS ||
          root["value"].get(values) != simdjson::SUCCESS)
        return fail(Code::kUnavailable, fmt::format("the server answers {} to GET {}: {}", answer.status, collection,
                                                    answer.body.substr(0, 200)));
      for (auto const value : values) take(value);
      auto const next = text_at(root, "/@iot.nextLink");
      if (next.empty()) return {};
      MADANG_TRY(target, web::next_page(target, next));
    }
  }

  /// A 201; waits where the server asks to.
  Result<web::ClientResponse> post(std::string const& path, std::string const& body) {
    for (int tries = 1;; ++tries) {
      MADANG_TRY(auto answer, client_.post(std::string{kBase} + path, body));
      if (answer.status == 201) return answer;
      bool const busy = answer.status == 429 || answer.status == 503;
      if (!busy || tries == kTriesMax)
        return fail(busy ? Code::kOverloaded : Code::kUnavailable,
                    fmt::format("the server answers {} to POST {}: {}", answer.status, path, answer.body.substr(0, 300)));
      pause_(kBusyPause);
    }
  }

  Result<std::int64_t> create(std::string const& path, std::string const& body) {
    MADANG_TRY(auto const answer, post(path, body));
    simdjson::dom::parser parser;
    element root;
    std::int64_t id = 0;
    if (parser.parse(answer.body).get(root) == simdjson::SUCCESS) id = number_at(root, "/@iot.id");
    if (id == 0) return fail(Code::kUnavailable, fmt::format("the server's answer to POST {} has no @iot.id", path));
    return id;
  }

  Result<std::int64_t> sensor_id(city::Sensor const& sensor) {
    auto const key = sensor.name.in(kSourceLanguage) + '\n' + sensor.model + '\n' + sensor.source;
    if (auto const found = sensors_.find(key); found != sensors_.end()) return found->second;
    MADANG_TRY(auto const id, create("/Sensors", sensor_json(sensor)));
    sensors_.emplace(key, id);
    return id;
  }

  Result<std::int64_t> property_id(city::ObservedProperty const& property) {
    auto const key = property.name.in(kSourceLanguage) + '\n' + property.definition;
    if (auto const found = properties_.find(key); found != properties_.end()) return found->second;
    MADANG_TRY(auto const id, create("/ObservedProperties", property_json(property)));
    properties_.emplace(key, id);
    return id;
  }

  Result<void> write_datastream(JsonWriter& w, city::NewDatastream const& made) {
    auto const& d = made.datastream;
    MADANG_TRY(auto const sensor, sensor_id(made.sensor));
    MADANG_TRY(auto const property, property_id(made.observed_property));
    w.field("name", d.name.in(kSourceLanguage)).field("description", d.description).field("observationType", d.observation_type);
    w.key("unitOfMeasurement").begin_object().field("name", d.unit.name).field("symbol", d.unit.symbol);
    w.field("definition", d.unit.definition).end_object().key("properties").begin_object();
    write_members(w, d.properties);
    write_names(w, d.name);
    w.field("channel", d.channel).field("intervalMs", std::int64_t{d.interval.count()}).field("fitted", d.fitted);
    w.end_object().key("Sensor").begin_object().field("@iot.id", sensor).end_object();
    w.key("ObservedProperty").begin_object().field("@iot.id", property).end_object();
    return {};
  }

  Result<std::string> thing_json(city::NewThing const& made) {
    JsonWriter w;
    w.begin_object().field("name", made.thing.name.in(kSourceLanguage)).field("description", made.thing.description);
    w.key("properties").begin_object();
    write_members(w, made.thing.properties);
    write_names(w, made.thing.name);
    w.field("serial", made.thing.serial).end_object().key("Locations").begin_array();
    for (auto const& location : made.locations) {
      w.begin_object();
      write_location(w, location);
      w.end_object();
    }
    w.end_array().key("Datastreams").begin_array();
    for (auto const& datastream : made.datastreams) {
      w.begin_object();
      MADANG_CHECK(write_datastream(w, datastream));
      w.end_object();
    }
    w.end_array().end_object();
    return w.take();
  }

  web::HttpClient client_;
  Pause pause_;
  std::unordered_map<std::string, std::int64_t> things_;
  std::unordered_map<std::string, std::int64_t> sensors_;
  std::unordered_map<std::string, std::int64_t> properties_;
};

}  // namespace

Result<std::unique_ptr<ImportTarget>> server_target(std::string_view url, std::string_view key, Pause pause) {
  web::HttpClient::Options options;
  options.bearer_key = key;
  MADANG_TRY(auto client, web::HttpClient::to(url, std::move(options)));
  auto target = std::make_unique<ServerTarget>(std::move(client), std::move(pause));
  MADANG_CHECK(target->look_around());
  return target;
}

}  // namespace madang::sensing
