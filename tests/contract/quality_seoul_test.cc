// The quality rules over Seoul's published hourly day, which is not part of the repository.
#include <gtest/gtest.h>

#include <algorithm>

#include "evaluation/quality.h"
#include "runtime/clock.h"
#include "sensing/import/import.h"
#include "sensing/test_city.h"
#include "support/published_data.h"

namespace madang {
namespace {

double value_of(evaluation::QualityTable const& table, std::string_view begin) {
  auto const row = std::ranges::find_if(table.rows, [&](evaluation::Measured const& m) { return m.name.starts_with(begin); });
  return row == table.rows.end() ? -1 : row->value;
}

TEST(quality_of_seoul, finds_the_faults_of_a_published_day) {
  MADANG_NEEDS_PUBLISHED("seoul-sdot/sdot_20200501_hourly.csv");
  sensing::TestCity t;
  auto const target = sensing::direct_target(*t.city, t.store);
  sensing::SdotOptions const options{.import = {.files = {test::published("seoul-sdot/sdot_20200501_hourly.csv")}, .rejects_file = "", .progress = {}, .clock = t.clock},
                                     .positions_file = test::published("seoul-sdot/sensor_longitude_latitude.csv"),
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
