#include "sensing/warning/lateness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <vector>

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

struct warning_lateness : ::testing::Test {
  static constexpr DatastreamId kStream{7};
  Lateness lateness{15s};
  Instant now = *parse_instant("2026-11-26T05:00:00Z");
  Millis step = 2min;

  /// One value after the other, each so late.
  void come(int times, Millis late, Millis every = 2min) {
    for (int n = 0; n < times; ++n) {
      now += every;
      deliver(kStream, now, {now - late, now - late});
    }
  }
  /// All values of this time at once.
  void deliver(DatastreamId stream, Instant arrived, Interval when) {
    std::vector<Instant> times;
    for (auto t = when.from; t <= when.to; t += step) times.push_back(t);
    lateness.add(stream, step, arrived, times);
  }
  /// A day of history in bodies of so much.
  void load(Millis body) {
    for (Millis back = 24h; back > 0h; back -= body) {
      now += 700ms;
      deliver(kStream, now, {now - back + step, now - back + body});
    }
  }
  /// Everything since the parcel before, as often as this.
  void parcels(int times, Millis every, Millis after = 5s) {
    for (int n = 0; n < times; ++n) {
      now += every;
      deliver(kStream, now, {now - every - after + step, now - after});
    }
  }
  /// Five hours of silence, and then all of them value by value on a line that hardly keeps up.
  void catch_up_slowly(std::function<void()> const& after_each = [] {}) {
    auto reached = now;
    for (now += 5h; reached < now - step; now += 20s) {
      reached += step;
      deliver(kStream, now, {reached, reached});
      after_each();
    }
  }
};

TEST_F(warning_lateness, is_none_for_who_delivers_at_once) {
  come(50, 3s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
  EXPECT_EQ(lateness.of(DatastreamId{8}), Millis{0});
}

TEST_F(warning_lateness, covers_three_minutes_a_quarter_an_hour_and_a_day) {
  come(3, 3min);
  EXPECT_EQ(lateness.of(kStream), Millis{5min});
  come(20, 15min);
  EXPECT_EQ(lateness.of(kStream), Millis{20min});
  parcels(5, 59min);
  EXPECT_EQ(lateness.of(kStream), Millis{75min});
  parcels(5, 24h);
  EXPECT_EQ(lateness.of(kStream), Millis{30h});
}

TEST_F(warning_lateness, is_known_of_a_gateway_that_delivers_by_the_hour_by_its_third_parcel) {
  parcels(3, 1h);
  EXPECT_EQ(lateness.of(kStream), Millis{75min});
}

TEST_F(warning_lateness, is_known_of_a_gateway_that_sends_its_parcel_value_by_value) {
  for (int parcel = 0; parcel < 4; ++parcel) {
    now += 1h;
    for (int n = 29; n >= 0; --n) come(1, 2min * n, 100ms);
  }
  EXPECT_EQ(lateness.of(kStream), Millis{75min});
}

TEST_F(warning_lateness, is_little_moved_by_one_late_parcel) {
  come(30, 3s);
  come(1, 5h);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, is_not_moved_by_a_backlog_however_many_pieces_it_comes_in) {
  come(120, 3s);
  come(60, 16min, 500ms);
  come(5, 3s);
  come(60, 40min, 500ms);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, is_not_moved_by_history_that_is_loaded_before_the_live_values) {
  step = 1min;
  load(4h);
  now += 2min;
  come(60, 1s, 1min);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U) << "at no time";
}

TEST_F(warning_lateness, is_not_moved_by_history_that_takes_hours_to_load) {
  step = 1min;
  auto reached = now - 168h;
  for (int n = 0; n < 480 && reached < now; ++n) {
    now += 30s;
    deliver(kStream, now, {reached + step, reached + 42min});
    reached += 42min;
  }
  come(5, 1s, 1min);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, is_not_moved_by_history_that_fills_gaps_beside_the_live_values) {
  step = 1min;
  come(20, 1s, 1min);
  for (int n = 0; n < 60; ++n) {
    now += 1min;
    std::vector<Instant> times{now - 1s};
    for (int gap = 0; gap < 30; ++gap) times.push_back(now - 20h + 1min * (30 * n + gap));
    lateness.add(kStream, step, now, times);
  }
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, is_not_moved_by_an_outage_of_a_young_network_and_its_backlog) {
  step = 1min;
  load(12h);
  come(10, 1s, 1min);
  parcels(1, 16min);
  come(10, 1s, 1min);
  parcels(1, 12min);
  come(30, 1s, 1min);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, is_not_moved_by_a_backlog_on_a_slow_line) {
  step = 1min;
  come(120, 1s, 1min);
  catch_up_slowly();
  come(5, 1s, 1min);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, is_not_moved_by_a_clock_that_was_ahead_for_a_while) {
  come(10, -400 * 24h);
  come(10, 3s);
  come(40, 16min);
  EXPECT_EQ(lateness.of(kStream), Millis{20min}) << "what was said of the future hides nothing";
}

