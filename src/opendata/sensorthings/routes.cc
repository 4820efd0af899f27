// The edge: from HTTP to the decoders, readers and the ingest, and back. Observations are answered only after they are
// durable; nothing here blocks a network thread.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "opendata/sensorthings/entity_json.h"
#include "opendata/sensorthings/insert.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/observations.h"
#include "opendata/sensorthings/reads.h"
#include "opendata/sensorthings/sensorthings.h"
#include "runtime/pool.h"

namespace madang::opendata {
namespace {

using web::Access;
using web::Request;
using web::Response;

constexpr std::string_view kRoot = "/sta/v1.1";

/// As the client knows this server, or as the setting public.base_address names it.
std::string base_of(Request const& request) { return fmt::format("{}{}", request.base, kRoot); }

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

Response created(std::string_view base, EntityRef ref) {
  auto link = self_link(base, ref);
  JsonWriter w;
  w.begin_object().field("@iot.id", ref.id).field("@iot.selfLink", link).end_object();
  auto response = web::json(w.take(), 201);
  response.headers.emplace_back("Location", std::move(link));
  return response;
}

/// CreateObservations: one link, or "error", for each element in its order.
Response created_all(std::string_view base, std::vector<std::uint32_t> const& elements, storage::Appended const& appended) {
  std::string body;
  body.reserve(elements.size() * (base.size() + 36) + 2);
  body += '[';
  for (auto const index : elements) {
    if (body.size() > 1) body += ',';
    if (index == DataArrays::kRefused) {
      body += "\"error\"";
      continue;
    }
    body += '"';
    body += base;
    body += "/Observations(";
    append_number(body, appended.entries[index].id.value());
    body += ")\"";
  }
  body += ']';
  return web::json(std::move(body), 201);
}

/// A post on its way through.
struct Post {
  Request request;
  ResourcePath path;
  web::Done done;
};

class Service {
 public:
  explicit Service(SensorthingsNeeds const& needs) : needs_(needs), plans_(needs.city) {}

  Result<Response> read(Request const& request, std::string_view path) const {
    return read_resource({needs_.city, needs_.store, base_of(request), request.query, needs_.messages}, path);
  }

  void post(Request request, web::Done done) {
    auto path = parse_path(request.parameter("rest"));
    if (!path) return done(fail(path.error()));
    if (path->segments.empty() || path->value || path->references || path->segments.back().id) {
      return done(fail(Code::kInvalid, "path: only a collection can be posted to"));
    }
    auto const& last = path->segments.back().name;
    bool const small = request.body.size() <= kInlineBodyBytesMax;
    auto work = &Service::create_entity;
    if (last == "Observations") work = &Service::create_observation;
    if (last == "CreateObservations" && path->segments.size() == 1) work = &Service::create_observations;
    auto post = std::make_shared<Post>(Post{std::move(request), *std::move(path), std::move(done)});
    if (work == &Service::create_entity) return beside(writers_, post, work);
    if (!small) return beside(decoders_, post, work);
    (this->*work)(*post);
  }

 private:
  using PostWork = void (Service::*)(Post&);

  void beside(runtime::Pool& pool, std::shared_ptr<Post> const& post, PostWork work) {
    if (pool.try_submit([this, post, work] { (this->*work)(*post); })) return;
    post->done(fail(Code::kOverloaded, "too many posts wait already"));
  }

  PostContext context_of(Post const& post) { return {plans_, post.request.who, needs_.clock.now()}; }

  void create_observations(Post& post) {
    auto parsed = parse_data_arrays(post.request.body, context_of(post));
    if (!parsed) return post.done(fail(std::move(parsed).error()));
    auto answer = [base = base_of(post.request), elements = std::move(parsed->elements),
                   done = std::move(post.done)](Result<storage::Appended> appended) mutable {
      if (!appended) return done(fail(std::move(appended).error()));
      done(created_all(base, elements, *appended));
    };
    needs_.ingest.submit(std::move(parsed->batch), std::move(answer));
  }

  /// "Observations" or "Datastreams(n)/Observations".
  void create_observation(Post& post) {
    auto const& segments = post.path.segments;
    bool const below = segments.size() == 2 && segments[0].name == "Datastreams" && segments[0].id;
    if (segments.size() != 1 && !below) {
      return post.done(fail(Code::kInvalid, "path: Observations or Datastreams(n)/Observations expected"));
    }
    DatastreamId const of{below ? *segments[0].id : 0};
    auto batch = parse_observation(post.request.body, of, context_of(post));
    if (!batch) return post.done(fail(std::move(batch).error()));
    auto answer = [base = base_of(post.request), done = std::move(post.done)](Result<storage::Appended> appended) mutable {
      if (!appended) return done(fail(std::move(appended).error()));
      done(created(base, {EntityKind::kObservation, appended->entries.front().id.value()}));
    };
    needs_.ingest.submit(*std::move(batch), std::move(answer));
  }

  void create_entity(Post& post) {
    auto ref = insert(post);
    if (!ref) return post.done(fail(std::move(ref).error()));
    post.done(created(base_of(post.request), *ref));
  }

