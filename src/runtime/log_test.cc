#include "runtime/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace madang::runtime {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

/// The lines that `write` puts on standard error.
template <typename Write>
std::string logged(Write write) {
  testing::internal::CaptureStderr();
  write();
  return testing::internal::GetCapturedStderr();
}

TEST(log, writes_one_line_with_time_level_module_and_event) {
  auto const line = logged([] { log_info("storage", "rolled", {{"chunks", 12}, {"seconds", 0.25}}); });
  EXPECT_THAT(line, MatchesRegex("time=[0-9-]+T[0-9:.]+Z level=info module=storage event=rolled chunks=12 seconds=0.25\n"));
}

TEST(log, quotes_text_so_that_it_stays_one_value) {
  auto const line = logged([] { log_warning("web", "refused", {{"why", "say \"no\" \\ twice"}}); });
  EXPECT_THAT(line, HasSubstr(R"(why="say \"no\" \\ twice")"));
}

TEST(log, keeps_text_from_outside_on_its_own_line) {
  auto const line = logged([] { log_info("web", "request", {{"path", "/a\nlevel=error\r\tfake"}}); });
  EXPECT_THAT(line, HasSubstr("path=\"/a level=error  fake\"\n"));
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
}

TEST(log, leaves_out_what_is_below_the_level) {
  EXPECT_EQ(logged([] { log_debug("web", "detail"); }), "");
  set_log_level(LogLevel::kError);
  EXPECT_EQ(logged([] { log_warning("web", "refused"); }), "");
  set_log_level(LogLevel::kInfo);
  EXPECT_THAT(logged([] { log_error("web", "failed"); }), HasSubstr("level=err"));
}

}  // namespace
}  // namespace madang::runtime
