// The picture as a reader of XML sees it: what stands in it for whom, and that no data can break it.
#include "situations/picture/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "situations/limits.h"
#include "situations/test_alerts.h"

namespace madang::situations {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Instant at(int minute) { return *parse_instant("2026-11-26T05:00:00Z") + std::chrono::minutes{minute}; }

EvidenceStream stream(std::string role, LatLon place, double value, double expected = 20) {
  EvidenceStream s;
  s.channel = "pm25";
  s.unit = "µg/m³";
  s.role = std::move(role);
  s.place = place;
  s.expected = expected;
  s.values = {{at(0), expected, QualityFlag::kGood}, {at(2), value, QualityFlag::kGood}, {at(4), expected + 1, QualityFlag::kGood}};
  return s;
}

class evidence_pictures : public SituationsTest {
 protected:
  evidence_pictures() {
    s.id = SituationId{7};
    s.signal = plume();
    s.signal.radius = 750;
    s.signal.area = AreaId{2};
    s.signal.evidence.streams = {stream("cause", {37.58, 126.88}, 84.3, 21.5), stream("neighbour", {37.583, 126.885}, 33)};
  }

  [[nodiscard]] std::string text(PictureWish wish = {.audience = Audience::kOperators}, std::string const& language = "en") const {
    return evidence_picture(s, {{messages, language}, *city}, wish);
  }
  [[nodiscard]] Xml picture(PictureWish wish = {.audience = Audience::kOperators}, std::string const& language = "en") const {
    return Xml(text(wish, language));
  }
  static std::vector<std::string> values(Xml const& xml) { return xml.texts("//text[contains(@class,'value')]"); }
  static std::vector<std::string> all_texts(Xml const& xml) { return xml.texts("//text"); }
  static std::string words(Xml const& xml) { return xml.texts("/svg/desc").at(0); }