  Result<EntityRef> insert(Post const& post) {
    auto const& segments = post.path.segments;
    auto const kind = kind_of_set(segments.back().name);
    bool const below_thing = segments.size() == 2 && segments[0].name == "Things" && segments[0].id;
    if (!kind || (segments.size() != 1 && !below_thing)) {
      return fail(Code::kNotFound, "path: nothing can be posted here");
    }
    ThingId const thing{below_thing ? *segments[0].id : 0};
    auto const& body = post.request.body;
    auto const& who = post.request.who;
    if (*kind == EntityKind::kDatastream) return insert_datastream(body, thing, who);
    if (*kind == EntityKind::kLocation) return insert_location(body, thing, who);
    if (below_thing) return fail(Code::kNotFound, "path: nothing can be posted here");
    if (*kind == EntityKind::kThing) return insert_thing(body, who);
    return insert_shared(body, *kind, who);
  }

  static Result<void> check_scope(web::Principal const& who, std::string const& serial) {
    if (who.things.empty() || std::ranges::find(who.things, serial) != who.things.end()) return {};
    return fail(Code::kForbidden, "this key may not write to " + serial);
  }

  Result<EntityRef> insert_thing(std::string_view body, web::Principal const& who) {
    MADANG_TRY(auto thing, parse_thing(body));
    MADANG_CHECK(check_scope(who, thing.thing.serial));
    MADANG_TRY(auto const id, needs_.city.add_thing(std::move(thing)));
    return EntityRef{EntityKind::kThing, id.value()};
  }

  /// The Thing named by the path or by the body, which the key must be allowed to write to.
  Result<ThingId> owner(ThingId from_path, ThingId from_body, web::Principal const& who) const {
    if (from_path && from_body && from_path != from_body) return fail(Code::kInvalid, "/Thing: not the one of the path");
    auto const id = from_path ? from_path : from_body;
    if (!id) return fail(Code::kInvalid, "/Thing: missing");
    auto const thing = needs_.city.thing(id);
    if (thing == nullptr) return fail(Code::kNotFound, fmt::format("there is no Thing {}", id.value()));
    MADANG_CHECK(check_scope(who, thing->serial));
    return id;
  }

  Result<EntityRef> insert_datastream(std::string_view body, ThingId from_path, web::Principal const& who) {
    MADANG_TRY(auto parsed, parse_datastream(body));
    MADANG_TRY(auto const thing, owner(from_path, parsed.thing, who));
    MADANG_TRY(auto const id, needs_.city.add_datastream(thing, std::move(parsed.datastream)));
    return EntityRef{EntityKind::kDatastream, id.value()};
  }

  Result<EntityRef> insert_location(std::string_view body, ThingId from_path, web::Principal const& who) {
    MADANG_TRY(auto parsed, parse_location(body));
    MADANG_TRY(auto const thing, owner(from_path, parsed.thing, who));
    MADANG_TRY(auto const id, needs_.city.add_location(thing, std::move(parsed.location)));
    return EntityRef{EntityKind::kLocation, id.value()};
  }

  /// Sensors, ObservedProperties and FeaturesOfInterest belong to no Thing, so a scoped key may not make them alone.
  Result<EntityRef> insert_shared(std::string_view body, EntityKind kind, web::Principal const& who) {
    if (!who.things.empty()) return fail(Code::kForbidden, "this key may only write to its own Things");
    if (kind == EntityKind::kSensor) {
      MADANG_TRY(auto sensor, parse_sensor(body));
      MADANG_TRY(auto const id, needs_.city.add_sensor(std::move(sensor)));
      return EntityRef{kind, id.value()};
    }
    if (kind == EntityKind::kObservedProperty) {
      MADANG_TRY(auto property, parse_observed_property(body));
      MADANG_TRY(auto const id, needs_.city.add_observed_property(std::move(property)));
      return EntityRef{kind, id.value()};
    }
    MADANG_TRY(auto feature, parse_feature(body));
    MADANG_TRY(auto const id, needs_.city.add_feature(std::move(feature)));
    return EntityRef{kind, id.value()};
  }

  SensorthingsNeeds needs_;
  StreamPlans plans_;
  // Last, so that their jobs end before what they use. One writer: the records take one transaction at a time anyway.
  runtime::Pool writers_{{.name = "sta-write", .threads = 1, .queue_max = kWritersWaitingMax}};
  runtime::Pool decoders_{{.name = "sta-decode", .threads = 1, .queue_max = kDecodersWaitingMax}};
};

}  // namespace

web::Routes sensorthings_routes(SensorthingsNeeds needs) {
  auto service = std::make_shared<Service>(needs);
  auto const root = [service](Request const& q) { return service->read(q, ""); };
  web::Routes r;
  r.get<Access::kPublic>(std::string(kRoot), root);
  r.get<Access::kPublic>(std::string(kRoot) + "/{rest*}",
                         [service](Request const& q) { return service->read(q, q.parameter("rest")); });
  r.post_async<Access::kDevice>(std::string(kRoot) + "/{rest*}", [service](Request q, web::Done done) {
    service->post(std::move(q), std::move(done));
  });
  return r;
}

}  // namespace madang::opendata
