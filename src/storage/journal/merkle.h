// The Merkle tree of RFC 9162, section 2.1: a leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right), the empty
// tree SHA-256(). Pure; who makes proofs brings the stored hashes, so that a proof costs a logarithm of reads.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace madang::storage::journal {

using Hash = std::array<unsigned char, 32>;
using Path = std::vector<Hash>;

Hash hash_of_nothing();
Hash hash_of_leaf(std::string_view data);
Hash hash_of_node(Hash const& left, Hash const& right);

/// Base64 with padding, 44 characters.
std::string text_of(Hash const& hash);
std::optional<Hash> hash_of_text(std::string_view text);

/// The hash over the 2^level leaves from index * 2^level on; all of them exist.
using NodeOf = std::function<Result<Hash>(int level, std::int64_t index)>;

/// What lies above the first `size` leaves.
Result<Hash> root_of(std::int64_t size, NodeOf const& node);
/// kInvalid: there is no such leaf in a tree of that size.
Result<Path> inclusion_path(std::int64_t position, std::int64_t size, NodeOf const& node);
/// kInvalid: 0 < from <= to does not hold.
Result<Path> consistency_path(std::int64_t from, std::int64_t to, NodeOf const& node);

/// Leaves [from, to) that one node could cover: `from` is a multiple of the power of two that is not smaller than their number.
struct Subtree {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// Whether the path leads from the leaf's hash to the hash of the subtree; [0, size) is the whole tree.
bool proves_inclusion(std::int64_t position, Subtree of, Hash const& leaf, std::span<Hash const> path, Hash const& root);
/// Whether the tree of `size` leaves with that root holds the subtree with its hash.
bool proves_consistency(Subtree part, std::int64_t size, Hash const& part_hash, std::span<Hash const> path, Hash const& root);
/// Whether the tree of `to` leaves grew from the one of `from` and nothing in it was changed. From nothing every tree may have
/// grown: that is no proof, but where nothing is compared with nothing.
bool proves_growth(std::int64_t from, std::int64_t to, Hash const& old_root, std::span<Hash const> path, Hash const& root);

/// The right edge of a tree that grows leaf by leaf: its complete subtrees, largest first.
class GrowingTree {
 public:
  /// Calls `made(level, hash)` for the leaf and for every node that it completes, from the leaf upwards.
  void add(Hash const& leaf, std::function<void(int level, Hash const&)> const& made);
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] Hash root() const;

 private:
  std::int64_t size_ = 0;
  std::vector<Hash> edge_;
};

}  // namespace madang::storage::journal