  runtime::Messages const messages = repository_messages();
  Situation s;
};

TEST_F(evidence_pictures, show_each_stream_at_its_place_with_what_was_measured_and_what_is_usual) {
  auto const xml = picture();
  EXPECT_EQ(xml.name_space(), "http://www.w3.org/2000/svg");
  EXPECT_THAT(values(xml), ElementsAre("84.3 (21.5)", "33 (20)"));
  EXPECT_THAT(xml.texts("//g[@clip-path]/circle[@class='cause']"), SizeIs(1));
  EXPECT_THAT(xml.texts("//g[@clip-path]/rect[@class='neighbour']"), SizeIs(1));
  EXPECT_THAT(xml.texts("//g[@clip-path]/circle[@class='reach dashed']"), SizeIs(1));
  EXPECT_THAT(all_texts(xml), Contains("84.3 (21.5): pm25 measured (usual), µg/m³"));
  EXPECT_THAT(all_texts(xml), Contains("within about 750 m"));
  EXPECT_THAT(all_texts(xml), Contains("500 m"));
  EXPECT_THAT(all_texts(xml), Contains("Sangam-dong"));
}

TEST_F(evidence_pictures, show_the_worst_moment_and_say_when_it_was) {
  s.signal.evidence.streams[1].values.back().value = 99;  // a neighbour does not decide
  auto const xml = picture();
  EXPECT_THAT(values(xml), Contains("33 (20)"));
  EXPECT_THAT(all_texts(xml), Contains(HasSubstr("Nov 26, 2026 14:02")));
  EXPECT_THAT(words(xml), HasSubstr("14:02, pm25: 84.3 µg/m³, where 21.5 µg/m³ is usual."));
}

TEST_F(evidence_pictures, show_the_first_of_several_moments_that_were_as_bad) {
  auto later = s.signal.evidence.streams.front();
  later.values = {later.values[1]};
  later.values.front().time += std::chrono::minutes{5};
  s.signal.evidence.streams.insert(s.signal.evidence.streams.begin(), later);
  EXPECT_THAT(words(picture()), HasSubstr("14:02, pm25: 84.3 µg/m³"));
}

TEST_F(evidence_pictures, are_the_same_whenever_they_are_drawn) {
  auto const before = text();
  clock.advance(std::chrono::days{300});
  s.state = State::kResolved;
  s.ended_at = clock.now();
  EXPECT_EQ(text(), before);
}

TEST_F(evidence_pictures, say_in_words_what_is_seen) {
  auto const xml = picture();
  EXPECT_THAT(xml.texts("/svg/title"), ElementsAre("Fine dust is rising near Sangam"));
  EXPECT_THAT(words(xml), HasSubstr("north at the top. Caution: Sangam-dong, Mapo-gu. A circle marks about 750 m"));
  EXPECT_THAT(words(xml), HasSubstr("Data streams: 1 of the cause, 1 beside it."));
}

TEST_F(evidence_pictures, for_the_public_know_nothing_of_the_evidence) {
  auto const with = text({.audience = Audience::kPublic});
  s.signal.evidence = {};
  EXPECT_EQ(text({.audience = Audience::kPublic}), with);
  Xml const xml(with);
  EXPECT_THAT(all_texts(xml), Contains("Caution"));
  EXPECT_THAT(all_texts(xml), Contains("within about 750 m"));
  EXPECT_THAT(all_texts(xml), Contains("Since Nov 26, 2026 14:00."));
  EXPECT_THAT(values(xml), IsEmpty());
}

TEST_F(evidence_pictures, speak_korean) {
  auto const xml = picture({.audience = Audience::kOperators}, "ko");
  EXPECT_THAT(all_texts(xml), Contains("84.3 (21.5): pm25 측정값(평소), µg/m³"));
  EXPECT_THAT(all_texts(xml), Contains("상암동"));
  EXPECT_THAT(words(xml), HasSubstr("마포구 상암동"));
  EXPECT_THAT(xml.texts("/svg/@xml:lang"), ElementsAre("ko"));
}

TEST_F(evidence_pictures, say_that_a_simulated_one_is) {
  EXPECT_THAT(all_texts(picture()), Not(Contains("simulated")));
  s.signal.simulated = true;
  EXPECT_THAT(all_texts(picture()), Contains("simulated"));
  EXPECT_THAT(all_texts(picture({.audience = Audience::kPublic})), Contains("This is an exercise"));
  EXPECT_THAT(words(picture()), HasSubstr("exercise"));
}

TEST_F(evidence_pictures, of_a_whole_area_fill_it) {
  s.signal.place.reset();
  s.signal.radius = 0;
  s.signal.evidence.streams.clear();
  auto const xml = picture();
  EXPECT_THAT(xml.texts("//path[@class='reach']"), SizeIs(1));
  EXPECT_THAT(xml.texts("//circle"), IsEmpty());
  EXPECT_TRUE(has_public_picture(s));
}

TEST_F(evidence_pictures, of_the_whole_city_show_its_areas_and_its_median) {
  s.signal.place.reset();
  s.signal.radius = 0;
  s.signal.area = {};
  auto median = stream("city", {}, 60);
  median.place.reset();
  s.signal.evidence.streams = {median};
  auto const xml = picture();
  EXPECT_THAT(xml.texts("//path[@class='land']"), SizeIs(1));
  EXPECT_THAT(all_texts(xml), Contains("City median then: 60 µg/m³"));
  EXPECT_FALSE(has_public_picture(s));
}

TEST_F(evidence_pictures, show_the_citys_median_of_that_moment_below) {
  auto median = stream("city", {}, 23.4);
  median.place.reset();
  s.signal.evidence.streams.push_back(median);
  EXPECT_THAT(all_texts(picture()), Contains("City median then: 23.4 µg/m³"));
}

TEST_F(evidence_pictures, count_what_has_no_place) {
  s.signal.evidence.streams[1].place.reset();
  EXPECT_THAT(all_texts(picture()), Contains(HasSubstr("1 data stream has no known place")));
}

TEST_F(evidence_pictures, without_place_area_and_city_say_so) {
  s.signal.place.reset();
  s.signal.area = {};
  s.signal.evidence.streams.clear();
  ASSERT_TRUE(city);
  auto const other_folder = folder + "/empty";
  std::filesystem::create_directories(other_folder);
  auto const empty_records = *storage::Records::open("sqlite:" + other_folder + "/records.db", clock);
  auto const empty_city = *city::City::open(*empty_records, clock);
  std::string const language = "en";
  Xml const xml(evidence_picture(s, {{messages, language}, *empty_city}, {.audience = Audience::kOperators}));
  EXPECT_THAT(all_texts(xml), Contains("No place is known."));
}

TEST_F(evidence_pictures, of_streams_at_one_place_draw_one_mark_and_count_the_others) {
  s.signal.evidence.streams = {stream("cause", {37.58, 126.88}, 40), stream("neighbour", {37.58, 126.88}, 25),
                               stream("cause", {37.58, 126.88}, 80)};
  auto const xml = picture();
  EXPECT_THAT(values(xml), ElementsAre("80 (20) +2"));
  EXPECT_THAT(xml.texts("//g[@clip-path]/circle[@class='cause']"), SizeIs(1));
}

TEST_F(evidence_pictures, of_hundreds_of_streams_stay_readable_and_small) {
  s.signal.evidence.streams.clear();
  for (int i = 0; i < 500; ++i)
    s.signal.evidence.streams.push_back(stream(i < 5 ? "cause" : "neighbour", {37.56 + (i % 25) * 0.002, 126.86 + (i / 25) * 0.002}, 30 + i));
  auto const svg = text();
  EXPECT_LT(svg.size(), 80'000U);
  Xml const xml(svg);
  EXPECT_THAT(values(xml), SizeIs(testing::Le(kPictureLabelsMax)));
  EXPECT_THAT(values(xml), Contains("34 (20)")) << "the cause before others";
  EXPECT_THAT(all_texts(xml), Contains(HasSubstr("numbers had no room")));
}

TEST_F(evidence_pictures, do_without_what_is_usual_where_nobody_knows_it) {
  for (auto& each : s.signal.evidence.streams) each.expected = std::numeric_limits<double>::quiet_NaN();
  auto const xml = picture();
  EXPECT_THAT(values(xml), ElementsAre("84.3", "33"));
  EXPECT_THAT(all_texts(xml), Contains("84.3: pm25 measured, µg/m³"));
  EXPECT_THAT(words(xml), Not(HasSubstr("usual")));
}

TEST_F(evidence_pictures, draw_doubtful_and_silent_ones_open) {
  s.signal.evidence.streams[0].values[1].flag = QualityFlag::kSuspect;
  s.signal.evidence.streams[1].values = {{at(90), 25, QualityFlag::kGood}};
  auto const xml = picture();
  EXPECT_THAT(xml.texts("//g[@clip-path]/circle[@class='cause open']"), SizeIs(1));
  EXPECT_THAT(xml.texts("//g[@clip-path]/rect[@class='neighbour open']"), SizeIs(1));
  EXPECT_THAT(values(xml), ElementsAre("84.3 (21.5)"));
  EXPECT_THAT(all_texts(xml), Contains("suspect, failed, or no value then"));
}

TEST_F(evidence_pictures, are_not_led_by_values_that_failed) {
  s.signal.evidence.streams[0].values[0] = {at(0), 9999, QualityFlag::kFail};
  EXPECT_THAT(values(picture()), Contains("84.3 (21.5)"));
}

TEST_F(evidence_pictures, give_numbers_of_one_quantity_and_mark_the_others) {
  auto other = stream("cause", {37.577, 126.873}, 160);
  other.channel = "pm10";
  auto beside = stream("cause", {37.58, 126.88}, 190);
  beside.channel = "pm10";
  s.signal.evidence.streams.insert(s.signal.evidence.streams.end(), {other, beside});
  auto const xml = picture();
  EXPECT_THAT(values(xml), ElementsAre("84.3 (21.5)", "33 (20)"));
  EXPECT_THAT(xml.texts("//g[@clip-path]/circle[@class='cause']"), SizeIs(2));
  EXPECT_THAT(all_texts(xml), Contains("1 place is marked for another quantity."));
}

TEST_F(evidence_pictures, show_small_values_with_the_digits_that_matter) {
  for (auto& each : s.signal.evidence.streams) each.unit = "ppm";
  s.signal.evidence.streams[0].values[1].value = 0.0451;
  s.signal.evidence.streams[0].expected = 0.021;
  s.signal.evidence.streams[0].values[0].value = s.signal.evidence.streams[0].values[2].value = 0.02;
  EXPECT_THAT(values(picture()), Contains("0.045 (0.021)"));
}

TEST_F(evidence_pictures, cannot_be_broken_by_texts) {
  s.signal.headline = both("</title><script>alert(1)</script> \x01 & \"x\"", "x");
  s.signal.evidence.streams[0].unit = "<b>\x02";
  auto const svg = text();
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(Xml(svg).texts("/svg/title"), ElementsAre("</title><script>alert(1)</script>  & \"x\""));
}

TEST_F(evidence_pictures, come_on_light_and_dark_paper) {
  auto const asks = "prefers-color-scheme:dark";
  EXPECT_THAT(text(), HasSubstr(asks));
  EXPECT_THAT(text({.audience = Audience::kOperators, .theme = Theme::kLight}), Not(HasSubstr(asks)));
  EXPECT_THAT(text({.audience = Audience::kOperators, .theme = Theme::kDark}), Not(HasSubstr(asks)));
  EXPECT_EQ(theme_of("dark"), Theme::kDark);
  EXPECT_EQ(theme_of("pink"), Theme::kReaders);
  EXPECT_EQ(theme_of(std::nullopt), Theme::kReaders);
}

}  // namespace
}  // namespace madang::situations
