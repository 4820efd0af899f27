#include "storage/journal/merkle.h"

#include <gmock/gmock.h>

#include <bit>
#include <map>

namespace madang::storage::journal {
namespace {

constexpr std::int64_t kAll = 64;

Hash leaf(std::int64_t i) { return hash_of_leaf("entry " + std::to_string(i)); }

/// The definition of RFC 9162, section 2.1.1, word by word.
Hash defined_root(std::int64_t from, std::int64_t to) {
  if (from == to) return hash_of_nothing();
  if (to - from == 1) return leaf(from);
  auto const middle = from + static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(to - from - 1)));
  return hash_of_node(defined_root(from, middle), defined_root(middle, to));
}

Result<Hash> node(int level, std::int64_t index) { return defined_root(index << level, (index + 1) << level); }

Hash flipped(Hash hash, std::int64_t bit) {
  hash[static_cast<std::size_t>(bit / 8)] ^= static_cast<unsigned char>(1 << (bit % 8));
  return hash;
}

/// Whether the check refuses every path in which one bit is another one.
template <typename Check>
bool refuses_each_flip(Path const& path, std::int64_t bit_step, Check const& check) {
  for (std::size_t step = 0; step < path.size(); ++step) {
    for (std::int64_t bit = static_cast<std::int64_t>(step) % bit_step; bit < 256; bit += bit_step) {
      auto changed = path;
      changed[step] = flipped(path[step], bit);
      if (check(changed)) return false;
    }
  }
  return true;
}

