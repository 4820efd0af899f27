#include <gtest/gtest.h>

#include <array>

#include "sensing/quality/engine.h"
#include "sensing/quality/quality.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

constexpr std::array kFiles{
    runtime::EmbeddedFile{"quality/en.json", R"({"quantity.temperature": "Air temperature", "quality.stuck": "{quantity} has stood at {value} {unit}.",
      "quality.silent_device": "Silent for {count} {length}.", "quality.never_heard": "No value has ever come.", "quality.test.gross_range": "{value} {unit} cannot be.",
      "quality.test.spike": "More than {limit} {unit} away."})"},
    runtime::EmbeddedFile{"quality/ko.json", R"({"quantity.temperature": "기온", "quality.stuck": "{quantity} 값이 {value} {unit}에 멈춰 있습니다.",
      "quality.silent_device": "{count}시간 동안 소식이 없습니다.", "quality.never_heard": "값이 온 적이 없습니다.",
      "quality.test.gross_range": "{value} {unit}일 수 없습니다.", "quality.test.spike": "{limit} {unit} 넘게 벗어났습니다."})"},
};

struct quality_control : ::testing::Test, TestCity {
  runtime::Messages messages = *runtime::Messages::load(kFiles, "Asia/Seoul");
  std::shared_ptr<QualityControl> control;
  std::unique_ptr<Ingest> judged;
  ThingId pole;
  DatastreamId temperature;
  storage::Records* registrations = nullptr;

  void SetUp() override {
    pole = add("POLE-1", kWest, {"temperature", "pm25"});
    temperature = stream("POLE-1", "temperature");
    restart();
  }

  /// As after a restart of the server: all that was remembered is learned from the store.
  void restart() {
    judged.reset();
    control = must(QualityControl::start({.city = *city, .store = store, .clock = clock, .metrics = metrics, .messages = messages, .records = registrations}));
    judged = Ingest::start(store, clock, metrics, {.judge = [q = control](storage::Batch& batch) { q->judge(batch); }});
  }

  void give(DatastreamId id, double value, Millis step = 2min) {
    storage::Batch batch;
    batch.observations.push_back({id, clock.now(), value, clock.now(), {}});
    must(judged->submit_and_wait(std::move(batch)));
    clock.advance(step);
  }

  /// A temperature that comes so late, or by a clock that is so far behind.
  void say_behind(Millis behind) {
    storage::Batch batch;
    batch.observations.push_back({temperature, clock.now() - behind, 20 + static_cast<double>(clock.now().time_since_epoch() / 2min % 5) * 0.1, clock.now(), {}});
    must(judged->submit_and_wait(std::move(batch)));
    clock.advance(2min);
  }

  std::vector<storage::StoredObservation> stored(DatastreamId id) {
    return must(store.read(id, {kInstantMin, kInstantMax}, {}));
  }
};

TEST_F(quality_control, stores_the_flag_with_the_value_and_leaves_the_value_alone) {
  give(temperature, 353.4);
  auto const values = stored(temperature);
  ASSERT_EQ(values.size(), 1U);
  EXPECT_EQ(values[0].value, 353.4);
  EXPECT_EQ(values[0].quality, opinion(QualityFlag::kFail, QualityTest::kGrossRange));
  EXPECT_EQ(values[0].quality.rule_version, kRuleVersion);
}

TEST_F(quality_control, settles_what_only_the_next_value_could_tell) {
  give(temperature, 10);
  give(temperature, 30);
  give(temperature, 10.1);
  EXPECT_EQ(stored(temperature)[1].quality, opinion(QualityFlag::kSuspect, QualityTest::kRate));
  ASSERT_TRUE(control->settle().has_value());
  ASSERT_TRUE(control->settle().has_value());  // by now the newest batch is surely stored
  EXPECT_EQ(stored(temperature)[1].quality, opinion(QualityFlag::kFail, QualityTest::kSpike));
  EXPECT_EQ(stored(temperature)[0].quality.flag, QualityFlag::kGood);
}

TEST_F(quality_control, goes_on_after_a_restart_where_it_was) {
  for (int i = 0; i < 100; ++i) give(temperature, 15.3);
  restart();
  for (int i = 0; i < 100; ++i) give(temperature, 15.3);
  ASSERT_EQ(control->work_list().size(), 1U);
  auto const item = control->work_list()[0];
  EXPECT_EQ(item.ailment, Ailment::kStuck);
  EXPECT_EQ(item.channel, "temperature");
  EXPECT_EQ(item.thing, pole);
  EXPECT_EQ(item.reason.in("en"), "Air temperature has stood at 15.3 °C.");
  EXPECT_EQ(item.reason.in("ko"), "기온 값이 15.3 °C에 멈춰 있습니다.");
}

