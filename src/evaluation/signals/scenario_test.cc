#include "evaluation/signals/scenario.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "evaluation/signals/test_folder.h"

namespace madang::evaluation::signals {
namespace {

std::string config_text(std::string_view input, std::string_view begin, std::string_view end) {
  return fmt::format("<configuration><input>{}</input><time><begin value=\"{}\"/><end value=\"{}\"/></time></configuration>", input, begin, end);
}

constexpr std::string_view kInput = R"(<net-file value="a.net.xml"/><route-files value="a.rou.xml, b.rou.xml"/><additional-files value="types.xml"/>)";

class signals_scenario : public InFolder {
 protected:
  signals_scenario() {
    write("one/a.net.xml", "<net/>");
    write("one/a.rou.xml", "<routes><vType id=\"car\"/><vType id=\"line\" vClass=\"bus\"/></routes>");
    write("one/b.rou.xml", "<routes/>");
    write("one/types.xml", "<additional><vType id=\"night\" vClass=\"coach\"/></additional>");
    config = write("one/one.sumocfg", config_text(kInput, "25200", "28800"));
  }
  std::string fault_of(std::string const& text) const {
    auto const scenario = read_scenario(write("one/one.sumocfg", text));
    return scenario ? "" : scenario.error().sentence;
  }
  std::filesystem::path config;
};

TEST_F(signals_scenario, names_its_files_as_seen_from_its_folder) {
  auto const scenario = read_scenario(config);
  ASSERT_TRUE(scenario) << scenario.error().sentence;
  EXPECT_EQ(scenario->name, "one");
  EXPECT_EQ(scenario->net, folder / "one/a.net.xml");
  EXPECT_EQ(scenario->routes, (std::vector{folder / "one/a.rou.xml", folder / "one/b.rou.xml"}));
  EXPECT_EQ(scenario->additional, (std::vector{folder / "one/types.xml"}));
  EXPECT_EQ(scenario->begin, Millis{25'200'000});
  EXPECT_EQ(scenario->length(), Millis{3'600'000});
}

TEST_F(signals_scenario, knows_which_vehicles_are_buses) {
  EXPECT_EQ(read_scenario(config)->bus_types, (std::set<std::string>{"line", "night"}));
}

TEST_F(signals_scenario, is_found_in_folders_of_the_folder) {
  write("deep/er/two.sumocfg", "<configuration/>");
  auto const found = find_scenarios(folder, {});
  ASSERT_TRUE(found) << found.error().sentence;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().name, "one");
}

TEST_F(signals_scenario, that_is_asked_for_by_name_must_be_there) {
  EXPECT_EQ(find_scenarios(folder, {"one", "three"}).error().sentence, folder.string() + ": no scenario is named three");
}

TEST_F(signals_scenario, without_an_end_is_refused) {
  EXPECT_EQ(fault_of("<configuration><input><net-file value=\"a.net.xml\"/><route-files value=\"a.rou.xml\"/></input></configuration>"),
            config.string() + ": end: must be at least a second after begin");
}

TEST_F(signals_scenario, whose_net_is_missing_is_refused) {
  EXPECT_EQ(fault_of(config_text("<net-file value=\"x.net.xml\"/>", "0", "10")), (folder / "one/x.net.xml").string() + ": is not there");
}

TEST_F(signals_scenario, with_a_moment_that_is_no_number_names_the_line) {
  EXPECT_EQ(fault_of(config_text(kInput, "07:00:00", "28800")), config.string() + ": line 1: value of <begin>: \"07:00:00\" is no number");
}

TEST_F(signals_scenario, that_is_no_xml_names_the_line) {
  auto const fault = fault_of("<configuration>\n<input>");
  EXPECT_TRUE(fault.starts_with(config.string() + ": line 2: ")) << fault;
}

TEST_F(signals_scenario, in_an_empty_folder_is_told) {
  std::filesystem::remove_all(folder / "one");
  EXPECT_EQ(find_scenarios(folder, {}).error().sentence, folder.string() + ": holds no *.sumocfg, nor do the folders in it");
}

}  // namespace
}  // namespace madang::evaluation::signals
