// Real boundaries of Seoul, where they are at hand: every file imports, neighbourhoods find their district, and
// the city's sensors lie where their positions say.
#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "city/city.h"
#include "core/text.h"
#include "records_fixture.h"
#include "support/published_data.h"

namespace madang::city {
namespace {

std::string read_file(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class areas_of_seoul : public contract::RecordsTest {
 protected:
  void SetUp() override {
    MADANG_NEEDS_PUBLISHED("seoul-places/");
    RecordsTest::SetUp();
    records = open(address);
    auto opened = City::open(*records, clock);
    ASSERT_TRUE(opened) << opened.error().sentence;
    city = *std::move(opened);
  }
  std::size_t import(std::string const& file, int level) {
    auto const count = city->import_areas(read_file(test::published("seoul-places/" + file)), level);
    EXPECT_TRUE(count) << count.error().sentence;
    return count ? count->areas : 0;
  }
  [[nodiscard]] std::size_t orphans() const {
    std::size_t count = 0;
    for (auto const& area : city->areas()) count += area->level > 1 && !area->parent ? 1 : 0;
    return count;
  }

  std::unique_ptr<storage::Records> records;
  std::unique_ptr<City> city;
};
INSTANTIATE_TEST_SUITE_P(on, areas_of_seoul, ::testing::Values(storage::Records::Engine::kSqlite),
                         contract::engine_name);

TEST_P(areas_of_seoul, have_25_districts_with_both_names) {
  EXPECT_EQ(import("seoul_25_gu_juso2015_simple.geojson", 1), 25u);
  auto const city_hall = city->area(city->area_at({37.5663, 126.9779}));
  ASSERT_TRUE(city_hall);
  EXPECT_EQ(city_hall->name.in("en"), "Jung-gu");
  EXPECT_EQ(city_hall->name.in("ko"), "중구");
  EXPECT_EQ(city_hall->code, "11140");
}

TEST_P(areas_of_seoul, have_425_neighbourhoods_each_in_a_district) {
  EXPECT_EQ(import("seoul_25_gu_juso2015_simple.geojson", 1), 25u);
  EXPECT_EQ(import("seoul_dong_2021.geojson", 2), 425u);
  EXPECT_EQ(orphans(), 0u);
  auto const gangnam_station = city->area(city->area_at({37.4979, 127.0290}));
  ASSERT_TRUE(gangnam_station);
  EXPECT_EQ(gangnam_station->level, 2);
  EXPECT_EQ(city->area(gangnam_station->parent)->name.in("en"), "Gangnam-gu");
}

TEST_P(areas_of_seoul, have_neighbourhoods_whose_code_starts_with_their_districts) {
  EXPECT_EQ(import("seoul_25_gu_kostat2013_simple.geojson", 1), 25u);
  EXPECT_EQ(import("seoul_dong_kostat2013_simple.geojson", 2), 423u);
  EXPECT_EQ(orphans(), 0u);
  std::size_t elsewhere = 0;
  for (auto const& area : city->areas()) {
    if (area->level == 2) elsewhere += area->code.starts_with(city->area(area->parent)->code) ? 0 : 1;
  }
  EXPECT_EQ(elsewhere, 0u);
}

TEST_P(areas_of_seoul, hold_every_sensor_of_the_city) {
  EXPECT_EQ(import("seoul_25_gu_juso2015_simple.geojson", 1), 25u);
  std::istringstream rows(read_file(test::published("seoul-sdot/sensor_longitude_latitude.csv")));
  std::string line;
  std::size_t inside = 0;
  std::size_t sensors = 0;
  std::set<std::int64_t> districts;
  while (std::getline(rows, line)) {
    auto const cells = split(line, ',');
    auto const latitude = parse_double(cells.size() > 2 ? trim(cells[1]) : "");
    auto const longitude = parse_double(cells.size() > 2 ? trim(cells[2]) : "");
    if (!latitude || !longitude) continue;
    ++sensors;
    auto const area = city->area_at({*latitude, *longitude});
    inside += area ? 1 : 0;
    if (area) districts.insert(area.value());
  }
  EXPECT_EQ(sensors, 851u);
  EXPECT_EQ(inside, 851u);
  EXPECT_EQ(districts.size(), 25u);
}

}  // namespace
}  // namespace madang::city