/// Each station's day at once, as a city that is moved here brings it.
TEST_F(quality_control, judges_after_a_history_that_came_station_by_station_as_after_a_restart) {
  constexpr int kStations = 9;
  std::vector<DatastreamId> streams;
  for (int i = 0; i < kStations; ++i) {
    auto const serial = "ROW-" + std::to_string(i);
    add(serial, {37.51 + 0.0027 * i, 126.95}, {"pm25"});
    streams.push_back(stream(serial, "pm25"));
  }
  auto const usual = [](int i, Instant when) { return 20 + i + static_cast<double>(when.time_since_epoch() / 2min % 7); };
  for (int i = 0; i < kStations; ++i) {
    storage::Batch day;
    for (auto when = clock.now() - 24h; when < clock.now(); when += 2min) day.observations.push_back({streams[static_cast<std::size_t>(i)], when, usual(i, when), clock.now(), {}});
    must(judged->submit_and_wait(std::move(day)));
  }
  auto const alone = [&](int steps) {
    for (int n = 0; n < steps; ++n) {
      storage::Batch batch;
      for (int i = 0; i < kStations; ++i)
        batch.observations.push_back({streams[static_cast<std::size_t>(i)], clock.now(), usual(i, clock.now()) + (i == 4 ? 90 : 0), clock.now(), {}});
      must(judged->submit_and_wait(std::move(batch)));
      clock.advance(2min);
      ASSERT_TRUE(control->settle().has_value());
    }
  };
  alone(10);
  auto const before = stored(streams[4]).back().quality;
  restart();
  alone(2);
  EXPECT_EQ(before, opinion(QualityFlag::kSuspect, QualityTest::kNeighbour));
  EXPECT_EQ(stored(streams[4]).back().quality, before);
  EXPECT_EQ(stored(streams[5]).back().quality, kGoodValue);
}

TEST_F(quality_control, flags_nothing_because_its_memory_is_cold) {
  give(temperature, 10);
  clock.advance(std::chrono::hours{5});
  restart();
  give(temperature, 24);
  EXPECT_EQ(stored(temperature).back().quality.flag, QualityFlag::kGood);
}

TEST_F(quality_control, meets_datastreams_that_are_registered_while_it_runs) {
  add("POLE-2", kEast, {"temperature"});
  auto const late = stream("POLE-2", "temperature");
  give(late, 999);
  EXPECT_EQ(stored(late)[0].quality.flag, QualityFlag::kFail);
  ASSERT_TRUE(control->settle().has_value());
}

TEST_F(quality_control, judges_the_next_value_by_a_unit_that_was_corrected_a_moment_ago) {
  add("POLE-M", kWest, {"pm10"});
  auto const id = stream("POLE-M", "pm10");
  auto set_unit = [&](std::string symbol) {
    auto edited = *city->datastream(id);
    edited.unit = {"", std::move(symbol), ""};
    EXPECT_TRUE(city->write([&](city::Writer& w) { return w.edit(edited); }, "test"));
  };
  set_unit("mg/m3");
  give(id, 40);
  EXPECT_EQ(stored(id).back().quality.flag, QualityFlag::kFail) << "40 mg/m3";
  set_unit("ug/m3");
  give(id, 41);
  EXPECT_EQ(stored(id).back().quality.flag, QualityFlag::kGood) << "41 ug/m3, and no step from 40 mg/m3";
}

TEST_F(quality_control, learns_anew_what_it_knew_in_a_unit_that_was_corrected) {
  for (int i = 0; i < 5; ++i) give(temperature, 50);
  auto edited = *city->datastream(temperature);
  edited.unit = {"", "°F", "[degF]"};
  ASSERT_TRUE(city->write([&](city::Writer& w) { return w.edit(edited); }, "test"));
  ASSERT_TRUE(control->settle().has_value());
  give(temperature, 78);
  EXPECT_EQ(stored(temperature).back().quality, opinion(QualityFlag::kSuspect, QualityTest::kRate)) << "16 °C in two minutes";
}

