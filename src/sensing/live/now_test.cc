#include "sensing/live/now.h"

#include <gtest/gtest.h>

#include "sensing/quality/tests.h"
#include "sensing/test_city.h"
#include "support/passing_store.h"

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
  StationValue value_in(QuantityNow const& q, std::string_view serial) {
    auto const stream = t.stream(serial, "pm25");
    for (auto const& v : q.values)
      if (v.datastream == stream) return v;
    ADD_FAILURE() << serial;
    return {};
  }
  StationValue of(std::string_view serial) { return value_in(pm25(), serial); }
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
  EXPECT_EQ(of("W1").value, 10);
}

TEST_F(Now, tells_reporting_late_silent_and_never_heard_apart) {
  start();
  put("W1", now - 10min, 10);
  put("W2", now - 11min, 30);
  put("W3", now - std::chrono::days{8}, 20);
  auto const q = pm25();
  EXPECT_EQ(q.stations, (ReportCounts{4, 1, 1, 1, 1}));
  EXPECT_EQ(of("W1").state, ReportState::kReporting);
  EXPECT_EQ(of("W2").state, ReportState::kLate);
  EXPECT_EQ(of("W2").value, 30);
  EXPECT_EQ(of("W3").state, ReportState::kSilent);
  EXPECT_EQ(of("W3").value, std::nullopt);
  EXPECT_EQ(of("E1").state, ReportState::kNeverHeard);
  EXPECT_EQ(q.median, 10);
}

/// Each read takes two seconds.
class SlowStore final : public test::PassingStore {
 public:
  SlowStore(storage::ObservationStore& behind, runtime::ManualClock& clock) : PassingStore(behind), clock_(clock) {}
  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when, storage::ReadOptions const& options) override {
    ++reads;
    auto found = PassingStore::read(stream, when, options);
    clock_.advance(2s);
    return found;
  }
  int reads = 0;

 private:
  runtime::ManualClock& clock_;
};

TEST_F(Now, reads_no_longer_at_the_past_than_it_may) {
  for (auto const* serial : {"W1", "W2", "W3", "E1"}) put(serial, now - 1min, 10);
  SlowStore slow(t.store, t.clock);
  view = must(NowView::start({*t.city, slow, *t.ingest, t.clock, {}}));
  auto const past = view->quantity("pm25", now);
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error().code, Code::kUnavailable);
  EXPECT_EQ(slow.reads, 3) << "two within three seconds, and the third is refused";
  EXPECT_TRUE(view->quantity("pm25")) << "the present comes from memory";
}

// A device whose clock runs wild: what it sends is kept, and displaces nothing.
struct Clocks : Now {
  void arrive(Instant when, double value, Quality quality = {QualityFlag::kGood, 0, 1}) {
    storage::Batch batch;
    batch.observations.push_back({t.stream("W1", "pm25"), when, value, t.clock.now(), quality});
    must(t.ingest->submit_and_wait(batch));
  }
  void expect_the_trusted_one() {
    EXPECT_EQ(of("W1").value, 10);
    EXPECT_EQ(of("W1").time, now - 1min);
    EXPECT_EQ(pm25().median, 10);
    EXPECT_EQ(must(view->quantity("pm25", now)).median, 10);
  }
};

TEST_F(Clocks, from_the_future_displace_no_value_not_even_after_a_restart) {
  start();
  put("W1", now - 1min, 10);
  arrive(*parse_instant("2199-01-01T00:00:00Z"), 99);
  arrive(now + 6min, 98);
  expect_the_trusted_one();
  start();
  expect_the_trusted_one();
}

TEST_F(Clocks, of_history_that_is_brought_in_are_no_sign_of_life_not_even_after_a_restart) {
  start();
  arrive(now - std::chrono::days{10}, 10);
  EXPECT_EQ(of("W1").state, ReportState::kSilent);
  start();
  EXPECT_EQ(of("W1").state, ReportState::kSilent);
}

TEST_F(Clocks, of_history_that_is_brought_in_later_wake_no_device_that_is_dead) {
  start();
  put("W1", now, 10);
  t.clock.advance(200h);
  EXPECT_EQ(of("W1").state, ReportState::kSilent);
  arrive(now - std::chrono::days{365}, 20);
  EXPECT_EQ(of("W1").state, ReportState::kSilent);
  start();
  EXPECT_EQ(of("W1").state, ReportState::kSilent) << "after a restart too";
}

