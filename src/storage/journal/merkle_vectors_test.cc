// The test vectors of transparency-dev/merkle, where they are at hand: 518 valid and spoilt proofs.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>

#include "storage/journal/merkle.h"
#include "support/published_data.h"

namespace madang::storage::journal {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;

struct Verdicts {
  int files = 0;
  int valid = 0;
};

/// Where no hash matters some hold another text; what is made of it is equal where the texts are.
Hash hash_at(element const& vector, char const* name) {
  std::string_view const text = vector[name].get_string().value();
  return hash_of_text(text).value_or(hash_of_leaf(text));
}

/// Of an entry they matter always.
bool holds_hashes(element const& vector) {
  return hash_of_text(vector["leafHash"].get_string().value()) && hash_of_text(vector["root"].get_string().value());
}

std::optional<Path> path_of(element const& vector) {
  Path path;
  simdjson::dom::array steps;
  if (vector["proof"].get(steps) != simdjson::SUCCESS) return path;  // null
  for (auto const step : steps) {
    auto const hash = hash_of_text(step.get_string().value_unsafe());
    if (!hash) return std::nullopt;
    path.push_back(*hash);
  }
  return path;
}

/// A number beyond what we count with belongs to no tree.
std::int64_t number_at(element const& vector, char const* name) {
  std::int64_t number = -1;
  return vector[name].get(number) == simdjson::SUCCESS ? number : -1;
}

template <typename Check>
Verdicts check_folder(fs::path const& folder, Check const& check) {
  Verdicts verdicts;
  simdjson::dom::parser parser;
  for (auto const& file : fs::recursive_directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    element vector = parser.load(file.path().string()).value();
    bool const is_spoilt = vector["wantErr"].get_bool().value();
    auto const path = path_of(vector);
    EXPECT_EQ(path && check(vector, *path), !is_spoilt) << file.path();
    ++verdicts.files;
    verdicts.valid += is_spoilt ? 0 : 1;
  }
  return verdicts;
}

class merkle_vectors : public ::testing::Test {
 protected:
  void SetUp() override {
    MADANG_NEEDS_PUBLISHED("bench-civic/merkle/");
    auto name = (fs::temp_directory_path() / "madang-merkle-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    auto const archive = test::published("bench-civic/merkle/transparency-dev-merkle-testdata.tar.xz");
    ASSERT_EQ(std::system(("tar -xJf '" + archive + "' -C '" + name + "'").c_str()), 0);
  }
  void TearDown() override {
    if (!folder.empty()) fs::remove_all(folder);
  }
  fs::path folder;
};

TEST_F(merkle_vectors, of_inclusion_are_judged_as_they_say) {
  auto const verdicts = check_folder(folder / "testdata/inclusion", [](element const& v, Path const& path) {
    Subtree const whole{0, number_at(v, "treeSize")};
    return holds_hashes(v) && proves_inclusion(number_at(v, "leafIdx"), whole, hash_at(v, "leafHash"), path, hash_at(v, "root"));
  });
  EXPECT_GT(verdicts.files, 50);
  EXPECT_GT(verdicts.valid, 4);
}

TEST_F(merkle_vectors, of_consistency_are_judged_as_they_say) {
  auto const verdicts = check_folder(folder / "testdata/consistency", [](element const& v, Path const& path) {
    return proves_growth(number_at(v, "size1"), number_at(v, "size2"), hash_at(v, "root1"), path, hash_at(v, "root2"));
  });
  EXPECT_GT(verdicts.files, 50);
  EXPECT_GT(verdicts.valid, 4);
}

TEST_F(merkle_vectors, of_inclusion_in_subtrees_are_judged_as_they_say) {
  auto const verdicts = check_folder(folder / "testdata/subtreeinclusion", [](element const& v, Path const& path) {
    Subtree const of{number_at(v, "start"), number_at(v, "end")};
    return holds_hashes(v) && proves_inclusion(number_at(v, "leafIdx"), of, hash_at(v, "leafHash"), path, hash_at(v, "root"));
  });
  EXPECT_GT(verdicts.files, 50);
  EXPECT_GT(verdicts.valid, 4);
}

TEST_F(merkle_vectors, of_consistency_of_subtrees_are_judged_as_they_say) {
  auto const verdicts = check_folder(folder / "testdata/subtreeconsistency", [](element const& v, Path const& path) {
    Subtree const part{number_at(v, "start"), number_at(v, "end")};
    return proves_consistency(part, number_at(v, "size"), hash_at(v, "root1"), path, hash_at(v, "root2"));
  });
  EXPECT_GT(verdicts.files, 50);
  EXPECT_GT(verdicts.valid, 4);
}

}  // namespace
}  // namespace madang::storage::journal