TEST_F(quality_control, a_retired_device_is_no_work_and_comes_back_as_it_was) {
  give(temperature, 10);
  give(stream("POLE-1", "pm25"), 20);
  clock.advance(std::chrono::hours{2});
  ASSERT_TRUE(city->write([&](city::Writer& w) { return w.retire(pole); }, "test"));
  ASSERT_TRUE(control->settle().has_value());
  EXPECT_TRUE(control->work_list().empty());
  ASSERT_TRUE(city->write([&](city::Writer& w) { return w.give_back(pole); }, "test"));
  ASSERT_TRUE(control->settle().has_value());
  clock.advance(6s);
  ASSERT_EQ(control->work_list().size(), 1U);
  EXPECT_EQ(control->work_list()[0].ailment, Ailment::kLate);
}

TEST_F(quality_control, lists_a_silent_device_once) {
  give(temperature, 10);
  give(stream("POLE-1", "pm25"), 20);
  clock.advance(std::chrono::hours{2});
  auto const list = control->work_list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].ailment, Ailment::kLate);
  EXPECT_FALSE(list[0].datastream);
  EXPECT_EQ(list[0].reason.in("en"), "Silent for 2 hours.");
}

TEST_F(quality_control, lists_a_device_that_never_said_anything_after_a_while_and_at_once_after_a_restart) {
  auto const quiet = add("POLE-2", kWest, {"temperature", "pm25"});
  auto const registered = clock.now();
  ASSERT_TRUE(control->settle().has_value());
  give(temperature, 20);  // the other one speaks, by one of its channels
  EXPECT_TRUE(control->work_list().empty());
  for (int i = 0; i < 20; ++i) give(temperature, 20 + i % 3 * 0.1);
  auto const list = control->work_list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].thing, quiet);
  EXPECT_FALSE(list[0].datastream);
  EXPECT_EQ(list[0].ailment, Ailment::kNeverHeard);
  EXPECT_EQ(list[0].reason.in("en"), "No value has ever come.");
  EXPECT_EQ(list[0].since, registered);
  restart();
  ASSERT_EQ(control->work_list().size(), 1U);
  EXPECT_EQ(control->work_list()[0].thing, quiet);
  EXPECT_EQ(control->work_list()[0].since, kInstantMin) << "not since the server was started";
}

TEST_F(quality_control, lists_who_never_said_anything_after_a_restart_as_before_it) {
  registrations = records.get();
  auto const quiet = add("POLE-2", kWest, {"temperature", "pm25"});
  auto const registered = clock.now();
  ASSERT_TRUE(control->settle().has_value());
  for (int i = 0; i < 20; ++i) give(temperature, 20 + i % 3 * 0.1);
  ASSERT_EQ(control->work_list().size(), 1U);
  ASSERT_EQ(control->work_list()[0].since, registered);
  add("POLE-3", kWest, {"temperature"});
  auto corrected = *city->datastream(stream("POLE-2", "pm25"));
  corrected.description = "on the roof";
  ASSERT_TRUE(city->write([&](city::Writer& writer) { return writer.edit(corrected); }));
  restart();
  auto const list = control->work_list();
  ASSERT_EQ(list.size(), 1U) << "the other one is too new to be missed";
  EXPECT_EQ(list[0].thing, quiet);
  EXPECT_EQ(list[0].since, registered);
}

TEST_F(quality_control, knows_after_a_restart_that_the_last_word_of_a_device_was_dated_in_the_future) {
  give(temperature, 20);
  storage::Batch batch;
  batch.observations.push_back({temperature, clock.now() + std::chrono::days{400}, 20.1, clock.now(), {}});
  control->judge(batch);
  must(store.append(batch));
  ASSERT_EQ(control->work_list().size(), 1U);
  EXPECT_EQ(control->work_list()[0].ailment, Ailment::kClock);
  restart();
  ASSERT_EQ(control->work_list().size(), 1U);
  EXPECT_EQ(control->work_list()[0].ailment, Ailment::kClock);
  clock.advance(std::chrono::minutes{2});
  give(temperature, 20.2);
  clock.advance(std::chrono::seconds{6});
  EXPECT_TRUE(control->work_list().empty());
}

TEST_F(quality_control, knows_after_a_restart_of_a_clock_that_has_been_behind_for_days) {
  for (int n = 0; n < 10; ++n) say_behind(0min);
  clock.advance(4h);
  for (int n = 0; n < 30 * 40; ++n) say_behind(3h);
  EXPECT_EQ(stored(temperature).back().quality, opinion(QualityFlag::kSuspect, QualityTest::kClock));
  restart();
  say_behind(3h);
  EXPECT_EQ(stored(temperature).back().quality, opinion(QualityFlag::kSuspect, QualityTest::kClock));
  clock.advance(4h);
  say_behind(0min);
  EXPECT_EQ(stored(temperature).back().quality, kGoodValue);
}

