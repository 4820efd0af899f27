#include "modules/program.h"

#include <gtest/gtest.h>
#include <soci/soci.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "modules/directory_id.h"
#include "runtime/clock.h"
#include "storage/events/events.h"
#include "storage/records/transactions.h"
#include "support/soon.h"

namespace madang::modules {
namespace {

constexpr web::Permission kDimLamps{"lamps.dim"};
constexpr std::array kMigrations = {
    storage::Migration{"2026-11 keep lamps", "CREATE TABLE lamp (id BIGINT NOT NULL PRIMARY KEY)"}};

struct program : ::testing::Test {
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::atomic<bool> ready = false;
  std::string folder = "/tmp/madang-program-XXXXXX";
  std::vector<std::string> order;

  void SetUp() override { ASSERT_NE(mkdtemp(folder.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// Writes down what is done with it, and when.
  Module module_called(std::string const& name) {
    auto const note = [this, name](std::string const& what) { order.push_back(what + " " + name); };
    Module module;
    module.name = name;
    module.open = [note](Ground const&) -> Result<Opened> {
      note("open");
      Opened opened;
      opened.start = [note]() -> Result<void> {
        note("start");
        return {};
      };
      opened.stop = [note] { note("stop"); };
      opened.finish = [note] { note("finish"); };
      return opened;
    };
    module.close = [note] { note("close"); };
    return module;
  }
  Result<std::unique_ptr<OpenProgram>> open(Program& parts) { return OpenProgram::open(parts, folder, clock, metrics, ready); }
};

TEST_F(program, opens_modules_in_their_order_and_closes_them_in_reverse) {
  Program parts{{module_called("a"), module_called("b")}};
  auto opened = open(parts);
  ASSERT_TRUE(opened) << opened.error().sentence;
  EXPECT_TRUE((*opened)->start().has_value());
  (*opened)->stop();
  (*opened)->finish();
  opened->reset();
  EXPECT_EQ(order, (std::vector<std::string>{"open a", "open b", "start a", "start b", "stop b", "stop a", "finish b", "finish a",
                                             "close b", "close a"}));
}

TEST_F(program, closes_what_was_open_when_a_module_cannot_open) {
  auto broken = module_called("broken");
  broken.open = [](Ground const&) -> Result<Opened> { return fail(Code::kInvalid, "no lamp burns"); };
  Program parts{{module_called("a"), broken, module_called("never")}};
  auto const opened = open(parts);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().sentence, "no lamp burns");
  EXPECT_EQ(order, (std::vector<std::string>{"open a", "close broken", "close a"}));
}

TEST_F(program, migrates_before_a_module_opens) {
  auto module = module_called("lamps");
  module.migrations = kMigrations;
  module.open = [](Ground const& ground) -> Result<Opened> {
    MADANG_CHECK(ground.records.transaction([](soci::session& session) -> Result<void> {
      session << "INSERT INTO lamp (id) VALUES (7)";
      return {};
    }));
    return Opened{};
  };
  Program parts{{module}};
  auto const opened = open(parts);
  EXPECT_TRUE(opened.has_value()) << opened.error().sentence;
}

TEST_F(program, opens_no_route_whose_permission_its_module_does_not_declare) {
  auto module = module_called("lamps");
  module.open = [](Ground const&) -> Result<Opened> {
    Opened opened;
    opened.routes.post<kDimLamps>("/lamps", [](web::Request const&) -> Result<web::Response> { return web::json("{}"); });
    return opened;
  };
  Program forgetful{{module}};
  auto const refused = open(forgetful);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "lamps: the route /lamps asks for the permission lamps.dim, which the module does not declare");

  module.permissions = {{kDimLamps, "permission.lamps.dim"}};
  Program right{{module}};
  EXPECT_TRUE(open(right).has_value());
  EXPECT_NE(right.permissions().find("lamps.dim"), nullptr);
}

TEST_F(program, opens_no_topic_whose_permission_its_module_does_not_declare) {
  auto module = module_called("lamps");
  module.open = [](Ground const&) -> Result<Opened> {
    Opened opened;
    opened.topics = {{.pattern = "lamps/+", .subscribe = kDim}};
    return opened;
  };
  Program forgetful{{module}};
  auto const refused = open(forgetful);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "lamps: the topic lamps/+ asks for the permission lamps.dim, which the module does not declare");

