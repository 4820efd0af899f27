#include "evaluation/signals/sumo_run.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "evaluation/signals/additional.h"
#include "evaluation/signals/limits.h"
#include "evaluation/signals/xml_walk.h"
#include "mobility/traci/client.h"
#include "mobility/traci/sumo_process.h"

namespace madang::evaluation::signals {
namespace {

namespace traci = mobility::traci;
using Steady = std::chrono::steady_clock;

double seconds_since(Tick begin) { return std::chrono::duration<double>(Steady::now() - begin).count(); }

class PrivateFolder {
 public:
  static Result<PrivateFolder> make() {
    auto pattern = (std::filesystem::temp_directory_path() / "madang-signals-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return fail(Code::kUnavailable, pattern + ": no folder can be made here");
    return PrivateFolder{std::move(pattern)};
  }
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return path_ / name; }

 private:
  explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

Result<void> write_text(std::filesystem::path const& file, std::string const& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return fail(Code::kUnavailable, file.string() + ": cannot be written");
  return {};
}

// Schemas may not be installed, and what a scenario writes about chance, steps and teleports is the protocol's to say. Floating car
// data has two moments: ten minutes before the last step, and the last step.
std::vector<std::string> arguments_of(Scenario const& scenario, RunOrder const& order, PrivateFolder const& folder) {
  std::vector<std::string> words = {"-c",                      scenario.config.string(),
                                    "--seed",                  std::to_string(order.seed),
                                    "--random",                "false",
                                    "--step-length",           "1",
                                    "--time-to-teleport",      "-1",
                                    "--tripinfo-output",       folder.file("trips.xml").string(),
                                    "--xml-validation",        "never",
                                    "--xml-validation.net",    "never",
                                    "--xml-validation.routes", "never"};
  for (auto const* flag : {"--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted", "--no-step-log", "--no-warnings",
                           "--duration-log.disable"}) {
    words.insert(words.end(), {flag, "true"});
  }
  auto const last = std::chrono::duration<double>(scenario.end).count() - 1;
  if (auto const first = last - kGridlockSeconds; first >= std::chrono::duration<double>(scenario.begin).count()) {
    words.insert(words.end(), {"--fcd-output", folder.file("places.xml").string(), "--fcd-output.attributes", "lane,pos",
                               "--device.fcd.begin", fmt::format("{}", first), "--device.fcd.period", fmt::format("{}", kGridlockSeconds)});
  }
  return words;
}

/// Ours come after the scenario's own, and the last program of a signal is the one that runs.
Result<void> add_files(Scenario const& scenario, std::string const& own, PrivateFolder const& folder, std::vector<std::string>& words) {
  auto const file = folder.file("additional.xml");
  MADANG_CHECK(write_text(file, own));
  std::string all;
  for (auto const& each : scenario.additional) all += each.string() + ",";
  words.insert(words.end(), {"--additional-files", all + file.string()});
  return {};
}

void take_readings(std::span<traci::AreaReading const> areas, std::vector<Sensed>& into) {
  for (std::size_t i = 0; i < areas.size(); ++i) {
    auto const& area = areas[i];
    into[i] = {.vehicles = area.vehicles, .halting = area.halting, .speed = area.speed, .occupancy = area.occupancy, .valid = area.known};
  }
}

/// Through the whole window, then asks SUMO to end. Gives back how long the steering took.
Result<double> steer(traci::Client& client, Scenario const& scenario, Steering& steering, Tick deadline) {
  std::vector<traci::Detector> detectors;
  for (auto const& area : steering.senses())
    detectors.push_back({area.id, area.is_loop() ? traci::DetectorKind::kLoop : traci::DetectorKind::kLaneArea});
  MADANG_CHECK(client.subscribe(detectors));
  std::vector<Sensed> readings(detectors.size());
  std::vector<SignalState> states;
  double seconds = 0;
  for (auto now = scenario.begin + Millis{1000}; now <= scenario.end; now += Millis{1000}) {
    MADANG_CHECK(client.step());
    auto const begin = Steady::now();
    if (begin > deadline) return fail(Code::kUnavailable, "the simulation is too slow");
    take_readings(client.lane_areas(), readings);
    states.clear();
    steering.step(now, readings, states);
    seconds += seconds_since(begin);
    for (auto const& [signal, letters] : states) client.set_state(signal, letters);
  }
  MADANG_CHECK(client.close());
  return seconds;
}

Result<double> run_steered(Scenario const& scenario, RunOrder const& order, PrivateFolder const& folder, std::vector<std::string> words,
                           Tick deadline) {
  MADANG_TRY(auto const steering, order.make(scenario.net, scenario.begin));
  MADANG_CHECK(add_files(scenario, lane_area_detectors(steering->senses()), folder, words));
  MADANG_TRY(auto const port, traci::LoopbackPort::reserve());
  words.insert(words.end(), {"--remote-port", std::to_string(port.number())});
  MADANG_TRY(auto process, traci::SumoProcess::start(order.sumo, std::move(words), folder.file("log")));
  MADANG_TRY(auto client, process.connect(port.number(), kAnswerWait));
  auto seconds = steer(client, scenario, *steering, deadline);
  if (!seconds) return fail(seconds.error().code, fmt::format("{}; {}", seconds.error().sentence, process.last_words()));
  MADANG_CHECK(process.wait(deadline));
  return seconds;
}

Result<void> run_unsteered(Scenario const& scenario, RunOrder const& order, PrivateFolder const& folder, std::vector<std::string> words,
                           Tick deadline) {
  if (order.program == SignalProgram::kActuated) {
    MADANG_TRY(auto const programs, read_programs(scenario.net));
    MADANG_CHECK(add_files(scenario, actuated_programs(programs), folder, words));
  }
  MADANG_TRY(auto process, traci::SumoProcess::start(order.sumo, std::move(words), folder.file("log")));
  return process.wait(deadline);
}

}  // namespace

Result<RunOutcome> run_sumo(Scenario const& scenario, RunOrder const& order) {
  auto const begin = Steady::now();
  auto const deadline = begin + kRunWait;
  MADANG_TRY(auto const folder, PrivateFolder::make());
  auto words = arguments_of(scenario, order, folder);
  RunOutcome outcome;
  if (order.program == SignalProgram::kSteered) {
    MADANG_TRY(outcome.steering_seconds, run_steered(scenario, order, folder, std::move(words), deadline));
  } else {
    MADANG_CHECK(run_unsteered(scenario, order, folder, std::move(words), deadline));
  }
  MADANG_TRY(outcome.trips, read_trips(folder.file("trips.xml")));
  if (auto const places = folder.file("places.xml"); std::filesystem::exists(places)) {
    MADANG_TRY(auto const at, read_standpoints(places));
    outcome.standing = count_standing(at.first, at.last);
  }
  outcome.wall_seconds = seconds_since(begin);
  return outcome;
}

Result<std::string> sumo_version(std::filesystem::path const& sumo) {
  MADANG_TRY(auto const folder, PrivateFolder::make());
  auto const log = folder.file("log");
  MADANG_TRY(auto process, traci::SumoProcess::start(sumo, {"--version"}, log));
  MADANG_CHECK(process.wait(Steady::now() + kAnswerWait));
  std::ifstream in(log, std::ios::binary);
  std::string line;
  std::getline(in, line);
  auto const at = line.rfind(' ');
  if (at == std::string::npos) return fail(Code::kUnsupported, fmt::format("{}: says no version, but \"{}\"", sumo.string(), line));
  return line.substr(at + 1);
}

Result<std::vector<Trip>> read_trips(std::filesystem::path const& file) {
  std::vector<Trip> trips;
  MADANG_CHECK(walk_xml(file, [&](XmlElement const& element) -> Result<void> {
    if (element.name() != "tripinfo") return {};
    Trip trip;
    MADANG_TRY(trip.type, element.text("vType"));
    MADANG_TRY(trip.time_loss, element.number("timeLoss"));
    MADANG_TRY(trip.depart_delay, element.number("departDelay"));
    MADANG_TRY(trip.waiting, element.number("waitingTime"));
    MADANG_TRY(trip.stops, element.number("waitingCount"));
    MADANG_TRY(auto const depart, element.number("depart"));
    MADANG_TRY(auto const arrival, element.number("arrival"));
    trip.inserted = depart >= 0;
    trip.arrived = arrival >= 0;
    // Routes are read ahead: who wanted to depart only after the end has waited for nothing.
    if (trip.inserted || trip.depart_delay > 0) trips.push_back(std::move(trip));
    return {};
  }));
  return trips;
}

Result<StandingAtEnd> read_standpoints(std::filesystem::path const& file) {
  StandingAtEnd at;
  std::size_t moments = 0;
  MADANG_CHECK(walk_xml(file, [&](XmlElement const& element) -> Result<void> {
    auto const name = element.name();
    if (name == "timestep") {
      ++moments;
      at.last.clear();
    }
    if (name != "vehicle") return {};
    MADANG_TRY(auto id, element.text("id"));
    Standpoint point;
    MADANG_TRY(point.lane, element.text("lane"));
    MADANG_TRY(point.metres, element.number("pos"));
    if (moments == 1) at.first.emplace(id, point);
    at.last.insert_or_assign(std::move(id), std::move(point));
    return {};
  }));
  if (moments < 2) at.last.clear();
  return at;
}

}  // namespace madang::evaluation::signals
