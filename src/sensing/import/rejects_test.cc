// What an import sets aside stands in files that are about that import alone.
#include "sensing/import/rejects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/import/test_target.h"

namespace madang::sensing {
namespace {

using testing::EndsWith;
using testing::StartsWith;

TEST(rejects, stand_beside_each_other_by_the_name_of_what_was_imported) {
  TestFolder const folder;
  std::vector<std::string> const files{"in/a.csv", "in/b.csv", "other/a.csv"};
  std::vector<std::string> written;
  {
    Rejects rejects{{.file = {}, .folder = folder.path("")}, files};
    ASSERT_TRUE(rejects.add(files[0], {2, 1}, "bad", "x"));
    ASSERT_TRUE(rejects.add(files[1], {3, 1}, "bad", "y"));
    ASSERT_TRUE(rejects.add(files[2], {4, 1}, "bad", "z"));
    written = rejects.files();
  }
  ASSERT_EQ(written.size(), 3u);
  EXPECT_THAT(written[0], AllOf(StartsWith(folder.path("a.csv.")), EndsWith(".rejects.csv")));
  EXPECT_THAT(written[1], StartsWith(folder.path("b.csv.")));
  EXPECT_EQ(text_of_file(written[0]), "file,line,column,reason,text\nin/a.csv,2,1,bad,x\n");
  EXPECT_EQ(text_of_file(written[1]), "file,line,column,reason,text\nin/b.csv,3,1,bad,y\n");
  EXPECT_EQ(text_of_file(written[2]), "file,line,column,reason,text\nother/a.csv,4,1,bad,z\n");
}

/// What an import of this file set aside that came to no end: where.
std::string set_aside(TestFolder const& folder, std::string const& file) {
  Rejects rejects{{.file = {}, .folder = folder.path("")}, {file}};
  EXPECT_TRUE(rejects.add(file, {2, 1}, "bad", "x"));
  return rejects.files().front();
}

TEST(rejects, of_an_earlier_import_of_the_same_file_go_when_this_one_has_come_to_its_end) {
  TestFolder const folder;
  auto const same = set_aside(folder, "in/a.csv");
  auto const other_name = set_aside(folder, "in/b.csv");
  auto const other_folder = set_aside(folder, "other/a.csv");
  Rejects rejects{{.file = {}, .folder = folder.path("")}, {"./in/../in/a.csv"}};
  EXPECT_TRUE(std::filesystem::exists(same)) << "it may fail yet";
  rejects.finish();
  EXPECT_FALSE(std::filesystem::exists(same));
  EXPECT_TRUE(std::filesystem::exists(other_name));
  EXPECT_TRUE(std::filesystem::exists(other_folder)) << "a file of the same name is another file";
}

TEST(rejects, take_nothing_away_that_no_import_wrote) {
  TestFolder const folder;
  auto const mine = folder.file("mine.csv", "station,value\n");
  Rejects rejects{{.file = mine, .folder = {}}, {"a.csv"}};
  rejects.finish();
  EXPECT_TRUE(std::filesystem::exists(mine));
}

}  // namespace
}  // namespace madang::sensing
