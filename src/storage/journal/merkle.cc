#include "storage/journal/merkle.h"

#include <sodium.h>

#include <algorithm>
#include <bit>

namespace madang::storage::journal {
namespace {

using Number = std::uint64_t;

constexpr unsigned char kLeafPrefix = 0;
constexpr unsigned char kNodePrefix = 1;

Number unsigned_of(std::int64_t number) { return static_cast<Number>(number); }
std::int64_t signed_of(Number number) { return static_cast<std::int64_t>(number); }

/// The largest power of two below a number above 1: where the tree of that many leaves parts.
Number split_of(Number leaves) { return std::bit_floor(leaves - 1); }

bool is_odd(Number number) { return (number & 1U) != 0; }

/// The hash over leaves [from, to), where `from` is a place at which such a range may start.
Result<Hash> hash_of_range(Number from, Number to, NodeOf const& node) {
  auto const leaves = to - from;
  if (std::has_single_bit(leaves)) {
    int const level = std::countr_zero(leaves);
    return node(level, signed_of(from >> static_cast<unsigned>(level)));
  }
  auto const middle = from + split_of(leaves);
  MADANG_TRY(auto const left, hash_of_range(from, middle, node));
  MADANG_TRY(auto const right, hash_of_range(middle, to, node));
  return hash_of_node(left, right);
}

bool is_subtree(Subtree const& part) {
  if (part.from < 0 || part.from > part.to) return false;
  if (part.from == part.to) return true;
  return unsigned_of(part.from) % std::bit_ceil(unsigned_of(part.to - part.from)) == 0;
}

/// The walk of RFC 9162, section 2.1.4.2, for subtrees (draft-ietf-plants-merkle-tree-certs, section 4.4.3).
bool walk_consistency(Subtree part, std::int64_t size, Hash const& part_hash, std::span<Hash const> path, Hash const& root) {
  auto first = unsigned_of(part.from);
  auto last = unsigned_of(part.to) - 1;
  auto end = unsigned_of(size) - 1;
  auto const climb = [&] { first >>= 1U, last >>= 1U, end >>= 1U; };
  if (last == end) {
    while (first != last) climb();
  } else {
    while (first != last && is_odd(last)) climb();
  }
  Hash old_hash = part_hash;
  Hash new_hash = part_hash;
  if (first != last) {
    if (path.empty()) return false;
    old_hash = new_hash = path.front();
    path = path.subspan(1);
  }
  for (auto const& step : path) {
    if (end == 0) return false;
    if (is_odd(last) || last == end) {
      if (first < last) old_hash = hash_of_node(step, old_hash);
      new_hash = hash_of_node(step, new_hash);
      while (!is_odd(last)) climb();
    } else {
      new_hash = hash_of_node(new_hash, step);
    }
    climb();
  }
  return end == 0 && old_hash == part_hash && new_hash == root;
}

}  // namespace

Hash hash_of_nothing() {
  Hash hash{};
  crypto_hash_sha256(hash.data(), nullptr, 0);
  return hash;
}

Hash hash_of_leaf(std::string_view data) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, &kLeafPrefix, 1);
  crypto_hash_sha256_update(&state, reinterpret_cast<unsigned char const*>(data.data()), data.size());
  Hash hash{};
  crypto_hash_sha256_final(&state, hash.data());
  return hash;
}

Hash hash_of_node(Hash const& left, Hash const& right) {
  std::array<unsigned char, 65> bytes{kNodePrefix};
  std::ranges::copy(left, bytes.begin() + 1);
  std::ranges::copy(right, bytes.begin() + 33);
  Hash hash{};
  crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
  return hash;
}

std::string text_of(Hash const& hash) {
  constexpr auto kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(32, kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), hash.data(), hash.size(), kVariant);
  text.pop_back();  // the zero that ends C's texts
  return text;
}

std::optional<Hash> hash_of_text(std::string_view text) {
  Hash hash{};
  std::size_t length = 0;
  char const* end = nullptr;
  int const read = sodium_base642bin(hash.data(), hash.size(), text.data(), text.size(), nullptr, &length, &end,
                                     sodium_base64_VARIANT_ORIGINAL);
  if (read != 0 || length != hash.size() || end != text.data() + text.size()) return std::nullopt;
  return hash;
}

