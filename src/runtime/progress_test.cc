#include "runtime/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace madang::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(grouped, sets_commas_by_threes) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(43'000'000), "43,000,000");
}

TEST(progress_line, shows_bar_rate_and_time_left) {
  auto const line = progress_line({"storing", 50, 100, 2'000'000, "values"}, 4, true);
  EXPECT_EQ(line, "storing  [############            ]   50 %  2,000,000 values  500,000/s  4 s left");
}

TEST(progress_line, leaves_the_bar_out_where_lines_are_kept) {
  EXPECT_THAT(progress_line({"storing", 50, 100, 7, "values"}, 4, false), Not(HasSubstr("[")));
}

TEST(progress_line, says_no_time_left_before_it_knows) {
  EXPECT_THAT(progress_line({"looking", 0, 100, 0, "values"}, 0, true), Not(HasSubstr("left")));
  EXPECT_THAT(progress_line({"looking", 0, 0, 5, "values"}, 10, true), Not(HasSubstr("%")));
}

TEST(progress, writes_plain_lines_now_and_then_into_a_file) {
  ManualClock clock{instant_of_millis(0)};
  std::FILE* file = std::tmpfile();
  {
    Progress progress(clock, file);
    progress.show({"storing", 1, 100, 1, "values"});
    clock.advance(Millis{11'000});
    progress.show({"storing", 50, 100, 50, "values"});
    clock.advance(Millis{1'000});
    progress.show({"storing", 60, 100, 60, "values"});
  }
  std::string text(1'000, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_THAT(text, HasSubstr("storing   50 %  50 values"));
}

}  // namespace
}  // namespace madang::runtime