TEST_F(quality_control, takes_after_a_restart_a_delay_that_was_usual_before_a_clock_went_wrong_for_usual) {
  for (int n = 0; n < 60; ++n) say_behind(30min);
  for (int n = 0; n < 30 * 40; ++n) say_behind(90min);
  ASSERT_EQ(stored(temperature).back().quality, opinion(QualityFlag::kSuspect, QualityTest::kClock));
  restart();
  for (int n = 0; n < 60; ++n) say_behind(30min);
  EXPECT_EQ(stored(temperature).back().quality, kGoodValue);
}

TEST_F(quality_control, knows_after_a_restart_what_fell_silent_long_ago) {
  give(temperature, 10);
  clock.advance(std::chrono::days{60});
  restart();
  auto const list = control->work_list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].ailment, Ailment::kSilent);
}

TEST_F(quality_control, leaves_text_results_alone) {
  storage::Batch batch;
  batch.observations.push_back({temperature, clock.now(), 0, clock.now(), {}});
  storage::ObservationDetail text;
  text.result_kind = storage::ObservationDetail::ResultKind::kText;
  text.result = "fog";
  batch.details.emplace_back(0U, text);
  must(judged->submit_and_wait(std::move(batch)));
  EXPECT_EQ(stored(temperature)[0].quality, kNoNumber);
}

TEST_F(quality_control, explains_a_flag_in_a_sentence) {
  EXPECT_EQ(quality_sentence(messages, "en", "temperature", 353.4, opinion(QualityFlag::kFail, QualityTest::kGrossRange)), "353.4 °C cannot be.");
  EXPECT_EQ(quality_sentence(messages, "en", "pm25_hourly", 400, opinion(QualityFlag::kFail, QualityTest::kSpike)), "More than 50 µg/m³ away.");
  EXPECT_EQ(quality_sentence(messages, "en", "pm25", 12, opinion(QualityFlag::kGood, QualityTest::kNone)), "");
}

TEST_F(quality_control, judges_history_again_and_says_what_changed) {
  put(temperature, clock.now(), 12.0);                                  // version 1
  put(temperature, clock.now() + 2min, 353.4);                          // good by an older rule
  put(temperature, clock.now() + 4min, 12.1);
  auto const summary = must(rerun_quality(*city, store, {}));
  EXPECT_EQ(summary.values, 3U);
  EXPECT_EQ(summary.changed, 3U);
  ASSERT_EQ(summary.flagged.size(), 1U);
  EXPECT_EQ(summary.flagged[0], (std::pair{QualityTest::kGrossRange, std::uint64_t{1}}));
  EXPECT_EQ(stored(temperature)[1].quality, opinion(QualityFlag::kFail, QualityTest::kGrossRange));
  EXPECT_EQ(stored(temperature)[1].value, 353.4);
  EXPECT_EQ(must(rerun_quality(*city, store, {})).changed, 0U);
}

TEST_F(quality_control, judges_a_history_with_one_value_of_the_far_future_again) {
  auto const now = clock.now();
  put(temperature, now, 12.0);
  put(temperature, now + std::chrono::years{150}, 12.0);
  put(temperature, now + std::chrono::years{151}, 12.5);
  EXPECT_EQ(must(rerun_quality(*city, store, {})).values, 3U);
}

TEST_F(quality_control, judges_only_the_asked_part_of_history_again) {
  auto const from = clock.now();
  for (int i = 0; i < 4; ++i) put(temperature, from + 2min * i, 10);
  auto const summary = must(rerun_quality(*city, store, {.when = {from + 2min, from + 6min}, .channel = "temperature"}));
  EXPECT_EQ(summary.changed, 2U);
  EXPECT_EQ(stored(temperature)[0].quality.rule_version, 1);
  EXPECT_EQ(stored(temperature)[1].quality.rule_version, kRuleVersion);
  EXPECT_EQ(stored(temperature)[3].quality.rule_version, 1);
  EXPECT_FALSE(rerun_quality(*city, store, {.channel = "nothing"}).has_value());
}

TEST_F(quality_control, gives_the_later_opinions_in_history_too) {
  auto const from = clock.now();
  for (auto const& [n, value] : {std::pair{0, 10.0}, {1, 30.0}, {2, 10.2}}) put(temperature, from + 2min * n, value);
  must(rerun_quality(*city, store, {}));
  EXPECT_EQ(stored(temperature)[1].quality, opinion(QualityFlag::kFail, QualityTest::kSpike));
}

}  // namespace
}  // namespace madang::sensing
