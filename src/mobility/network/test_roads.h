// For tests: a junction C of four arms drawn as SUMO would write it, and pieces of smaller ones. Arms are n, e, s, w; "nC" leads from
// the north to C and "Cn" back. Vehicles drive on the right. Heads 0 to 11 are the ways from n, e, s and w, each to the right,
// straight on and to the left; those to the left wait inside the junction, as SUMO's do.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace madang::mobility::network::test {

struct DrawnStep {
  double seconds = 0;
  std::string state;
};

struct Drawing {
  std::vector<DrawnStep> steps{{30, "GGgrrrGGgrrr"}, {3, "yyyrrryyyrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}};
  bool crossing = false;     ///< over the north arm, head 12
  bool short_edge = false;   ///< 0.92 m of "sX" between the south arm and the stop line, joined to "sC" without a signal
  std::string more{};        ///< before the end of the file
};

inline constexpr std::string_view kArms = "nesw";

/// Clockwise round the junction each arm has its way in and its way out: a way is a chord, and two of them meet where they cross or
/// end at the same place.
inline bool chords_meet(int a, int b) {
  constexpr std::array<int, 3> kTurnTo{7, 5, 3};  // right, straight, left: places behind the way in
  int const from_a = a / 3 * 2;
  int const from_b = b / 3 * 2;
  if (from_a == from_b) return false;
  auto const place = [&](int from, int way) { return (from + kTurnTo[static_cast<std::size_t>(way % 3)] - from_a + 8) % 8; };
  int const to_a = place(from_a, a);
  int const to_b = place(from_b, b);
  int const start_b = (from_b - from_a + 8) % 8;
  return to_a == to_b || ((start_b < to_a) != (to_b < to_a));
}

inline char arm_behind(int way) {
  constexpr std::array<int, 3> kArmTo{3, 2, 1};
  return kArms[static_cast<std::size_t>((way / 3 + kArmTo[static_cast<std::size_t>(way % 3)]) % 4)];
}

/// Over the north arm go those who come from there or turn there.
inline bool meets_walkers(int way) { return way < 3 || arm_behind(way) == 'n'; }

inline bool drawn_foes(int a, int b) {
  if (a == 12) return b != 12 && meets_walkers(b);
  if (b == 12) return meets_walkers(a);
  return chords_meet(a, b);
}

/// To the left gives way to all that it meets and right to straight; who drives to who walks.
inline bool drawn_yields(int a, int b) {
  constexpr std::array<int, 3> kRank{1, 0, 2};
  if (!drawn_foes(a, b) || a == 12) return false;
  return b == 12 || kRank[static_cast<std::size_t>(a % 3)] > kRank[static_cast<std::size_t>(b % 3)];
}

inline std::string lane_text(std::string_view id, double length, std::string_view more = R"(disallow="pedestrian")") {
  return fmt::format(R"(<lane id="{}" index="0" {} speed="13.89" length="{}" shape="0,0 {},0"/>)", id, more, length, length);
}

inline std::string road_text(std::string_view id, std::string_view from, std::string_view to, double length = 100) {
  return fmt::format("<edge id=\"{0}\" from=\"{1}\" to=\"{2}\">{3}</edge>\n", id, from, to, lane_text(fmt::format("{}_0", id), length));
}

inline std::string inside_text(std::string_view id, std::string_view function, double length, std::string_view more = "") {
  return fmt::format("<edge id=\"{0}\" function=\"{1}\">{2}</edge>\n", id, function, lane_text(fmt::format("{}_0", id), length, more));
}

inline std::string joint_text(std::string_view from, std::string_view to, std::string_view more = "") {
  return fmt::format("<connection from=\"{}\" to=\"{}\" fromLane=\"0\" toLane=\"0\" {}/>\n", from, to, more);
}

/// Rows of the table: the last letter of each is for row 0.
inline std::string table_text(int rows) {
  std::string text;
  for (int row = 0; row < rows; ++row) {
    std::string foes;
    std::string response;
    for (int other = rows - 1; other >= 0; --other) {
      foes += drawn_foes(row, other) ? '1' : '0';
      response += drawn_yields(row, other) ? '1' : '0';
    }
    text += fmt::format("<request index=\"{}\" response=\"{}\" foes=\"{}\" cont=\"{}\"/>\n", row, response, foes, row % 3 == 2 ? 1 : 0);
  }
  return text;
}

inline std::string ways_text(std::string_view south) {
  constexpr std::string_view kTurns = "rsl";
  std::string text;
  for (int way = 0; way < 12; ++way) {
    char const arm = kArms[static_cast<std::size_t>(way / 3)];
    std::string const from = arm == 's' ? std::string{south} : fmt::format("{}C", arm);
    std::string const to = fmt::format("C{}", arm_behind(way));
    text += joint_text(from, to, fmt::format(R"(via=":C_{0}_0" tl="C" linkIndex="{0}" dir="{1}")", way, kTurns[static_cast<std::size_t>(way % 3)]));
    if (way % 3 != 2) continue;
    text += joint_text(fmt::format(":C_{}", way), to, fmt::format(R"(via=":C_{}_0")", 20 + way));
    text += joint_text(fmt::format(":C_{}", 20 + way), to);
  }
  return text;
}

inline std::string inside_of_four_arms(bool crossing) {
  std::string text;
  for (int way = 0; way < 12; ++way) {
    text += inside_text(fmt::format(":C_{}", way), "internal", 8);
    if (way % 3 == 2) text += inside_text(fmt::format(":C_{}", 20 + way), "internal", 6);
  }
  constexpr std::string_view kOnFoot = R"(allow="pedestrian")";
  if (crossing)
    text += inside_text(":C_c0", "crossing", 7, kOnFoot) + inside_text(":C_w0", "walkingarea", 3, kOnFoot) +
            inside_text(":C_w1", "walkingarea", 3, kOnFoot);
  return text;
}

inline std::string plan_text(std::vector<DrawnStep> const& steps, std::string_view signal = "C", std::string_view plan = "0") {
  std::string text = fmt::format("<tlLogic id=\"{}\" type=\"static\" programID=\"{}\" offset=\"0\">\n", signal, plan);
  for (auto const& step : steps) text += fmt::format("<phase duration=\"{}\" state=\"{}\"/>\n", step.seconds, step.state);
  return text + "</tlLogic>\n";
}

inline std::string junction_text(std::string_view id, std::string_view type, std::string_view lanes_in = "",
                                 std::string_view lanes_inside = "", std::string_view requests = "") {
  return fmt::format("<junction id=\"{}\" type=\"{}\" x=\"0\" y=\"0\" incLanes=\"{}\" intLanes=\"{}\">{}</junction>\n", id, type, lanes_in,
                     lanes_inside, requests);
}

inline std::string net_text(std::string_view inner) { return fmt::format("<net version=\"1.9\">\n{}</net>\n", inner); }

inline std::string four_arms(Drawing const& drawing = {}) {
  std::string_view const south = drawing.short_edge ? "sX" : "sC";
  std::string text = inside_of_four_arms(drawing.crossing);
  for (char const arm : kArms) {
    text += road_text(fmt::format("{}C", arm), fmt::format("{}", arm), arm == 's' && drawing.short_edge ? "X" : "C");
    text += road_text(fmt::format("C{}", arm), "C", fmt::format("{}", arm)) + junction_text(fmt::format("{}", arm), "dead_end");
  }
  if (drawing.short_edge) text += road_text("sX", "X", "C", 0.92) + junction_text("X", "priority", "sC_0");
  std::string inside;
  for (int way = 0; way < 12; ++way) inside += fmt::format(":C_{}_0 ", way % 3 == 2 ? 20 + way : way);
  if (drawing.crossing) inside += ":C_c0_0";
  text += plan_text(drawing.steps);
  text += junction_text("C", "traffic_light", "", inside, table_text(drawing.crossing ? 13 : 12)) + ways_text(south);
  if (drawing.short_edge) text += joint_text("sC", "sX");
  if (drawing.crossing) text += joint_text(":C_w0", ":C_c0", R"(tl="C" linkIndex="12")") + joint_text(":C_c0", ":C_w1");
  return net_text(text + drawing.more);
}

}  // namespace madang::mobility::network::test