  module.permissions = {{kDim, "permission.lamps.dim"}};
  Program right{{module}};
  EXPECT_TRUE(open(right).has_value());
}

TEST_F(program, opens_no_two_modules_that_take_the_same_message) {
  auto const taking = [this](std::string const& name, std::string const& pattern) {
    auto module = module_called(name);
    module.open = [pattern](Ground const&) -> Result<Opened> {
      Opened opened;
      opened.topics = {{.pattern = pattern,
                        .publish = web::mqtt::TopicAccess::Who::kDevice,
                        .handler = [](web::Principal const&, web::mqtt::Message const&, web::mqtt::Accepted accepted) { accepted({}); }}};
      return opened;
    };
    return module;
  };
  Program both{{taking("lamps", "lamps/{lamp}/level"), taking("poles", "lamps/#")}};
  auto const refused = open(both);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "poles: the topic lamps/#: a message for it could be for lamps/{lamp}/level too");
}

struct HeardListener final : web::mqtt::Listener {
  std::vector<std::string> heard;
  [[nodiscard]] std::uint16_t port() const override { return 0; }
  Result<void> publish(web::mqtt::Publication publication) override {
    heard.push_back(publication.topic);
    return {};
  }
  void stop() override {}
};

TEST_F(program, lets_each_module_publish_to_topics_of_its_own_alone) {
  web::mqtt::Publisher* lamps = nullptr;
  web::mqtt::Publisher* poles = nullptr;
  auto const telling = [this](std::string const& name, web::mqtt::Publisher*& publisher) {
    auto module = module_called(name);
    module.open = [name, &publisher](Ground const& ground) -> Result<Opened> {
      publisher = &ground.mqtt;
      Opened opened;
      opened.topics = {{.pattern = name + "/{one}/state", .subscribe = web::mqtt::TopicAccess::Who::kDevice}};
      return opened;
    };
    return module;
  };
  Program both{{telling("lamps", lamps), telling("poles", poles)}};
  auto const opened = open(both);
  ASSERT_TRUE(opened) << opened.error().sentence;
  HeardListener listener;
  (*opened)->outlet().open_to(listener);
  EXPECT_TRUE(lamps->publish({.topic = "lamps/7/state", .payload = "on"}));
  EXPECT_TRUE(poles->publish({.topic = "poles/7/state", .payload = "upright"}));
  EXPECT_FALSE(lamps->publish({.topic = "poles/8/state", .payload = "upright"}));
  (*opened)->outlet().shut();
  EXPECT_EQ(listener.heard, (std::vector<std::string>{"lamps/7/state", "poles/7/state"}));
}

TEST_F(program, brings_events_to_the_handlers_of_its_modules) {
  std::atomic<int> heard = 0;
  auto module = module_called("lamps");
  module.open = [&heard](Ground const&) -> Result<Opened> {
    Opened opened;
    opened.event_handlers = {{.name = "lamps", .topic = "lamp.changed", .apply = {}, .act = [&heard](storage::events::Event const&) -> Result<void> {
                                ++heard;
                                return {};
                              }}};
    return opened;
  };
  Program parts{{module}};
  auto opened = open(parts);
  ASSERT_TRUE(opened) << opened.error().sentence;
  ASSERT_TRUE((*opened)->start());
  auto const beside = *storage::Records::open("sqlite:" + folder + "/records.db", clock);
  ASSERT_TRUE(beside->transaction([this](soci::session& session) -> Result<void> {
    MADANG_CHECK(storage::events::emit(session, clock.now(), "lamp.changed", "lamp 7", "{}"));
    return {};
  }));
  {
    runtime::Jobs jobs(metrics);
    (*opened)->add_jobs(jobs);
    EXPECT_TRUE(test::soon([&] { return heard == 1 && metrics.text().contains("madang_events_lag_seconds{handler=\"lamps\"}"); }));
  }
}

TEST_F(program, refuses_two_handlers_of_one_name) {
  auto module = module_called("lamps");
  module.open = [](Ground const&) -> Result<Opened> {
    storage::events::Handler const handler{.name = "lamps", .topic = "lamp.changed", .apply = {}, .act = [](storage::events::Event const&) -> Result<void> { return {}; }};
    Opened opened;
    opened.event_handlers = {handler, handler};
    return opened;
  };
  Program parts{{module}};
  auto const opened = open(parts);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().sentence, "event handler lamps: two have this name");
}

TEST_F(program, runs_a_job_that_is_once_for_the_city_only_where_its_lease_is_held) {
  std::atomic<int> everywhere = 0;
  std::atomic<int> once = 0;
  auto module = module_called("lamps");
  module.open = [&](Ground const&) -> Result<Opened> {
    auto const counting = [](std::atomic<int>& count) {
      return [&count]() -> Result<void> {
        ++count;
        return {};
      };
    };
    Opened opened;
    opened.jobs = {{Millis{1}, "everywhere", counting(everywhere)}, {Millis{1}, "once", counting(once), true}};
    return opened;
  };
  Program parts{{module}};
  auto opened = open(parts);
  ASSERT_TRUE(opened) << opened.error().sentence;
  // Another server of the city was first.
  auto const beside = *storage::Records::open("sqlite:" + folder + "/records.db", clock);
  storage::events::Leases others(*beside, clock, {.directory = "another"});
  others.request("job once");
  ASSERT_TRUE(others.renew_all());
  ASSERT_TRUE((*opened)->start());
  runtime::Jobs jobs(metrics);
  (*opened)->add_jobs(jobs);
  EXPECT_TRUE(test::soon([&] { return everywhere > 20; }));
  EXPECT_EQ(once, 0);
  ASSERT_TRUE(others.release());
  EXPECT_TRUE(test::soon([&] { return once > 0; }));
  jobs.stop();
}

