// How much one address may ask of the public: a token bucket each, in a table of bounded size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/time.h"
#include "runtime/mutex.h"
#include "web/http/server.h"

namespace madang::web {

/// Thread-safe.
class Budget {
 public:
  explicit Budget(PublicBudget options) : options_(options) {}

  /// Takes one token. Returns 0 when there was one, else the whole seconds until there will be (at least 1).
  std::int64_t take(std::string_view address, Tick now);
  [[nodiscard]] std::size_t addresses() const;
  /// On whose account an address asks; none: it is exempt.
  [[nodiscard]] std::optional<std::string> account_of(std::string_view address) const;

 private:
  struct Bucket {
    double tokens;
    Tick at;
  };
  void forget_full(Tick now) MADANG_REQUIRES(mutex_);

  PublicBudget const options_;
  mutable runtime::Mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_ MADANG_GUARDED_BY(mutex_);
};

/// What one address may have waiting or running at once, of work that is dear; whom the budget exempts may have any. Thread-safe;
/// outlives what it gave.
class Shares {
 public:
  /// One of them, given back when it goes. Empty: the address has as many as it may have.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept : from_(std::exchange(other.from_, nullptr)), key_(std::move(other.key_)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(from_, other.from_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Share() { give_back(); }
    explicit operator bool() const { return from_ != nullptr; }
    /// Whose it is, among whom the work takes turns; all that are exempt are one.
    [[nodiscard]] std::string_view account() const { return key_ ? std::string_view{*key_} : std::string_view{}; }
    void give_back() {
      auto* const from = std::exchange(from_, nullptr);
      if (from != nullptr && key_) from->give_back(*key_);
    }

   private:
    friend class Shares;
    Share(Shares& from, std::optional<std::string> key) : from_(&from), key_(std::move(key)) {}
    Shares* from_ = nullptr;
    std::optional<std::string> key_;
  };

  Shares(std::size_t most, Budget const& budget) : most_(most), budget_(budget) {}
  /// `login`: of who has signed in, whose account it is then wherever he sits; whether he is exempt the address says all the same.
  [[nodiscard]] Share take(std::string_view address, std::string_view login = {});

 private:
  void give_back(std::string const& key);

  std::size_t const most_;
  Budget const& budget_;
  runtime::Mutex mutex_;
  std::unordered_map<std::string, std::size_t> taken_ MADANG_GUARDED_BY(mutex_);  ///< by account; nobody stands here with none
};

}  // namespace madang::web