TEST(merkle_tree, has_the_roots_that_an_independent_program_computed) {
  std::vector<std::string> const data{"", std::string(1, '\0'), "pole 7", "사건", std::string(200, 'a'), "entry 5", "entry 6", "entry 7"};
  std::vector<std::string> const roots{"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=",
                                       "zEVZM02gqbbCdvM/lCKa0WfWsRiq7NCq0NZNx6MZtA0=", "PWw4mK/IaWm3UuyWMV84+wzfPbj+p1Y2+rwMKH5/Arw=",
                                       "2dzhTW81vDkzYIDGJROQD3ZRHN+tJ/t9VkmmEHl8eK8=", "WYgjDhZOHh2g0Iu6kbTyspOCbrl7ezJU+ImYnD2pZXo=",
                                       "62wd4NgtYlWHdFjwnLNBY9lY45/2T6xM1TPSq+FYo3s=", "MkaApQGX1eul3Qk0NPsar1IHOoHwquJGcIxDc+Dj2DY="};
  GrowingTree tree;
  std::vector<std::string> found;
  for (auto const& each : data) {
    tree.add(hash_of_leaf(each), [](int, Hash const&) {});
    found.push_back(text_of(tree.root()));
  }

  EXPECT_EQ(found, roots);
  EXPECT_EQ(text_of(hash_of_nothing()), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(merkle_tree, grows_to_the_defined_root_and_names_each_node_once) {
  GrowingTree tree;
  std::map<std::pair<int, std::int64_t>, Hash> made;
  for (std::int64_t i = 0; i < kAll; ++i) {
    tree.add(leaf(i), [&](int level, Hash const& hash) { made.emplace(std::pair{level, i >> level}, hash); });
    EXPECT_EQ(tree.root(), defined_root(0, i + 1)) << i;
    EXPECT_EQ(*root_of(i + 1, node), defined_root(0, i + 1)) << i;
  }

  EXPECT_EQ(made.size(), 127u);
  for (auto const& [place, hash] : made) EXPECT_EQ(hash, *node(place.first, place.second));
}

TEST(merkle_tree, proves_every_entry_of_every_size_up_to_64_and_no_flipped_bit) {
  for (std::int64_t size = 1; size <= kAll; ++size) {
    auto const root = defined_root(0, size);
    for (std::int64_t at = 0; at < size; ++at) {
      auto const path = inclusion_path(at, size, node);
      ASSERT_TRUE(path);
      auto const proves = [&](Path const& p) { return proves_inclusion(at, {0, size}, leaf(at), p, root); };
      ASSERT_TRUE(proves(*path)) << at << " of " << size;
      ASSERT_TRUE(refuses_each_flip(*path, size <= 16 ? 1 : 61, proves)) << at << " of " << size;
      ASSERT_FALSE(proves_inclusion(at, {0, size}, flipped(leaf(at), at), *path, root));
      ASSERT_FALSE(proves_inclusion(at, {0, size}, leaf(at), *path, flipped(root, size)));
      ASSERT_FALSE(proves_inclusion((at + 1) % size, {0, size}, leaf(at), *path, root) && size > 1);
    }
  }
}

TEST(merkle_tree, proves_growth_between_all_sizes_up_to_64_and_no_flipped_bit) {
  for (std::int64_t to = 1; to <= kAll; ++to) {
    auto const root = defined_root(0, to);
    for (std::int64_t from = 1; from <= to; ++from) {
      auto const path = consistency_path(from, to, node);
      ASSERT_TRUE(path);
      auto const old_root = defined_root(0, from);
      auto const proves = [&](Path const& p) { return proves_growth(from, to, old_root, p, root); };
      ASSERT_TRUE(proves(*path)) << from << " to " << to;
      ASSERT_TRUE(refuses_each_flip(*path, to <= 16 ? 1 : 61, proves)) << from << " to " << to;
      ASSERT_FALSE(proves_growth(from, to, flipped(old_root, from), *path, root));
      ASSERT_FALSE(proves_growth(from, to, old_root, *path, flipped(root, to)));
    }
  }
}

TEST(merkle_tree, refuses_paths_that_are_too_long_or_too_short) {
  auto const root = defined_root(0, 13);
  auto inclusion = *inclusion_path(6, 13, node);
  auto growth = *consistency_path(6, 13, node);

  inclusion.push_back(root);
  growth.push_back(root);
  EXPECT_FALSE(proves_inclusion(6, {0, 13}, leaf(6), inclusion, root));
  EXPECT_FALSE(proves_growth(6, 13, defined_root(0, 6), growth, root));
  inclusion.resize(inclusion.size() - 2);
  growth.resize(growth.size() - 2);
  EXPECT_FALSE(proves_inclusion(6, {0, 13}, leaf(6), inclusion, root));
  EXPECT_FALSE(proves_growth(6, 13, defined_root(0, 6), growth, root));
}

TEST(merkle_tree, takes_no_proof_from_nothing_or_from_outside) {
  EXPECT_FALSE(proves_growth(0, 3, hash_of_nothing(), {}, defined_root(0, 3)));
  EXPECT_TRUE(proves_growth(0, 0, hash_of_nothing(), {}, hash_of_nothing()));
  EXPECT_FALSE(proves_inclusion(-1, {0, 3}, leaf(0), {}, leaf(0)));
  EXPECT_FALSE(proves_inclusion(3, {0, 3}, leaf(0), {}, leaf(0)));
  EXPECT_FALSE(proves_growth(5, 3, leaf(0), {}, leaf(0)));
  EXPECT_EQ(inclusion_path(3, 3, node).error().code, Code::kInvalid);
  EXPECT_EQ(consistency_path(0, 3, node).error().code, Code::kInvalid);
  EXPECT_EQ(consistency_path(4, 3, node).error().code, Code::kInvalid);
}

TEST(merkle_tree, needs_a_logarithm_of_stored_hashes) {
  std::size_t reads = 0;
  auto const counting = [&](int, std::int64_t) -> Result<Hash> {
    ++reads;
    return Hash{};
  };
  auto const reads_of = [&](auto const& make) {
    reads = 0;
    EXPECT_TRUE(make());
    return reads;
  };
  constexpr std::int64_t kMany = 1'048'575;  // twenty ones: the raggedest edge

  EXPECT_LE(reads_of([&] { return root_of(kMany, counting); }), 20u);
  EXPECT_LE(reads_of([&] { return inclusion_path(12'345, kMany, counting); }), 40u);
  EXPECT_LE(reads_of([&] { return consistency_path(700'001, kMany, counting); }), 40u);
}

TEST(merkle_tree, reads_hashes_only_as_they_are_written) {
  auto const text = text_of(leaf(1));

  EXPECT_EQ(hash_of_text(text), leaf(1));
  EXPECT_FALSE(hash_of_text(text + "="));
  EXPECT_FALSE(hash_of_text(text.substr(0, 43)));
  EXPECT_FALSE(hash_of_text(""));
  EXPECT_FALSE(hash_of_text("ZG9uJ3QgY2FyZSAy"));
}

}  // namespace
}  // namespace madang::storage::journal
