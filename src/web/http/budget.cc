#include "web/http/budget.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "web/http/limits.h"

namespace madang::web {

std::int64_t Budget::take(std::string_view address, Tick now) {
  if (options_.loopback_exempt && is_loopback(address)) return 0;
  std::scoped_lock const lock(mutex_);
  auto key = budget_key(address);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kBudgetAddressesMax) forget_full(now);
    found = buckets_.emplace(std::move(key), Bucket{.tokens = options_.burst, .at = now}).first;
  }
  auto& bucket = found->second;
  double const seconds = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(options_.burst, bucket.tokens + seconds * options_.requests_per_second);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil((1 - bucket.tokens) / options_.requests_per_second)));
}

std::size_t Budget::addresses() const {
  std::scoped_lock const lock(mutex_);
  return buckets_.size();
}

/// A bucket that is full again says nothing. If all are in use, they all begin anew: a flood of addresses must not
/// lock out everybody else.
void Budget::forget_full(Tick now) {
  std::erase_if(buckets_, [&](auto const& entry) {
    double const seconds = std::chrono::duration<double>(now - entry.second.at).count();
    return entry.second.tokens + seconds * options_.requests_per_second >= options_.burst;
  });
  if (buckets_.size() >= kBudgetAddressesMax) buckets_.clear();
}

std::string budget_key(std::string_view address) {
  in6_addr six{};
  std::string text{address};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  return {reinterpret_cast<char const*>(&six), 8};
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace madang::web
