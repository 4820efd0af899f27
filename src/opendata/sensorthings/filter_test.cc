#include "opendata/sensorthings/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

using storage::ObservationDetail;
using storage::StoredObservation;
using testing::HasSubstr;

StoredObservation observation(double value, std::string_view time = "2026-11-24T05:30:00Z") {
  StoredObservation o;
  o.id = ObservationId{77};
  o.value = value;
  o.phenomenon_time = parse_instant(time).value();
  return o;
}

StoredObservation text_observation(std::string text) {
  auto o = observation(0);
  o.detail.emplace();
  o.detail->result_kind = ObservationDetail::ResultKind::kText;
  o.detail->result = std::move(text);
  return o;
}

bool matches(std::string_view filter, StoredObservation const& o) { return Filter::parse(filter).value().matches(o); }

TEST(filter, compares_numbers) {
  EXPECT_TRUE(matches("result gt 3", observation(4)));
  EXPECT_FALSE(matches("result gt 3", observation(3)));
  EXPECT_TRUE(matches("result ge 3", observation(3)));
  EXPECT_TRUE(matches("3 lt result", observation(4)));
  EXPECT_TRUE(matches("result ne -1.5e1", observation(-14)));
}

TEST(filter, compares_a_quoted_literal_as_text) {
  int count = 0;
  for (int i = 1; i <= 12; ++i) count += matches("result gt '3'", observation(i)) ? 1 : 0;
  EXPECT_EQ(count, 6);
  EXPECT_TRUE(matches("result eq 'it''s open'", text_observation("it's open")));
}

TEST(filter, takes_a_quoted_id_for_the_number_it_is) {
  EXPECT_TRUE(matches("id eq '77'", observation(1)));
  EXPECT_FALSE(matches("@iot.id eq '78'", observation(1)));
  auto const of_things = Filter::parse("@iot.id eq '1'", EntityKind::kThing);
  ASSERT_TRUE(of_things);
  EXPECT_EQ(of_things->root().literal, Filter::parse("id eq 1", EntityKind::kThing)->root().literal);
  EXPECT_EQ(Filter::parse("id eq 'POLE-1'", EntityKind::kThing).error().code, Code::kInvalid) << "an empty list would say that there is none";
}

TEST(filter, binds_and_closer_than_or) {
  EXPECT_TRUE(matches("result eq 1 or result eq 2 and result eq 3", observation(1)));
  EXPECT_FALSE(matches("(result eq 1 or result eq 2) and result eq 3", observation(1)));
  EXPECT_TRUE(matches("not (result eq 2)", observation(1)));
}

TEST(filter, compares_times_in_any_zone) {
  EXPECT_TRUE(matches("phenomenonTime eq 2026-11-24T14:30:00+09:00", observation(1)));
  EXPECT_FALSE(matches("phenomenonTime lt 2026-11-24T05:30:00Z", observation(1)));
}

TEST(filter, reads_an_offset_whose_plus_sign_came_as_a_space) {
  EXPECT_TRUE(matches("phenomenonTime eq 2026-11-24T14:30:00 09:00 and result eq 1", observation(1)));
  EXPECT_TRUE(matches("result eq 1 and phenomenonTime eq 2026-11-24T14:30:00 0900", observation(1)));
  EXPECT_FALSE(Filter::parse("phenomenonTime eq 2026-11-24T14:30:00 and result eq 1"));
  EXPECT_FALSE(Filter::parse("phenomenonTime eq 2026-11-24T14:30:00 9 and result eq 1"));
}

TEST(filter, finds_what_has_no_result_time) {
  EXPECT_TRUE(matches("resultTime eq null", observation(1)));
  EXPECT_FALSE(matches("resultTime gt 2020-01-01T00:00:00Z", observation(1)));
}

TEST(filter, tells_booleans_from_numbers) {
  auto truth = observation(1);
  truth.detail.emplace();
  truth.detail->result_kind = ObservationDetail::ResultKind::kBoolean;
  EXPECT_TRUE(matches("result eq true", truth));
  EXPECT_FALSE(matches("result eq 1", truth));
  EXPECT_FALSE(matches("result eq true", observation(1)));
}

StoredObservation judged(QualityFlag flag, std::uint8_t reason, std::uint16_t rule) {
  auto o = observation(1);
  o.quality = {flag, reason, rule};
  return o;
}

TEST(filter, compares_the_quality_by_name_and_by_flag) {
  EXPECT_TRUE(matches("resultQuality eq 'good'", judged(QualityFlag::kGood, 0, 2)));
  EXPECT_FALSE(matches("resultQuality eq 'good'", judged(QualityFlag::kSuspect, 4, 2)));
  EXPECT_TRUE(matches("resultQuality ne 'fail' and result gt 0", judged(QualityFlag::kSuspect, 4, 2)));
  EXPECT_TRUE(matches("resultQuality eq 9", judged(QualityFlag::kMissing, 3, 2)));
  EXPECT_TRUE(matches("resultQuality/flag le 2", judged(QualityFlag::kUnknown, 0, 0)));
  EXPECT_TRUE(matches("'missing' eq resultQuality/name", judged(QualityFlag::kMissing, 3, 2)));
}

