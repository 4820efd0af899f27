// The edge: which request is read, patched, deleted or posted.
#include <fmt/format.h>

#include <memory>

#include "opendata/sensorthings/entity_edits.h"
#include "opendata/sensorthings/json_node.h"
#include "opendata/sensorthings/json_patch.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/posts.h"
#include "opendata/sensorthings/read_costs.h"
#include "opendata/sensorthings/reads.h"
#include "opendata/sensorthings/resolver.h"
#include "opendata/sensorthings/sensorthings.h"

namespace madang::opendata {
namespace {

using web::Access;
using web::Request;
using web::Response;

constexpr std::string_view kRoot = "/sta/v1.1";

/// As the client knows this server, or as the setting public.base_address names it.
std::string base_of(Request const& request) { return fmt::format("{}{}", request.base, kRoot); }

class Service {
 public:
  explicit Service(SensorthingsNeeds const& needs) : needs_(needs), posts_(needs) {}

  Result<Response> read(Request const& request, std::string_view path) const {
    Deadline const deadline{needs_.clock, needs_.clock.tick() + kReadTimeMax};
    auto answer = read_resource({needs_.city, needs_.store, base_of(request), request.query, needs_.messages, deadline}, path);
    bool const too_slow = !answer && answer.error().code == Code::kUnavailable && needs_.clock.tick() >= deadline.at;
    if (!too_slow) return answer;
    return fail(Code::kUnavailable, fmt::format("this takes longer than {} s: ask for fewer at once with $top, name one Datastream or "
                                                "narrow phenomenonTime in $filter", kReadTimeMax.count() / 1'000));
  }

  Result<Response> patch(Request const& request) {
    MADANG_TRY(auto const target, entity_of(request));
    auto body = request.body;
    take_wrapping_off(body);
    auto const format = is_json_patch(request.header("content-type")) ? PatchFormat::kJsonPatch : PatchFormat::kMerge;
    MADANG_CHECK(patch_entity({needs_.city, needs_.store, request.who}, {target.kind, target.id}, body, format));
    return read(request, request.parameter("rest"));
  }

  Result<Response> remove(Request const& request) {
    MADANG_TRY(auto const target, entity_of(request));
    MADANG_CHECK(delete_entity({needs_.city, needs_.store, request.who}, {target.kind, target.id}));
    Response gone;
    gone.status = 204;
    return gone;
  }

  void post(Request request, web::Done done) {
    auto base = base_of(request);
    posts_.take(std::move(request), std::move(base), std::move(done));
  }

  void stop() { posts_.stop(); }

 private:
  /// The one entity that a path names.
  Result<Target> entity_of(Request const& request) const {
    MADANG_TRY(auto const path, parse_path(request.parameter("rest")));
    if (path.segments.empty() || path.value || path.references) return fail(Code::kInvalid, "path: one entity expected");
    MADANG_TRY(auto target, resolve({needs_.city, needs_.store}, path));
    if (target.many || !target.property.empty()) return fail(Code::kInvalid, "path: one entity expected");
    return target;
  }

  SensorthingsNeeds needs_;
  Posts posts_;
};

}  // namespace

SensorthingsService sensorthings_service(SensorthingsNeeds needs) {
  auto service = std::make_shared<Service>(needs);
  auto const root = [service](Request const& q) { return service->read(q, ""); };
  web::Routes r;
  r.get<Access::kPublic>(std::string(kRoot), root);
  auto const work_of_read = [](Request const& q) { return may_walk(q.parameter("rest"), q.query) ? web::Work::kScan : web::Work::kRead; };
  r.get<Access::kPublic>(std::string(kRoot) + "/{rest*}",
                         [service](Request const& q) { return service->read(q, q.parameter("rest")); }, work_of_read);
  r.post_async<Access::kDevice>(std::string(kRoot) + "/{rest*}", [service](Request q, web::Done done) {
    service->post(std::move(q), std::move(done));
  });
  r.patch<Access::kDevice>(std::string(kRoot) + "/{rest*}", [service](Request const& q) { return service->patch(q); });
  r.remove<Access::kDevice>(std::string(kRoot) + "/{rest*}", [service](Request const& q) { return service->remove(q); });
  return {std::move(r), [service] { service->stop(); }};
}

web::Routes sensorthings_routes(SensorthingsNeeds needs) { return sensorthings_service(needs).routes; }

}  // namespace madang::opendata
