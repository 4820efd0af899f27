// How much one address may ask of the public: a token bucket each, in a table of bounded size.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/time.h"
#include "web/http/server.h"

namespace madang::web {

/// Thread-safe.
class Budget {
 public:
  explicit Budget(PublicBudget options) : options_(options) {}

  /// Takes one token. Returns 0 when there was one, else the whole seconds until there will be (at least 1).
  std::int64_t take(std::string_view address, Tick now);
  [[nodiscard]] std::size_t addresses() const;

 private:
  struct Bucket {
    double tokens;
    Tick at;
  };
  void forget_full(Tick now);

  PublicBudget const options_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

/// An IPv4 address as it is, an IPv6 address as its /64: one household or server, not one of its 2^64 addresses.
std::string budget_key(std::string_view address);
bool is_loopback(std::string_view address);

}  // namespace madang::web
