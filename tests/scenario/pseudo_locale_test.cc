// Every text that a page shows comes from locales/, whole: read in a language that nobody speaks (support/pseudo_locale.h),
// what is left in plain letters is data, or was written into the program.
#include <gmock/gmock.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support/http_client.h"
#include "support/pseudo_locale.h"
#include "support/server_process.h"

namespace madang::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(pseudo_text, changes_words_and_keeps_arguments) {
  EXPECT_EQ(pseudo_text("Sign in"), "⟦Šîĝñ îñ⟧");
  EXPECT_EQ(pseudo_text("at {time, time, ::HHmm}"), "⟦âţ {time, time, ::HHmm}⟧");
  EXPECT_EQ(pseudo_text("{count, plural, one {# lamp} other {# lamps of {name}}}"),
            "⟦{count, plural, one {# ļâɱƥ} other {# ļâɱƥš ôƒ {name}}}⟧");
  EXPECT_EQ(pseudo_text("it''s '{'as'}' it is"), "⟦îţ''š '{'âš'}' îţ îš⟧");
}

/// What a reader of the page sees or hears: text between tags, and the attributes that are spoken.
std::vector<std::string> shown_texts(std::string html) {
  static std::regex const hidden(R"(<(style|script)[^>]*>[\s\S]*?</\1>|<!--[\s\S]*?-->)");
  static std::regex const spoken(R"re((?:aria-label|title|alt|placeholder|name="description" content)="([^"]*)")re");
  html = std::regex_replace(html, hidden, "");
  std::vector<std::string> texts;
  for (std::sregex_iterator at(html.begin(), html.end(), spoken), end; at != end; ++at) texts.push_back((*at)[1]);
  static std::regex const tag(R"(<[^>]*>)");
  for (std::sregex_token_iterator at(html.begin(), html.end(), tag, -1), end; at != end; ++at) texts.push_back(*at);
  return texts;
}

/// Names, serials and units of a JSON answer: what the registry holds is no text of ours.
void add_names(simdjson::dom::element value, std::string_view key, std::set<std::string>& into) {
  static std::set<std::string_view> const kNames{"name", "en", "ko", "serial", "code", "unit"};
  simdjson::dom::object object;
  simdjson::dom::array array;
  std::string_view text;
  if (value.get(object) == simdjson::SUCCESS)
    for (auto const field : object) add_names(field.value, field.key, into);
  else if (value.get(array) == simdjson::SUCCESS)
    for (auto const each : array) add_names(each, key, into);
  else if (value.get(text) == simdjson::SUCCESS && text.size() > 1 && kNames.contains(key))
    into.emplace(text);
}

/// Three Latin letters side by side, or a syllable of Hangul (U+AC00 to U+D7A3).
bool holds_words(std::string_view text) {
  static std::regex const latin("[A-Za-z]{3,}");
  auto const is_hangul = [](char c) { return static_cast<unsigned char>(c) >= 0xEA && static_cast<unsigned char>(c) <= 0xED; };
  return std::regex_search(text.begin(), text.end(), latin) || std::ranges::any_of(text, is_hangul);
}

/// ICU's words for days and months in a language that it does not know.
constexpr std::array kCalendar{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar",
                               "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct pseudo_locale : ::testing::Test {
  TemporaryDirectory folder;
  std::string const data = (folder.path() / "city").string();
  ServerProcess server{data, {}, MADANG_TOY_BINARY};
  std::set<std::string> known{"Madang", "CAI", "HTML", "CSV", "JSON", "CAP", "Atom", "SensorThings", "OpenMetrics", "English", "한국어"};

  void SetUp() override {
    known.insert(kCalendar.begin(), kCalendar.end());
    auto const lived = run_madang({"simulate", "--data", data, "--things", "30", "--interval", "500ms", "--history", "3h", "--duration", "2s"});
    ASSERT_EQ(lived.status, 0) << lived.err;
    HttpClient client(server.http_port());
    for (auto const* target : {"/api/v1/city", "/api/v1/areas", "/api/v1/stations", "/api/v1/indices", "/api/v1/health"}) {
      simdjson::dom::parser parser;
      simdjson::dom::element root;
      if (parser.parse(client.get(target).body).get(root) == simdjson::SUCCESS) add_names(root, "", known);
    }
  }

  [[nodiscard]] std::string page(std::string const& path) const {
    auto const language = (path.find('?') == std::string::npos ? "?lang=" : "&lang=") + std::string{kPseudoLanguage};
    return HttpClient(server.http_port()).get(path + language, {{"accept", "text/html"}}).body;
  }
  /// What stands on a page in plain letters and is no data.
  [[nodiscard]] std::set<std::string> written_into_the_program(std::string const& path) const {
    std::vector<std::string> longest(known.begin(), known.end());
    std::ranges::sort(longest, std::greater{}, &std::string::size);
    std::set<std::string> found;
    for (auto text : shown_texts(page(path))) {
      auto const whole = text;
      for (auto const& name : longest)
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) text.replace(at, name.size(), " ");
      if (holds_words(text)) found.insert(whole);
    }
    return found;
  }
};

TEST_F(pseudo_locale, is_all_that_pages_speak) {
  for (auto const* path : {"/", "/health", "/alerts", "/login", "/toy", "/nowhere"}) {
    EXPECT_THAT(page(path), HasSubstr("⟦")) << path;
    EXPECT_THAT(written_into_the_program(path), IsEmpty()) << path;
  }
}

TEST_F(pseudo_locale, is_cut_nowhere) {
  for (auto const* path : {"/", "/health", "/alerts", "/login", "/nowhere"}) {
    auto const html = page(path);
    auto const count = [&html](std::string const& sign) {
      std::size_t found = 0;
      for (auto at = html.find(sign); at != std::string::npos; at = html.find(sign, at + 1)) ++found;
      return found;
    };
    EXPECT_EQ(count("⟦"), count("⟧")) << path;
  }
}

}  // namespace
}  // namespace madang::test
