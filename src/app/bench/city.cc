#include "app/bench/city.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "core/json_writer.h"
#include "sensing/quantities.h"

namespace madang::app {
namespace {

constexpr std::size_t kStreamsPerBody = 20;
constexpr std::size_t kValuesPerStream = 50;
constexpr Millis kStep = std::chrono::seconds{10};

void write_datastream(JsonWriter& w, sensing::QuantityInfo const& q) {
  w.begin_object().field("name", q.channel).field("description", "");
  w.field("observationType", "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement");
  w.key("unitOfMeasurement").begin_object().field("name", q.unit_name).field("symbol", q.unit_symbol);
  w.field("definition", q.unit_definition).end_object();
  w.key("properties").begin_object().field("channel", q.channel).field("intervalMs", 120'000).end_object();
  w.key("Sensor").begin_object().field("name", "Bench node").field("description", "").field("encodingType", "text/html");
  w.field("metadata", "made by madang bench ingest").end_object();
  w.key("ObservedProperty").begin_object().field("name", q.channel).field("definition", q.definition);
  w.field("description", "").end_object().end_object();
}

std::string thing_json(std::string const& serial, std::size_t number) {
  JsonWriter w;
  w.begin_object().field("name", serial).field("description", "made by madang bench ingest");
  w.key("properties").begin_object().field("serial", serial).field("simulated", true).end_object();
  w.key("Locations").begin_array().begin_object().field("name", serial).field("description", "");
  w.field("encodingType", "application/geo+json").key("location").begin_object().field("type", "Point");
  w.key("coordinates").begin_array().value(126.8 + 0.01 * static_cast<double>(number % 40));
  w.value(37.45 + 0.01 * static_cast<double>(number / 40 % 25)).end_array().end_object().end_object().end_array();
  w.key("Datastreams").begin_array();
  for (auto const& q : sensing::city_node_quantities()) write_datastream(w, q);
  w.end_array().end_object();
  return w.take();
}

Result<std::string> expect(Result<web::ClientResponse> response, int status) {
  if (!response) return fail(std::move(response).error());
  if (response->status != status) {
    return fail(Code::kUnavailable, fmt::format("the server answered {}: {}", response->status, response->body.substr(0, 300)));
  }
  return std::move(response->body);
}

Result<std::int64_t> id_of(std::string const& json) {
  simdjson::dom::parser parser;
  std::int64_t id = 0;
  if (parser.parse(json)["@iot.id"].get(id) != simdjson::SUCCESS) return fail(Code::kInvalid, "an answer without @iot.id");
  return id;
}

Result<BenchNode> make_node(web::HttpClient& client, std::size_t number) {
  BenchNode node{fmt::format("bench-{}-{:04}", getpid(), number), {}};
  MADANG_TRY(auto const made, expect(client.post("/sta/v1.1/Things", thing_json(node.serial, number)), 201));
  MADANG_TRY(auto const thing, id_of(made));
  MADANG_TRY(auto const list, expect(client.get(fmt::format("/sta/v1.1/Things({})/Datastreams?$orderby=id", thing)), 200));
  simdjson::dom::parser parser;
  simdjson::dom::array values;
  if (parser.parse(list)["value"].get(values) != simdjson::SUCCESS) return fail(Code::kInvalid, "no list of Datastreams");
  for (auto const value : values) {
    std::int64_t id = 0;
    if (value["@iot.id"].get(id) == simdjson::SUCCESS) node.datastreams.push_back(id);
  }
  if (node.datastreams.size() != sensing::city_node_quantities().size()) {
    return fail(Code::kInvalid, "a Thing has not the Datastreams that were posted");
  }
  return node;
}

}  // namespace

Result<BenchCity> BenchCity::make(web::HttpClient& client, std::size_t nodes, Instant start) {
  BenchCity city;
  for (std::size_t i = 0; i < nodes; ++i) {
    MADANG_TRY(auto node, make_node(client, i));
    std::ranges::copy(node.datastreams, std::back_inserter(city.datastreams_));
    city.nodes_.push_back(std::move(node));
  }
  city.clocks_.assign(city.datastreams_.size(), start);
  return city;
}

double BenchCity::next_value() {
  noise_ = noise_ * 1'664'525U + 1'013'904'223U;
  return static_cast<double>(noise_ >> 22U) / 10.0;
}

void BenchCity::next_bulk(PostLoad::Next& next) {
  next.path = "/sta/v1.1/CreateObservations";
  next.observations = kStreamsPerBody * kValuesPerStream;
  auto& body = next.body;
  body.clear();
  char time[kInstantTextMax];
  for (std::size_t s = 0; s < kStreamsPerBody; ++s, ++turn_) {
    auto const at = turn_ % datastreams_.size();
    fmt::format_to(std::back_inserter(body),
                   "{}{{\"Datastream\":{{\"@iot.id\":{}}},\"components\":[\"phenomenonTime\",\"result\"],\"dataArray\":[",
                   s == 0 ? '[' : ',', datastreams_[at]);
    for (std::size_t i = 0; i < kValuesPerStream; ++i) {
      auto const length = format_instant(clocks_[at], time);
      clocks_[at] += kStep;
      body += i == 0 ? "[\"" : ",[\"";
      body.append(time, length);
      body += "\",";
      fmt::format_to(std::back_inserter(body), "{}", next_value());
      body += ']';
    }
    body += "]}";
  }
  body += ']';
}

void BenchCity::next_single(PostLoad::Next& next) {
  auto const at = turn_++ % datastreams_.size();
  next.observations = 1;
  next.path.clear();
  fmt::format_to(std::back_inserter(next.path), "/sta/v1.1/Datastreams({})/Observations", datastreams_[at]);
  next.body.clear();
  fmt::format_to(std::back_inserter(next.body), "{{\"phenomenonTime\":\"{}\",\"result\":{}}}", format_instant(clocks_[at]),
                 next_value());
  clocks_[at] += kStep;
}

web::mqtt::Message BenchCity::next_message(std::size_t node) {
  web::mqtt::Message message;
  message.topic = "things/" + nodes_[node].serial + "/obs";
  message.qos = 1;
  auto& payload = message.payload;
  payload.reserve(400);
  // After whatever earlier parts sent to these streams: a time sent again would be a correction, not a new reading.
  auto const width = nodes_[node].datastreams.size();
  auto const clocks = std::span(clocks_).subspan(node * width, width);
  auto const time = std::ranges::max(clocks);
  std::ranges::fill(clocks, time + kStep);
  fmt::format_to(std::back_inserter(payload), "{{\"time\":\"{}\"", format_instant(time));
  for (auto const& q : sensing::city_node_quantities()) {
    fmt::format_to(std::back_inserter(payload), ",\"{}\":{}", q.channel, next_value());
  }
  payload += '}';
  return message;
}

web::mqtt::Message BenchCity::message_of_now(std::size_t node, Instant now) const {
  web::mqtt::Message message;
  message.topic = "things/" + nodes_[node].serial + "/obs";
  message.qos = 1;
  message.payload = fmt::format("{{\"time\":\"{}\",\"pm25\":{}}}", format_instant(now), millis_of(now) % 100);
  return message;
}

}  // namespace madang::app
