#include "evaluation/signals/additional.h"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "evaluation/signals/xml_walk.h"

namespace madang::evaluation::signals {
namespace {

constexpr int kActuatedMinSeconds = 5;
constexpr int kActuatedMaxSeconds = 60;
// Longer than any simulation: what a detector sums up over its period is asked for by nobody.
constexpr int kDetectorPeriodSeconds = 1'000'000;

}  // namespace

Result<std::vector<NetProgram>> read_programs(std::filesystem::path const& net) {
  std::map<std::string, NetProgram> by_signal;
  NetProgram* open = nullptr;
  MADANG_CHECK(walk_xml(net, [&](XmlElement const& element) -> Result<void> {
    auto const name = element.name();
    if (name == "tlLogic") {
      open = nullptr;
      if (element.attribute("programID") == "off") return {};
      MADANG_TRY(auto id, element.text("id"));
      open = &by_signal[id];
      *open = {.signal = std::move(id), .offset = element.attribute("offset").value_or("0"), .phases = {}};
    }
    if (name == "phase" && open != nullptr) {
      MADANG_TRY(auto duration, element.text("duration"));
      MADANG_TRY(auto state, element.text("state"));
      open->phases.push_back({std::move(duration), std::move(state)});
    }
    return {};
  }));
  std::vector<NetProgram> programs;
  for (auto& [id, program] : by_signal) programs.push_back(std::move(program));
  return programs;
}

bool is_green_step(std::string_view state) {
  return state.find_first_of("gG") != std::string_view::npos && state.find_first_of("yY") == std::string_view::npos;
}

std::string actuated_programs(std::span<NetProgram const> programs) {
  std::string text = "<additional>\n";
  auto out = std::back_inserter(text);
  for (auto const& program : programs) {
    fmt::format_to(out, "  <tlLogic id=\"{}\" type=\"actuated\" programID=\"madang-actuated\" offset=\"{}\">\n", xml_escaped(program.signal),
                   xml_escaped(program.offset));
    for (auto const& phase : program.phases) {
      fmt::format_to(out, "    <phase duration=\"{}\" state=\"{}\"", xml_escaped(phase.duration), xml_escaped(phase.state));
      if (is_green_step(phase.state)) fmt::format_to(out, " minDur=\"{}\" maxDur=\"{}\"", kActuatedMinSeconds, kActuatedMaxSeconds);
      text += "/>\n";
    }
    text += "  </tlLogic>\n";
  }
  return text + "</additional>\n";
}

std::string lane_area_detectors(std::span<LaneArea const> areas) {
  std::string text = "<additional>\n";
  for (auto const& area : areas) {
    if (area.is_loop()) {
      fmt::format_to(std::back_inserter(text), "  <inductionLoop id=\"{}\" lane=\"{}\" pos=\"{:.3f}\" friendlyPos=\"true\" freq=\"{}\" file=\"/dev/null\"/>\n",
                     xml_escaped(area.id), xml_escaped(area.lane), area.from, kDetectorPeriodSeconds);
      continue;
    }
    fmt::format_to(std::back_inserter(text),
                   "  <laneAreaDetector id=\"{}\" lane=\"{}\" pos=\"{:.3f}\" endPos=\"{:.3f}\" friendlyPos=\"true\" freq=\"{}\" file=\"/dev/null\"/>\n",
                   xml_escaped(area.id), xml_escaped(area.lane), area.from, area.to, kDetectorPeriodSeconds);
  }
  return text + "</additional>\n";
}

}  // namespace madang::evaluation::signals
