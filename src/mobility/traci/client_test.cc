#include "mobility/traci/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "mobility/traci/sumo_process.h"
#include "mobility/traci/test_sumo_net.h"

namespace madang::mobility::traci {
namespace {

constexpr Millis kPatience{20'000};

std::string client_bytes(std::initializer_list<int> all) {
  std::string out;
  for (int const each : all) out.push_back(static_cast<char>(each));
  return out;
}

std::string framed(std::string const& body) {
  return client_bytes({0, 0, 0, static_cast<int>(body.size() + kFrameHeadBytes)}) + body;
}

/// Vehicles, halting, speed and occupancy of an area of one letter.
std::string area_answer(char id, int vehicles) {
  auto const zero = client_bytes({0, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0});
  auto const body = client_bytes({0, 0, 0, 1, id, 4, 0x10, 0, 0x09, 0, 0, 0, vehicles, 0x14, 0, 0x09, 0, 0, 0, 1, 0x11}) + zero + client_bytes({0x13}) + zero;
  return client_bytes({0, 0, 0, 0, static_cast<int>(body.size() + 6), 0xED}) + body;
}

/// Ids of one letter of who is on a loop of one letter; speed and occupancy 0.
std::string loop_answer(char id, std::string_view on_it) {
  auto const zero = client_bytes({0, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0});
  auto body = client_bytes({0, 0, 0, 1, id, 3, 0x12, 0, 0x0E, 0, 0, 0, static_cast<int>(on_it.size())});
  for (char const each : on_it) body += client_bytes({0, 0, 0, 1, each});
  body += client_bytes({0x11}) + zero + client_bytes({0x13}) + zero;
  return client_bytes({0, 0, 0, 0, static_cast<int>(body.size() + 6), 0xE0}) + body;
}

std::string done_answer(int command) { return client_bytes({7, command, 0, 0, 0, 0, 0}); }

/// Answers whatever it is asked with what it was given, and then says nothing more.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::string answers) : answers_(std::move(answers)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_.get(), any, size), 0);
    EXPECT_EQ(listen(listener_.get(), 1), 0);
    EXPECT_EQ(getsockname(listener_.get(), any, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] {
      connection_ = Descriptor{accept(listener_.get(), nullptr, nullptr)};
      (void)!::send(connection_.get(), answers_.data(), answers_.size(), MSG_NOSIGNAL);
    });
  }
  [[nodiscard]] Address address() const { return {.port = port_}; }

 private:
  std::string answers_;
  std::uint16_t port_ = 0;
  Descriptor listener_{::socket(AF_INET, SOCK_STREAM, 0)};
  Descriptor connection_;
  std::jthread thread_;
};

TEST(traci_client, gives_readings_in_the_order_asked_for_whatever_order_they_come_in) {
  auto const subscribed = done_answer(0xDD) + area_answer('a', 0) + done_answer(0xDD) + area_answer('b', 0);
  auto const stepped = done_answer(2) + client_bytes({0, 0, 0, 2}) + area_answer('b', 5) + area_answer('a', 3);
  ScriptedServer const server(framed(subscribed) + framed(stepped));
  auto client = Client::connect(server.address(), kPatience);
  ASSERT_TRUE(client) << client.error().sentence;
  std::array<std::string, 2> const ids{"a", "b"};
  auto const asked = client->subscribe_lane_areas(ids);
  ASSERT_TRUE(asked) << asked.error().sentence;
  auto const step = client->step();
  ASSERT_TRUE(step) << step.error().sentence;
  EXPECT_EQ(client->lane_areas()[0].vehicles, 3);
  EXPECT_EQ(client->lane_areas()[1].vehicles, 5);
  EXPECT_TRUE(client->lane_areas()[0].known);
}

TEST(traci_client, does_not_know_what_a_step_left_out) {
  auto const subscribed = done_answer(0xDD) + area_answer('a', 4);
  auto const stepped = done_answer(2) + client_bytes({0, 0, 0, 0});
  ScriptedServer const server(framed(subscribed) + framed(stepped));
  auto client = Client::connect(server.address(), kPatience);
  ASSERT_TRUE(client);
  std::array<std::string, 1> const ids{"a"};
  ASSERT_TRUE(client->subscribe_lane_areas(ids));
  ASSERT_TRUE(client->step());
  EXPECT_FALSE(client->lane_areas()[0].known);
}

TEST(traci_client, counts_on_a_loop_who_comes_and_not_who_stands_there) {
  auto const step_with = [](std::string_view on_it) { return framed(done_answer(2) + client_bytes({0, 0, 0, 1}) + loop_answer('l', on_it)); };
  ScriptedServer const server(framed(done_answer(0xD0) + loop_answer('l', "")) + step_with("pq") + step_with("qr") + step_with("r"));
  auto client = Client::connect(server.address(), kPatience);
  ASSERT_TRUE(client);
  std::array const loops{Detector{"l", DetectorKind::kLoop}};
  ASSERT_TRUE(client->subscribe(loops));
  ASSERT_TRUE(client->step());
  EXPECT_TRUE(client->lane_areas()[0].known);
  EXPECT_EQ(client->lane_areas()[0].vehicles, 2);
  ASSERT_TRUE(client->step());
  EXPECT_EQ(client->lane_areas()[0].vehicles, 1);
  ASSERT_TRUE(client->step());
  EXPECT_EQ(client->lane_areas()[0].vehicles, 0);
}

TEST(traci_client, refuses_readings_that_nobody_asked_for) {
  auto const stepped = done_answer(2) + client_bytes({0, 0, 0, 1}) + area_answer('z', 5);
  ScriptedServer const server(framed(stepped));
  auto client = Client::connect(server.address(), kPatience);
  ASSERT_TRUE(client);
  EXPECT_EQ(client->step().error().sentence, "TraCI: nobody asked for the detector z");
}

TEST(traci_client, waits_no_longer_than_its_patience) {
  ScriptedServer const server("");
  auto client = Client::connect(server.address(), Millis{50});
  ASSERT_TRUE(client);
  auto const version = client->version();
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, Code::kUnavailable);
  EXPECT_NE(version.error().sentence.find("does not answer in time"), std::string::npos);
}

