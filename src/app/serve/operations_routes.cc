#include "app/serve/operations_routes.h"

#include <memory>
#include <optional>

#include "core/json_writer.h"
#include "runtime/mutex.h"

namespace madang::app {
namespace {

using web::Access;
using web::Request;
using web::Response;

Response text_response(std::string body, std::string content_type, int status = 200) {
  Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

Response metrics_response(runtime::Metrics& metrics, Request const& request) {
  if (request.header("accept").find("application/openmetrics-text") != std::string_view::npos)
    return text_response(metrics.open_metrics_text(), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  return text_response(metrics.text(), "text/plain; version=0.0.4; charset=utf-8");
}

/// Where somebody may do it: null is everywhere, else Areas with all below them.
void write_permissions(JsonWriter& w, web::Principal const& who, modules::Permissions const& permissions) {
  w.key("permissions").begin_array();
  for (auto const& declared : permissions.all()) {
    if (!who.may_somewhere(declared.permission)) continue;
    w.begin_object().field("permission", declared.permission.name()).key("areas");
    if (who.may(declared.permission)) {
      w.null();
    } else {
      w.begin_array();
      for (auto const area : who.grants->areas(declared.permission.name())) w.value(area.value());
      w.end_array();
    }
    w.end_object();
  }
  w.end_array();
}

Response me(Request const& request, modules::Permissions const& permissions) {
  JsonWriter w;
  w.begin_object().key("operator");
  if (request.who.kind == web::Principal::Kind::kPerson) {
    w.begin_object().field("name", request.who.name).field("csrf", request.who.csrf_token);
    write_permissions(w, request.who, permissions);
    w.end_object();
  } else {
    w.null();
  }
  w.end_object();
  auto response = web::json(w.take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

web::Routes operations_routes(runtime::Metrics& metrics, std::atomic<bool> const& ready, modules::Permissions const& permissions) {
  web::Routes r;
  r.get<Access::kPublic>(
      "/healthz", [](Request const&) -> Result<Response> { return text_response("ok\n", "text/plain"); },
      web::Work::kInline);
  r.get<Access::kPublic>(
      "/readyz",
      [&ready](Request const&) -> Result<Response> {
        bool const now = ready.load();
        return text_response(now ? "ready\n" : "starting or stopping\n", "text/plain", now ? 200 : 503);
      },
      web::Work::kInline);
  r.get<Access::kPublic>(
      "/metrics", [&metrics](Request const& q) -> Result<Response> { return metrics_response(metrics, q); });
  r.get<Access::kPublic>(
      "/api/v1/me", [&permissions](Request const& q) -> Result<Response> { return me(q, permissions); }, web::Work::kInline);
  return r;
}

namespace {

/// The store's numbers, asked for once for all that one scrape shows, and for scrapes that follow each other quickly: who scrapes
/// is nobody in particular.
class SampledStore {
 public:
  SampledStore(storage::ObservationStore& store, runtime::Clock const& clock) : store_(store), clock_(clock) {}

  [[nodiscard]] storage::StoreStatistics statistics() {
    runtime::Lock const lock(mutex_);
    auto const now = clock_.tick();
    if (!sampled_at_ || now - *sampled_at_ >= kKept) {
      statistics_ = store_.statistics();
      sampled_at_ = now;
    }
    return statistics_;
  }

 private:
  static constexpr Millis kKept{1'000};

  storage::ObservationStore& store_;
  runtime::Clock const& clock_;
  runtime::Mutex mutex_;
  std::optional<Tick> sampled_at_ MADANG_GUARDED_BY(mutex_);
  storage::StoreStatistics statistics_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace

void measure_store(runtime::Metrics& metrics, storage::ObservationStore& store, runtime::Clock const& clock) {
  auto const sampler = std::make_shared<SampledStore>(store, clock);
  auto sampled = [&](std::string const& name, std::string const& help, std::uint64_t storage::StoreStatistics::*field) {
    metrics.sampled(name, help, [sampler, field] { return static_cast<double>(sampler->statistics().*field); });
  };
  sampled("madang_storage_observations", "Observations kept.", &storage::StoreStatistics::observations);
  sampled("madang_storage_datastreams", "Datastreams with observations.", &storage::StoreStatistics::datastreams);
  sampled("madang_storage_chunks", "Chunks on disk.", &storage::StoreStatistics::chunks);
  sampled("madang_storage_hot_observations", "Observations in the log, not yet in chunks.",
          &storage::StoreStatistics::hot_observations);
  sampled("madang_storage_corrupt_chunks", "Chunks left out because their checksum is wrong.",
          &storage::StoreStatistics::corrupt_chunks);
  sampled("madang_storage_chunk_lookups", "Lookups in the index of chunks since the start.",
          &storage::StoreStatistics::chunk_lookups);
  sampled("madang_storage_chunk_rows", "Rows of the index of chunks read since the start.", &storage::StoreStatistics::chunk_rows);
  sampled("madang_storage_chunks_read", "Chunks unpacked since the start.", &storage::StoreStatistics::chunks_read);
  sampled("madang_storage_disk_bytes", "Bytes of all observation files.", &storage::StoreStatistics::bytes_on_disk);
}

}  // namespace madang::app
