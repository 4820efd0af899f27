#include "toy/module.h"

#include <fmt/format.h>
#include <soci/soci.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>

#include "web/html/page_frame.h"

namespace madang::toy {
namespace {

constexpr std::array kTexts = {
    runtime::EmbeddedFile{"toy/en.json", R"({"toy.lamps": "{count, plural, one {# lamp} other {# lamps}} of at most {watts} W"})"},
    runtime::EmbeddedFile{"toy/ko.json", R"({"toy.lamps": "최대 {watts}W 가로등 {count}개"})"},
};

constexpr std::array kMigrations = {
    storage::Migration{"2026-11 keep lamps", "CREATE TABLE toy_lamp (id BIGINT NOT NULL PRIMARY KEY)"},
    storage::Migration{"2026-11 the first lamp", "INSERT INTO toy_lamp (id) VALUES (1)"},
};

struct Domain {
  std::int64_t watts = 60;
  std::atomic<std::int64_t> checks = 0;
};

Result<std::int64_t> lamps_in(storage::Records& records) {
  std::int64_t count = 0;
  MADANG_CHECK(records.read([&count](soci::session& session) -> Result<void> {
    session << "SELECT COUNT(*) FROM toy_lamp", soci::into(count);
    return {};
  }));
  return count;
}

Result<web::Response> page(Domain const& mine, modules::Ground const& ground, web::Request const& request) {
  MADANG_TRY(auto const lamps, lamps_in(ground.records));
  auto const reader = web::reader_of(request, ground.messages);
  web::Voice const voice{ground.messages, reader.language};
  auto const text = voice.say("toy.lamps", {{"count", lamps}, {"watts", mine.watts}});
  return web::page_response(reader, text, {}, web::markup::element("p", {{"id", "lamps"}}, text));
}

modules::Opened open(Domain& mine, modules::Ground const& ground) {
  auto& checks = ground.metrics.counter("madang_toy_checks_total", "How often lamps were looked at.", {});
  modules::Opened opened;
  opened.routes.get<web::Access::kPublic>("/toy", [&mine, ground](web::Request const& q) { return page(mine, ground, q); });
  opened.routes.get<web::Access::kPublic>("/api/v1/toy", [&mine](web::Request const&) -> Result<web::Response> {
    return web::json(fmt::format(R"({{"watts":{},"checks":{}}})", mine.watts, mine.checks.load()));
  });
  opened.jobs = {{Millis{20}, "toy", [&mine, &checks]() -> Result<void> {
                    ++mine.checks;
                    checks.Increment();
                    return {};
                  }}};
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
  module.migrations = kMigrations;
  module.settings = [mine](runtime::Settings& s) { s.declare(mine->watts, {"toy.watts", "How bright a lamp may be.", "W", 1, 400}); };
  module.commands = {{modules::Shelf::kData, [mine](CLI::App& app, modules::Invocation& call) { add_lamps(app, call, *mine); }}};
  module.open = [mine](modules::Ground const& ground) -> Result<modules::Opened> { return open(*mine, ground); };
  return module;
}

}  // namespace madang::toy
