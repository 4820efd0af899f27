// The life of the process itself: starting, being refused, stopping, keys and operators made beside it.
#include <gtest/gtest.h>

#include <fstream>

#include "support/server_process.h"

namespace madang::test {
namespace {

TEST(server, tells_where_it_listens_and_ends_in_order_within_five_seconds) {
  TemporaryDirectory const folder;
  ServerProcess server(folder.path() / "data");
  EXPECT_TRUE(server.http().starts_with("http://127.0.0.1:"));
  EXPECT_GT(server.mqtt_port(), 0);
  auto const stopped = server.stop();
  EXPECT_EQ(stopped.status, 0);
  EXPECT_LT(stopped.took.count(), 5000);
}

TEST(server, refuses_a_data_directory_that_another_one_holds) {
  TemporaryDirectory const folder;
  ServerProcess const first(folder.path() / "data");
  auto const second = run_madang({"serve", "--data", (folder.path() / "data").string(), "--listen", "127.0.0.1:0",
                                  "--mqtt", "127.0.0.1:0"});
  EXPECT_EQ(second.status, 3);
  EXPECT_NE(second.err.find("is in use by process " + std::to_string(first.process())), std::string::npos) << second.err;
}

TEST(doctor, names_a_data_directory_that_is_not_there_and_ends_with_1) {
  TemporaryDirectory const folder;
  auto const missing = run_madang({"doctor", "--data", (folder.path() / "misspelt").string()});
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.out.find("there is no data directory " + (folder.path() / "misspelt").string()), std::string::npos) << missing.out;
}

TEST(roles, say_when_they_change_nothing_and_an_operator_may_be_made_for_an_area_alone) {
  TemporaryDirectory const folder;
  auto const data = (folder.path() / "data").string();
  auto const map = folder.path() / "areas.geojson";
  std::ofstream(map) << R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"D01","name":"West"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}]})";
  ASSERT_EQ(run_madang({"operator", "create", "--data", data, "--login", "kim"}).status, 0);
  ASSERT_EQ(run_madang({"import", "areas", map.string(), "--data", data}).status, 0);
  auto const give = [&data](std::string const& login) { return run_madang({"roles", "give", "--data", data, "--login", login, "--role", "operator", "--area", "D01"}); };

  auto const given = give("kim");
  auto const lee = run_madang({"operator", "create", "--data", data, "--login", "lee", "--area", "D01"});

  EXPECT_NE(given.out.find("note: \"kim\" has it in the whole city already; this changes nothing while that lasts"), std::string::npos) << given.out << given.err;
  EXPECT_EQ(lee.status, 0) << lee.err;
  EXPECT_NE(run_madang({"parties", "show", "--data", data, "--login", "lee"}).out.find("area D01"), std::string::npos);
  EXPECT_NE(run_madang({"operator", "create", "--data", data, "--login", "choi", "--area", "D99"}).status, 0);
}

TEST(server, refuses_an_unknown_key_of_its_configuration_with_file_line_and_the_nearest) {
  TemporaryDirectory const folder;
  auto const file = folder.path() / "city.toml";
  std::ofstream(file) << "[http]\nlisten_to = \"127.0.0.1:0\"\n";
  auto const started = run_madang({"serve", "--data", (folder.path() / "data").string(), "--config", file.string()});
  EXPECT_EQ(started.status, 2);
  EXPECT_NE(started.err.find("city.toml:2:1: there is no key \"http.listen_to\"; did you mean \"http.listen\"?"),
            std::string::npos)
      << started.err;
}

TEST(server, says_which_port_is_taken) {
  TemporaryDirectory const folder;
  ServerProcess const first(folder.path() / "first");
  auto const second = run_madang({"serve", "--data", (folder.path() / "second").string(), "--listen",
                                  "127.0.0.1:" + std::to_string(first.http_port()), "--mqtt", "127.0.0.1:0"});
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.err.find(std::to_string(first.http_port())), std::string::npos) << second.err;
}

