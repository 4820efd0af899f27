// The quality rules over Seoul's published hourly day, which is not part of the repository.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "evaluation/quality.h"
#include "runtime/clock.h"
#include "sensing/import/import.h"
#include "sensing/test_city.h"

namespace madang {
namespace {

namespace fs = std::filesystem;

double value_of(evaluation::QualityTable const& table, std::string_view begin) {
  auto const row = std::ranges::find_if(table.rows, [&](evaluation::Measured const& m) { return m.name.starts_with(begin); });
  return row == table.rows.end() ? -1 : row->value;
}

TEST(quality_of_seoul, finds_the_faults_of_a_published_day) {
  fs::path const folder = fs::path{MADANG_SOURCE_DIR} / "../shared/data/seoul-sdot";
  auto const day = folder / "sdot_20200501_hourly.csv";
  if (!fs::exists(day)) GTEST_SKIP() << "SKIPPED: no " << day << "; Seoul's data are not part of the repository";
  sensing::TestCity t;
  auto const target = sensing::direct_target(*t.city, t.store);
  sensing::SdotOptions const options{.import = {.files = {day.string()}, .rejects_file = "", .progress = {}, .clock = t.clock},
                                     .positions_file = (folder / "sensor_longitude_latitude.csv").string(),
                                     .keep_all = true};
  auto const imported = sensing::import_sdot(*target, options);
  ASSERT_TRUE(imported.has_value()) << imported.error().sentence;
  auto const found = evaluation::evaluate_real_quality(*t.city, t.store, [](std::string const&) {});
  ASSERT_TRUE(found.has_value()) << found.error().sentence;
  auto const& faults = found->tables.back();
  EXPECT_GT(value_of(faults, "zero wind without an anemometer"), 800);
  EXPECT_GT(value_of(faults, "constant globe thermometer"), 800);
  EXPECT_EQ(value_of(faults, "noise always zero"), 1);
  auto const missed = std::ranges::count_if(faults.rows, [](evaluation::Measured const& m) {
    return (m.at_least && m.value < *m.at_least) || (m.at_most && m.value > *m.at_most);
  });
  EXPECT_EQ(missed, 0);
}

}  // namespace
}  // namespace madang