TEST(filter, compares_the_reason_and_the_rule_version_of_the_quality) {
  EXPECT_TRUE(matches("resultQuality/reason eq 4", judged(QualityFlag::kSuspect, 4, 2)));
  EXPECT_FALSE(matches("resultQuality/ruleVersion lt 2", judged(QualityFlag::kSuspect, 4, 2)));
}

TEST(filter, refuses_qualities_that_do_not_exist) {
  EXPECT_EQ(Filter::parse("resultQuality eq 'goood'").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("resultQuality gt 'good'").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("resultQuality/name eq 1").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("resultQuality/flag eq 'good'").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("resultQuality eq null").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("resultQuality/colour eq 1").error().code, Code::kUnsupported);
}

TEST(filter, gives_the_bounds_of_a_range_of_time) {
  auto const f = Filter::parse("phenomenonTime ge 2026-11-24T00:00:00Z and phenomenonTime lt 2026-11-25T00:00:00Z").value();
  EXPECT_TRUE(f.is_only_bounds());
  EXPECT_EQ(format_interval(f.bounds()), "2026-11-24T00:00:00Z/2026-11-25T00:00:00Z");
}

TEST(filter, gives_bounds_that_hold_every_match_when_more_is_asked) {
  auto const f = Filter::parse("phenomenonTime gt 2026-11-24T00:00:00Z and result gt 5").value();
  EXPECT_FALSE(f.is_only_bounds());
  EXPECT_EQ(f.bounds().from, parse_instant("2026-11-24T00:00:00.001Z").value());
  auto const either = Filter::parse("phenomenonTime gt 2026-11-24T00:00:00Z or result gt 5").value();
  EXPECT_EQ(either.bounds().from, kInstantMin);
}

TEST(filter, has_empty_bounds_for_a_contradiction) {
  auto const f = Filter::parse("phenomenonTime gt 2026-11-24T00:00:00Z and phenomenonTime lt 2026-11-23T00:00:00Z").value();
  EXPECT_EQ(f.bounds().length(), Millis{0});
}

TEST(filter, does_not_support_functions_other_properties_and_arithmetic) {
  EXPECT_EQ(Filter::parse("year(phenomenonTime) eq 2026").error().code, Code::kUnsupported);
  EXPECT_EQ(Filter::parse("Datastream/id eq 1").error().code, Code::kUnsupported);
  EXPECT_EQ(Filter::parse("result add 1 eq 2").error().code, Code::kUnsupported);
}

TEST(filter, says_that_a_text_without_quotes_is_none) {
  auto const text = Filter::parse("name eq Pole", EntityKind::kThing).error();
  EXPECT_EQ(text.code, Code::kInvalid);
  EXPECT_EQ(text.sentence, "$filter: column 9: Things have no \"Pole\"; a text stands in single quotes: 'Pole'");
  EXPECT_EQ(Filter::parse("nmae eq 'Pole'", EntityKind::kThing).error().code, Code::kInvalid) << "nor is what is misspelt unsupported";
  EXPECT_EQ(Filter::parse("name eq description", EntityKind::kThing).error().code, Code::kUnsupported);
  EXPECT_EQ(Filter::parse("Datastreams eq 1", EntityKind::kThing).error().code, Code::kUnsupported);
  EXPECT_EQ(Filter::parse("validTime eq 1").error().code, Code::kUnsupported);
  EXPECT_EQ(Filter::parse("result eq duration'PT1H'").error().code, Code::kUnsupported);
}

TEST(filter, names_the_column_of_a_mistake) {
  EXPECT_THAT(Filter::parse("result gt").error().sentence, HasSubstr("column 10"));
  EXPECT_THAT(Filter::parse("result 5").error().sentence, HasSubstr("column 8"));
  EXPECT_EQ(Filter::parse("(result gt 5").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("result eq 'open").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("phenomenonTime gt 5").error().code, Code::kInvalid);
  EXPECT_EQ(Filter::parse("result gt 5 result").error().code, Code::kInvalid);
}

TEST(filter, is_bounded) {
  std::string deep(200, '(');
  EXPECT_EQ(Filter::parse(deep + "result gt 1").error().code, Code::kLimit);
  std::string nots;
  for (int i = 0; i < 200; ++i) nots += "not ";
  EXPECT_EQ(Filter::parse(nots + "result gt 1").error().code, Code::kLimit);
  EXPECT_EQ(Filter::parse(std::string(kFilterBytesMax + 1, ' ')).error().code, Code::kLimit);
}

}  // namespace
}  // namespace madang::opendata
