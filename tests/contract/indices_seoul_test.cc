// The indices over Seoul's published hourly day, which is not part of the repository.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/import/import.h"
#include "sensing/indices/city_indices.h"
#include "sensing/test_city.h"
#include "support/published_data.h"

namespace madang {
namespace {

using namespace sensing::indices;

/// S-DoT measures dust, noise and weather, and no gases; at 14:10 of that day.
struct indices_of_seoul : testing::Test {
  sensing::TestCity t;
  std::shared_ptr<sensing::NowView> now;

  void SetUp() override {
    MADANG_NEEDS_PUBLISHED("seoul-sdot/sdot_20200501_hourly.csv");
    auto const target = sensing::direct_target(*t.city, t.store);
    sensing::SdotOptions const options{.import = {.files = {test::published("seoul-sdot/sdot_20200501_hourly.csv")}, .rejects_file = "", .progress = {}, .clock = t.clock},
                                       .positions_file = test::published("seoul-sdot/sensor_longitude_latitude.csv"),
                                       .keep_all = true};
    auto const imported = sensing::import_sdot(*target, options);
    ASSERT_TRUE(imported.has_value()) << imported.error().sentence;
    t.clock.advance(*parse_instant("2020-05-01T14:10:00+09:00") - t.clock.now());
    now = sensing::must(sensing::NowView::start({.city = *t.city, .store = t.store, .ingest = *t.ingest, .clock = t.clock}));
  }
  std::shared_ptr<CityIndices const> read(AirScale scale) {
    auto const view = sensing::must(IndicesView::start({*t.city, t.store, t.clock, now, {}, {.air = scale, .crowd = {}}}));
    return sensing::must(view->read());
  }
};

TEST_F(indices_of_seoul, have_no_cai_since_nobody_measures_gases) {
  auto const indices = read(AirScale::kCai);
  EXPECT_FALSE(indices->city.air.index.has_value());
  EXPECT_THAT(indices->city.air.missing, testing::IsSupersetOf({Pollutant::kNo2, Pollutant::kO3}));
  EXPECT_FALSE(indices->official);
  EXPECT_FALSE(indices->notices.empty());
}

TEST_F(indices_of_seoul, have_noise_of_most_stations_and_an_index_of_dust) {
  auto const indices = read(AirScale::kAqi);
  ASSERT_TRUE(indices->city.air.index.has_value());
  EXPECT_GT(*indices->city.air.index->value, 0);
  ASSERT_TRUE(indices->city.noise.has_value());
  EXPECT_GT(indices->city.noise->stations, 700u);
  EXPECT_LT(indices->city.noise->above, indices->city.noise->stations);
}

}  // namespace
}  // namespace madang
