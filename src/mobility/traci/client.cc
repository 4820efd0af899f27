#include "mobility/traci/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "mobility/traci/limits.h"

namespace madang::mobility::traci {
namespace {

constexpr std::array<std::uint8_t, 4> kOfArea{variable::kVehicles, variable::kHalting, variable::kMeanSpeed, variable::kOccupancy};
constexpr std::array<std::uint8_t, 3> kOfLoop{variable::kVehicleIds, variable::kMeanSpeed, variable::kOccupancy};
constexpr std::array<std::uint8_t, 3> kOfSimulation{variable::kTime, variable::kArrived, variable::kExpected};
constexpr std::uint8_t kAnswerOffset = 0x10;

constexpr bool answers(Subscription const& answer, Command command) {
  return answer.answer == std::to_underlying(command) + kAnswerOffset;
}

std::size_t count_of(double number) { return number > 0 ? static_cast<std::size_t>(std::min(number, 1e15)) : 0; }

}  // namespace

Result<Client> Client::connect(Address const& address, Millis patience) {
  return connect(address, patience, std::chrono::steady_clock::now() + patience);
}

Result<Client> Client::connect(Address const& address, Millis patience, Tick deadline) {
  MADANG_TRY(auto socket, FrameSocket::connect(address.host, address.port, deadline));
  return Client{std::move(socket), patience};
}

Result<AnswerReader> Client::answer(Tick deadline) {
  MADANG_TRY(auto const body, socket_.receive(deadline));
  return AnswerReader{body};
}

Result<AnswerReader> Client::ask(FrameWriter& command) {
  auto const deadline = std::chrono::steady_clock::now() + patience_;
  MADANG_CHECK(socket_.send(command.take(), deadline));
  return answer(deadline);
}

Result<Version> Client::version() {
  FrameWriter command;
  MADANG_TRY(auto reader, ask(command.get_version()));
  MADANG_CHECK(reader.done(Command::kGetVersion));
  return reader.version();
}

Result<void> Client::subscribe_lane_areas(std::span<std::string const> ids) {
  std::vector<Detector> all;
  for (auto const& id : ids) all.push_back({id, DetectorKind::kLaneArea});
  return subscribe(all);
}

Result<void> Client::subscribe(std::span<Detector const> detectors) {
  MADANG_ASSERT(area_ids_.empty());
  if (detectors.empty()) return {};
  if (detectors.size() > kSubscriptionsMax) {
    return fail(Code::kLimit, fmt::format("TraCI: {} detectors are above {}", detectors.size(), kSubscriptionsMax));
  }
  areas_.resize(detectors.size());
  on_loop_.resize(detectors.size());
  FrameWriter commands;
  for (auto const& detector : detectors) {
    if (!area_by_id_.emplace(detector.id, area_ids_.size()).second) {
      return fail(Code::kInvalid, fmt::format("TraCI: the detector {} is asked for twice", detector.id));
    }
    area_ids_.push_back(detector.id);
    area_kinds_.push_back(detector.kind);
    if (detector.kind == DetectorKind::kLoop) commands.subscribe(Command::kSubscribeLoop, detector.id, kOfLoop);
    else commands.subscribe(Command::kSubscribeLaneArea, detector.id, kOfArea);
  }
  MADANG_TRY(auto reader, ask(commands));
  for (auto const kind : area_kinds_) {
    MADANG_CHECK(reader.done(kind == DetectorKind::kLoop ? Command::kSubscribeLoop : Command::kSubscribeLaneArea));
    MADANG_CHECK(reader.subscription(scratch_));
  }
  return {};
}

Result<void> Client::subscribe_simulation() {
  FrameWriter command;
  MADANG_TRY(auto reader, ask(command.subscribe(Command::kSubscribeSimulation, "", kOfSimulation)));
  return reader.done(Command::kSubscribeSimulation);
}

// SUMO ends the frame of a step with the step, so that what signals shall show is a frame of its own before it; both go out at once.
Result<Step> Client::step() {
  auto const deadline = std::chrono::steady_clock::now() + patience_;
  auto const changes = waiting_.commands();
  std::string frames = changes > 0 ? waiting_.take() : std::string{};
  FrameWriter command;
  frames += command.step(0).take();
  MADANG_CHECK(socket_.send(frames, deadline));
  if (changes > 0) MADANG_CHECK(confirm(changes, deadline));

  MADANG_TRY(auto reader, answer(deadline));
  MADANG_CHECK(reader.done(Command::kStep));
  MADANG_TRY(auto const count, reader.subscriptions());
  for (auto& area : areas_) area = {};
  Step step;
  std::size_t expected = 0;
  for (std::size_t i = 0; i < count; ++i) {
    MADANG_CHECK(reader.subscription(scratch_));
    if (answers(scratch_, Command::kSubscribeSimulation)) keep_simulation(step);
    if (!answers(scratch_, Command::kSubscribeLaneArea) && !answers(scratch_, Command::kSubscribeLoop)) continue;
    MADANG_TRY(auto const area, area_of(scratch_.object, expected));
    keep_area(area);
    expected = area + 1;
  }
  return step;
}

Result<void> Client::confirm(std::size_t commands, Tick deadline) {
  MADANG_TRY(auto reader, answer(deadline));
  for (std::size_t i = 0; i < commands; ++i) MADANG_CHECK(reader.done(Command::kSetSignal));
  return {};
}

// They come in the order in which they were asked for, as far as SUMO is known; the map is for a server that does otherwise.
Result<std::size_t> Client::area_of(std::string_view object, std::size_t expected) const {
  if (expected < area_ids_.size() && area_ids_[expected] == object) return expected;
  auto const found = area_by_id_.find(object);
  if (found == area_by_id_.end()) return fail(Code::kCorrupt, fmt::format("TraCI: nobody asked for the detector {}", object));
  return found->second;
}

/// A loop says who is on it, step after step while somebody stands there; who came is who was not there before.
float Client::count_new(std::size_t loop) {
  auto& before = on_loop_[loop];
  auto const count = std::ranges::count_if(scratch_.texts, [&](auto const& id) { return std::ranges::find(before, id) == before.end(); });
  before.assign(scratch_.texts.begin(), scratch_.texts.end());
  return static_cast<float>(count);
}

void Client::keep_area(std::size_t area) {
  auto& reading = areas_[area];
  std::size_t known = 0;
  for (auto const& value : scratch_.values) {
    if (value.known && value.variable == variable::kVehicleIds) {
      reading.vehicles = count_new(area);
      ++known;
    }
    if (!value.known || !std::isfinite(value.number)) continue;
    auto const number = static_cast<float>(value.number);
    switch (value.variable) {
      case variable::kVehicles: reading.vehicles = number; break;
      case variable::kHalting: reading.halting = number; break;
      case variable::kMeanSpeed: reading.speed = number < 0 ? -1 : number; break;
      case variable::kOccupancy: reading.occupancy = number; break;
      default: continue;
    }
    ++known;
  }
  reading.known = known == (area_kinds_[area] == DetectorKind::kLoop ? kOfLoop.size() : kOfArea.size());
}

void Client::keep_simulation(Step& step) const {
  for (auto const& value : scratch_.values) {
    if (!value.known || !std::isfinite(value.number)) continue;
    switch (value.variable) {
      case variable::kTime: step.time = value.number; break;
      case variable::kArrived: step.arrived = count_of(value.number); break;
      case variable::kExpected: step.expected = count_of(value.number); break;
      default: break;
    }
  }
}

Result<void> Client::close() {
  FrameWriter command;
  MADANG_TRY(auto reader, ask(command.close()));
  return reader.done(Command::kClose);
}

}  // namespace madang::mobility::traci
