// Seoul's published files, which are no part of the repository: what reads them is skipped where they are not.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace madang::test {

inline std::string published(std::string const& name) { return MADANG_SOURCE_DIR "/../shared/data/" + name; }

}  // namespace madang::test

/// In a test or its SetUp: `MADANG_NEEDS_PUBLISHED("seoul-sdot/sdot_wire_packets.tsv");`
#define MADANG_NEEDS_PUBLISHED(name)                                  \
  if (!std::filesystem::exists(::madang::test::published(name)))   \
  GTEST_SKIP() << "Seoul's published files are no part of the repository; there is no " << ::madang::test::published(name)
