// The public SensorThings interface of a Madang server, as a feed uses it: what is there already, what has to be
// made, and observations in bulk. Waits and tries again while the server is away or overloaded.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/error.h"
#include "core/geo.h"
#include "core/time.h"
#include "web/http/client.h"

namespace simdjson::dom {
class element;
}

namespace madang::simulation {

/// A member that is a text; empty: there is none.
std::string_view text_at(simdjson::dom::element const& entity, std::string_view name);

/// A Datastream as read from a server.
struct RemoteStream {
  std::int64_t id = 0;
  std::string channel;      ///< empty: it has none
  std::string name;
  std::string json;         ///< the entity's own JSON
};

struct RemoteThing {
  std::int64_t id = 0;
  std::string serial;
  std::string json;
};

/// Where a server is.
struct ServerAddress {
  std::string http;  ///< "http://127.0.0.1:8080"
  std::string key;
  /// Where it is by now, asked when it does not answer: who took a free port has another one after a restart. Empty: it stays
  /// where it is; none: nobody knows.
  std::function<std::optional<std::string>()> find = {};
};

/// One connection; not thread-safe.
class SensorthingsClient {
 public:
  /// `stop` set by another thread ends waiting; it outlives the client.
  static Result<SensorthingsClient> to(ServerAddress server, std::atomic<bool> const& stop);

  /// All Things with a serial.
  Result<std::vector<RemoteThing>> things();
  Result<std::vector<RemoteStream>> streams_of(std::int64_t thing);
  /// Ids of all entities of a set ("Sensors", "ObservedProperties") by the text of one of their fields.
  Result<std::unordered_map<std::string, std::int64_t>> ids_by(std::string_view set, std::string_view field);
  /// Every entity of a collection such as "Sensors" or "Things(3)/Locations": its id and its own JSON.
  Result<std::vector<std::pair<std::int64_t, std::string>>> all(std::string const& path);

  /// POST; the id of what was made. kConflict: it exists.
  Result<std::int64_t> add(std::string_view set, std::string_view json);
  /// phenomenonTime of the newest observation, if there is one.
  Result<std::optional<Instant>> newest(std::int64_t stream);
  /// Observations of [from, to) ascending; a text or JSON result is left out.
  Result<std::vector<std::pair<Instant, double>>> observations(std::int64_t stream, Interval when);
  /// CreateObservations; how many of its elements were refused.
  Result<std::size_t> create_observations(std::string_view data_arrays);

  /// A plain request with the same patience; any final status is a value.
  Result<web::ClientResponse> send(std::string_view method, std::string const& target, std::string_view body);

 private:
  SensorthingsClient(ServerAddress server, std::atomic<bool> const& stop) : server_(std::move(server)), stop_(stop) {}
  Result<void> open();
  /// To where the server is by now.
  Result<void> follow();
  Result<web::ClientResponse> get_page(std::string const& target);
  Result<void> for_each(std::string const& path, std::function<Result<void>(simdjson::dom::element const&)> const& visit);
  Result<void> for_each_from(std::string target, std::function<Result<void>(simdjson::dom::element const&)> const& visit);

  ServerAddress server_;
  std::optional<web::HttpClient> http_;
  std::atomic<bool> const& stop_;
};

}  // namespace madang::simulation
