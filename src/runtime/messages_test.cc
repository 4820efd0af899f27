#include "runtime/messages.h"

#include <gtest/gtest.h>

#include <array>

namespace madang::runtime {
namespace {

constexpr std::array kFiles{
    EmbeddedFile{"en.json", R"({"hello": "Hello", "found": "{count, plural, one {# station} other {# stations}} at {at, time, short}"})"},
    EmbeddedFile{"ko.json", R"({"hello": "안녕하십니까"})"},
};

Messages load() { return *Messages::load(kFiles, "Asia/Seoul"); }

TEST(messages, speak_the_wanted_language) { EXPECT_EQ(load().text("ko", "hello"), "안녕하십니까"); }

TEST(messages, fall_back_to_english_then_to_the_key) {
  auto const messages = load();
  Messages::Arguments const arguments{{"count", std::int64_t{1}}, {"at", *parse_instant("2026-11-24T05:30:00Z")}};
  EXPECT_EQ(messages.text("ko", "found", arguments).substr(0, 9), "1 station");
  EXPECT_EQ(messages.text("ko", "nobody.wrote.this"), "nobody.wrote.this");
}

TEST(messages, print_times_in_the_citys_zone) {
  Messages::Arguments const arguments{{"count", std::int64_t{3}}, {"at", *parse_instant("2026-11-24T05:30:00Z")}};
  EXPECT_TRUE(load().text("en", "found", arguments).starts_with("3 stations at 2:30"));
}

TEST(messages, choose_the_best_of_an_accept_language_header) {
  auto const messages = load();
  EXPECT_EQ(messages.choose("de;q=0.9, ko-KR;q=0.8, en;q=0.5"), "ko");
  EXPECT_EQ(messages.choose("de"), "en");
  EXPECT_EQ(messages.choose(""), "en");
}

TEST(messages, name_file_and_key_of_a_broken_message) {
  std::array const files{EmbeddedFile{"en.json", R"({"bad": "{count, plural, one {"})"}};
  auto const loaded = Messages::load(files, "Asia/Seoul");
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(loaded.error().sentence.find("en.json: message \"bad\""), std::string::npos);
}

}  // namespace
}  // namespace madang::runtime
