// FROST's Python client, as PyPI has it, against the real server: what it makes, sends, finds, and what it is told.
// tools/install brings it (tests/python/requirements.txt).
#include <gtest/gtest.h>

#include "support/server_process.h"

namespace madang::test {
namespace {

TEST(sensorthings_client, of_frost_makes_sends_finds_and_is_told_what_does_not_work) {
  std::filesystem::path const folder = std::filesystem::path(MADANG_SOURCE_DIR) / "tests/python";
  auto const python = folder / ".venv/bin/python";
  ASSERT_TRUE(std::filesystem::exists(python)) << "tools/install test brings the client";
  TemporaryDirectory data;
  ServerProcess const server{data.path() / "data"};
  auto const key = server.create_key("frost");

  auto const outcome = run_command({python.string(), (folder / "frost_client.py").string(), server.http() + "/sta/v1.1", key});

  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err << server.log();
}

}  // namespace
}  // namespace madang::test
