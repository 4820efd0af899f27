#include "evaluation/signals/scenario.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <system_error>

#include "evaluation/signals/limits.h"
#include "evaluation/signals/xml_walk.h"

namespace madang::evaluation::signals {
namespace {

constexpr std::string_view kConfigEnding = ".sumocfg";

/// SUMO separates names of files by commas or blanks.
std::vector<std::filesystem::path> paths_of(std::string_view list, std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> paths;
  while (!list.empty()) {
    auto const name = list.substr(0, list.find_first_of(", \t\n"));
    if (!name.empty()) paths.push_back(folder / name);
    list.remove_prefix(std::min(list.size(), name.size() + 1));
  }
  return paths;
}

Result<Millis> moment(XmlElement const& element) {
  MADANG_TRY(auto const seconds, element.number("value"));
  // Both ends of a window lie within a week, or something is wrong with the file.
  if (seconds < 0 || seconds > 604'800) return fail(Code::kInvalid, fmt::format("{} is no second of a week", seconds));
  return Millis{std::llround(seconds * 1000)};
}

Result<void> take_option(XmlElement const& element, std::filesystem::path const& folder, Scenario& scenario) {
  auto const option = element.name();
  auto const value = element.attribute("value").value_or("");
  if (option == "net-file") scenario.net = folder / value;
  if (option == "route-files") scenario.routes = paths_of(value, folder);
  if (option == "additional-files") scenario.additional = paths_of(value, folder);
  if (option == "begin") {
    MADANG_TRY(scenario.begin, moment(element));
  }
  if (option == "end") {
    MADANG_TRY(scenario.end, moment(element));
  }
  return {};
}

Result<void> check_scenario(Scenario const& scenario) {
  auto const config = scenario.config.string();
  if (scenario.net.empty()) return fail(Code::kInvalid, config + ": names no net-file");
  if (!std::filesystem::is_regular_file(scenario.net)) return fail(Code::kNotFound, scenario.net.string() + ": is not there");
  if (scenario.routes.empty()) return fail(Code::kInvalid, config + ": names no route-files");
  if (scenario.length() < Millis{1000}) return fail(Code::kInvalid, config + ": end: must be at least a second after begin");
  if (scenario.length() > kWindowMax) {
    return fail(Code::kLimit, fmt::format("{}: a window of {} s is above {}", config, scenario.length().count() / 1000, kWindowMax.count()));
  }
  return {};
}

Result<void> collect_bus_types(std::filesystem::path const& file, std::set<std::string>& into) {
  return walk_xml(file, [&](XmlElement const& element) -> Result<void> {
    if (element.name() != "vType") return {};
    auto const kind = element.attribute("vClass");
    if (!kind || (*kind != "bus" && *kind != "coach")) return {};
    MADANG_TRY(auto id, element.text("id"));
    into.insert(std::move(id));
    return {};
  });
}

Result<std::vector<std::filesystem::path>> configs_in(std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> configs;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator entry{folder, failed};
  for (; !failed && entry != std::filesystem::recursive_directory_iterator{}; entry.increment(failed)) {
    if (entry.depth() >= 1) entry.disable_recursion_pending();
    if (entry->path().extension() != kConfigEnding) continue;
    if (configs.size() == kScenariosMax) return fail(Code::kLimit, fmt::format("{}: more than {} scenarios", folder.string(), kScenariosMax));
    configs.push_back(entry->path());
  }
  if (failed) return fail(Code::kNotFound, fmt::format("{}: {}", folder.string(), failed.message()));
  std::ranges::sort(configs);
  return configs;
}

}  // namespace

Result<Scenario> read_scenario(std::filesystem::path const& config) {
  Scenario scenario;
  scenario.name = config.stem().string();
  scenario.config = std::filesystem::absolute(config);
  auto const folder = scenario.config.parent_path();
  MADANG_CHECK(walk_xml(config, [&](XmlElement const& element) { return take_option(element, folder, scenario); }));
  MADANG_CHECK(check_scenario(scenario));
  for (auto const& file : scenario.routes) MADANG_CHECK(collect_bus_types(file, scenario.bus_types));
  for (auto const& file : scenario.additional) MADANG_CHECK(collect_bus_types(file, scenario.bus_types));
  return scenario;
}

Result<std::vector<Scenario>> find_scenarios(std::filesystem::path const& folder, std::vector<std::string> const& only) {
  MADANG_TRY(auto const configs, configs_in(folder));
  std::vector<Scenario> scenarios;
  std::vector<std::string> missing = only;
  for (auto const& config : configs) {
    auto const name = config.stem().string();
    if (!only.empty() && std::ranges::find(only, name) == only.end()) continue;
    std::erase(missing, name);
    MADANG_TRY(auto scenario, read_scenario(config));
    scenarios.push_back(std::move(scenario));
  }
  if (!missing.empty()) return fail(Code::kNotFound, fmt::format("{}: no scenario is named {}", folder.string(), fmt::join(missing, ", ")));
  if (scenarios.empty()) return fail(Code::kNotFound, fmt::format("{}: holds no *{}, nor do the folders in it", folder.string(), kConfigEnding));
  return scenarios;
}

}  // namespace madang::evaluation::signals