TEST_F(warning_lateness, says_nothing_twice_when_the_past_is_read_again) {
  auto const start = now;
  come(3, 16min);
  (void)lateness.take_changes();
  for (int again = 0; again < 50; ++again) {
    now = start;
    come(3, 3s);
  }
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, follows_what_lasts_for_an_hour) {
  come(120, 3s);
  come(5, 16min);
  EXPECT_EQ(lateness.of(kStream), Millis{0}) << "ten minutes";
  come(25, 16min);
  EXPECT_EQ(lateness.of(kStream), Millis{20min});
}

TEST_F(warning_lateness, is_the_same_for_neighbours_of_whom_one_was_late_for_a_while) {
  constexpr DatastreamId kNext{8};
  for (int n = 0; n < 300; ++n) {
    now += 2min;
    deliver(kStream, now, {now - 3s, now - 3s});
    auto const late = n % 60 < 4 ? Millis{8min} : Millis{3s};
    deliver(kNext, now, {now - late, now - late});
  }
  EXPECT_EQ(lateness.of(kNext), lateness.of(kStream));
}

TEST_F(warning_lateness, never_follows_history_that_is_brought_in) {
  come(30, std::chrono::days{90});
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, goes_back_when_values_come_at_once_again) {
  come(5, 3min);
  (void)lateness.take_changes();
  come(100, 2s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 1U);
}

TEST_F(warning_lateness, is_that_of_the_newest_delivery_where_a_read_past_has_no_other) {
  lateness.assume(kStream, step, 20h);
  EXPECT_EQ(lateness.of(kStream), Millis{30h});
  come(3, 2s);
  lateness.assume(kStream, step, 20h);
  EXPECT_EQ(lateness.of(kStream), Millis{0}) << "what was seen counts before";
}

