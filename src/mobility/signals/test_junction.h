// A junction of four arms, drawn for tests: left turns, a crossing over each arm, and a lane for buses from the south.
//
//                 n N            N E S W  straight on and to the right, from the north, east, ...
//               ..1..            n e s w  to the left, from there
//              .     .           B        buses from the south, straight on, on a lane of their own in the middle
//          W w 4     2 e E       1 2 3 4  on foot over the north, east, south and west arm
//              .     .
//               ..3..
//                 s B S
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mobility/signals/model.h"

namespace madang::mobility::signals::drawn {

inline constexpr std::string_view kGroups = "NESWneswB1234";
inline constexpr std::string_view kAllRed = "rrrrrrrrrrrrr";

/// x they never meet; < the row gives way to the column, and > the other way round. Who turns right gives way on foot, who turns left
/// to those that come towards it and on foot.
inline constexpr std::array<std::string_view, 13> kMeetings = {
    // N E S W n e s w B 1 2 3 4
    ". x . x . x > x . x . x <",  // N
    "x . x . x . x > x < x . x",  // E
    ". x . x > x . x . x < x .",  // S
    "x . x . x > x . x . x < x",  // W
    ". x < x . x . x < x < . .",  // n
    "x . x < x . x . x . x < .",  // e
    "< x . x . x . x x . . x <",  // s
    "x < x . x . x . x < . . x",  // w
    ". x . x > x x x . x . x .",  // B
    "x > x . x . . > x . . . .",  // 1
    ". x > x > x . . . . . . .",  // 2
    "x . x > . > x . x . . . .",  // 3
    "> x . x . . > x . . . . .",  // 4
};

struct Drawn {
  std::string_view name;
  std::string_view shows;  ///< r, g (gives way) or G of each group
};
/// One after the other in a circle.
inline constexpr std::array<Drawn, 6> kPhases = {{
    //                  NESWneswB1234
    {"north and south", "grgrgrgrrrGrG"},
    {"bus",             "grgrgrrrGrGrG"},
    {"north to left",   "rrrrGrGrrrrrr"},
    {"east and west",   "rgrgrgrgrGrGr"},
    {"east to left",    "rrrrrGrGrrrrr"},
    {"only cars",       "GrGrrrrrrrrrr"},
}};

inline GroupIndex group(char name) { return static_cast<GroupIndex>(kGroups.find(name)); }
inline PhaseIndex phase(std::string_view name) {
  for (PhaseIndex p = 0; p < kPhases.size(); ++p)
    if (kPhases[p].name == name) return p;
  return kNoPhase;
}

inline Aspect aspect_of(char letter) {
  switch (letter) {
    case 'G': return Aspect::kGreen;
    case 'g': return Aspect::kYield;
    case 'y': return Aspect::kYellow;
    case 'o': return Aspect::kFlashing;
    case 'd': return Aspect::kDark;
    default: return Aspect::kRed;
  }
}
inline std::vector<Aspect> aspects_of(std::string_view letters) {
  std::vector<Aspect> out;
  for (auto const letter : letters) out.push_back(aspect_of(letter));
  return out;
}
inline std::string letters(std::vector<Aspect> const& aspects) {
  std::string out;
  for (auto const a : aspects) out += "rygGod"[static_cast<std::size_t>(a)];
  return out;
}

/// Flags of the groups that are named.
inline std::vector<bool> flags(std::string_view names) {
  std::vector<bool> out(kGroups.size());
  for (auto const name : names) out[group(name)] = true;
  return out;
}

inline Group drawn_group(char name, std::uint32_t head) {
  Group group;
  group.id = name;
  group.heads = {head};
  if (name >= '1' && name <= '4') {
    group.users = Users::kPedestrians;
    group.yellow = Millis{8'000};
  }
  if (name == 'B') group.users = Users::kBuses;
  return group;
}

/// Two seconds of red for all after each yellow.
inline Plan test_junction() {
  Plan plan;
  plan.id = "four arms";
  auto const n = kGroups.size();
  for (std::uint32_t g = 0; g < n; ++g) plan.groups.push_back(drawn_group(kGroups[g], g));
  plan.heads = static_cast<std::uint32_t>(n);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      char const meeting = kMeetings[a][2 * b];
      plan.conflicts.push_back(meeting == '.' ? Conflict::kNone : meeting == 'x' ? Conflict::kNever : Conflict::kYield);
      plan.gives_way.push_back(meeting == '<');
      plan.intergreen.push_back(meeting == '.' ? 0 : static_cast<std::int32_t>(plan.groups[a].yellow.count()) + 2'000);
    }
  }
  for (auto const& drawn : kPhases) plan.phases.push_back({.name = std::string{drawn.name}, .aspects = aspects_of(drawn.shows)});
  for (PhaseIndex p = 0; p < kPhases.size(); ++p) plan.fixed.push_back({.phase = p, .length = Millis{20'000}});
  return plan;
}

}  // namespace madang::mobility::signals::drawn