Result<Hash> root_of(std::int64_t size, NodeOf const& node) {
  if (size < 0) return fail(Code::kInvalid, "a tree of " + std::to_string(size) + " entries");
  if (size == 0) return hash_of_nothing();
  return hash_of_range(0, unsigned_of(size), node);
}

Result<Path> inclusion_path(std::int64_t position, std::int64_t size, NodeOf const& node) {
  if (position < 0 || position >= size) {
    return fail(Code::kInvalid, "entry " + std::to_string(position) + " is not among the first " + std::to_string(size));
  }
  Path path;
  Number from = 0;
  Number to = unsigned_of(size);
  while (to - from > 1) {
    auto const middle = from + split_of(to - from);
    bool const is_left = unsigned_of(position) < middle;
    MADANG_TRY(auto const sibling, is_left ? hash_of_range(middle, to, node) : hash_of_range(from, middle, node));
    path.push_back(sibling);
    (is_left ? to : from) = middle;
  }
  std::ranges::reverse(path);
  return path;
}

Result<Path> consistency_path(std::int64_t from_size, std::int64_t to_size, NodeOf const& node) {
  if (from_size <= 0 || from_size > to_size) {
    return fail(Code::kInvalid, "nothing proves that a tree of " + std::to_string(to_size) + " entries grew from one of " +
                                    std::to_string(from_size));
  }
  Path path;
  auto const old_end = unsigned_of(from_size);
  Number from = 0;
  Number to = unsigned_of(to_size);
  bool is_known = true;  // who checks has this part's hash already: it is the old tree itself
  while (old_end != to) {
    auto const middle = from + split_of(to - from);
    if (old_end <= middle) {
      MADANG_TRY(auto const right, hash_of_range(middle, to, node));
      path.push_back(right);
      to = middle;
    } else {
      MADANG_TRY(auto const left, hash_of_range(from, middle, node));
      path.push_back(left);
      from = middle;
      is_known = false;
    }
  }
  if (!is_known) {
    MADANG_TRY(auto const rest, hash_of_range(from, to, node));
    path.push_back(rest);
  }
  std::ranges::reverse(path);
  return path;
}

bool proves_inclusion(std::int64_t position, Subtree of, Hash const& leaf, std::span<Hash const> path, Hash const& root) {
  if (!is_subtree(of) || position < of.from || position >= of.to) return false;
  auto at = unsigned_of(position - of.from);
  auto last = unsigned_of(of.to - of.from) - 1;
  Hash hash = leaf;
  for (auto const& step : path) {
    if (last == 0) return false;
    if (is_odd(at) || at == last) {
      hash = hash_of_node(step, hash);
      while (at != 0 && !is_odd(at)) at >>= 1U, last >>= 1U;
    } else {
      hash = hash_of_node(hash, step);
    }
    at >>= 1U, last >>= 1U;
  }
  return last == 0 && hash == root;
}

bool proves_consistency(Subtree part, std::int64_t size, Hash const& part_hash, std::span<Hash const> path, Hash const& root) {
  if (!is_subtree(part) || part.to > size) return false;
  if (part.from == part.to) return path.empty() && part_hash == hash_of_nothing();
  if (part.from == 0 && part.to == size) return path.empty() && part_hash == root;
  return walk_consistency(part, size, part_hash, path, root);
}

bool proves_growth(std::int64_t from, std::int64_t to, Hash const& old_root, std::span<Hash const> path, Hash const& root) {
  if (from == 0 && (to > 0 || old_root != root)) return false;
  return proves_consistency({0, from}, to, old_root, path, root);
}

void GrowingTree::add(Hash const& leaf, std::function<void(int level, Hash const&)> const& made) {
  auto hash = leaf;
  made(0, hash);
  int level = 0;
  for (auto left = unsigned_of(size_); is_odd(left); left >>= 1U) {
    hash = hash_of_node(edge_.back(), hash);
    edge_.pop_back();
    made(++level, hash);
  }
  edge_.push_back(hash);
  ++size_;
}

Hash GrowingTree::root() const {
  if (edge_.empty()) return hash_of_nothing();
  auto hash = edge_.back();
  for (auto left = edge_.rbegin() + 1; left != edge_.rend(); ++left) hash = hash_of_node(*left, hash);
  return hash;
}

}  // namespace madang::storage::journal
