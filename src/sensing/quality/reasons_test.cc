// Sentences of the work list, in the words of the catalogue: lengths in the unit that people would use.
#include "sensing/quality/reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/quality/quality.h"
#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

struct reasons : testing::Test {
  TestCity t;
  runtime::Messages messages = test_messages();
  ThingId pole = t.add("POLE-1", kWest, {"temperature"});

  city::Name said(Ailment ailment, double hours, DatastreamId stream = {}) {
    Finding finding;
    finding.thing = pole;
    finding.stream = stream;
    finding.ailment = ailment;
    finding.number = hours;
    return work_item(*t.city, messages, finding).reason;
  }
};

TEST_F(reasons, tell_a_silence_in_minutes_hours_or_days) {
  EXPECT_EQ(said(Ailment::kLate, 0.2).in("en"), "The whole device has said nothing for 12 minutes.");
  EXPECT_EQ(said(Ailment::kLate, 0.2).in("ko"), "기기 전체가 12분째 아무 값도 보내지 않습니다.");
  EXPECT_EQ(said(Ailment::kLate, 2.4).in("en"), "The whole device has said nothing for 2 hours.");
  EXPECT_EQ(said(Ailment::kSilent, 200).in("en"), "The whole device has said nothing for 8 days.");
  EXPECT_EQ(said(Ailment::kLate, 1, t.stream("POLE-1", "temperature")).in("en"),
            "Air temperature has not come for 60 minutes, while the device still speaks.");
}

TEST_F(reasons, count_complete_units_as_ages_are_written_elsewhere) {
  EXPECT_EQ(said(Ailment::kLate, 17.97).in("en"), "The whole device has said nothing for 17 hours.");
  EXPECT_EQ(said(Ailment::kLate, 20.0 / 60).in("en"), "The whole device has said nothing for 20 minutes.");
  EXPECT_EQ(said(Ailment::kLate, 2).in("en"), "The whole device has said nothing for 2 hours.");
  EXPECT_EQ(said(Ailment::kSilent, 48).in("ko"), "기기 전체가 2일째 아무 값도 보내지 않습니다.");
  EXPECT_EQ(said(Ailment::kClock, 9.9).in("en"), "The device's clock is 9 hours behind.");
}

TEST_F(reasons, say_of_a_device_without_any_true_value_that_it_has_none) {
  Finding finding;
  finding.thing = pole;
  finding.stream = t.stream("POLE-1", "temperature");
  finding.ailment = Ailment::kOutOfRange;
  finding.test = QualityTest::kGrossRange;
  finding.share = static_cast<double>(0.9999999F);
  EXPECT_EQ(work_item(*t.city, messages, finding).reason.in("en"),
            "No value of Air temperature can be true: each of the last ones lies outside the sensor's range, or is a number that means no value.");
  finding.share = 0.3333;
  EXPECT_THAT(work_item(*t.city, messages, finding).reason.in("en"), testing::StartsWith("33 % of the last values of Air temperature cannot be true"));
}

TEST(shares, are_whole_percent_and_nothing_or_all_only_where_that_is_meant) {
  EXPECT_EQ(whole_percent(0), 0);
  EXPECT_EQ(whole_percent(0.001), 1);
  EXPECT_EQ(whole_percent(0.745), 75);
  EXPECT_EQ(whole_percent(0.999), 99);
  EXPECT_EQ(whole_percent(1), 100);
  EXPECT_EQ(whole_percent(-0.2), 0);
}

TEST_F(reasons, tell_how_wrong_a_clock_is_in_the_same_way) {
  EXPECT_EQ(said(Ailment::kClock, -0.5).in("en"), "The device's clock is 30 minutes ahead.");
  EXPECT_EQ(said(Ailment::kClock, -9600).in("en"), "The device's clock is 400 days ahead.");
  EXPECT_EQ(said(Ailment::kClock, 9).in("ko"), "기기의 시계가 9시간 늦습니다.");
}

TEST_F(reasons, name_a_value_without_a_particle_that_depends_on_how_it_is_read) {
  auto const sentence = [this](QualityFlag flag, QualityTest test, double value) {
    return quality_sentence(messages, "ko", "temperature", value, opinion(flag, test));
  };
  EXPECT_EQ(sentence(QualityFlag::kFail, QualityTest::kGrossRange, 353.4),
            "이 센서가 잴 수 있는 범위나 도시에서 관측된 범위를 벗어난 값입니다: 353.4 °C.");
  EXPECT_EQ(sentence(QualityFlag::kMissing, QualityTest::kSentinel, -999), "이 기기가 값이 없음을 알릴 때 보내는 숫자입니다: -999.");
}

TEST_F(reasons, say_of_a_value_that_stands_alone_what_it_was_held_against_then) {
  auto const sentence = [this](std::uint16_t version) {
    return quality_sentence(messages, "en", "pm25", 277, {QualityFlag::kSuspect, static_cast<std::uint8_t>(QualityTest::kNeighbour), version});
  };
  EXPECT_THAT(sentence(kRuleVersion), ::testing::StartsWith("More than 75 µg/m³ away from each of the nearest stations, none of which shows any part of it"));
  EXPECT_THAT(sentence(7), ::testing::StartsWith("More than 75 µg/m³ away from the middle of its neighbours"));
}

}  // namespace
}  // namespace madang::sensing
