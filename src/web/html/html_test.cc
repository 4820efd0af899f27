#include "web/html/html.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "web/html/svg.h"

namespace madang::web::markup {
namespace {

TEST(html, escapes_text_always) {
  std::string const name = "<script>alert('x') & \"y\"</script>";
  EXPECT_EQ(element("p", {}, name).markup(), "<p>&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;&lt;/script&gt;</p>");
}

TEST(html, escapes_attributes) {
  EXPECT_EQ(element("p", {{"title", "\" hidden x=\""}}).markup(), "<p title=\"&quot; hidden x=&quot;\"></p>");
}

TEST(html, nests_elements_without_escaping_them_again) {
  auto const row = element("tr", {}, element("td", {{"class", "n"}}, "a & b"), element("td", {{"colspan", 2}}, "c"));
  EXPECT_EQ(row.markup(), "<tr><td class=\"n\">a &amp; b</td><td colspan=\"2\">c</td></tr>");
}

TEST(html, writes_void_elements_and_bare_attributes) {
  EXPECT_EQ(element("input", {{"name", "q"}, {"required", true}, {"disabled", false}}).markup(), "<input name=\"q\" required>");
}

TEST(html, refuses_addresses_that_would_run) {
  EXPECT_EQ(element("a", {{"href", "javascript:alert(1)"}}, "x").markup(), "<a href=\"#\">x</a>");
  EXPECT_EQ(element("a", {{"href", " java\nscript:alert(1)"}}, "x").markup(), "<a href=\"#\">x</a>");
  EXPECT_EQ(element("a", {{"href", "/a:b?at=12:30"}}, "x").markup(), "<a href=\"/a:b?at=12:30\">x</a>");
  EXPECT_EQ(element("a", {{"href", "https://example.org/"}}, "x").markup(), "<a href=\"https://example.org/\">x</a>");
}

TEST(html, renders_a_page) {
  Page page;
  page.language = "ko";
  page.title = "마당 <지금>";
  page.style = "p{color:#123}";
  page.body = element("p", {}, "안녕");
  EXPECT_EQ(render(page),
            "<!doctype html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
            "content=\"width=device-width, initial-scale=1\"><title>마당 &lt;지금&gt;</title><style>p{color:#123}</style>"
            "</head><body><p>안녕</p></body></html>\n");
}

TEST(html_death, an_event_handler_is_a_bug) {
  EXPECT_DEATH(element("p", {{"onclick", "x()"}}), "promise");
}

TEST(svg, writes_short_numbers) {
  EXPECT_EQ(number_text(12.50), "12.5");
  EXPECT_EQ(number_text(3.0), "3");
  EXPECT_EQ(number_text(-0.01), "0");
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "0");
}

TEST(svg, leaves_gaps_in_paths) {
  std::array<Point, 4> const points{{{0, 1}, {1, 2.5}, {2, std::nan("")}, {3, 4}}};
  EXPECT_EQ(path_through(points), "M0 1L1 2.5M3 4");
}

TEST(svg, says_its_title_to_screen_readers) {
  EXPECT_EQ(drawing(10, 5, "PM2.5").markup(), "<svg viewBox=\"0 0 10 5\" role=\"img\"><title>PM2.5</title></svg>");
  EXPECT_EQ(drawing(10, 5, "").markup(), "<svg viewBox=\"0 0 10 5\" aria-hidden=\"true\"></svg>");
}

}  // namespace
}  // namespace madang::web::markup