TEST(server, is_warned_of_when_it_listens_wider_without_tls) {
  TemporaryDirectory const folder;
  ServerProcess server(folder.path() / "data", {"--mqtt", "0.0.0.0:0"});
  server.stop();
  EXPECT_NE(server.log().find("listening_without_tls"), std::string::npos);
}

TEST(keys, are_made_listed_and_revoked_while_the_server_runs) {
  TemporaryDirectory const folder;
  auto const data = (folder.path() / "data").string();
  ServerProcess const server(data);
  auto const made = run_madang({"keys", "create", "--data", data, "--name", "fleet", "--thing", "POLE-7"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_GE(made.last_word().size(), 32U);
  EXPECT_NE(run_madang({"keys", "list", "--data", data}).out.find("POLE-7"), std::string::npos);
  EXPECT_EQ(run_madang({"keys", "create", "--data", data, "--name", "fleet"}).status, 1);
  EXPECT_EQ(run_madang({"keys", "revoke", "--data", data, "--name", "fleet"}).status, 0);
  EXPECT_NE(run_madang({"keys", "list", "--data", data}).out.find("revoked"), std::string::npos);
}

TEST(commands, begin_no_city_where_the_directory_is_misspelt) {
  TemporaryDirectory const folder;
  auto const data = (folder.path() / "typo").string();
  std::vector<std::vector<std::string>> const commands{
      {"keys", "list"},        {"keys", "create", "--name", "roof"}, {"operator", "reset", "--login", "kim"}, {"parties", "list"}, {"roles", "list"},
      {"subscribers", "list"}, {"subscribers", "add", "a@b.example"}, {"import", "areas", "d.geojson"}, {"import", "sdot", "a.csv"},
      {"city", "retire", "P7"}, {"backup", data + "-saved"},         {"journal", "list"}, {"quality", "rerun"}, {"evaluate", "quality", "--only", "real"}};
  for (auto words : commands) {
    words.insert(words.end(), {"--data", data});
    auto const said = run_madang(words);
    EXPECT_EQ(said.status, words[0] == "evaluate" ? 2 : 1) << words[0] << " " << words[1];
    EXPECT_NE(said.err.find("there is no data directory " + data), std::string::npos) << words[0] << " " << words[1] << ": " << said.err;
  }
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST(operators, are_the_only_ones_to_begin_a_city_before_its_server_and_say_so) {
  TemporaryDirectory const folder;
  auto const first = run_madang({"operator", "create", "--data", (folder.path() / "data").string(), "--login", "kim"});
  EXPECT_EQ(first.status, 0);
  EXPECT_NE(first.err.find("it is made, for a new city"), std::string::npos) << first.err;
}

TEST(operators, get_a_password_once_and_only_when_asked_for) {
  TemporaryDirectory const folder;
  auto const data = (folder.path() / "data").string();
  auto const first = run_madang({"operator", "create", "--data", data, "--login", "kim", "--if-none"});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.last_word().size(), 16U);
  EXPECT_EQ(run_madang({"operator", "create", "--data", data, "--login", "lee", "--if-none"}).out, "");
  EXPECT_EQ(run_madang({"operator", "reset", "--data", data, "--login", "kim"}).last_word().size(), 16U);
  EXPECT_EQ(run_madang({"operator", "create", "--data", data, "--login", "park", "--password", "short"}).status, 1);
}

TEST(command_line, helps_everywhere_and_explains_its_configuration) {
  EXPECT_EQ(run_madang({"--help"}).status, 0);
  EXPECT_NE(run_madang({"serve", "--help"}).out.find("Examples:"), std::string::npos);
  EXPECT_EQ(run_madang({"sing"}).status, 2);
  EXPECT_NE(run_madang({"config", "--explain"}).out.find("[http]\n"), std::string::npos);
}

}  // namespace
}  // namespace madang::test
