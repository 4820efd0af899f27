#include "situations/notices/letter.h"

#include <gmock/gmock.h>

#include "situations/notices/limits.h"
#include "situations/notices/mime.h"
#include "situations/notices/test_notices.h"

namespace madang::situations::notices {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct letters : SituationsTest {
  runtime::Messages messages = messages_of_the_house();
  Sender sender{both("Madang city", "마당시"), "https://city.example", "alerts@city.example"};
  Situation situation;
  Notice notice;
  Subscriber kim;

  letters() {
    situation.id = SituationId{12};
    situation.raised_at = clock.now();
    situation.signal = plume();
    situation.signal.area = city->area_at(*situation.signal.place);
    notice.situation = situation.id;
    notice.key = "0123456789abcdef0123456789abcdef";
    notice.created_at = clock.now();
    kim.address = "kim@city.example";
    kim.language = "ko";
  }

  test::ReceivedMail letter() {
    test::ReceivedMail mail;
    Content const content{situation_json(situation, *city, Audience::kPublic), situation_json(situation, *city, Audience::kOperators)};
    auto written = letter_of(sender, messages, kim, notice, content);
    EXPECT_TRUE(written) << written.error().sentence;
    mail.data = written.value_or("");
    return mail;
  }
};

TEST_F(letters, have_a_header_that_programs_understand) {
  auto const mail = letter();
  EXPECT_EQ(mail.field("Message-ID"), "<0123456789abcdef0123456789abcdef@city.example>");
  EXPECT_EQ(mail.field("To"), "<kim@city.example>");
  EXPECT_EQ(mail.field("From"), "=?UTF-8?B?66eI64u57Iuc?= <alerts@city.example>");
  EXPECT_EQ(mail.field("Date"), "Thu, 26 Nov 2026 05:03:00 +0000");
  EXPECT_EQ(mail.field("Auto-Submitted"), "auto-generated");
  EXPECT_EQ(mail.field("References"), "<situation-12-1795669380000@city.example>");
  EXPECT_EQ(mail.field("MIME-Version"), "1.0");
  EXPECT_EQ(mail.field("Content-Type"), "text/plain; charset=utf-8");
}

TEST_F(letters, say_what_where_since_when_and_what_to_do_in_korean) {
  EXPECT_EQ(letter().text(),
            "주의: 새로운 상황이 시작되었습니다.\r\n\r\n"
            "무슨 일: 상암 부근에서 초미세먼지가 늘고 있습니다\r\n세 측정소의 값이 평소보다 높습니다.\r\n"
            "어디: 상암동 (37.5800, 126.8800)\r\n"
            "언제부터: 11월 26일 (목) 14:00\r\n"
            "행동 요령: 창문을 닫아 주십시오.\r\n\r\n"
            "자세히 보기: https://city.example/alerts/12\r\n\r\n"
            "마당시의 알림 수신처로 등록된 주소에 자동으로 보낸 글입니다. 그만 받으시려면 등록한 부서에 알려 주십시오.\r\n");
}

TEST_F(letters, say_the_same_in_english) {
  kim.language = "en";
  auto const mail = letter();
  EXPECT_EQ(mail.field("Subject"), "[Madang city] Caution: Fine dust is rising near Sangam");
  EXPECT_THAT(mail.text(), HasSubstr("What: Fine dust is rising near Sangam\r\nThree stations measure more than usual.\r\n"));
  EXPECT_THAT(mail.text(), HasSubstr("Where: Sangam-dong (37.5800, 126.8800)\r\nSince: 14:00, Thu, Nov 26\r\nWhat to do: Close windows.\r\n"));
}

TEST_F(letters, of_the_whole_city_say_so_beside_the_place) {
  kim.language = "en";
  situation.signal.area = {};
  situation.signal.whole_city = true;
  EXPECT_THAT(letter().text(), HasSubstr("Where: Madang city, the whole city (37.5800, 126.8800)\r\n"));
}

TEST_F(letters, without_a_language_speak_both) {
  kim.language.clear();
  sender.city = both("A", "가");
  situation.signal.headline = both("Fine dust", "먼지");
  EXPECT_EQ(letter().field("Subject"), "=?UTF-8?B?" + base64("[A] Caution: Fine dust / [가] ") + "?= =?UTF-8?B?" + base64("주의: 먼지") + "?=");
  EXPECT_THAT(letter().text(), HasSubstr("What: Fine dust"));
  EXPECT_THAT(letter().text(), HasSubstr("무슨 일: 먼지"));
}

TEST_F(letters, say_that_a_simulated_situation_is_an_exercise) {
  situation.signal.simulated = true;
  kim.language = "en";
  EXPECT_THAT(letter().field("Subject"), StartsWith("=?UTF-8?B?"));
  EXPECT_THAT(letter().text(), StartsWith("SIMULATED EXERCISE."));
}

TEST_F(letters, say_of_what_was_an_exercise_that_it_is_none) {
  notice.event = Event::kReal;
  kim.language = "en";
  EXPECT_THAT(letter().text(), StartsWith("Caution: THIS IS NO EXERCISE."));
  EXPECT_THAT(letter().text(), Not(HasSubstr("SIMULATED")));
  kim.language = "ko";
  EXPECT_THAT(letter().text(), StartsWith("주의: 훈련이 아닙니다."));
}

TEST_F(letters, at_the_end_ask_for_nothing_more) {
  notice.event = Event::kResolved;
  kim.language = "en";
  EXPECT_EQ(letter().field("Subject"), "[Madang city] Over: Fine dust is rising near Sangam");
  EXPECT_THAT(letter().text(), HasSubstr("What to do: Nothing more.\r\n"));
  EXPECT_THAT(letter().text(), Not(HasSubstr("Close windows")));
}

TEST_F(letters, show_internals_to_internal_subscribers_alone) {
  situation.end_reason = "broken sensor";
  notice.event = Event::kDismissed;
  kim.language = "en";
  EXPECT_THAT(letter().text(), Not(HasSubstr("broken sensor")));
  kim.filter.internal = true;
  EXPECT_THAT(letter().text(), HasSubstr("Reason given: broken sensor\r\n"));
}

TEST_F(letters, of_internal_situations_lead_into_the_control_room) {
  situation.signal.is_public = false;
  kim.filter.internal = true;
  EXPECT_THAT(letter().text(), HasSubstr("https://city.example/control?situation=12\r\n"));
}

TEST_F(letters, let_no_headline_add_a_field) {
  situation.signal.headline = both("x\r\nBcc: all@city.example\r\n\r\nbody", "x\r\nBcc: all@city.example");
  sender.city = both("City\r\nX-Evil: 1", "시\r\nX-Evil: 1");
  auto const mail = letter();
  EXPECT_EQ(mail.field("Bcc"), "");
  EXPECT_EQ(mail.field("X-Evil"), "");
  EXPECT_THAT(mail.field("Subject"), StartsWith("=?UTF-8?B?"));
}

TEST(header_text, leaves_short_ascii_alone) { EXPECT_EQ(header_text("Subject", "Hello, city"), "Hello, city"); }

TEST(header_text, folds_long_korean_into_words_of_at_most_76_columns_that_cut_no_character) {
  std::string const text = "가나다라마바사아자차카타파하가나다라마바사아자차카타파하가나다라마바사아자차카타파하";
  auto const value = "Subject: " + header_text("Subject", text);
  std::size_t longest = 0;
  for (std::size_t at = 0; at != std::string::npos;) {
    auto const end = value.find("\r\n", at);
    longest = std::max(longest, std::min(end, value.size()) - at);
    at = end == std::string::npos ? end : end + 2;
  }
  EXPECT_LE(longest, kMailLineMax);
  EXPECT_THAT(value, HasSubstr("?=\r\n =?UTF-8?B?"));
  EXPECT_THAT(value, StartsWith("Subject: =?UTF-8?B?6rCA64KY64uk6528"));
}

TEST(header_text, encodes_what_looks_encoded_and_what_breaks_lines) {
  EXPECT_THAT(header_text("Subject", "=?UTF-8?Q?x?="), StartsWith("=?UTF-8?B?"));
  EXPECT_THAT(header_text("Subject", "a\nb"), Not(HasSubstr("\n")));
  EXPECT_THAT(header_text("Subject", "a\xff"), StartsWith("=?UTF-8?B?"));
}

TEST(base64_body, has_lines_of_76_columns_and_crlf) {
  auto const body = base64_body(std::string(200, 'x') + "\n");
  EXPECT_EQ(body.find("\r\n"), 76U);
  EXPECT_TRUE(body.ends_with("\r\n"));
}

TEST_F(letters, do_not_call_over_what_nobody_can_judge_any_more) {
  kim.language = "en";
  notice.event = Event::kResolved;
  situation.state = State::kResolved;
  situation.ended_by = End::kUnheard;
  EXPECT_THAT(letter().field("Subject"), Not(HasSubstr("Over")));
  EXPECT_THAT(letter().text(), HasSubstr("its stations are not heard any more. Whether the cause is over is not known."));
  EXPECT_THAT(letter().text(), Not(HasSubstr("Nothing more.")));
  situation.ended_by = End::kUnconfirmed;
  EXPECT_THAT(letter().field("Subject"), Not(HasSubstr("Over")));
  EXPECT_THAT(letter().text(), HasSubstr("one station still shows it, and no other confirms it any more."));
  EXPECT_THAT(letter().text(), Not(HasSubstr("Nothing more.")));
  situation.ended_by = End::kUsual;
  EXPECT_THAT(letter().field("Subject"), Not(HasSubstr("Over")));
  EXPECT_THAT(letter().text(), HasSubstr("is taken as usual now. Whether the cause is over is not known."));
  situation.ended_by = End::kGone;
  EXPECT_THAT(letter().field("Subject"), HasSubstr("Over"));
}

TEST_F(letters, say_distances_as_far_as_anybody_knows_them) {
  kim.language = "en";
  situation.signal.radius = 1'397;
  EXPECT_THAT(letter().text(), HasSubstr("within about 1.4 km"));
}

}  // namespace
}  // namespace madang::situations::notices
