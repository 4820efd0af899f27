// For tests of the import by a mapping: one mapping, and what becomes of a file that it describes.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sensing/import/import.h"
#include "sensing/import/test_target.h"

namespace madang::sensing {

inline constexpr std::string_view kGerman = R"([file]
separator = ";"
decimal_comma = true
[station]
serial = "STATION"
[time]
columns = ["ZEIT"]
format = "%d.%m.%Y %H:%M"
zone = "Europe/Berlin"
[[channel]]
column = "DRUCK"
channel = "pressure"
unit = "hPa"
min = 0
max = 5000
[[channel]]
column = "PM10"
channel = "pm10"
)";

/// Imports one small file after another into one target.
class CsvImport : public testing::Test {
 protected:
  /// What became of a file that is read to its end.
  ImportSummary import(std::string_view csv, std::string mapping = std::string{kGerman}, std::string const& name = "data.csv") {
    auto const summary = import_path(folder.file(name, csv), std::move(mapping));
    EXPECT_TRUE(summary) << summary.error().sentence;
    return summary.value_or(ImportSummary{});
  }
  Result<ImportSummary> import_path(std::string const& path, std::string mapping = std::string{kGerman}) {
    return import_csv(target, {.import = {.files = {path}, .rejects_file = folder.path("rejects.csv"), .progress = {}, .clock = clock},
                               .mapping_file = folder.file("m.toml", mapping)});
  }
  std::string refusal(std::string_view csv, std::string const& name = "data.csv") {
    auto const summary = import_path(folder.file(name, csv));
    return summary ? "read" : summary.error().sentence;
  }
  std::string rejects() { return text_of_file(folder.path("rejects.csv")); }
  std::vector<double> values(std::string_view channel, std::string const& serial = "A1") {
    std::vector<double> out;
    if (target.things.contains(serial))
      for (auto const& stored : target.values(serial, channel)) out.push_back(stored.value);
    return out;
  }
  std::vector<std::string> times(std::string_view channel) {
    std::vector<std::string> out;
    for (auto const& stored : target.values("A1", channel)) out.push_back(format_instant(stored.phenomenon_time));
    return out;
  }
  static std::string with(std::string_view line, std::string_view more) {
    std::string text{kGerman};
    return text.replace(text.find(line), line.size(), more);
  }

  runtime::ManualClock const clock{*parse_instant("2026-11-24T00:00:00Z")};
  TestFolder const folder;
  TestTarget target;
};

/// With the header that kGerman describes.
inline std::string rows(std::string_view text) { return "STATION;ZEIT;DRUCK;PM10\r\n" + std::string{text}; }

}  // namespace madang::sensing
