// Neighbours that speak at another step or deliver at another pace are witnesses for one another.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;
using What = Finding::What;

/// 36 stations of particles on a square, 400 m apart: each with its own step, and so late.
class MixedCity {
 public:
  struct Device {
    Millis step{1min};
    Millis late{0};
  };
  /// By station; all others tell each minute at once.
  explicit MixedCity(std::map<int, Device> const& others) : engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}) {
    for (int i = 0; i < kStations; ++i) {
      auto const other = others.find(i);
      devices_.push_back(other == others.end() ? Device{} : other->second);
      Stream s;
      s.datastream = DatastreamId{100 + i};
      s.thing = ThingId{1 + i};
      s.channel = "pm25";
      s.place = {37.5 + i / 6 * kSpacing / kMetresPerDegree, 127 + i % 6 * kSpacing / kMetresPerDegree / std::cos(radians(37.5))};
      s.placed = true;
      s.area = AreaId{1};
      s.interval = devices_.back().step;
      s.lateness = pace_of(devices_.back().late);
      EXPECT_TRUE(engine.add(s).has_value());
    }
  }

  /// `excess` by station in the values of this time, and in all of them `haze` more.
  void run(Millis length, std::map<int, double> const& excess = {}, double haze = 0) {
    for (Instant const end = now_ + length; now_ < end; now_ += 1min) {
      excess_[now_] = excess;
      haze_[now_] = haze;
      for (int i = 0; i < kStations; ++i) {
        auto const& d = devices_[static_cast<std::size_t>(i)];
        Instant const when = now_ - d.late;
        if (when < kStart || millis_of(when) % d.step.count() != 0) continue;
        engine.observe(static_cast<std::uint32_t>(i), when, value(i, when));
      }
      for (auto& f : engine.advance(now_ + 50s)) findings.push_back(std::move(f));
    }
  }
  [[nodiscard]] std::set<std::string> raised() const {
    std::set<std::string> keys;
    for (auto const& f : findings)
      if (f.what == What::kRaise) keys.insert(f.key);
    return keys;
  }
  [[nodiscard]] std::set<std::string> singles() const {
    std::set<std::string> keys;
    for (auto const& f : findings)
      if (f.what == What::kSuspect || f.what == What::kUnconfirmed) keys.insert(f.key);
    return keys;
  }

  Engine engine;
  std::vector<Finding> findings;

 private:
  static constexpr int kStations = 36;
  static Millis pace_of(Millis late) { return late > 0ms ? Millis{75min} : Millis{0}; }
  double value(int i, Instant when) {
    std::mt19937 random(static_cast<unsigned>(millis_of(when) / 60'000 * 64 + i));
    std::normal_distribution<double> tremble{0, 0.8};
    auto const& more = excess_[when];
    auto const found = more.find(i);
    return 20 + i % 5 + haze_[when] + tremble(random) + (found == more.end() ? 0 : found->second);
  }

  std::vector<Device> devices_;
  std::map<Instant, std::map<int, double>> excess_;
  std::map<Instant, double> haze_;
  Instant now_ = kStart;
};

TEST(engine_witness, confirms_what_a_neighbour_at_another_step_shows) {
  MixedCity city({{15, {.step = 2min}}});
  city.run(6h);
  ASSERT_TRUE(city.findings.empty());
  city.run(10min, {{14, 30}, {15, 30}});
  ASSERT_EQ(city.raised().size(), 1U);
  EXPECT_EQ(city.findings.front().stations, 2U);
}

TEST(engine_witness, confirms_what_a_neighbour_by_the_hour_shows) {
  MixedCity city({{15, {.step = 1h}}});
  city.run(30h);
  ASSERT_TRUE(city.findings.empty());
  city.run(4h, {{14, 40}, {15, 40}});
  EXPECT_EQ(city.raised().size(), 1U);
}

TEST(engine_witness, confirms_what_a_neighbour_tells_an_hour_late) {
  MixedCity city({{15, {.late = 60min}}});
  city.run(6h);
  ASSERT_TRUE(city.findings.empty());
  city.run(30min, {{14, 30}, {15, 30}});
  EXPECT_TRUE(city.raised().empty()) << "nobody can know yet";
  city.run(90min);
  ASSERT_EQ(city.raised().size(), 1U);
  EXPECT_EQ(city.findings.back().what, What::kClear);
}

TEST(engine_witness, tells_nothing_again_that_the_quicker_ones_have_told) {
  MixedCity city({{15, {.late = 60min}}});
  city.run(6h);
  city.run(30min, {{14, 30}, {13, 30}, {8, 30}, {15, 30}});
  EXPECT_EQ(city.raised().size(), 1U);
  city.run(2h);
  EXPECT_EQ(city.raised().size(), 1U);
}

TEST(engine_witness, takes_no_late_station_for_alone_in_what_the_quicker_ones_have_told) {
  MixedCity city({{15, {.late = 60min}}});
  city.run(6h);
  city.run(45min, {{14, 120}, {13, 120}, {8, 120}, {15, 120}});
  city.run(2h);
  EXPECT_EQ(city.raised().size(), 1U);
  EXPECT_TRUE(city.singles().empty()) << *city.singles().begin();
}

TEST(engine_witness, takes_a_late_station_for_alone_that_stays_up_when_the_quicker_ones_are_long_back) {
  MixedCity city({{15, {.late = 60min}}});
  city.run(6h);
  city.run(20min, {{14, 120}, {13, 120}, {8, 120}, {15, 120}});
  city.run(50min, {{15, 120}});
  city.run(30min);
  EXPECT_TRUE(city.singles().empty());
  city.run(40min);
  EXPECT_FALSE(city.singles().empty());
  EXPECT_EQ(city.raised().size(), 1U);
}

TEST(engine_witness, knows_haze_from_a_plume_though_few_speak_at_this_pace) {
  MixedCity city({{15, {.step = 2min}}, {16, {.late = 60min}}, {21, {.late = 60min}}});
  city.run(6h);
  for (int n = 1; n <= 60; ++n) city.run(3min, {}, n);
  city.run(3h, {}, 60);
  std::erase_if(city.findings, [](Finding const& f) { return f.area || f.key.find("haze") != std::string::npos; });
  EXPECT_TRUE(city.findings.empty()) << city.findings.front().key;
}

TEST(engine_witness, suspects_no_station_for_another_that_is_no_part_of_its_field) {
  MixedCity city({{15, {.step = 2min}}});
  city.run(6h);
  city.run(2h, {{14, 90}});
  EXPECT_LE(city.singles().size(), 2U) << "one key as unconfirmed, one as suspect, of the field in which it is at home";
  EXPECT_TRUE(city.raised().empty());
}

TEST(engine_witness, counts_every_station_once) {
  MixedCity city({{15, {.step = 2min}}, {20, {.late = 60min}}});
  city.run(1h);
  std::size_t streams = 0;
  for (auto const& s : city.engine.sight()) streams += s.streams;
  EXPECT_EQ(streams, 36U);
  std::size_t judged = 0;
  for (auto const& s : city.engine.standing()) judged += city.engine.rules().rules[s.rule].id == "pm25_plume" ? s.streams : 0;
  EXPECT_EQ(judged, 36U);
}

/// So many of particles in rows of 60, 100 m apart; numbers count from 0.
std::vector<Stream> rows(int count, Millis step, Millis lateness, int first = 0) {
  std::vector<Stream> all;
  for (int i = first; i < first + count; ++i) {
    Stream s;
    s.datastream = DatastreamId{1 + i};
    s.thing = ThingId{1 + i};
    s.channel = "pm25";
    s.place = {37.5 + i / 60 * 100 / kMetresPerDegree, 127 + i % 60 * 100 / kMetresPerDegree / std::cos(radians(37.5))};
    s.placed = true;
    s.interval = step;
    s.lateness = lateness;
    all.push_back(s);
  }
  return all;
}

Engine engine_of(std::vector<Stream> const& streams) {
  Engine engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")});
  for (auto const& s : streams) EXPECT_TRUE(engine.add(s).has_value());
  return engine;
}

TEST(engine_witness, keeps_no_more_of_witnesses_than_a_bound_however_many_deliver_by_the_day) {
  auto streams = rows(4'500, 1min, 0ms);
  for (std::size_t i = 0; i < streams.size(); i += 2) streams[i].lateness = 30h;
  auto engine = engine_of(streams);
  engine.advance(kStart);
  EXPECT_LE(engine.witness_slots(), kWitnessSlotsMax);
  // One quantity at two paces: those by the day have the quicker ones for witnesses, and nobody else has any.
  EXPECT_LE(engine.witness_bytes(), 36'000'000U);
  EXPECT_GT(engine.witness_slots(), kWitnessSlotsMax / 2);
}

TEST(engine_witness, lets_one_of_each_quicker_neighbour_stand_beside_before_the_second_of_any) {
  auto streams = rows(4'500, 1min, 0ms);
  for (std::size_t i = 0; i < streams.size(); i += 2) streams[i].interval = 2min, streams[i].lateness = 30h;
  auto engine = engine_of(streams);
  engine.advance(kStart);
  auto const& field = engine.detector("pm25_plume", 2min)->field();
  std::set<int> rows_heard;
  for (std::uint32_t place = 0; place < field.size(); ++place)
    if (field.is_witness(place)) rows_heard.insert(static_cast<int>(field.indices()[place]) / 60);
  EXPECT_EQ(rows_heard.size(), 75U);
}

TEST(engine_witness, a_station_that_turns_out_to_be_slower_has_its_neighbours_for_witnesses) {
  MixedCity city({});
  city.run(6h);
  auto slower = city.engine.stream(15);
  slower.lateness = 75min;
  ASSERT_TRUE(city.engine.change(15, slower));
  city.run(1min);
  EXPECT_GT(city.engine.witness_slots(), 0U);
  for (int n = 0; n < 12; ++n) city.engine.teach(15, kStart + 1h * n, 20.0, 20.0 + 15 % 5);
  city.run(90min);
  city.run(30min, {{14, 40}});
  EXPECT_TRUE(city.raised().empty());
}

TEST(engine_witness, takes_nobody_who_left_for_a_witness) {
  auto engine = engine_of(rows(200, 1min, 0ms));
  for (std::uint32_t i = 0; i < 150; ++i) engine.remove(i);
  ASSERT_TRUE(engine.add(rows(1, 2min, 0ms, 190).front()).has_value());
  engine.advance(kStart);
  auto const& field = engine.detector("pm25_plume", 2min)->field();
  EXPECT_EQ(field.size(), 51U);
  for (auto const& s : field.streams()) EXPECT_TRUE(s.placed);
}

}  // namespace
}  // namespace madang::sensing::warning