TEST_F(Clocks, that_a_test_doubts_displace_no_value_not_even_after_a_restart) {
  start();
  put("W1", now - 1min, 10);
  arrive(now, 99, opinion(QualityFlag::kSuspect, QualityTest::kClock));
  arrive(now + 1s, 98, opinion(QualityFlag::kSuspect, QualityTest::kTiming));
  expect_the_trusted_one();
  start();
  expect_the_trusted_one();
}

TEST_F(Clocks, of_a_later_moment_are_passed_over_there_too) {
  start();
  put("W1", now - 1min, 10);
  arrive(now + 6min, 98);
  EXPECT_EQ(must(view->quantity("pm25", now + 7min)).median, 10);
}

TEST_F(Clocks, that_were_never_set_show_a_doubtful_value_at_its_arrival_until_there_is_a_better_one) {
  start();
  arrive(*parse_instant("1970-01-01T00:00:07Z"), 55);
  EXPECT_EQ(of("W1").value, 55);
  EXPECT_EQ(of("W1").time, now);
  EXPECT_EQ(of("W1").flag, QualityFlag::kSuspect);
  EXPECT_EQ(of("W1").state, ReportState::kLate);
  EXPECT_EQ(pm25().median, std::nullopt);
  put("W1", now - 1min, 10);
  expect_the_trusted_one();
}

TEST_F(Clocks, that_are_wrong_do_not_make_a_device_silent_that_speaks) {
  start();
  put("W1", now - 200h, 10);
  arrive(*parse_instant("2199-01-01T00:00:00Z"), 99);
  EXPECT_EQ(of("W1").state, ReportState::kLate);
  start();
  EXPECT_EQ(of("W1").state, ReportState::kLate) << "after a restart too";
  t.clock.advance(200h);
  EXPECT_EQ(of("W1").state, ReportState::kSilent);
}

TEST_F(Clocks, that_are_a_little_ahead_make_no_moment_that_has_not_come) {
  start();
  arrive(now + 3min, 30);
  EXPECT_EQ(of("W1").value, 30);
  EXPECT_EQ(of("W1").state, ReportState::kReporting);
  EXPECT_EQ(of("W1").time, now);
  EXPECT_EQ(pm25().time, now);
}

TEST_F(Now, calls_a_device_of_which_nothing_can_be_stored_late_and_not_silent) {
  start();
  put("W3", now - std::chrono::days{8}, 20);
  EXPECT_EQ(of("W3").state, ReportState::kSilent);
  for (auto const* serial : {"E1", "W3"}) {
    view->mark_spoke(t.city->thing_of_serial(serial)->id, now);
    EXPECT_EQ(of(serial).state, ReportState::kLate) << serial;
    EXPECT_EQ(of(serial).value.has_value(), serial == std::string_view{"W3"}) << serial;
  }
  t.clock.advance(20min);
  EXPECT_EQ(of("E1").state, ReportState::kNeverHeard) << "nothing of it is kept";
  EXPECT_EQ(of("W3").state, ReportState::kSilent);
}

TEST_F(Now, judges_a_source_that_delivers_every_hour_at_its_own_pace) {
  start();
  auto const deliver = [&] {
    storage::Batch batch;
    for (int i = 29; i >= 0; --i)
      batch.observations.push_back({t.stream("W1", "pm25"), t.clock.now() - i * 2min, 10, t.clock.now(), {QualityFlag::kGood, 0, 1}});
    must(t.ingest->submit_and_wait(batch));
  };
  for (int i = 0; i < 3; ++i) {
    deliver();
    t.clock.advance(1h);
  }
  EXPECT_EQ(of("W1").state, ReportState::kReporting);
  t.clock.advance(3h);
  EXPECT_EQ(of("W1").state, ReportState::kLate);
}

TEST_F(Now, takes_a_parcel_of_old_values_for_what_it_is) {
  start();
  put("W1", now - 26h, 10);
  put("W1", now - 26h + 2min, 10);
  storage::Batch batch;
  for (int i = 0; i < 30; ++i)
    batch.observations.push_back({t.stream("W1", "pm25"), now - 24h + i * 2min, 70, now, {QualityFlag::kGood, 0, 1}});
  must(t.ingest->submit_and_wait(batch));
  EXPECT_EQ(of("W1").state, ReportState::kLate);
  EXPECT_EQ(pm25().median, std::nullopt);
}

