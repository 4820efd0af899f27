#include "toy/module.h"

#include <fmt/format.h>
#include <soci/soci.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>

#include "storage/events/events.h"
#include "storage/records/transactions.h"
#include "web/forms/bound.h"
#include "web/html/form_page.h"
#include "web/html/page_frame.h"

namespace madang::toy {
namespace {

constexpr std::array kTexts = {
    runtime::EmbeddedFile{"toy/en.json", R"({"toy.lamps": "{count, plural, one {# lamp} other {# lamps}} of at most {watts} W",
        "toy.watts": "Watts", "toy.kind": "Kind", "toy.gas": "Gas", "toy.led": "LED", "toy.lit": "Lit", "toy.wish": "Wish for it", "toy.wrong": "It was not wished for", "toy.may_dim": "dim lamps"})"},
    runtime::EmbeddedFile{"toy/ko.json", R"({"toy.lamps": "최대 {watts}W 가로등 {count}개",
        "toy.watts": "와트", "toy.kind": "종류", "toy.gas": "가스등", "toy.led": "전등", "toy.lit": "켜짐", "toy.wish": "바라기", "toy.wrong": "바라지 못했습니다", "toy.may_dim": "가로등 밝기 조절"})"},
};

constexpr std::array kApi = {runtime::EmbeddedFile{"toy/openapi.json", R"({
  "tags": [{"name": "toy", "description": "Lamps."}],
  "x-pages": ["/toy"],
  "paths": {"/api/v1/toy": {"get": {
    "operationId": "getToy", "tags": ["toy"], "summary": "How bright lamps are", "x-access": "everybody",
    "responses": {"200": {"description": "Watts, blinks and those that were noted, and how often they were looked at.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Toy"}}}}}}}},
  "components": {"schemas": {"Toy": {"type": "object", "required": ["watts", "blinks", "noted", "checks"],
    "properties": {"watts": {"type": "integer"}, "blinks": {"type": "integer"}, "noted": {"type": "integer"}, "checks": {"type": "integer"}}}}}
})"}};

constexpr std::array kMigrations = {
    storage::Migration{"2026-11 keep lamps", "CREATE TABLE toy_lamp (id BIGINT NOT NULL PRIMARY KEY)"},
    storage::Migration{"2026-11 the first lamp", "INSERT INTO toy_lamp (id) VALUES (1)"},
    storage::Migration{"2026-12 keep blinks and what was noted of them",
                       "CREATE TABLE toy_blink (id BIGINT NOT NULL PRIMARY KEY);"
                       "CREATE TABLE toy_noted (event BIGINT NOT NULL PRIMARY KEY)"},
    storage::Migration{"2026-12 keep what was wished for last", "CREATE TABLE toy_wish (id BIGINT NOT NULL PRIMARY KEY, watts BIGINT NOT NULL)"},
};

constexpr web::Permission kDim{"toy.dim"};

struct Domain {
  std::int64_t watts = 60;
  std::atomic<std::int64_t> checks = 0;
  std::mutex publishing;  ///< who publishes last has read last
};

Result<std::int64_t> count_of(storage::Records& records, std::string const& table) {
  std::int64_t count = 0;
  MADANG_CHECK(records.read([&](soci::session& session) -> Result<void> {
    session << "SELECT COUNT(*) FROM " + table, soci::into(count);
    return {};
  }));
  return count;
}
Result<std::int64_t> lamps_in(storage::Records& records) { return count_of(records, "toy_lamp"); }

/// A lamp blinks: that it did and the event of it are one transaction. Only on the server that holds the job's lease.
Result<void> blink(modules::Ground const& ground, std::string const& lease, prometheus::Counter& runs) {
  runs.Increment();
  return ground.leases.transaction(lease, [&](soci::session& session) -> Result<void> {
    long long const id = storage::take_ids(session, "toy_blink");
    session << "INSERT INTO toy_blink (id) VALUES (:id)", soci::use(id, "id");
    MADANG_CHECK(storage::events::emit(session, ground.clock.now(), "toy.blinked", "lamp 1", "{}"));
    return {};
  });
}