TEST_F(program, lets_no_job_wait_for_the_records_longer_than_a_server_that_stops_can) {
  std::atomic<Tick> until = Tick::max();
  std::atomic<Tick> leased_until = Tick::max();
  auto const asking = [](std::atomic<Tick>& deadline) {
    return [&deadline]() -> Result<void> {
      deadline = storage::CallDeadline::of_call();
      return {};
    };
  };
  auto module = module_called("lamps");
  module.open = [&](Ground const&) -> Result<Opened> {
    Opened opened;
    opened.jobs = {{Millis{1}, "everywhere", asking(until)}, {Millis{1}, "once", asking(leased_until), true}};
    return opened;
  };
  Program parts{{module}};
  auto opened = open(parts);
  ASSERT_TRUE(opened) << opened.error().sentence;
  ASSERT_TRUE((*opened)->start());
  runtime::Jobs jobs(metrics);
  (*opened)->add_jobs(jobs);
  EXPECT_TRUE(test::soon([&] { return until.load() != Tick::max() && leased_until.load() != Tick::max(); }));
  jobs.stop();
  EXPECT_LE(until.load(), clock.tick() + kJobRecordsWait);
  EXPECT_LE(leased_until.load(), clock.tick() + kJobRecordsWait);
}

TEST_F(program, gives_its_leases_back_when_it_ends) {
  auto module = module_called("lamps");
  module.open = [](Ground const&) -> Result<Opened> {
    Opened opened;
    opened.jobs = {{Millis{1}, "once", []() -> Result<void> { return {}; }, true}};
    return opened;
  };
  Program parts{{module}};
  auto opened = open(parts);
  ASSERT_TRUE(opened) << opened.error().sentence;
  ASSERT_TRUE((*opened)->start());
  (*opened)->stop();
  (*opened)->finish();
  auto const beside = *storage::Records::open("sqlite:" + folder + "/records.db", clock);
  storage::events::Leases others(*beside, clock, {.directory = "another"});
  others.request("job once");
  ASSERT_TRUE(others.renew_all());
  EXPECT_TRUE(others.holds("job once"));
}

TEST_F(program, names_its_data_directory_once) {
  auto const held = *runtime::DataDirectory::open(folder);
  auto const first = directory_id(held);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 32U);
  EXPECT_EQ(*directory_id(held), *first);
  EXPECT_EQ(**directory_id_in(folder), *first);
}

TEST_F(program, gives_a_data_directory_whose_name_is_broken_no_other) {
  auto const held = *runtime::DataDirectory::open(folder);
  EXPECT_FALSE(directory_id_in(folder).value().has_value());
  std::ofstream{std::filesystem::path{folder} / "directory_id"} << "";
  EXPECT_EQ(directory_id(held).error().code, Code::kCorrupt);
}

TEST_F(program, reads_settings_of_all_modules_from_one_file) {
  std::int64_t watts = 60;
  auto module = module_called("lamps");
  module.settings = [&watts](runtime::Settings& s) { s.declare(watts, {"lamp.watts", "How bright it may be.", "W", 1, 400}); };
  Program parts{{module}};
  ASSERT_TRUE(parts.settings().read("[lamp]\nwatts = 100\n[city]\nzone = \"Europe/Paris\"\n", "city.toml").has_value());
  EXPECT_EQ(watts, 100);
  EXPECT_EQ(parts.ground().zone, "Europe/Paris");
}

std::string refusal(std::string_view toml) {
  Program parts{{}};
  auto const read = parts.settings().read(toml, "city.toml");
  return read ? "" : read.error().sentence;
}

TEST(ground_settings, refuse_a_text_that_would_only_fail_later) {
  EXPECT_EQ(refusal("[city]\nzone = \"Asia/Soul\"\n"),
            "city.toml:2:1: \"city.zone\": there is no time zone 'Asia/Soul'; IANA names look like Asia/Seoul");
  EXPECT_EQ(refusal("[records]\naddress = \"mysql:x\"\n"),
            "city.toml:2:1: \"records.address\": 'mysql:x' begins with neither sqlite: nor postgresql:");
  EXPECT_EQ(refusal("[city]\nzone = \"America/Sao_Paulo\"\n"), "");
}

TEST(ground_settings, keep_records_in_the_data_directory_unless_told) {
  GroundSettings settings;
  EXPECT_EQ(records_address_of(settings, "city"), "sqlite:city/records.db");
  settings.records_address = "postgresql:dbname=city";
  EXPECT_EQ(records_address_of(settings, "city"), "postgresql:dbname=city");
}

}  // namespace
}  // namespace madang::modules
