// A small town for tests that really start SUMO: four crossings with signals, made by netgenerate when the test runs, and a car
// every other second from the west to the east.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "mobility/traci/sumo_process.h"

namespace madang::mobility::traci {

/// A test ends visibly as skipped where SUMO is not installed.
#define MADANG_SKIP_WITHOUT_SUMO() \
  if (!::madang::mobility::traci::find_sumo() || !::madang::mobility::traci::find_sumo("netgenerate")) \
  GTEST_SKIP() << "SUMO is not installed (Debian's package \"sumo\"): nothing of it was tested here"

class SumoTown : public testing::Test {
 protected:
  void SetUp() override {
    MADANG_SKIP_WITHOUT_SUMO();
    auto pattern = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    auto made = SumoProcess::start(*find_sumo("netgenerate"),
                                   {"--grid", "--grid.number", "2", "--grid.length", "200", "--grid.attach-length", "200", "--default-junction-type",
                                    "traffic_light", "--tls.default-type", "static", "-o", (folder / "town.net.xml").string(), "--xml-validation",
                                    "never"},
                                   folder / "netgenerate.log");
    ASSERT_TRUE(made) << made.error().sentence;
    auto const ended = made->wait(std::chrono::steady_clock::now() + std::chrono::minutes{2});
    ASSERT_TRUE(ended) << ended.error().sentence;
    write_routes();
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder.empty()) std::filesystem::remove_all(folder, ignored);
  }

  std::filesystem::path folder;

 private:
  void write_routes() const {
    std::ofstream routes(folder / "town.rou.xml");
    routes << "<routes>\n  <vType id=\"car\"/>\n  <vType id=\"line\" vClass=\"bus\"/>\n";
    for (int second = 0; second < 200; second += 2) {
      routes << "  <trip id=\"" << second << "\" type=\"" << (second % 20 == 0 ? "line" : "car") << "\" depart=\"" << second
             << "\" from=\"left0A0\" to=\"B0right0\"/>\n";
    }
    routes << "</routes>\n";
  }
};

}  // namespace madang::mobility::traci