/// A second time it could not be written.
Result<void> note_blink(soci::session& session, storage::events::Event const& event) {
  long long const id = event.id.value();
  session << "INSERT INTO toy_noted (event) VALUES (:event)", soci::use(id, "event");
  return {};
}

Result<web::Response> state(Domain const& mine, storage::Records& records) {
  MADANG_TRY(auto const blinks, count_of(records, "toy_blink"));
  MADANG_TRY(auto const noted, count_of(records, "toy_noted"));
  return web::json(fmt::format(R"({{"watts":{},"blinks":{},"noted":{},"checks":{}}})", mine.watts, blinks, noted, mine.checks.load()));
}

enum class LampKind { kGas, kLed };
struct Wish {
  std::int64_t watts = 0;
  LampKind kind = LampKind::kGas;
  bool lit = false;
};
web::FormShape<Wish> wish_form(std::int64_t watts_max) {
  return web::FormShape<Wish>{}
      .number("watts", &Wish::watts, {.required = true, .min = 1, .max = watts_max})
      .choice("kind", &Wish::kind, std::vector<std::pair<std::string_view, LampKind>>{{"gas", LampKind::kGas}, {"led", LampKind::kLed}})
      .flag("lit", &Wish::lit);
}

Result<web::Response> page(std::int64_t watts, web::FilledForm const& filled, modules::Ground const& ground, web::Request const& request) {
  using web::markup::element;
  MADANG_TRY(auto const lamps, lamps_in(ground.records));
  auto const reader = web::reader_of(request, ground.messages);
  web::FormView const view{{ground.messages, reader.language}, filled};
  auto const text = view.voice.say("toy.lamps", {{"count", lamps}, {"watts", watts}});
  auto const fields = web::markup::pieces(view.input("watts", "toy.watts", {.type = "number"}),
                                          view.choice("kind", "toy.kind", {{"gas", "toy.gas"}, {"led", "toy.led"}}), view.flag("lit", "toy.lit"),
                                          element("button", {{"type", "submit"}}, view.voice.say("toy.wish")));
  auto const body = web::markup::pieces(view.summary("toy.wrong"), element("p", {{"id", "lamps"}}, text),
                                        element("form", {{"method", "post"}, {"action", "/toy"}, {"novalidate", true}}, fields));
  return web::page_response(reader, view.page_title(text), {}, body, filled.is_right() ? 200 : 400);
}

Result<void> keep_wish(storage::Records& records, std::int64_t watts) {
  return records.transaction([watts](soci::session& session) -> Result<void> {
    long long const wished = watts;
    session << "INSERT INTO toy_wish (id, watts) VALUES (1, :watts) ON CONFLICT (id) DO UPDATE SET watts = excluded.watts", soci::use(wished, "watts");
    return {};
  });
}

/// For lamps, those that connect later too. The listener forgets it when the server ends, so it is published at every start again.
Result<void> publish_wish(Domain& mine, modules::Ground const& ground) {
  std::scoped_lock const lock(mine.publishing);
  long long watts = 0;
  MADANG_CHECK(ground.records.read([&watts](soci::session& session) -> Result<void> {
    session << "SELECT COALESCE(MAX(watts), 0) FROM toy_wish", soci::into(watts);
    return {};
  }));
  if (watts == 0) return {};
  return ground.mqtt.publish({.topic = "lamps/wish", .payload = fmt::format("{} W", watts), .qos = 1, .retain = true});
}

Result<web::Response> wish(Domain& mine, modules::Ground const& ground, web::Request const& request) {
  MADANG_TRY(auto const sent, web::parse_form(request));
  auto const bound = wish_form(mine.watts).bind(sent);
  if (bound.filled.is_right()) {
    MADANG_CHECK(keep_wish(ground.records, bound.value.watts));
    MADANG_CHECK(publish_wish(mine, ground));
  }
  return page(bound.filled.is_right() ? bound.value.watts : mine.watts, bound.filled, ground, request);
}

