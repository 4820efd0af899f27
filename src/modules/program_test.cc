#include "modules/program.h"

#include <gtest/gtest.h>
#include <soci/soci.h>
#include <stdlib.h>

#include <array>
#include <string>
#include <vector>

#include "runtime/clock.h"

namespace madang::modules {
namespace {

constexpr web::Permission kDim{"lamps.dim"};
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
    opened.routes.post<kDim>("/lamps", [](web::Request const&) -> Result<web::Response> { return web::json("{}"); });
    return opened;
  };
  Program forgetful{{module}};
  auto const refused = open(forgetful);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "lamps: the route /lamps asks for the permission lamps.dim, which the module does not declare");

  module.permissions = {{kDim, "permission.lamps.dim"}};
  Program right{{module}};
  EXPECT_TRUE(open(right).has_value());
  EXPECT_NE(right.permissions().find("lamps.dim"), nullptr);
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