TEST(traci_client, says_where_nobody_listens) {
  auto const port = LoopbackPort::reserve();
  ASSERT_TRUE(port);
  auto const client = Client::connect({.port = port->number()}, Millis{20});
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::kUnavailable);
  EXPECT_TRUE(client.error().sentence.starts_with("127.0.0.1:")) << client.error().sentence;
}

TEST(traci_client, takes_numbers_for_hosts_only) {
  EXPECT_EQ(Client::connect({.host = "localhost", .port = 1}, Millis{20}).error().code, Code::kInvalid);
}

TEST(loopback_port, is_never_held_twice) {
  auto const one = LoopbackPort::reserve();
  auto const other = LoopbackPort::reserve();
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->number(), other->number());
}

class traci_sumo : public SumoTown {
 protected:
  Result<SumoProcess> simulation(std::uint16_t port) {
    std::ofstream detectors(folder / "areas.xml");
    detectors << "<additional><laneAreaDetector id=\"west\" lane=\"left0A0_0\" pos=\"100\" endPos=\"-1\" friendlyPos=\"true\" freq=\"10000\" "
                 "file=\"/dev/null\"/></additional>";
    detectors.close();
    return SumoProcess::start(*find_sumo(),
                              {"-n", (folder / "town.net.xml").string(), "-r", (folder / "town.rou.xml").string(), "-a", (folder / "areas.xml").string(),
                               "--remote-port", std::to_string(port), "--no-step-log", "--no-warnings", "--xml-validation", "never",
                               "--xml-validation.net", "never", "--xml-validation.routes", "never", "--time-to-teleport", "-1"},
                              folder / "log");
  }
};

TEST_F(traci_sumo, holds_cars_at_a_red_signal_and_lets_them_go) {
  auto const port = LoopbackPort::reserve();
  ASSERT_TRUE(port);
  auto process = simulation(port->number());
  ASSERT_TRUE(process) << process.error().sentence;
  auto client = process->connect(port->number(), kPatience);
  ASSERT_TRUE(client) << client.error().sentence;
  auto const version = client->version();
  ASSERT_TRUE(version) << version.error().sentence;
  EXPECT_GE(version->api, 20);
  std::array<std::string, 1> const ids{"west"};
  ASSERT_TRUE(client->subscribe_lane_areas(ids));
  ASSERT_TRUE(client->subscribe_simulation());

  client->set_state("A0", std::string(16, 'r'));
  Step step;
  for (int i = 0; i < 100; ++i) step = client->step().value_or(Step{});
  EXPECT_EQ(step.time, 100);
  EXPECT_GT(step.expected, 0U);
  auto const red = client->lane_areas()[0];
  EXPECT_TRUE(red.known);
  EXPECT_GT(red.halting, 3);
  EXPECT_GT(red.occupancy, 10);

  client->set_program("A0", "0");
  for (int i = 0; i < 60; ++i) step = client->step().value_or(Step{});
  EXPECT_EQ(step.time, 160);
  client->set_state("A0", std::string(16, 'G'));
  for (int i = 0; i < 60; ++i) step = client->step().value_or(Step{});
  EXPECT_LT(client->lane_areas()[0].halting, red.halting);
  EXPECT_TRUE(client->close());
  EXPECT_TRUE(process->wait(std::chrono::steady_clock::now() + kPatience));
}

TEST_F(traci_sumo, says_which_signal_it_does_not_have) {
  auto const port = LoopbackPort::reserve();
  ASSERT_TRUE(port);
  auto process = simulation(port->number());
  ASSERT_TRUE(process) << process.error().sentence;
  auto client = process->connect(port->number(), kPatience);
  ASSERT_TRUE(client) << client.error().sentence;
  client->set_state("nowhere", "rG");
  auto const step = client->step();
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, Code::kConflict);
  EXPECT_NE(step.error().sentence.find("nowhere"), std::string::npos) << step.error().sentence;
}

TEST_F(traci_sumo, that_ends_at_once_is_noticed_with_its_last_words) {
  auto process = SumoProcess::start(*find_sumo(), {"-n", (folder / "missing.net.xml").string()}, folder / "log");
  ASSERT_TRUE(process) << process.error().sentence;
  auto const ended = process->wait(std::chrono::steady_clock::now() + kPatience);
  ASSERT_FALSE(ended);
  EXPECT_NE(ended.error().sentence.find("missing.net.xml"), std::string::npos) << ended.error().sentence;
}

}  // namespace
}  // namespace madang::mobility::traci