/// Takes how bright a lamp is said to be, and tells who listens that it was told.
void dim(web::mqtt::Publisher& mqtt, std::string_view lamp, std::string const& level, web::mqtt::Accepted accepted) {
  accepted(mqtt.publish({.topic = fmt::format("lamps/{}/dimmed", lamp), .payload = level, .expires_after = std::chrono::seconds{60}}));
}

modules::Opened open(Domain& mine, modules::Ground const& ground) {
  auto& checks = ground.metrics.counter("madang_toy_checks_total", "How often lamps were looked at.", {});
  auto& dims = ground.metrics.counter("madang_toy_dims_total", "How often lamps were dimmed.", {});
  modules::Opened opened;
  constexpr auto kDevice = web::mqtt::TopicAccess::Who::kDevice;
  constexpr std::string_view kLevel = "lamps/{lamp}/level";
  opened.topics = {{.pattern = std::string{kLevel},
                    .publish = kDim,
                    .subscribe = kDevice,
                    .handler = [&dims, ground](web::Principal const&, web::mqtt::Message const& message, web::mqtt::Accepted accepted) {
                      dims.Increment();
                      dim(ground.mqtt, *web::mqtt::named_level(kLevel, "lamp", message.topic), message.payload, std::move(accepted));
                    }},
                   {.pattern = "lamps/{lamp}/dimmed", .subscribe = kDevice},
                   {.pattern = "lamps/wish", .subscribe = kDevice}};
  opened.start = [&mine, ground] { return publish_wish(mine, ground); };
  opened.routes.get<web::Access::kPublic>("/toy", [&mine, ground](web::Request const& q) { return page(mine.watts, wish_form(mine.watts).empty({.watts = mine.watts}), ground, q); });
  opened.routes.post<web::Access::kPublic>("/toy", [&mine, ground](web::Request const& q) { return wish(mine, ground, q); });
  opened.routes.get<web::Access::kPublic>("/api/v1/toy", [&mine, ground](web::Request const&) { return state(mine, ground.records); });
  opened.jobs = {{Millis{20}, "toy", [&mine, &checks]() -> Result<void> {
                    ++mine.checks;
                    checks.Increment();
                    return {};
                  }}};
  modules::Job blinking{.period = Millis{50}, .name = "toy_blinks", .run = {}, .once_for_the_city = true};
  auto& runs = ground.metrics.counter("madang_toy_blink_runs_total", "How often this server let a lamp blink.", {});
  blinking.run = [ground, lease = lease_of(blinking), &runs] { return blink(ground, lease, runs); };
  opened.jobs.push_back(std::move(blinking));
  opened.event_handlers = {{.name = "toy.noting", .topic = "toy.blinked", .apply = note_blink, .act = {}}};
  return opened;
}

void add_lamps(CLI::App& app, modules::Invocation& call, Domain const& mine) {
  auto* lamps = app.add_subcommand("lamps", "How many lamps there are");
  call.add_data_and_config(*lamps);
  call.on(*lamps, [&call, &mine] {
    return call.with_settings([&](modules::GroundSettings const& settings) {
      runtime::SystemClock const clock;
      auto const records = storage::Records::open(modules::records_address_of(settings, call.data), clock);
      auto const count = records ? lamps_in(**records) : std::unexpected(records.error());
      fmt::print("{} lamps of {} W\n", count.value_or(-1), mine.watts);
      return count ? 0 : 1;
    });
  });
}

}  // namespace

modules::Module toy_module() {
  auto const mine = std::make_shared<Domain>();
  modules::Module module;
  module.name = "toy";
  module.texts = {kTexts.begin(), kTexts.end()};
  module.api = {kApi.begin(), kApi.end()};
  module.migrations = kMigrations;
  module.permissions = {{kDim, "toy.may_dim"}};
  module.settings = [mine](runtime::Settings& s) { s.declare(mine->watts, {"toy.watts", "How bright a lamp may be.", "W", 1, 400}); };
  module.commands = {{modules::HelpSection::kData, [mine](CLI::App& app, modules::Invocation& call) { add_lamps(app, call, *mine); }}};
  module.open = [mine](modules::Ground const& ground) -> Result<modules::Opened> { return open(*mine, ground); };
  return module;
}

}  // namespace madang::toy
