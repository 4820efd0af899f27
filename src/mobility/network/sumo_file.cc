#include "mobility/network/sumo_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "mobility/network/limits.h"
#include "mobility/network/xml_elements.h"

namespace madang::mobility::network {
namespace {

constexpr double kSpeedMax = 1'000;  // m/s; some files say 3,600 km/h of what has no limit

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  constexpr std::string_view kBetween = " |;\t\n";
  for (std::size_t begin = text.find_first_not_of(kBetween); begin != std::string_view::npos;) {
    std::size_t const end = std::min(text.find_first_of(kBetween, begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBetween, end);
  }
  return words;
}

/// Who may use a lane: those of `allow`, or all but those of `disallow`, or all where it says neither.
class Users {
 public:
  Users(std::string_view allow, std::string_view disallow)
      : allowed_(!words_of(allow).empty()), named_(words_of(allowed_ ? allow : disallow)) {}
  [[nodiscard]] bool hold(std::string_view user) const {
    bool const named = std::ranges::any_of(named_, [&](auto const& word) { return word == user || word == "all"; });
    return named == allowed_;
  }

 private:
  bool allowed_;
  std::vector<std::string> named_;
};

Result<Point> read_point(XmlElements const& at, std::string_view text) {
  std::array<double, 3> numbers{};
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= text.size() && count <= 3; ++count) {
    std::size_t const end = std::min(text.find(',', begin), text.size());
    if (count == 3 || !read_number(text.substr(begin, end - begin), numbers[count]) || std::abs(numbers[count]) > kMetresMax)
      return fail(at.fault(fmt::format("\"{:.60}\" is no place of x,y or x,y,z", text)));
    begin = end + 1;
  }
  if (count < 2) return fail(at.fault(fmt::format("\"{:.60}\" is no place of x,y or x,y,z", text)));
  return Point{numbers[0], numbers[1]};
}

Result<std::vector<Point>> read_shape(XmlElements const& at) {
  std::vector<Point> shape;
  for (auto const& word : words_of(at.text("shape"))) {
    if (shape.size() == kShapePointsMax) return fail(at.fault(fmt::format("has a shape of more than {} places", kShapePointsMax)));
    MADANG_TRY(auto const point, read_point(at, word));
    shape.push_back(point);
  }
  if (shape.empty()) return fail(at.fault("has no shape"));
  // A lane of some centimetres is rounded to one place.
  if (shape.size() == 1) shape.push_back(shape.front());
  return shape;
}

LinkClass link_class_of(std::string_view function) {
  if (function == "internal") return LinkClass::kInsideJunction;
  if (function == "crossing") return LinkClass::kCrossing;
  if (function == "walkingarea") return LinkClass::kWalkingArea;
  return LinkClass::kRoad;
}

JunctionClass junction_class_of(std::string_view type) {
  if (type.starts_with("traffic_light")) return JunctionClass::kSignal;
  if (type == "priority" || type == "priority_stop") return JunctionClass::kPriority;
  if (type == "right_before_left") return JunctionClass::kRightBeforeLeft;
  if (type == "dead_end") return JunctionClass::kDeadEnd;
  return JunctionClass::kOther;
}

Turn turn_of(std::string_view direction) {
  constexpr std::array<std::pair<std::string_view, Turn>, 7> kTurns{{{"s", Turn::kStraight},
                                                                     {"l", Turn::kLeft},
                                                                     {"r", Turn::kRight},
                                                                     {"L", Turn::kSlightLeft},
                                                                     {"R", Turn::kSlightRight},
                                                                     {"t", Turn::kBack},
                                                                     {"T", Turn::kBack}}};
  auto const* const found = std::ranges::find(kTurns, direction, &std::pair<std::string_view, Turn>::first);
  return found == kTurns.end() ? Turn::kUnknown : found->second;
}

Result<void> add_edge(XmlElements const& at, SumoFile& file) {
  if (file.edges.size() == kLinksMax) return fail(at.fault(fmt::format("the file has more than {} edges", kLinksMax)));
  SumoEdge edge;
  MADANG_TRY(edge.link.id, at.required("id"));
  edge.link.name = at.text("name");
  edge.link.kind = link_class_of(at.text("function"));
  edge.line = at.line();
  if (edge.link.kind == LinkClass::kRoad) {
    MADANG_TRY(edge.from, at.required("from"));
    MADANG_TRY(edge.to, at.required("to"));
  }
  file.edges.push_back(std::move(edge));
  return {};
}

Result<void> add_lane(XmlElements const& at, SumoEdge& edge) {
  Lane lane;
  MADANG_TRY(lane.id, at.required("id"));
  MADANG_TRY(auto const index, at.whole("index", kLanesPerLinkMax));
  if (index != edge.lanes.size())
    return fail(at.fault(fmt::format("lane \"{}\" has index {} and stands at place {}", lane.id, index, edge.lanes.size())));
  MADANG_TRY(lane.length, at.number("length", kMetresMax));
  if (lane.length <= 0) return fail(at.fault(fmt::format("lane \"{}\" has no length", lane.id)));
  MADANG_TRY(lane.speed_max, at.number("speed", kSpeedMax));
  if (lane.speed_max <= 0) return fail(at.fault(fmt::format("lane \"{}\" has a speed of {}", lane.id, lane.speed_max)));
  Users const users(at.text("allow"), at.text("disallow"));
  lane.motor = users.hold("passenger");
  lane.buses = users.hold("bus");
  lane.on_foot = users.hold("pedestrian");
  MADANG_TRY(lane.shape, read_shape(at));
  edge.lanes.push_back(std::move(lane));
  return {};
}

Result<void> add_junction(XmlElements const& at, SumoFile& file) {
  SumoJunction junction;
  MADANG_TRY(junction.junction.id, at.required("id"));
  MADANG_TRY(auto const type, at.required("type"));
  junction.part = type == "internal";
  junction.railway = type == "rail_signal" || type == "rail_crossing";
  junction.junction.kind = junction_class_of(type);
  MADANG_TRY(junction.junction.place.x, at.number("x", kMetresMax));
  MADANG_TRY(junction.junction.place.y, at.number("y", kMetresMax));
  junction.line = at.line();
  if (!junction.part) {
    junction.lanes_in = words_of(at.text("incLanes"));
    junction.lanes_inside = words_of(at.text("intLanes"));
  }
  file.junctions.push_back(std::move(junction));
  return {};
}

Result<void> add_request(XmlElements const& at, SumoJunction& junction) {
  MADANG_TRY(auto const index, at.whole("index", kMovementsPerJunctionMax));
  if (index != junction.requests.size())
    return fail(at.fault(fmt::format("of junction \"{}\" has index {} and stands at place {}", junction.junction.id, index,
                                     junction.requests.size())));
  SumoRequest request;
  MADANG_TRY(request.response, at.required("response"));
  MADANG_TRY(request.foes, at.required("foes"));
  request.line = at.line();
  constexpr std::string_view kBits = "01";
  if (request.response.find_first_not_of(kBits) != std::string::npos || request.foes.find_first_not_of(kBits) != std::string::npos)
    return fail(at.fault(fmt::format("of junction \"{}\" has other letters than 0 and 1", junction.junction.id)));
  junction.requests.push_back(std::move(request));
  return {};
}

Result<void> add_connection(XmlElements const& at, SumoFile& file) {
  if (file.connections.size() == kMovementsMax) return fail(at.fault(fmt::format("the file has more than {}", kMovementsMax)));
  SumoConnection connection;
  MADANG_TRY(connection.from, at.required("from"));
  MADANG_TRY(connection.to, at.required("to"));
  MADANG_TRY(connection.from_lane, at.whole("fromLane", kLanesPerLinkMax));
  MADANG_TRY(connection.to_lane, at.whole("toLane", kLanesPerLinkMax));
  connection.via = at.text("via");
  connection.signal = at.text("tl");
  if (!connection.signal.empty()) {
    MADANG_TRY(connection.head, at.whole("linkIndex", kHeadsMax));
  }
  if (!connection.signal.empty() && at.find("linkIndex2") != nullptr) {
    MADANG_TRY(connection.head_back, at.whole("linkIndex2", kHeadsMax));
  }
  connection.turn = turn_of(at.text("dir"));
  connection.line = at.line();
  file.connections.push_back(std::move(connection));
  return {};
}

std::int64_t millis_of(double seconds) { return std::llround(seconds * 1000); }

Result<void> add_program(XmlElements const& at, SumoFile& file) {
  SumoProgram program;
  MADANG_TRY(program.signal, at.required("id"));
  MADANG_TRY(program.plan.id, at.required("programID"));
  program.railway = at.text("type").starts_with("rail_");
  program.line = at.line();
  // "begin" asks SUMO to start the plan with the simulation, which is what no offset means here.
  if (at.find("offset") != nullptr && at.text("offset") != "begin") {
    MADANG_TRY(auto const offset, at.number("offset", kPlanSecondsMax));
    program.plan.offset_millis = millis_of(offset);
  }
  file.programs.push_back(std::move(program));
  return {};
}

Result<void> add_step(XmlElements const& at, SumoProgram& program) {
  if (program.plan.steps.size() == kStepsMax)
    return fail(at.fault(fmt::format("signal \"{}\" has a plan of more than {} steps", program.signal, kStepsMax)));
  PlanStep step;
  // A step whose length follows the traffic may say no more than its bounds.
  std::string_view const length = at.find("duration") != nullptr ? "duration" : at.find("maxDur") != nullptr ? "maxDur" : "minDur";
  MADANG_TRY(auto const seconds, at.number(length, kPlanSecondsMax));
  if (seconds < 0) return fail(at.fault(fmt::format("signal \"{}\": {} is below 0", program.signal, length)));
  step.millis = millis_of(seconds);
  MADANG_TRY(step.state, at.required("state"));
  if (auto const odd = step.state.find_first_not_of("rRyYgGuoOsS"); odd != std::string::npos)
    return fail(at.fault(fmt::format("signal \"{}\": step {} has the letter \"{}\", which is none of rRyYgGuoOsS", program.signal,
                                     program.plan.steps.size(), step.state.substr(odd, 1))));
  program.plan.steps.push_back(std::move(step));
  program.step_lines.push_back(at.line());
  return {};
}

/// An element directly under <net>.
Result<void> add_outer(XmlElements const& at, SumoFile& file) {
  if (at.name() == "edge") return add_edge(at, file);
  if (at.name() == "junction") return add_junction(at, file);
  if (at.name() == "connection") return add_connection(at, file);
  if (at.name() == "tlLogic") return add_program(at, file);
  return {};
}

/// An element of one of those.
Result<void> add_inner(XmlElements const& at, std::string_view outer, SumoFile& file) {
  if (outer == "edge" && at.name() == "lane") return add_lane(at, file.edges.back());
  if (outer == "junction" && at.name() == "request") return add_request(at, file.junctions.back());
  if (outer == "tlLogic" && at.name() == "phase") return add_step(at, file.programs.back());
  return {};
}

}  // namespace

Result<SumoFile> read_sumo_file(std::string_view xml) {
  MADANG_TRY(auto elements, XmlElements::open(xml));
  SumoFile file;
  std::string outer;
  for (;;) {
    MADANG_TRY(bool const more, elements.next());
    if (!more) break;
    if (elements.depth() == 0 && elements.name() != "net")
      return fail(elements.fault("a network of SUMO begins with <net>"));
    if (elements.depth() == 1) {
      outer = elements.name();
      MADANG_CHECK(add_outer(elements, file));
    }
    if (elements.depth() == 2) MADANG_CHECK(add_inner(elements, outer, file));
  }
  return file;
}

}  // namespace madang::mobility::network