TEST_F(warning_lateness, is_not_moved_by_history_that_is_brought_in_between_live_values) {
  come(10, 2s);
  for (int n = 0; n < 120; ++n) {
    now += 30s;
    deliver(kStream, now, {now - 20h + n * 2min, now - 20h + n * 2min});
    come(1, 2s, 90s);
  }
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, is_not_moved_by_a_short_stop_after_few_values) {
  come(3, 2s);
  come(1, 3min, 4min);
  come(1, 1min, 1s);
  come(3, 2s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, is_that_of_an_hourly_parcel_that_is_judged_in_two_pieces) {
  for (int n = 0; n < 4; ++n) {
    now += 59min;
    deliver(kStream, now, {now - 60min, now - 30min});
    now += 1min;
    deliver(kStream, now, {now - 29min, now - 1min});
  }
  EXPECT_EQ(lateness.of(kStream), Millis{75min});
}

TEST_F(warning_lateness, is_none_of_what_waited_in_the_queue_while_nobody_looked) {
  step = 10s;
  for (int wake = 0; wake < 6; ++wake) {
    std::vector<Arrival> waited;
    for (int n = 0; n < 4; ++n) {
      now += step;
      waited.push_back({now + 300ms, now});
    }
    auto const deliveries = deliveries_of(waited);
    EXPECT_EQ(deliveries.size(), 4U);
    for (auto const& d : deliveries) lateness.add(kStream, step, d.arrived, d.times);
  }
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, takes_for_one_delivery_what_arrives_within_a_second) {
  std::vector<Arrival> arrivals{{now + 900ms, now - 1min}, {now, now - 2min}, {now + 5s, now}};
  auto const deliveries = deliveries_of(arrivals);
  ASSERT_EQ(deliveries.size(), 2U);
  EXPECT_EQ(deliveries[0].arrived, now + 900ms);
  EXPECT_EQ(deliveries[0].times, (std::vector{now - 2min, now - 1min}));
  EXPECT_EQ(deliveries[1].times, std::vector{now});
  EXPECT_TRUE(deliveries_of({}).empty());
}

struct lost_lateness : warning_lateness {
  /// The same as come(), and nothing of it was judged.
  void lose(int times, Millis late, Millis every = 2min) {
    for (int n = 0; n < times; ++n) {
      come(1, late, every);
      lateness.note_judged(std::vector<Judged>{{kStream, false}});
    }
  }
  [[nodiscard]] std::vector<DatastreamId> lost() const { return lateness.lost(now - 2min, now - 1h); }
};

TEST_F(lost_lateness, follows_within_minutes_where_nothing_is_judged_though_all_was_at_once_for_hours) {
  come(120, 3s);
  (void)lateness.take_changes();
  lose(2, 40s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  lose(2, 40s);
  EXPECT_EQ(lateness.of(kStream), Millis{1min});
  EXPECT_EQ(lateness.take_changes(), 1U);
  come(60, 40s);
  EXPECT_EQ(lateness.of(kStream), Millis{1min}) << "and stays, since it lasts";
}

TEST_F(lost_lateness, follows_also_from_one_late_pace_to_the_next) {
  come(60, 4min);
  ASSERT_EQ(lateness.of(kStream), Millis{5min});
  lose(5, 6min);
  EXPECT_EQ(lateness.of(kStream), Millis{20min});
}

TEST_F(lost_lateness, is_not_moved_where_one_value_of_a_delivery_is_judged_or_the_next_is_in_time) {
  come(120, 3s);
  for (int n = 0; n < 4; ++n) {
    come(1, 40s);
    lateness.note_judged(std::vector<Judged>{{kStream, false}, {kStream, true}});
  }
  for (int n = 0; n < 3; ++n) {
    lose(2, 40s);
    come(1, 3s);
    lateness.note_judged(std::vector<Judged>{{kStream, true}});
  }
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(lost_lateness, is_not_moved_by_a_backlog_or_a_load_of_which_nothing_is_judged) {
  step = 1min;
  come(120, 1s, 1min);
  catch_up_slowly([this] { lateness.note_judged(std::vector<Judged>{{kStream, false}}); });
  for (int gap = 0; gap < 60; ++gap) {
    now += 30s;
    deliver(kStream, now, {now - 20h, now - 20h + 30min});
    lateness.note_judged(std::vector<Judged>{{kStream, false}});
  }
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_TRUE(lost().empty());
}

TEST_F(lost_lateness, is_said_of_a_stream_after_two_minutes_and_until_a_value_is_judged) {
  come(120, 3s);
  lose(1, 40s);
  EXPECT_TRUE(lost().empty());
  lose(1, 40s);
  EXPECT_EQ(lost(), std::vector{kStream});
  come(1, 3s);
  lateness.note_judged(std::vector<Judged>{{kStream, true}});
  EXPECT_TRUE(lost().empty());
}

/// Each of a network tells at its own moment, a little late; all are offline at once, and each its own time.
TEST_F(warning_lateness, is_one_for_all_equal_stations_of_a_mixed_network_through_load_and_outages) {
  struct Device {
    DatastreamId stream;
    Millis step;
    Instant next;
    std::vector<Instant> held;
  };
  std::mt19937 random{27};
  auto const up_to = [&random](Millis most) { return Millis{std::uniform_int_distribution<std::int64_t>{0, most.count()}(random)}; };
  std::vector<Device> devices;
  for (int i = 0; i < 300; ++i) {
    Millis const every = i % 3 == 0 ? Millis{1min} : i % 3 == 1 ? Millis{2min} : Millis{1h};
    devices.push_back({DatastreamId{i + 1}, every, now + up_to(every), {}});
    std::vector<Instant> day;
    for (auto t = now - 24h + up_to(every); t < now; t += every) day.push_back(t);
    lateness.add(devices.back().stream, every, now + up_to(2min), day);
  }
  auto const start = now + 3min;
  for (; now < start + 6h; now += 10s) {
    auto const since = now - start;
    bool const server_is_off = (since >= 40min && since < 41min) || (since >= 90min && since < 105min) || (since >= 4h && since < 4h + 20s);
    for (auto& d : devices) {
      for (; d.next <= now; d.next += d.step) d.held.push_back(d.next);
      bool const line_is_off = since > 3h && since < 3h + 10min && d.stream.value() % 7 == 0;
      if (server_is_off || line_is_off || d.held.empty() || now < start) continue;
      lateness.add(d.stream, d.step, now + up_to(3s), d.held);
      d.held.clear();
    }
  }
  std::set<Millis> paces;
  for (auto const& d : devices) paces.insert(lateness.of(d.stream));
  EXPECT_EQ(paces, std::set<Millis>{Millis{0}});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, is_one_for_all_stations_behind_gateways_that_deliver_each_quarter_of_an_hour) {
  std::mt19937 random{28};
  std::uniform_int_distribution<std::int64_t> phase{0, 900'000}, jitter{0, 20'000};
  std::set<Millis> paces;
  for (int i = 1; i <= 200; ++i) {
    auto at = now + Millis{phase(random)};
    for (int n = 0; n < 12; ++n, at += 15min) {
      auto const arrived = at + Millis{jitter(random)};
      deliver(DatastreamId{100 + i}, arrived, {at - 15min + step, at});
    }
    paces.insert(lateness.of(DatastreamId{100 + i}));
  }
  EXPECT_EQ(paces, std::set<Millis>{Millis{20min}});
}

}  // namespace
}  // namespace madang::sensing::warning
