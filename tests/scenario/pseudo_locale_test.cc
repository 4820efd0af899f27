// Every text that a page shows comes from locales/, whole: read in a language that nobody speaks (support/pseudo_locale.h),
// what is left in plain letters is data, or was written into the program.
#include <gmock/gmock.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
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

/// The values of a tag's attributes that are spoken or shown.
void add_spoken(std::string_view tag, std::vector<std::string>& into) {
  for (std::string_view const name : {" aria-label=\"", " title=\"", " alt=\"", " placeholder=\"", " name=\"description\" content=\""}) {
    auto const at = tag.find(name);
    if (at == std::string_view::npos) continue;
    auto const value = tag.substr(at + name.size());
    into.emplace_back(value.substr(0, value.find('"')));
  }
}

/// What a reader of the page sees or hears: text between tags, and attributes.
std::vector<std::string> shown_texts(std::string_view html) {
  std::vector<std::string> texts;
  while (!html.empty()) {
    auto const begin = std::min(html.find('<'), html.size());
    texts.emplace_back(html.substr(0, begin));
    html.remove_prefix(begin);
    auto const end = html.starts_with("<style") ? "</style>" : html.starts_with("<script") ? "</script>" : ">";
    auto const stop = std::min(html.find(end), html.size());
    add_spoken(html.substr(0, html.find('>')), texts);
    html.remove_prefix(std::min(stop + std::string_view{end}.size(), html.size()));
  }
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
  int letters = 0;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    bool const latin = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    letters = latin ? letters + 1 : 0;
    if (letters == 3 || (byte >= 0xEA && byte <= 0xED)) return true;
  }
  return false;
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
  for (auto const* path : {"/", "/health", "/alerts", "/login", "/toy", "/nowhere", "/alerts/7-3.cap"}) {
    EXPECT_THAT(page(path), HasSubstr("⟦")) << path;
    EXPECT_THAT(written_into_the_program(path), IsEmpty()) << path;
  }
}

TEST_F(pseudo_locale, is_cut_nowhere) {
  for (auto const* path : {"/", "/health", "/alerts", "/login", "/nowhere", "/alerts/7-3.cap"}) {
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
