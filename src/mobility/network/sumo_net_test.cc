#include "mobility/network/sumo_net.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "mobility/network/test_roads.h"

namespace madang::mobility::network {
namespace {

using test::Drawing;
using test::four_arms;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Network network_read(std::string const& xml) {
  auto network = read_sumo_net(xml, "drawn");
  EXPECT_TRUE(network) << network.error().sentence;
  return network ? *std::move(network) : Network{};
}

std::string fault_read(std::string const& xml) {
  auto const network = read_sumo_net(xml, "drawn");
  return network ? "none" : network.error().sentence;
}

/// With one piece of the text exchanged.
std::string exchanged(std::string text, std::string_view old, std::string_view fresh) {
  auto const at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return at == std::string::npos ? text : text.replace(at, old.size(), fresh);
}

std::string two_roads(std::string_view lane) {
  return test::net_text(fmt::format("<edge id=\"AB\" from=\"A\" to=\"B\">{}</edge>\n{}{}", lane, test::junction_text("A", "dead_end"),
                                    test::junction_text("B", "dead_end")));
}

std::string path_of(std::string const& name) { return testing::TempDir() + name; }

TEST(sumo_net, reads_links_lanes_and_junctions) {
  auto const network = network_read(four_arms());
  EXPECT_EQ(network.id, "drawn");
  EXPECT_EQ(network.junctions.size(), 5U);
  EXPECT_EQ(network.junctions.back().kind, JunctionClass::kSignal);
  EXPECT_EQ(network.lanes.size(), 12U + 4U + 8U);
  auto const& road = network.links[16];
  EXPECT_EQ(road.id, "nC");
  EXPECT_EQ(road.kind, LinkClass::kRoad);
  EXPECT_EQ(network.junctions[road.from].id, "n");
  EXPECT_EQ(network.junctions[road.to].id, "C");
  EXPECT_EQ(network.lanes[road.lanes.front()].shape.size(), 2U);
}

TEST(sumo_net, makes_each_way_over_a_junction_one_movement) {
  auto const network = network_read(four_arms());
  ASSERT_EQ(network.movements.size(), 12U);
  auto const& left = network.movements[2];
  EXPECT_EQ(network.lanes[left.from].id, "nC_0");
  EXPECT_EQ(network.lanes[left.via].id, ":C_2_0");
  EXPECT_EQ(network.lanes[left.to].id, "Ce_0");
  EXPECT_EQ(network.junctions[left.junction].id, "C");
  EXPECT_EQ(left.turn, Turn::kLeft);
  EXPECT_THAT(network.out_of[left.from], ElementsAre(0, 1, 2));
  EXPECT_THAT(network.into[left.to], ElementsAre(2, 6, 10));
}

TEST(sumo_net, reads_a_row_from_its_last_letter_and_follows_ways_of_two_parts) {
  auto const network = network_read(four_arms());
  EXPECT_THAT(network.movements[0].foes, ElementsAre(4, 8));
  EXPECT_THAT(network.movements[0].yields_to, ElementsAre(4));
  EXPECT_THAT(network.movements[2].foes, ElementsAre(4, 5, 6, 7, 10, 11)) << "from the north to the left";
}

TEST(sumo_net, lets_foes_name_each_other_where_the_file_says_it_once) {
  auto const inner = test::road_text("a", "A", "C") + test::road_text("b", "B", "C") + test::road_text("c", "C", "A") +
                     test::inside_text(":C_0", "internal", 5) + test::inside_text(":C_1", "internal", 5) +
                     test::junction_text("A", "dead_end") + test::junction_text("B", "dead_end") +
                     test::junction_text("C", "priority", "a_0 b_0", ":C_0_0 :C_1_0",
                                         R"(<request index="0" response="00" foes="00"/><request index="1" response="01" foes="01"/>)") +
                     test::joint_text("a", "c", R"(via=":C_0_0")") + test::joint_text("b", "c", R"(via=":C_1_0")");
  auto const network = network_read(test::net_text(inner));
  EXPECT_THAT(network.movements[0].foes, ElementsAre(1));
  EXPECT_THAT(network.movements[1].foes, ElementsAre(0));
  EXPECT_THAT(network.movements[0].yields_to, IsEmpty());
  EXPECT_THAT(network.movements[1].yields_to, ElementsAre(0));
}

TEST(sumo_net, counts_rows_by_lanes_where_junctions_have_no_inside) {
  auto const inner = test::road_text("a", "A", "C") + test::road_text("b", "B", "C") + test::road_text("c", "C", "A") +
                     test::junction_text("A", "dead_end") + test::junction_text("B", "dead_end") +
                     test::junction_text("C", "priority", "b_0 a_0", "",
                                         R"(<request index="0" response="10" foes="10"/><request index="1" response="00" foes="01"/>)") +
                     test::joint_text("a", "c") + test::joint_text("b", "c");
  auto const network = network_read(test::net_text(inner));
  EXPECT_THAT(network.movements[1].yields_to, ElementsAre(0));
}

TEST(sumo_net, makes_a_crossing_one_movement_from_walking_area_to_walking_area) {
  auto const network = network_read(four_arms({.steps = {{30, "GGGGGGGGGGGGG"}}, .crossing = true}));
  ASSERT_EQ(network.movements.size(), 13U);
  auto const& walk = network.movements[12];
  EXPECT_EQ(network.lanes[walk.from].id, ":C_w0_0");
  EXPECT_EQ(network.lanes[walk.via].id, ":C_c0_0");
  EXPECT_EQ(network.lanes[walk.to].id, ":C_w1_0");
  EXPECT_EQ(network.junctions[walk.junction].id, "C");
  EXPECT_EQ(walk.head, 12U);
  EXPECT_THAT(walk.foes, ElementsAre(0, 1, 2, 3, 7, 11));
  EXPECT_THAT(network.movements[3].yields_to, testing::Contains(12U));
}

TEST(sumo_net, makes_a_crossing_with_a_head_at_each_side_two_movements) {
  auto const text = exchanged(four_arms({.steps = {{30, "GGGGGGGGGGGGGG"}}, .crossing = true}), R"(linkIndex="12")",
                              R"(linkIndex="12" linkIndex2="13")");
  auto const network = network_read(text);
  ASSERT_EQ(network.movements.size(), 14U);
  EXPECT_EQ(network.lanes[network.movements[13].from].id, ":C_w1_0");
  EXPECT_EQ(network.movements[13].head, 13U);
  EXPECT_EQ(network.movements[13].foes, network.movements[12].foes);
}

TEST(sumo_net, gives_one_head_all_its_movements) {
  auto const network = network_read(exchanged(four_arms(), R"(tl="C" linkIndex="1")", R"(tl="C" linkIndex="0")"));
  EXPECT_THAT(network.signals[0].heads[0], ElementsAre(0, 1));
  EXPECT_THAT(network.signals[0].heads[1], IsEmpty());
}

TEST(sumo_net, reads_all_plans_of_a_signal) {
  auto const night = R"(<tlLogic id="C" type="actuated" programID="night" offset="-1.5"><phase minDur="5" maxDur="40.25" state="OOOOOOOOOOOO"/></tlLogic>)";
  auto const network = network_read(four_arms({.more = night}));
  ASSERT_EQ(network.signals.size(), 1U);
  ASSERT_EQ(network.signals[0].plans.size(), 2U);
  EXPECT_EQ(network.signals[0].plans[0].steps[1].millis, 3000);
  EXPECT_EQ(network.signals[0].plans[1].id, "night");
  EXPECT_EQ(network.signals[0].plans[1].offset_millis, -1500);
  EXPECT_EQ(network.signals[0].plans[1].steps[0].millis, 40'250);
}

TEST(sumo_net, tells_who_may_use_a_lane) {
  auto const bus_lane = network_read(two_roads(test::lane_text("AB_0", 9, R"(allow="bus bicycle")"))).lanes[0];
  EXPECT_FALSE(bus_lane.motor);
  EXPECT_TRUE(bus_lane.buses);
  EXPECT_FALSE(bus_lane.on_foot);
  auto const street = network_read(two_roads(test::lane_text("AB_0", 9, R"(disallow="pedestrian tram")"))).lanes[0];
  EXPECT_TRUE(street.motor);
  EXPECT_FALSE(street.on_foot);
  auto const any = network_read(two_roads(test::lane_text("AB_0", 9, ""))).lanes[0];
  EXPECT_TRUE(any.motor && any.buses && any.on_foot);
}

TEST(sumo_net, leaves_signals_of_railways_to_the_trains) {
  auto const text = exchanged(exchanged(four_arms(), R"(id="C" type="traffic_light")", R"(id="C" type="rail_signal")"),
                              R"(tl="C" linkIndex="0")", R"(tl="R" linkIndex="0")");
  EXPECT_EQ(network_read(text).movements[0].signal, kNone);
}

TEST(sumo_net, names_line_and_step_of_a_plan_with_too_few_letters) {
  EXPECT_EQ(fault_read(exchanged(four_arms(), "\"rrrGGgrrrGGg\"", "\"rrrGGgrrrGG\"")),
            "line 33: signal \"C\": step 2 has 11 letters for 12 heads");
}

TEST(sumo_net, names_what_a_connection_looks_for_in_vain) {
  EXPECT_THAT(fault_read(four_arms({.more = test::joint_text("nC", "elsewhere")})), HasSubstr("the edge \"elsewhere\", which does not exist"));
  EXPECT_THAT(fault_read(exchanged(four_arms(), "toLane=\"0\"", "toLane=\"2\"")), HasSubstr("names lane 2 of edge \"Cw\", which has 1"));
  EXPECT_THAT(fault_read(exchanged(four_arms(), "linkIndex=\"3\"", "linkIndex=\"12\"")), HasSubstr("head 12 of signal \"C\", whose plans have 12 letters"));
  EXPECT_THAT(fault_read(exchanged(four_arms(), "tl=\"C\"", "tl=\"D\"")), HasSubstr("signal \"D\", which has no plan"));
  EXPECT_THAT(fault_read(exchanged(four_arms(), " linkIndex=\"3\"", "")), HasSubstr("<connection>: has no linkIndex"));
}

TEST(sumo_net, names_a_table_that_does_not_fit) {
  EXPECT_THAT(fault_read(exchanged(four_arms(), ":C_0_0 ", "")), HasSubstr("junction \"C\" has 12 requests for 11 lanes inside"));
  EXPECT_THAT(fault_read(exchanged(four_arms(), "response=\"0", "response=\"")), HasSubstr("a request of 11 and 12 letters for 12 requests"));
}

TEST(sumo_net, names_what_stands_twice) {
  EXPECT_THAT(fault_read(four_arms({.more = test::road_text("nC", "n", "C")})), HasSubstr("edge \"nC\" stands twice"));
  EXPECT_THAT(fault_read(four_arms({.more = test::junction_text("C", "priority")})), HasSubstr("junction \"C\" stands twice"));
  EXPECT_THAT(fault_read(four_arms({.more = test::plan_text({{9, "rrrrrrrrrrrr"}})})), HasSubstr("signal \"C\" has two plans \"0\""));
}

TEST(sumo_net, refuses_lanes_of_no_length_and_numbers_that_are_none) {
  EXPECT_THAT(fault_read(two_roads(test::lane_text("AB_0", 0))), HasSubstr("lane \"AB_0\" has no length"));
  EXPECT_EQ(fault_read(exchanged(two_roads(test::lane_text("AB_0", 9)), "length=\"9\"", "length=\"nan\"")),
            "line 2: <lane>: length \"nan\" is no number of -100000000 to 100000000");
}

TEST(sumo_net, refuses_other_files_and_document_types) {
  EXPECT_EQ(fault_read("<additional/>"), "line 1: <additional>: a network of SUMO begins with <net>");
  EXPECT_THAT(fault_read("<net>\n<edge></net>"), HasSubstr("line 2: no well formed XML"));
  EXPECT_THAT(fault_read(""), HasSubstr("the text is empty"));
  EXPECT_THAT(fault_read("<!DOCTYPE net [<!ENTITY a \"b\">]>\n<net name=\"&a;\"/>"), HasSubstr("document types and entities are not read"));
}

TEST(sumo_net, reads_a_file_packed_or_not_and_names_it_in_faults) {
  std::ofstream(path_of("plain.net.xml")) << four_arms();
  gzFile const packed = gzopen(path_of("packed.net.xml.gz").c_str(), "wb");
  auto const text = four_arms();
  gzwrite(packed, text.data(), static_cast<unsigned>(text.size()));
  gzclose(packed);
  EXPECT_EQ(read_sumo_net_file(path_of("plain.net.xml"))->id, "plain");
  EXPECT_EQ(read_sumo_net_file(path_of("packed.net.xml.gz"))->id, "packed");
  EXPECT_EQ(read_sumo_net_file(path_of("none.net.xml")).error().sentence, path_of("none.net.xml") + ": there is no such file");
  std::ofstream(path_of("other.net.xml")) << "<routes/>";
  EXPECT_THAT(read_sumo_net_file(path_of("other.net.xml")).error().sentence, HasSubstr("other.net.xml: line 1: <routes>"));
}

}  // namespace
}  // namespace madang::mobility::network
