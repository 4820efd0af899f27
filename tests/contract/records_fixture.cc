#include "records_fixture.h"

#include <pwd.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace madang::contract {
namespace {

using Engine = storage::Records::Engine;

constexpr char const* kPrograms = "/usr/lib/postgresql/15/bin/";

class PostgresqlServer {
 public:
  static bool installed() { return std::filesystem::exists(std::string{kPrograms} + "initdb"); }

  PostgresqlServer() {
    // PostgreSQL refuses to run as root, and its user must reach the directory.
    if (::geteuid() == 0) {
      as_user_ = "setpriv --reuid=nobody --regid=nogroup --clear-groups ";
      if (auto const* const nobody = ::getpwnam("nobody")) {
        EXPECT_EQ(::chown(directory_.path().c_str(), nobody->pw_uid, nobody->pw_gid), 0);
      }
    }
    make_cluster();
    start();
  }
  ~PostgresqlServer() { stop(); }

  void start() const {
    run("pg_ctl -D " + data() + " -w -s -l " + directory_.path() + "/log -o \"-k " + directory_.path() +
        " -h '' -F\" start");
  }
  void stop() const { run("pg_ctl -D " + data() + " -m immediate -s stop"); }

  /// libpq's text for a database that was just made.
  std::string new_database() {
    auto const name = "city" + std::to_string(++databases_);
    soci::session maintenance(soci::postgresql, conninfo("postgres"));
    maintenance << "CREATE DATABASE " + name;
    return conninfo(name);
  }

 private:
  [[nodiscard]] std::string data() const { return directory_.path() + "/data"; }
  [[nodiscard]] std::string conninfo(std::string const& database) const {
    return "host=" + directory_.path() + " user=madang dbname=" + database;
  }
  /// A copy of one that is kept beside the program: to make one takes as long as most tests do. A test that comes while the first is
  /// made makes one too, and one of them stays.
  void make_cluster() const {
    namespace fs = std::filesystem;
    auto const kept = fs::read_symlink("/proc/self/exe").parent_path() / ("postgresql-15-" + std::to_string(::geteuid()));
    if (!fs::exists(kept)) {
      run("initdb -D " + data() + " -A trust -U madang -E UTF8 --no-locale --no-sync");
      auto const fresh = kept.string() + "." + std::to_string(::getpid());
      std::error_code another_was_first;
      copy(data(), fresh);
      fs::rename(fresh, kept, another_was_first);
      if (another_was_first) fs::remove_all(fresh);
    } else {
      copy(kept.string(), data());
    }
  }
  /// With owners and rights, which PostgreSQL looks at.
  static void copy(std::string const& from, std::string const& to) {
    EXPECT_EQ(std::system(("cp -a '" + from + "' '" + to + "'").c_str()), 0) << from;
  }
  void run(std::string const& program) const {
    auto const command = as_user_ + kPrograms + program + " >>" + directory_.path() + "/output 2>&1";
    EXPECT_EQ(std::system(("cd / && " + command).c_str()), 0) << command;
  }

  TemporaryDirectory directory_;
  std::string as_user_;
  int databases_ = 0;
};

/// Started by the first test that needs it, stopped when the process ends.
PostgresqlServer& postgresql() {
  static PostgresqlServer server;
  return server;
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
  if (GetParam() == Engine::kPostgresql && !PostgresqlServer::installed()) {
    GTEST_SKIP() << "PostgreSQL 15 is not installed at " << kPrograms;
  }
  address = fresh_address();
}

std::string RecordsTest::fresh_address() {
  if (GetParam() == Engine::kPostgresql) return "postgresql:" + postgresql().new_database();
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
