#include "runtime/messages.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "embedded_locales.h"
#include "runtime/shipped.h"

namespace madang::runtime {
namespace {

constexpr std::array kFiles{
    EmbeddedFile{"pages/en.json", R"({"hello": "Hello"})"},
    EmbeddedFile{"pages/ko.json", R"({"hello": "안녕하십니까"})"},
    EmbeddedFile{"stations/en.json", R"({"found": "{count, plural, one {# station} other {# stations}} at {at, time, short}"})"},
    EmbeddedFile{"stations/ko.json", R"({"found": "{at, time, short} 측정소 {count}곳"})"},
};

template <std::size_t kCount>
std::string refusal(std::array<EmbeddedFile, kCount> const& files) {
  auto const loaded = Messages::load(files, "Asia/Seoul");
  return loaded ? "loaded" : loaded.error().sentence;
}

Messages load() { return *Messages::load(kFiles, "Asia/Seoul"); }

TEST(messages, speak_the_wanted_language) { EXPECT_EQ(load().text("ko", "hello"), "안녕하십니까"); }

TEST(messages, speak_the_languages_that_the_files_name) {
  EXPECT_EQ(load().languages(), (std::vector<std::string>{"en", "ko"}));
  EXPECT_EQ(own_name_of("en"), "English");
  EXPECT_EQ(own_name_of("ko"), "한국어");
}

TEST(messages, that_are_shipped_are_in_all_languages_of_the_files) {
  EXPECT_EQ(shipped_messages().languages(), languages_of(embedded_locales()));
  EXPECT_EQ(shipped_messages().text("ko", "city.unnamed"), "마당시");
}

TEST(messages, that_are_shipped_can_all_be_said) {
  constexpr std::array<std::string_view, 5> kKinds{", plural,", ", select,", ", number", ", date", ", time"};
  for (auto const& file : embedded_locales()) {
    simdjson::dom::parser parser;
    simdjson::dom::object texts;
    ASSERT_EQ(parser.parse(simdjson::padded_string{file.bytes}).get(texts), simdjson::SUCCESS);
    auto const language = file.name.substr(file.name.find('/') + 1, 2);
    for (auto const [key, value] : texts) {
      std::string_view raw;
      ASSERT_EQ(value.get(raw), simdjson::SUCCESS);
      // How an argument is written stands nowhere in what is said.
      bool const has_kinds = std::ranges::any_of(kKinds, [raw](std::string_view kind) { return raw.contains(kind); });
      EXPECT_FALSE(has_kinds && shipped_messages().text(language, key) == raw) << file.name << ": " << key;
    }
  }
}

TEST(messages, of_one_module_are_its_files) {
  EXPECT_EQ(texts_of(kFiles, "pages").size(), 2U);
  EXPECT_EQ(texts_of(kFiles, "stations").front().name, "stations/en.json");
  EXPECT_TRUE(texts_of(kFiles, "station").empty());
  EXPECT_EQ(languages_of(kFiles), (std::vector<std::string>{"en", "ko"}));
}

TEST(messages, show_english_in_a_language_that_is_not_there_and_a_key_that_is_not_there_as_itself) {
  auto const messages = load();
  EXPECT_EQ(messages.text("fr", "hello"), "Hello");
  EXPECT_EQ(messages.text("ko", "nobody.wrote.this"), "nobody.wrote.this");
}

TEST(messages, refuse_a_key_that_stands_in_two_modules) {
  std::array const files{EmbeddedFile{"pages/en.json", R"({"hello": "Hello"})"},
                         EmbeddedFile{"stations/en.json", R"({"hello": "Hi"})"}};
  EXPECT_EQ(refusal(files), "stations/en.json: \"hello\" stands in pages/en.json already");
}

TEST(messages, refuse_a_key_that_a_language_lacks) {
  std::array const files{EmbeddedFile{"pages/en.json", R"({"hello": "Hello"})"},
                         EmbeddedFile{"pages/ko.json", R"({"hello": "안녕하십니까", "bye": "안녕히 가십시오"})"}};
  EXPECT_EQ(refusal(files), "pages/en.json: \"bye\" is missing, which pages/ko.json holds");
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
  std::array const files{EmbeddedFile{"pages/en.json", R"({"bad": "{count, plural, one {"})"}};
  EXPECT_TRUE(refusal(files).starts_with("pages/en.json: message \"bad\""));
}

}  // namespace
}  // namespace madang::runtime
