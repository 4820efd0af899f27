#include "sensing/live/now.h"

#include <gtest/gtest.h>

#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

struct Now : testing::Test {
  TestCity t;
  std::shared_ptr<NowView> view;
  Instant now = t.clock.now();

  Now() {
    must(t.city->import_areas(kTwoDistricts, 1));
    t.add("W1", kWest, {"pm25", "noise"});
    t.add("W2", kWest, {"pm25"});
    t.add("W3", kWest, {"pm25"});
    t.add("E1", kEast, {"pm25"});
  }
  void start() { view = must(NowView::start({*t.city, t.store, *t.ingest, t.clock, {}})); }
  void put(std::string_view serial, Instant when, double value, QualityFlag flag = QualityFlag::kGood) {
    t.put(t.stream(serial, "pm25"), when, value, flag);
  }
  QuantityNow pm25(std::optional<Instant> at = std::nullopt) { return must(view->quantity("pm25", at)); }
};

TEST_F(Now, takes_the_median_of_each_district_and_of_the_city) {
  start();
  put("W1", now - 1min, 10);
  put("W2", now - 1min, 30);
  put("W3", now - 2min, 20);
  put("E1", now, 50);
  auto const q = pm25();
  EXPECT_EQ(q.median, 25);
  EXPECT_EQ(q.count, 4u);
  EXPECT_EQ(q.time, now);
  ASSERT_EQ(q.areas.size(), 2u);
  EXPECT_EQ(q.areas[0].code, "E");
  EXPECT_EQ(q.areas[0].median, 50);
  EXPECT_EQ(q.areas[1].median, 20);
  EXPECT_EQ(q.areas[1].count, 3u);
}

TEST_F(Now, starts_from_what_the_store_holds) {
  put("W1", now - 1min, 10);
  start();
  EXPECT_EQ(pm25().values.size(), 1u);
}

TEST_F(Now, tells_fresh_stale_and_silent_apart) {
  start();
  put("W1", now - 6min, 10);
  put("W2", now - 7min, 30);
  put("W3", now - std::chrono::days{8}, 20);
  auto const q = pm25();
  EXPECT_EQ(q.freshness, (Freshness{4, 1, 1, 2}));
  EXPECT_EQ(q.values.size(), 2u);
  EXPECT_EQ(q.median, 10);
}

TEST_F(Now, leaves_failed_and_suspect_values_out_of_the_median) {
  start();
  put("W1", now, 10);
  put("W2", now, 1400, QualityFlag::kSuspect);
  put("W3", now, -5, QualityFlag::kFail);
  auto const q = pm25();
  EXPECT_EQ(q.median, 10);
  EXPECT_EQ(q.count, 1u);
  EXPECT_EQ(q.values.size(), 3u);
}

TEST_F(Now, keeps_the_newest_by_time_when_an_older_one_arrives_late) {
  start();
  put("W1", now, 10);
  put("W1", now - 1min, 99);
  EXPECT_EQ(pm25().median, 10);
}

TEST_F(Now, has_no_median_where_nothing_was_heard) {
  start();
  auto const q = pm25();
  EXPECT_FALSE(q.median.has_value());
  EXPECT_EQ(q.freshness.silent, 4u);
  EXPECT_EQ(q.areas.size(), 2u);
}

TEST_F(Now, shows_a_moment_of_the_past) {
  start();
  auto const then = now - 240h;
  put("W1", then - 1min, 10);
  put("W1", then + 1min, 40);
  put("W2", then - 25h, 99);
  auto const q = pm25(then);
  ASSERT_EQ(q.values.size(), 1u);
  EXPECT_EQ(q.values[0].value, 10);
  EXPECT_TRUE(q.values[0].fresh);
  EXPECT_EQ(q.freshness, (Freshness{4, 1, 0, 3}));
}

TEST_F(Now, looks_three_days_back_where_a_value_a_day_is_expected) {
  auto thing = TestCity::station("D1", kEast, {"humidity"});
  thing.datastreams[0].datastream.interval = 24h;
  must(t.city->add_thing(thing));
  start();
  t.put(t.stream("D1", "humidity"), now - 60h, 45);
  EXPECT_EQ(must(view->quantity("humidity", now)).values.size(), 1u);
}

TEST_F(Now, does_not_count_a_channel_that_is_not_fitted) {
  auto thing = TestCity::station("D1", kEast, {"pm25"});
  thing.datastreams[0].datastream.fitted = false;
  must(t.city->add_thing(thing));
  start();
  EXPECT_EQ(pm25().freshness.stations, 4u);
}

TEST_F(Now, carries_the_notice_once) {
  start();
  auto const q = pm25();
  ASSERT_EQ(q.notices.size(), 1u);
  EXPECT_EQ(q.notices[0].in("ko"), "공식 자료가 아닙니다.");
}

TEST_F(Now, of_the_city_lists_what_some_station_has) {
  start();
  put("W1", now, 10);
  auto const city = view->city_now();
  ASSERT_EQ(city.quantities.size(), 2u);
  EXPECT_EQ(city.quantities[0].channel, "pm25");
  EXPECT_EQ(city.quantities[1].channel, "noise");
  EXPECT_FALSE(city.simulated);
}

TEST_F(Now, of_a_channel_nobody_has_is_not_found) {
  start();
  auto const q = view->quantity("co2", std::nullopt);
  ASSERT_FALSE(q.has_value());
  EXPECT_EQ(q.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace madang::sensing
