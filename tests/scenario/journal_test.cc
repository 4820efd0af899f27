// What is changed while a server runs stands in its journal: signed when it stops, provable, and no change goes unseen.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fstream>

#include "support/server_process.h"

namespace madang::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct journal : testing::Test {
  TemporaryDirectory folder;
  std::string const data = (folder.path() / "data").string();

  std::string saved(std::string const& name, std::string const& text) const {
    auto const path = (folder.path() / name).string();
    std::ofstream(path) << text;
    return path;
  }
  void tamper(std::string const& statement) const {
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open((data + "/records.db").c_str(), &file), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(file, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(file);
    sqlite3_close(file);
  }
};

TEST_F(journal, of_a_served_city_is_whole_signed_and_provable_and_shows_a_change) {
  {
    ServerProcess server(data);
    ASSERT_EQ(run_madang({"operator", "create", "--data", data, "--login", "kim"}).status, 0);
    ASSERT_EQ(run_madang({"keys", "create", "--data", data, "--name", "roof"}).status, 0);
    auto const while_serving = run_madang({"verify", "--data", data});
    EXPECT_EQ(while_serving.status, 0) << while_serving.err;
    EXPECT_THAT(while_serving.out, HasSubstr("are not signed yet"));
    server.stop();
  }
  auto const verified = run_madang({"verify", "--data", data});
  EXPECT_EQ(verified.status, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("the journal is whole"));
  EXPECT_THAT(verified.out, Not(HasSubstr("not signed yet")));

  auto key = run_madang({"journal", "key", "--data", data}).out;
  key.resize(key.find('\n'));
  auto const proof = run_madang({"journal", "prove", "--data", data, "0"});
  ASSERT_EQ(proof.status, 0) << proof.err;
  auto const checked = run_madang({"verify", saved("proof.json", proof.out), "--key", key});
  EXPECT_EQ(checked.status, 0) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("operator_created"));
  EXPECT_THAT(run_madang({"journal", "list", "--data", data}).out, HasSubstr("login = kim"));

  ASSERT_EQ(run_madang({"journal", "erase", "--data", data, "0", "login"}).status, 0);
  EXPECT_THAT(run_madang({"journal", "list", "--data", data}).out, Not(HasSubstr("login = kim")));
  EXPECT_EQ(run_madang({"verify", "--data", data}).status, 0);

  tamper("UPDATE journal_entry SET leaf = REPLACE(leaf, 'key_created', 'key_revoked') WHERE position = 2");
  auto const changed = run_madang({"verify", "--data", data});
  EXPECT_EQ(changed.status, 1);
  EXPECT_THAT(changed.err, HasSubstr("entry 2 is not what was written"));
}

TEST_F(journal, of_no_city_is_no_journal_and_nothing_is_made) {
  auto const missing = run_madang({"verify", "--data", data});

  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("there is no data directory"));
  EXPECT_FALSE(std::filesystem::exists(data));
}

}  // namespace
}  // namespace madang::test
