#include "records_fixture.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/postgresql.h"

namespace madang::contract {
namespace {

using Engine = storage::Records::Engine;

/// Started by the first test that needs it, stopped when the process ends.
test::Postgresql& postgresql() {
  static test::Postgresql server;
  return server;
}

/// libpq's text for a database that was just made.
std::string new_database() {
  static int databases = 0;
  auto const name = "city" + std::to_string(++databases);
  soci::session maintenance(soci::postgresql, postgresql().conninfo("postgres"));
  maintenance << "CREATE DATABASE " + name;
  return postgresql().conninfo(name);
}

}  // namespace

void restart_postgresql() {
  postgresql().stop();
  postgresql().start();
}

TemporaryDirectory::TemporaryDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
  EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  ::chmod(path_.c_str(), 0755);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void RecordsTest::SetUp() {
  if (GetParam() == Engine::kPostgresql && !test::Postgresql::installed()) {
    GTEST_SKIP() << "PostgreSQL 15 is not installed";
  }
  address = fresh_address();
}

std::string RecordsTest::fresh_address() {
  if (GetParam() == Engine::kPostgresql) return "postgresql:" + new_database();
  static int files = 0;
  return "sqlite:" + directory.path() + "/records " + std::to_string(++files) + ".sqlite";
}

std::unique_ptr<storage::Records> RecordsTest::open(std::string const& where) {
  auto records = storage::Records::open(where, clock);
  EXPECT_TRUE(records) << records.error().sentence;
  return records ? *std::move(records) : nullptr;
}

std::string engine_name(::testing::TestParamInfo<Engine> const& info) {
  return info.param == Engine::kSqlite ? "sqlite" : "postgresql";
}

}  // namespace madang::contract
