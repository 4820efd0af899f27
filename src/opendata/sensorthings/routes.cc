// The edge: from HTTP to the decoders, readers and the ingest, and back. Observations are answered only after they are
// durable; nothing here blocks a network thread.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>

#include "core/text.h"
#include "opendata/sensorthings/deep_insert.h"
#include "opendata/sensorthings/entity_edits.h"
#include "opendata/sensorthings/entity_json.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/observations.h"
#include "opendata/sensorthings/reads.h"
#include "opendata/sensorthings/resolver.h"
#include "opendata/sensorthings/sensorthings.h"
#include "runtime/pool.h"
#include "sensing/outcomes.h"
#include "sensing/readings/unstored_messages.h"

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

/// An element that stands twice in the body is stored once and repeated once.
sensing::Outcomes outcomes_of(std::vector<std::uint32_t> const& elements, storage::Appended const& appended) {
  using Outcome = storage::Appended::Outcome;
  sensing::Outcomes out;
  std::vector<bool> seen(appended.entries.size());
  for (auto const index : elements) {
    if (index == DataArrays::kRefused) {
      ++out.refused;
    } else if (seen[index] || appended.entries[index].outcome == Outcome::kRepeated) {
      ++out.repeated;
    } else {
      ++(appended.entries[index].outcome == Outcome::kSuperseded ? out.superseded : out.stored);
    }
    if (index != DataArrays::kRefused) seen[index] = true;
  }
  return out;
}

/// Why elements were refused, in one header field: the answer's body has room for "error" only.
std::string header_text(std::vector<std::string> const& reasons) {
  std::string text;
  for (auto const& reason : reasons) {
    if (!text.empty()) text += " | ";
    for (char const c : reason) text += c >= ' ' && c < 0x7f ? c : '?';
  }
  return text;
}