TEST_F(Now, takes_loaded_history_for_no_sign_of_life) {
  start();
  storage::Batch batch;
  batch.observations.push_back({t.stream("W1", "pm25"), now - std::chrono::days{900}, 10, now, {QualityFlag::kGood, 0, 1}});
  must(t.ingest->submit_and_wait(batch));
  EXPECT_EQ(of("W1").state, ReportState::kSilent);
}

TEST_F(Now, shows_no_value_where_the_device_said_that_it_has_none) {
  start();
  put("W1", now - 1min, 10);
  put("W1", now, -999, QualityFlag::kMissing);
  put("W2", now, -999, QualityFlag::kUnknown);  // the sensor's own sentinel, judged by nobody
  put("W3", now, 20);
  auto const q = pm25();
  for (auto const* serial : {"W1", "W2"}) {
    EXPECT_EQ(of(serial).value, std::nullopt) << serial;
    EXPECT_EQ(of(serial).sent, "-999") << serial;
    EXPECT_EQ(of(serial).state, ReportState::kReporting) << serial;
  }
  EXPECT_EQ(q.median, 20);
  EXPECT_EQ(q.count, 1u);
}

TEST_F(Now, shows_text_as_what_was_sent_and_not_as_a_number) {
  start();
  storage::Batch batch;
  batch.observations.push_back({t.stream("W1", "pm25"), now, 0, now, {}});
  storage::ObservationDetail detail;
  detail.result_kind = storage::ObservationDetail::ResultKind::kText;
  detail.result = "측정 불가 \"E7\"";
  batch.details.emplace_back(0U, detail);
  must(t.ingest->submit_and_wait(batch));
  auto const now_and_then = {must(view->quantity("pm25", std::nullopt)), must(view->quantity("pm25", now))};
  for (auto const& q : now_and_then) {
    auto const& w1 = value_in(q, "W1");
    EXPECT_EQ(w1.value, std::nullopt);
    EXPECT_EQ(w1.sent, R"("측정 불가 \"E7\"")");
    EXPECT_EQ(q.median, std::nullopt);
  }
}

TEST_F(Now, leaves_failed_and_suspect_values_out_of_the_median) {
  start();
  put("W1", now, 10);
  put("W2", now, 1400, QualityFlag::kSuspect);
  put("W3", now, -5, QualityFlag::kFail);
  auto const q = pm25();
  EXPECT_EQ(q.median, 10);
  EXPECT_EQ(q.count, 1u);
  EXPECT_EQ(of("W2").value, 1400);
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
  EXPECT_EQ(q.stations.never_heard, 4u);
  EXPECT_EQ(q.areas.size(), 2u);
}

TEST_F(Now, shows_a_moment_of_the_past) {
  start();
  auto const then = now - 240h;
  put("W1", then - 1min, 10);
  put("W1", then + 1min, 40);
  put("W2", then - 25h, 99);
  put("W3", then - 200h, 99);
  auto const q = pm25(then);
  EXPECT_EQ(value_in(q, "W1").value, 10);
  EXPECT_EQ(value_in(q, "W1").state, ReportState::kReporting);
  EXPECT_EQ(q.stations, (ReportCounts{4, 1, 1, 1, 1}));
  EXPECT_EQ(q.median, 10);
}

TEST_F(Now, reports_still_for_three_days_where_a_value_a_day_is_expected) {
  auto thing = TestCity::station("D1", kEast, {"humidity"});
  thing.datastreams[0].datastream.interval = 24h;
  must(t.city->add_thing(thing));
  start();
  t.put(t.stream("D1", "humidity"), now - 60h, 45);
  EXPECT_EQ(must(view->quantity("humidity", now)).stations, (ReportCounts{1, 1, 0, 0, 0}));
}

TEST_F(Now, does_not_count_a_channel_that_is_not_fitted) {
  auto thing = TestCity::station("D1", kEast, {"pm25"});
  thing.datastreams[0].datastream.fitted = false;
  must(t.city->add_thing(thing));
  start();
  EXPECT_EQ(pm25().stations.total, 4u);
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
