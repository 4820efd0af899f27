// Logins that were good a moment ago: to ask about such a one again costs its address nothing.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <unordered_set>

#include "runtime/mutex.h"

namespace madang::web {

/// Hashes only, and no say in who may do what: somebody else still answers whose the login is. Thread-safe.
class SeenSessions {
 public:
  [[nodiscard]] bool contains(std::string_view token) const;
  void add(std::string_view token);
  void forget(std::string_view token);

 private:
  using Hash = std::array<unsigned char, 16>;
  struct HashOfHash {
    std::size_t operator()(Hash const& hash) const noexcept;
  };
  static Hash hash_of(std::string_view token);

  mutable runtime::Mutex mutex_;
  std::unordered_set<Hash, HashOfHash> seen_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::web
