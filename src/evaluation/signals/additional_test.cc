#include "evaluation/signals/additional.h"

#include <gtest/gtest.h>

#include <array>

#include "evaluation/signals/test_folder.h"

namespace madang::evaluation::signals {
namespace {

class signals_net_programs : public InFolder {};

TEST_F(signals_net_programs, are_the_last_of_each_signal_that_is_not_off) {
  auto const net = write("a.net.xml", R"(<net>
    <tlLogic id="J" programID="0" offset="7"><phase duration="9" state="G"/></tlLogic>
    <tlLogic id="J" programID="1" offset="3"><phase duration="42" state="Gr"/><phase duration="3" state="yr"/></tlLogic>
    <tlLogic id="J" programID="off"><phase duration="1" state="oo"/></tlLogic>
    <tlLogic id="K" programID="0"><phase duration="5" state="g"/></tlLogic></net>)");
  auto const programs = read_programs(net);
  ASSERT_TRUE(programs) << programs.error().sentence;
  ASSERT_EQ(programs->size(), 2U);
  EXPECT_EQ(programs->front().signal, "J");
  EXPECT_EQ(programs->front().offset, "3");
  ASSERT_EQ(programs->front().phases.size(), 2U);
  EXPECT_EQ(programs->front().phases[1].state, "yr");
}

TEST_F(signals_net_programs, without_a_state_name_the_line) {
  auto const net = write("a.net.xml", "<net>\n<tlLogic id=\"J\">\n<phase duration=\"9\"/></tlLogic></net>");
  EXPECT_EQ(read_programs(net).error().sentence, net.string() + ": line 3: state of <phase> is missing");
}

TEST(green_step, lets_somebody_go_and_nobody_clear) {
  EXPECT_TRUE(is_green_step("rGgr"));
  EXPECT_FALSE(is_green_step("rGyr"));
  EXPECT_FALSE(is_green_step("rrrr"));
}

TEST(actuated_programs, keep_the_phases_and_let_greens_vary) {
  std::array<NetProgram, 1> const programs{NetProgram{.signal = "J&1", .phases = {{"42", "Gr"}, {"3", "yr"}}}};
  EXPECT_EQ(actuated_programs(programs),
            "<additional>\n"
            "  <tlLogic id=\"J&amp;1\" type=\"actuated\" programID=\"madang-actuated\" offset=\"0\">\n"
            "    <phase duration=\"42\" state=\"Gr\" minDur=\"5\" maxDur=\"60\"/>\n"
            "    <phase duration=\"3\" state=\"yr\"/>\n"
            "  </tlLogic>\n"
            "</additional>\n");
}

TEST(lane_area_detectors, are_each_of_one_lane) {
  std::array<LaneArea, 1> const areas{LaneArea{.id = "d0", .lane = "e_0", .from = 10, .to = 60.5}};
  EXPECT_EQ(lane_area_detectors(areas),
            "<additional>\n"
            "  <laneAreaDetector id=\"d0\" lane=\"e_0\" pos=\"10.000\" endPos=\"60.500\" friendlyPos=\"true\" freq=\"1000000\" file=\"/dev/null\"/>\n"
            "</additional>\n");
}

}  // namespace
}  // namespace madang::evaluation::signals
