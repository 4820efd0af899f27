#include "web/http/budget.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "web/http/address.h"
#include "web/http/limits.h"

namespace madang::web {

std::int64_t Budget::take(std::string_view address, Tick now) {
  auto key = account_of(address);
  if (!key) return 0;
  runtime::Lock const lock(mutex_);
  auto found = buckets_.find(*key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kBudgetAddressesMax) forget_full(now);
    found = buckets_.emplace(*std::move(key), Bucket{.tokens = options_.burst, .at = now}).first;
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

std::optional<std::string> Budget::account_of(std::string_view address) const {
  if (options_.loopback_exempt && is_loopback(address)) return std::nullopt;
  return budget_key(address);
}

std::size_t Budget::addresses() const {
  runtime::Lock const lock(mutex_);
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

Shares::Share Shares::take(std::string_view address, std::string_view login) {
  auto key = budget_.account_of(address);
  if (key) {
    if (!login.empty()) key = "login " + std::string{login};
    runtime::Lock const lock(mutex_);
    auto& taken = taken_[*key];
    if (taken >= most_) return {};
    ++taken;
  }
  return {*this, std::move(key)};
}

void Shares::give_back(std::string const& key) {
  runtime::Lock const lock(mutex_);
  auto const found = taken_.find(key);
  if (--found->second == 0) taken_.erase(found);
}

}  // namespace madang::web
