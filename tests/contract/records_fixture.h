// Fresh records on either engine for every test: a SQLite file, or a database of a PostgreSQL server that this
// process starts in a temporary directory (as `nobody` when it runs as root) and stops at its end.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "runtime/clock.h"
#include "storage/records/records.h"

namespace madang::contract {

/// A directory of its own, removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory const&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;
  [[nodiscard]] std::string const& path() const { return path_; }

 private:
  std::string path_;
};

/// Stops PostgreSQL as a power cut would and starts it again.
void restart_postgresql();

/// Parameter: the engine. Skips, visibly, where PostgreSQL's programs are not installed.
class RecordsTest : public ::testing::TestWithParam<storage::Records::Engine> {
 protected:
  void SetUp() override;

  /// An address that holds nothing yet, on the engine under test.
  std::string fresh_address();
  std::unique_ptr<storage::Records> open(std::string const& address);

  TemporaryDirectory directory;
  runtime::ManualClock clock{instant_of_millis(1'790'000'000'000)};  // 2026-09-21T14:13:20Z
  std::string address;                                               ///< made by SetUp
};

std::string engine_name(::testing::TestParamInfo<storage::Records::Engine> const& info);

}  // namespace madang::contract

/// Runs every test of a fixture derived from RecordsTest on both engines.
#define MADANG_ON_BOTH_ENGINES(fixture)                                                                    \
  INSTANTIATE_TEST_SUITE_P(on, fixture,                                                                    \
                           ::testing::Values(::madang::storage::Records::Engine::kSqlite,                  \
                                             ::madang::storage::Records::Engine::kPostgresql),             \
                           ::madang::contract::engine_name)
