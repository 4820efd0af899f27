#include "evaluation/signals/sumo_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "evaluation/signals/test_folder.h"
#include "mobility/traci/test_sumo_net.h"

namespace madang::evaluation::signals {
namespace {

class signals_trips : public InFolder {};

constexpr std::string_view kTrips = R"(<tripinfos>
  <tripinfo id="a" depart="10.00" departDelay="2.00" arrival="90.00" waitingTime="7.00" waitingCount="2" timeLoss="30.00" vType="car"/>
  <tripinfo id="b" depart="20.00" departDelay="0.00" arrival="-1.00" waitingTime="50.00" waitingCount="1" timeLoss="60.00" vType="line"/>
  <tripinfo id="c" depart="-1" departDelay="40.00" arrival="-1.00" waitingTime="0.00" waitingCount="0" timeLoss="0.00" vType="car"/>
  <tripinfo id="d" depart="-1" departDelay="-30.00" arrival="-1.00" waitingTime="0.00" waitingCount="0" timeLoss="0.00" vType="car"/>
</tripinfos>)";

TEST_F(signals_trips, know_who_arrived_who_is_on_the_way_and_who_never_began) {
  auto const trips = read_trips(write("t.xml", kTrips));
  ASSERT_TRUE(trips) << trips.error().sentence;
  ASSERT_EQ(trips->size(), 3U);
  EXPECT_TRUE(trips->at(0).arrived);
  EXPECT_EQ(trips->at(0).time_loss, 30);
  EXPECT_TRUE(trips->at(1).inserted);
  EXPECT_FALSE(trips->at(1).arrived);
  EXPECT_FALSE(trips->at(2).inserted);
  EXPECT_EQ(trips->at(2).depart_delay, 40);
}

TEST_F(signals_trips, without_a_number_name_the_line) {
  auto const file = write("t.xml", "<tripinfos>\n<tripinfo vType=\"car\" timeLoss=\"soon\"/></tripinfos>");
  EXPECT_EQ(read_trips(file).error().sentence, file.string() + ": line 2: timeLoss of <tripinfo>: \"soon\" is no number");
}

TEST_F(signals_trips, give_where_vehicles_were_first_and_last) {
  auto const at = read_standpoints(write("f.xml", R"(<fcd-export><timestep time="1"><vehicle id="a" lane="x_0" pos="1.5"/></timestep>
    <timestep time="601"><vehicle id="a" lane="x_0" pos="2.5"/><vehicle id="b" lane="y_0" pos="0"/></timestep></fcd-export>)"));
  ASSERT_TRUE(at) << at.error().sentence;
  EXPECT_EQ(at->first.size(), 1U);
  EXPECT_EQ(at->last.size(), 2U);
  EXPECT_EQ(at->last.at("a").metres, 2.5);
}

/// All signals red, or all green: no city would, but the effect is seen at once.
class OneLetter final : public Steering {
 public:
  explicit OneLetter(char letter) : letter_(letter) {}
  [[nodiscard]] std::vector<LaneArea> const& senses() const override { return areas_; }
  void step(Millis now, std::span<Sensed const>, std::vector<SignalState>& states) override {
    if (now != Millis{1000}) return;
    for (auto const* signal : {"A0", "A1", "B0", "B1"}) states.emplace_back(signal, std::string(16, letter_));
  }

 private:
  char letter_;
  std::vector<LaneArea> areas_{{.id = "west", .lane = "left0A0_0", .from = 100, .to = 150}};
};

MakeSteering one_letter(char letter) {
  return [letter](std::filesystem::path const&, Millis) -> Result<std::unique_ptr<Steering>> { return std::make_unique<OneLetter>(letter); };
}

class signals_in_sumo : public mobility::traci::SumoTown {
 protected:
  void SetUp() override {
    SumoTown::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    std::ofstream(folder / "town.sumocfg") << "<configuration><input><net-file value=\"town.net.xml\"/><route-files value=\"town.rou.xml\"/></input>"
                                              "<time><begin value=\"0\"/><end value=\"900\"/></time></configuration>";
    auto read = read_scenario(folder / "town.sumocfg");
    ASSERT_TRUE(read) << read.error().sentence;
    scenario = *std::move(read);
  }
  RunOutcome run(SignalProgram program, MakeSteering make = {}) const {
    auto outcome = run_sumo(scenario, {.sumo = *mobility::traci::find_sumo(), .seed = 3, .program = program, .make = std::move(make)});
    EXPECT_TRUE(outcome) << outcome.error().sentence;
    return outcome ? *std::move(outcome) : RunOutcome{};
  }
  TripScore score(RunOutcome const& outcome) const { return score_trips(outcome.trips, scenario.bus_types); }

  Scenario scenario;
};

TEST_F(signals_in_sumo, of_the_net_let_everybody_through) {
  auto const outcome = run(SignalProgram::kOfTheNet);
  auto const scored = score(outcome);
  EXPECT_EQ(scored.all.vehicles, 100U);
  EXPECT_EQ(scored.buses.vehicles, 10U);
  EXPECT_EQ(scored.completed, 100U);
  EXPECT_EQ(outcome.standing, 0U);
}

TEST_F(signals_in_sumo, that_are_actuated_are_not_those_of_the_net) {
  auto const fixed = score(run(SignalProgram::kOfTheNet)).all.delay;
  auto const actuated = score(run(SignalProgram::kActuated)).all.delay;
  EXPECT_GT(actuated, 0);
  EXPECT_NE(fixed, actuated);
}

TEST_F(signals_in_sumo, that_stay_red_are_a_gridlock_and_hold_some_back_from_the_road) {
  auto const outcome = run(SignalProgram::kSteered, one_letter('r'));
  auto const scored = score(outcome);
  EXPECT_EQ(scored.all.vehicles, 100U);
  EXPECT_GT(scored.never, 0U);
  EXPECT_EQ(scored.completed, 0U);
  EXPECT_TRUE(is_gridlocked(outcome.standing));
  EXPECT_GT(scored.all.delay, 700);
}

TEST_F(signals_in_sumo, that_are_always_green_delay_less_than_the_nets_own) {
  auto const green = score(run(SignalProgram::kSteered, one_letter('G')));
  EXPECT_EQ(green.completed, 100U);
  EXPECT_LT(green.all.delay, score(run(SignalProgram::kOfTheNet)).all.delay);
}

TEST_F(signals_in_sumo, come_out_the_same_for_the_same_seed) {
  EXPECT_EQ(score(run(SignalProgram::kOfTheNet)).all.delay, score(run(SignalProgram::kOfTheNet)).all.delay);
}

TEST_F(signals_in_sumo, that_cannot_be_steered_say_why) {
  MakeSteering const cannot = [](std::filesystem::path const&, Millis) -> Result<std::unique_ptr<Steering>> {
    return fail(Code::kInvalid, "the net has no signal");
  };
  auto const outcome = run_sumo(scenario, {.sumo = *mobility::traci::find_sumo(), .program = SignalProgram::kSteered, .make = cannot});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().sentence, "the net has no signal");
}

TEST_F(signals_in_sumo, whose_routes_are_gone_tell_what_sumo_says) {
  std::filesystem::remove(scenario.routes.front());
  auto const outcome = run_sumo(scenario, {.sumo = *mobility::traci::find_sumo()});
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().sentence.find("town.rou.xml"), std::string::npos) << outcome.error().sentence;
}

TEST_F(signals_in_sumo, know_its_version) {
  auto const version = sumo_version(*mobility::traci::find_sumo());
  ASSERT_TRUE(version) << version.error().sentence;
  EXPECT_NE(version->find('.'), std::string::npos);
}

}  // namespace
}  // namespace madang::evaluation::signals
