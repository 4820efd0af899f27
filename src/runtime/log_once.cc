#include "runtime/log_once.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "core/text.h"

namespace madang::runtime {
namespace {

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); }

}  // namespace

std::string without_numbers(std::string_view reason) {
  std::string kept;
  kept.reserve(reason.size());
  for (std::size_t i = 0; i < reason.size();) {
    std::size_t end = i;
    while (end < reason.size() && is_name(reason[end])) ++end;
    auto const word = reason.substr(i, std::max<std::size_t>(end - i, 1));
    bool const number = end > i && std::ranges::all_of(word, is_digit);
    kept += number ? "#" : word;
    i += word.size();
  }
  return kept;
}

bool LogOnce::first(std::string_view source, std::string_view reason, Tick now) {
  std::hash<std::string_view> const hash;
  auto const kept = without_numbers(reason);
  Lock const lock(mutex_);
  if (!since_ || now - *since_ >= kLoggedAgainAfter || logged_.size() >= kLoggedSourcesMax) {
    logged_.clear();
    since_ = now;
  }
  auto& reasons = logged_[hash(source)];
  return reasons.size() < kLoggedReasonsMax && reasons.insert(hash(kept)).second;
}

std::optional<std::uint64_t> LogRate::admit(Tick now) {
  Lock const lock(mutex_);
  auto const seconds = std::chrono::duration<double>(now - at_.value_or(now)).count();
  at_ = now;
  tokens_ = std::min(burst_, tokens_ + seconds * per_second_);
  if (tokens_ < 1) {
    ++held_back_;
    return std::nullopt;
  }
  tokens_ -= 1;
  return std::exchange(held_back_, 0);
}

}  // namespace madang::runtime