/// .NET and PowerShell put a byte order mark before JSON, C programs a zero byte behind it: read over, as RFC 8259 (8.1) allows
/// and as device messages are.
void take_wrapping_off(std::string& body) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.erase(0, kByteOrderMark.size());
  while (body.ends_with('\0')) body.pop_back();
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

  Result<Response> patch(Request const& request) {
    MADANG_TRY(auto const target, entity_of(request));
    auto body = request.body;
    take_wrapping_off(body);
    MADANG_CHECK(patch_entity({needs_.city, needs_.store, request.who}, {target.kind, target.id}, body));
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
    auto path = parse_path(request.parameter("rest"));
    if (!path) return done(fail(path.error()));
    if (path->segments.empty() || path->value || path->references || path->segments.back().id) {
      return done(fail(Code::kInvalid, "path: only a collection can be posted to"));
    }
    take_wrapping_off(request.body);
    auto const& last = path->segments.back().name;
    if (last != "CreateObservations" && trim(request.body).starts_with('['))
      return done(fail(Code::kInvalid, "body: one JSON object expected, not a list; many observations go to CreateObservations"));
    bool const small = request.body.size() <= kInlineBodyBytesMax;
    auto work = &Service::create_entity;
    if (last == "Observations" && stream_of(*path)) work = &Service::create_observation;
    if (last == "CreateObservations" && path->segments.size() == 1) work = &Service::create_observations;
    auto post = std::make_shared<Post>(Post{std::move(request), *std::move(path), std::move(done)});
    if (work == &Service::create_entity) return beside(writers_, post, work);
    if (!small) return beside(decoders_, post, work);
    (this->*work)(*post);
  }

 private:
  /// The one entity that a path names.
  Result<Target> entity_of(Request const& request) const {
    MADANG_TRY(auto const path, parse_path(request.parameter("rest")));
    if (path.segments.empty() || path.value || path.references) return fail(Code::kInvalid, "path: one entity expected");
    MADANG_TRY(auto target, resolve({needs_.city, needs_.store}, path));
    if (target.many || !target.property.empty()) return fail(Code::kInvalid, "path: one entity expected");
    return target;
  }

  using PostWork = void (Service::*)(Post&);

  void beside(runtime::Pool& pool, std::shared_ptr<Post> const& post, PostWork work) {
    if (pool.try_submit([this, post, work] { (this->*work)(*post); })) return;
    post->done(fail(Code::kOverloaded, "too many posts wait already"));
  }

  PostContext context_of(Post const& post) { return {plans_, post.request.who, needs_.clock.now()}; }

  void create_observations(Post& post) {
    auto parsed = parse_data_arrays(post.request.body, context_of(post));
    if (!parsed) {
      note_refused(post, parsed.error());
      return post.done(fail(std::move(parsed).error()));
    }
    auto devices = devices_in(post, *parsed);
    auto answer = [unstored = needs_.unstored, &clock = needs_.clock, devices = std::move(devices), base = base_of(post.request), elements = std::move(parsed->elements),
                   reasons = std::move(parsed->reasons),
                   done = std::move(post.done)](Result<storage::Appended> appended) mutable {
      for (auto const& [serial, device] : devices) note_rows(*unstored, serial, device, appended, clock.now());
      if (!appended) return done(fail(std::move(appended).error()));
      auto response = created_all(base, elements, *appended);
      if (!reasons.empty()) response.headers.emplace_back("Madang-Refused", header_text(reasons));
      response.headers.emplace_back(sensing::kOutcomesHeader, sensing::format_outcomes(outcomes_of(elements, *appended)));
      done(std::move(response));
    };
    needs_.ingest.submit(std::move(parsed->batch), std::move(answer));
  }

  /// "Datastreams(n)/Observations": n; "Observations": 0; another path: none.
  static std::optional<DatastreamId> stream_of(ResourcePath const& path) {
    auto const& segments = path.segments;
    if (segments.size() == 1) return DatastreamId{};
    if (segments.size() == 2 && segments[0].name == "Datastreams" && segments[0].id) return DatastreamId{*segments[0].id};
    return std::nullopt;
  }

  /// Whether what comes here and cannot be stored is to be known to the crew like what comes by MQTT.
  [[nodiscard]] bool is_noted(web::Principal const& who) const {
    return needs_.unstored != nullptr && who.kind == web::Principal::Kind::kDevice;
  }

  /// The device that posts to this Datastream; "": none, or nobody wants to know.
  [[nodiscard]] std::string device_of(web::Principal const& who, DatastreamId stream) {
    auto const plan = is_noted(who) && stream ? plans_.find(stream) : nullptr;
    return plan != nullptr && check_scope(who, plan->serial) ? plan->serial : std::string{};
  }

  /// A body that nobody can read says nothing of whose it is: then the key does, where it is that of one Thing.
  void note_refused(Post const& post, Error const& error) {
    auto const& who = post.request.who;
    if (error.code != Code::kInvalid || !is_noted(who)) return;
    auto serial = device_of(who, stream_of(post.path).value_or(DatastreamId{}));
    if (serial.empty() && who.things.size() == 1) serial = who.things.front();
    if (!serial.empty()) needs_.unstored->add(serial, error.sentence, needs_.clock.now());
  }

  /// What one device has in a body of many: places in the batch, and why its last refused row was.
  struct Rows {
    std::vector<std::uint32_t> places;
    std::string refused;
  };
  using Devices = std::map<std::string, Rows, std::less<>>;
  [[nodiscard]] Devices devices_in(Post const& post, DataArrays const& parsed) {
    Devices devices;
    if (!is_noted(post.request.who)) return devices;
    for (auto const& [serial, why] : parsed.refused_of) devices[serial].refused = why;
    DatastreamId of;
    Rows* rows = nullptr;
    auto const& observations = parsed.batch.observations;
    for (std::uint32_t i = 0; i < observations.size(); ++i) {
      if (rows == nullptr || observations[i].datastream != of) {
        of = observations[i].datastream;
        auto const serial = device_of(post.request.who, of);
        rows = serial.empty() ? nullptr : &devices[serial];
      }
      if (rows != nullptr) rows->places.push_back(i);
    }
    return devices;
  }

  static void note_rows(sensing::UnstoredMessages& unstored, std::string_view serial, Rows const& rows,
                        Result<storage::Appended> const& appended, Instant now) {
    if (!appended) return unstored.note_outcome(serial, appended, now);
    storage::Appended own;
    for (auto const place : rows.places) own.entries.push_back(appended->entries[place]);
    auto const is_repeat = [](storage::Appended::Entry const& e) { return e.outcome == storage::Appended::Outcome::kRepeated; };
    if (rows.refused.empty()) return unstored.note_outcome(serial, own, now);
    if (std::ranges::all_of(own.entries, is_repeat)) unstored.add(serial, rows.refused, now);
  }

  void create_observation(Post& post) {
    auto parsed = parse_observation(post.request.body, *stream_of(post.path), context_of(post));
    if (!parsed) {
      note_refused(post, parsed.error());
      return post.done(fail(std::move(parsed).error()));
    }
    if (parsed->nested) return beside(writers_, std::make_shared<Post>(std::move(post)), &Service::create_entity);
    auto serial = device_of(post.request.who, parsed->batch.observations.front().datastream);
    store({.base = base_of(post.request), .made = {EntityKind::kObservation}, .batch = std::move(parsed->batch), .serial = std::move(serial)},
          std::move(post.done));
  }

  /// The registry is written already: an entity that was asked for is there, whatever becomes of its observations.
  struct ToStore {
    std::string base;
    Inserted made;
    storage::Batch batch;
    std::string serial = {};  ///< of the device that posts nothing else than this
  };
  void store(ToStore todo, web::Done done) {
    auto answer = [unstored = needs_.unstored, &clock = needs_.clock, serial = std::move(todo.serial), base = std::move(todo.base),
                   made = todo.made, done = std::move(done)](Result<storage::Appended> appended) mutable {
      if (!serial.empty()) unstored->note_outcome(serial, appended, clock.now());
      bool const observation = made.kind == EntityKind::kObservation;
      if (!appended && observation) return done(fail(std::move(appended).error()));
      if (!appended) {
        auto error = std::move(appended).error();
        error.sentence = fmt::format("{} is made, but not the Observations in it: {}",
                                     self_link(base, {made.kind, made.id}), error.sentence);
        return done(fail(std::move(error)));
      }
      if (observation) made.id = appended->entries[made.observation].id.value();
      done(created(base, {made.kind, made.id}));
    };
    needs_.ingest.submit(std::move(todo.batch), std::move(answer));
  }

  void create_entity(Post& post) {
    auto todo = insert(post);
    if (!todo) return post.done(fail(std::move(todo).error()));
    if (!todo->batch.observations.empty()) return store(*std::move(todo), std::move(post.done));
    post.done(created(todo->base, {todo->made.kind, todo->made.id}));
  }

  Result<ToStore> insert(Post const& post) {
    MADANG_TRY(auto const target, resolve({needs_.city, needs_.store}, post.path));
    if (!target.many) return fail(Code::kNotFound, "path: nothing can be posted here");
    simdjson::dom::parser parser;
    MADANG_TRY(auto const body, parse_body(parser, post.request.body));
    auto const context = context_of(post);
    ToStore todo{.base = base_of(post.request), .made = {}, .batch = {}};
    auto const work = [&](city::Writer& writer) -> Result<void> {
      DeepInsert insertion(writer, context);
      MADANG_TRY(todo.made, insertion.insert(body, target.kind, surroundings_of(target.parent)));
      todo.batch = insertion.take_batch();
      return {};
    };
    MADANG_CHECK(needs_.city.write(work));
    return todo;
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
  r.patch<Access::kDevice>(std::string(kRoot) + "/{rest*}", [service](Request const& q) { return service->patch(q); });
  r.remove<Access::kDevice>(std::string(kRoot) + "/{rest*}", [service](Request const& q) { return service->remove(q); });
  return r;
}

}  // namespace madang::opendata
