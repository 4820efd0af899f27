#include "opendata/sensorthings/posts.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>

#include "core/text.h"
#include "opendata/sensorthings/deep_insert.h"
#include "opendata/sensorthings/entity_json.h"
#include "opendata/sensorthings/json_node.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/observations.h"
#include "opendata/sensorthings/post_answers.h"
#include "opendata/sensorthings/resolver.h"
#include "runtime/log.h"
#include "runtime/log_once.h"
#include "runtime/metrics.h"
#include "runtime/pool.h"
#include "sensing/outcomes.h"
#include "sensing/readings/unstored_messages.h"
#include "storage/records/transactions.h"

namespace madang::opendata {
namespace {

using web::Request;

/// A post on its way through.
struct Post {
  Request request;
  std::string base;
  ResourcePath path;
  web::Done done;
};

}  // namespace

class Posts::Pipeline {
 public:
  explicit Pipeline(SensorthingsNeeds const& needs) : needs_(needs), plans_(needs.city) {
    if (needs.metrics == nullptr) return;
    refused_total_ = &needs.metrics->counter("madang_opendata_elements_refused_total", "elements of CreateObservations that were refused one by one");
  }
  ~Pipeline() { stop(); }
  Pipeline(Pipeline const&) = delete;
  Pipeline& operator=(Pipeline const&) = delete;

  void stop() { is_stopping_ = true; }

  void take(Request request, std::string base, web::Done done) {
    if (is_stopping_) return done(stops());
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
    auto work = &Pipeline::create_entity;
    if (last == "Observations" && stream_of(*path)) work = &Pipeline::create_observation;
    if (last == "CreateObservations" && path->segments.size() == 1) work = &Pipeline::create_observations;
    auto post = std::make_shared<Post>(Post{std::move(request), std::move(base), *std::move(path), std::move(done)});
    if (work == &Pipeline::create_entity) return beside(writers_, post, work);
    if (!small) return beside(decoders_, post, work);
    (this->*work)(*post);
  }

 private:
  using PostWork = void (Pipeline::*)(Post&);

  static std::unexpected<Error> stops() { return fail(Code::kUnavailable, "the server stops, and nothing was done; send it again"); }

  void beside(runtime::Pool& pool, std::shared_ptr<Post> const& post, PostWork work) {
    auto job = [this, post, work] {
      if (is_stopping_) return post->done(stops());
      auto const left = left_of(*post);
      if (left > Millis{0}) {
        storage::CallDeadline const soon(left);
        return (this->*work)(*post);
      }
      post->done(fail(Code::kUnavailable, "this post waited too long for its turn, and nothing was done; try again soon"));
    };
    if (pool.try_submit(std::move(job))) return;
    post->done(fail(Code::kOverloaded, "too many posts wait already"));
  }

  /// How much longer somebody waits for the answer.
  [[nodiscard]] Millis left_of(Post const& post) const {
    if (!post.request.received) return kPostWaitMax;
    return std::chrono::floor<Millis>(kPostWaitMax - (needs_.clock.tick() - *post.request.received));
  }

  PostContext context_of(Post const& post) { return {plans_, post.request.who, needs_.clock.now()}; }

  void create_observations(Post& post) {
    auto parsed = parse_data_arrays(post.request.body, context_of(post));
    if (!parsed) {
      note_refused(post, parsed.error());
      return post.done(fail(std::move(parsed).error()));
    }
    log_refused(post.request.who, *parsed);
    auto devices = devices_in(post, *parsed);
    auto answer = [unstored = needs_.unstored, &clock = needs_.clock, devices = std::move(devices), base = post.base, elements = std::move(parsed->elements),
                   reasons = std::move(parsed->reasons), whys = std::move(parsed->whys),
                   done = std::move(post.done)](Result<storage::Appended> appended) mutable {
      for (auto const& [serial, device] : devices) note_rows(*unstored, serial, device, appended, clock.now());
      if (!appended) return done(fail(std::move(appended).error()));
      auto response = created_all(base, elements, whys, *appended);
      if (!reasons.empty()) response.headers.emplace_back("Madang-Refused", header_text(reasons));
      response.headers.emplace_back(sensing::kOutcomesHeader, sensing::format_outcomes(outcomes_of(elements, *appended)));
      done(std::move(response));
    };
    needs_.ingest.submit(std::move(parsed->batch), std::move(answer));
  }

  /// The sender is answered with each reason, and may not look: who runs the server can.
  void log_refused(web::Principal const& who, DataArrays const& parsed) {
    auto const refused = std::ranges::count(parsed.elements, DataArrays::kRefused);
    if (refused == 0) return;
    if (refused_total_ != nullptr) refused_total_->Increment(static_cast<double>(refused));
    for (auto const& reason : parsed.kinds) {
      if (!logged_.first(who.name, reason, needs_.clock.tick())) continue;
      runtime::log_warning("opendata", "elements_refused", {{"key", who.name}, {"elements", refused}, {"first", reason}});
    }
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
    if (parsed->nested) return beside(writers_, std::make_shared<Post>(std::move(post)), &Pipeline::create_entity);
    auto serial = device_of(post.request.who, parsed->batch.observations.front().datastream);
    store({.base = post.base, .made = {EntityKind::kObservation}, .batch = std::move(parsed->batch), .serial = std::move(serial)},
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
    ToStore todo{.base = post.base, .made = {}, .batch = {}};
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
  prometheus::Counter* refused_total_ = nullptr;
  runtime::LogOnce logged_;  ///< source: the key's name
  std::atomic<bool> is_stopping_ = false;
  // Last, so that their jobs end before what they use. One writer: the records take one transaction at a time anyway.
  runtime::Pool writers_{{.name = "sta-write", .threads = 1, .queue_max = kWritersWaitingMax}};
  runtime::Pool decoders_{{.name = "sta-decode", .threads = 1, .queue_max = kDecodersWaitingMax}};
};

Posts::Posts(SensorthingsNeeds const& needs) : pipeline_(std::make_unique<Pipeline>(needs)) {}
Posts::~Posts() = default;

void Posts::stop() { pipeline_->stop(); }

void Posts::take(Request request, std::string base, web::Done done) { pipeline_->take(std::move(request), std::move(base), std::move(done)); }

}  // namespace madang::opendata
