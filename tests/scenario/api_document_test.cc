// The API document against a living city: what it lists is asked, rightly and wrongly, and each answer is held against its schema.
// tools/install brings the validator (tests/api/package.json).
#include <gtest/gtest.h>

#include <fstream>

#include "support/server_process.h"

namespace madang::test {
namespace {

TEST(api_document, says_what_a_living_city_answers) {
  std::filesystem::path const folder = std::filesystem::path(MADANG_SOURCE_DIR) / "tests/api";
  ASSERT_TRUE(std::filesystem::exists(folder / "node_modules")) << "tools/install test brings the validator";
  TemporaryDirectory directory;
  auto const data = (directory.path() / "data").string();
  ASSERT_EQ(run_madang({"operator", "create", "--data", data, "--login", "kim", "--password", "open sesame 7", "--role", "administrator"}).status, 0);
  std::ofstream(directory.path() / "data/madang.toml") << "[webhooks]\nallow_private_addresses = true\n";
  ServerProcess const server{data};
  auto const city = run_madang({"simulate", "--data", data, "--things", "30", "--seed", "1", "--interval", "30s", "--history", "3h", "--duration", "2s"});
  ASSERT_EQ(city.status, 0) << city.err;

  auto const outcome = run_command({"node", (folder / "check_answers.mjs").string(), server.http(), data, server.create_key("api")});

  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
}

}  // namespace
}  // namespace madang::test
