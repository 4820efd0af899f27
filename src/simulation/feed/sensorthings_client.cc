#include "simulation/feed/sensorthings_client.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <thread>

#include "core/text.h"
#include "simulation/feed/limits.h"
#include "web/http/url.h"

namespace madang::simulation {
namespace {

using simdjson::dom::element;

constexpr std::string_view kRoot = "/sta/v1.1/";

std::string_view property_at(element const& entity, std::string_view name) {
  std::string_view text;
  return entity["properties"][name].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::int64_t id_of(element const& entity) {
  std::int64_t id = 0;
  return entity["@iot.id"].get(id) == simdjson::SUCCESS ? id : 0;
}

/// The server's own sentence, or the beginning of what it said.
std::string sentence_of(web::ClientResponse const& response) {
  simdjson::dom::parser parser;
  element root;
  std::string_view message;
  if (parser.parse(response.body).get(root) == simdjson::SUCCESS && root["message"].get(message) == simdjson::SUCCESS) {
    return std::string(message);
  }
  return response.body.substr(0, 200);
}

std::unexpected<Error> refused(std::string_view what, web::ClientResponse const& response) {
  Code const code = response.status == 409   ? Code::kConflict
                    : response.status == 404 ? Code::kNotFound
                    : response.status == 401 ? Code::kUnauthorized
                    : response.status == 403 ? Code::kForbidden
                                             : Code::kInvalid;
  return fail(code, fmt::format("{}: the server answers {}: {}", what, response.status, sentence_of(response)));
}

/// "http://host/sta/v1.1/Things(12)" gives 12.
std::optional<std::int64_t> id_of_link(std::string_view link) {
  auto const open = link.rfind('(');
  if (open == std::string_view::npos || !link.ends_with(')')) return std::nullopt;
  return parse_int(link.substr(open + 1, link.size() - open - 2));
}

std::chrono::milliseconds pause_before(web::ClientResponse const& response) {
  auto const seconds = parse_int(response.header("retry-after"));
  if (!seconds) return kTryAgainAfter;
  return std::chrono::seconds{std::clamp<std::int64_t>(*seconds, 1, 10)};
}

}  // namespace

std::string_view text_at(element const& entity, std::string_view name) {
  std::string_view text;
  return entity[name].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

Result<SensorthingsClient> SensorthingsClient::to(ServerAddress server, std::atomic<bool> const& stop) {
  SensorthingsClient client(std::move(server), stop);
  MADANG_CHECK(client.open());
  return client;
}

Result<void> SensorthingsClient::open() {
  MADANG_TRY(auto http, web::HttpClient::to(server_.http, {.bearer_key = server_.key}));
  http_.emplace(std::move(http));
  return {};
}

Result<void> SensorthingsClient::follow() {
  if (!server_.find) return {};
  auto now = server_.find();
  if (!now || *now == server_.http) return {};
  server_.http = *std::move(now);
  return open();
}

Result<web::ClientResponse> SensorthingsClient::send(std::string_view method, std::string const& target,
                                                     std::string_view body) {
  for (std::size_t tries = 1;; ++tries) {
    auto response = http_->send(method, target, body, body.empty() ? "" : "application/json");
    bool const away = !response && response.error().code == Code::kUnavailable;
    bool const busy = response && (response->status == 429 || response->status == 503);
    if ((!away && !busy) || tries == kTriesMax || stop_) return response;
    std::this_thread::sleep_for(busy ? pause_before(*response) : kTryAgainAfter);
    if (away) MADANG_CHECK(follow());
  }
}

Result<web::ClientResponse> SensorthingsClient::get_page(std::string const& target) {
  MADANG_TRY(auto response, send("GET", target, ""));
  if (response.status != 200) return refused(target, response);
  return response;
}

Result<void> SensorthingsClient::for_each(std::string const& path,
                                          std::function<Result<void>(element const&)> const& visit) {
  return for_each_from(fmt::format("{}{}?$top={}", kRoot, path, kPageSize), visit);
}

/// A page ends where the server wants it to; that there are more is known by its link alone.
Result<void> SensorthingsClient::for_each_from(std::string target, std::function<Result<void>(element const&)> const& visit) {
  simdjson::dom::parser parser;
  while (true) {
    MADANG_TRY(auto const response, get_page(target));
    element root;
    simdjson::dom::array entities;
    if (parser.parse(response.body).get(root) != simdjson::SUCCESS || root["value"].get(entities) != simdjson::SUCCESS) {
      return fail(Code::kInvalid, target + ": not a SensorThings collection");
    }
    for (element const entity : entities) MADANG_CHECK(visit(entity));
    auto const next = text_at(root, "@iot.nextLink");
    if (next.empty()) return {};
    MADANG_TRY(target, web::next_page(target, next));
  }
}

Result<std::vector<RemoteThing>> SensorthingsClient::things() {
  std::vector<RemoteThing> found;
  auto const visit = [&](element const& entity) -> Result<void> {
    auto const serial = property_at(entity, "serial");
    if (!serial.empty()) found.push_back({id_of(entity), std::string(serial), simdjson::minify(entity)});
    return {};
  };
  MADANG_CHECK(for_each("Things", visit));
  return found;
}

Result<std::vector<RemoteStream>> SensorthingsClient::streams_of(std::int64_t thing) {
  std::vector<RemoteStream> found;
  auto const visit = [&](element const& entity) -> Result<void> {
    found.push_back({id_of(entity), std::string(property_at(entity, "channel")), std::string(text_at(entity, "name")),
                     simdjson::minify(entity)});
    return {};
  };
  MADANG_CHECK(for_each(fmt::format("Things({})/Datastreams", thing), visit));
  return found;
}

Result<std::unordered_map<std::string, std::int64_t>> SensorthingsClient::ids_by(std::string_view set,
                                                                                std::string_view field) {
  std::unordered_map<std::string, std::int64_t> found;
  auto const visit = [&](element const& entity) -> Result<void> {
    found.emplace(std::string(text_at(entity, field)), id_of(entity));
    return {};
  };
  MADANG_CHECK(for_each(std::string(set), visit));
  return found;
}

Result<std::vector<std::pair<std::int64_t, std::string>>> SensorthingsClient::all(std::string const& path) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  auto const visit = [&](element const& entity) -> Result<void> {
    found.emplace_back(id_of(entity), simdjson::minify(entity));
    return {};
  };
  MADANG_CHECK(for_each(path, visit));
  return found;
}

Result<std::int64_t> SensorthingsClient::add(std::string_view set, std::string_view json) {
  MADANG_TRY(auto const response, send("POST", std::string(kRoot) + std::string(set), json));
  if (response.status != 201) return refused(set, response);
  auto const id = id_of_link(response.header("location"));
  if (!id) return fail(Code::kInvalid, fmt::format("{}: the answer has no Location with an id", set));
  return *id;
}

Result<std::optional<Instant>> SensorthingsClient::newest(std::int64_t stream) {
  auto const target =
      fmt::format("{}Datastreams({})/Observations?$top=1&$orderby=phenomenonTime%20desc", kRoot, stream);
  MADANG_TRY(auto const response, get_page(target));
  simdjson::dom::parser parser;
  element root;
  std::string_view text;
  if (parser.parse(response.body).get(root) != simdjson::SUCCESS) return fail(Code::kInvalid, target + ": not JSON");
  if (root["value"].at(0)["phenomenonTime"].get(text) != simdjson::SUCCESS) return std::nullopt;
  MADANG_TRY(auto const when, parse_instant(text.substr(0, text.find('/'))));
  return when;
}

Result<std::vector<std::pair<Instant, double>>> SensorthingsClient::observations(std::int64_t stream, Interval when) {
  std::vector<std::pair<Instant, double>> found;
  auto const target = fmt::format(
      "{}Datastreams({})/Observations?$top={}&$orderby=phenomenonTime&$filter=phenomenonTime%20ge%20{}%20and%20"
      "phenomenonTime%20lt%20{}", kRoot, stream, kObservationsPageSize, format_instant(when.from), format_instant(when.to));
  auto const visit = [&found](element const& entity) -> Result<void> {
    double value = 0;
    auto const time = text_at(entity, "phenomenonTime");
    if (entity["result"].get(value) != simdjson::SUCCESS) return {};
    MADANG_TRY(auto const instant, parse_instant(time.substr(0, time.find('/'))));
    found.emplace_back(instant, value);
    return {};
  };
  MADANG_CHECK(for_each_from(target, visit));
  return found;
}

Result<std::size_t> SensorthingsClient::create_observations(std::string_view data_arrays) {
  MADANG_TRY(auto const response, send("POST", std::string(kRoot) + "CreateObservations", data_arrays));
  if (response.status != 201) return refused("CreateObservations", response);
  simdjson::dom::parser parser;
  simdjson::dom::array elements;
  if (parser.parse(response.body).get(elements) != simdjson::SUCCESS) return fail(Code::kInvalid, "CreateObservations: the answer is no list");
  std::size_t errors = 0;
  for (auto const each : elements) {
    std::string_view text;
    if (each.get(text) != simdjson::SUCCESS || text.starts_with("error")) ++errors;  // behind it stands why
  }
  return errors;
}

}  // namespace madang::simulation
