#include "web/http/seen_sessions.h"

#include <sodium.h>

#include <cstring>

#include "web/http/limits.h"

namespace madang::web {

SeenSessions::Hash SeenSessions::hash_of(std::string_view token) {
  Hash hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<unsigned char const*>(token.data()), token.size(), nullptr, 0);
  return hash;
}

std::size_t SeenSessions::HashOfHash::operator()(Hash const& hash) const noexcept {
  std::size_t part = 0;
  std::memcpy(&part, hash.data(), sizeof part);
  return part;
}

bool SeenSessions::contains(std::string_view token) const {
  auto const hash = hash_of(token);
  runtime::Lock const lock(mutex_);
  return seen_.contains(hash);
}

void SeenSessions::add(std::string_view token) {
  auto const hash = hash_of(token);
  runtime::Lock const lock(mutex_);
  // Forgotten, a login costs its address one request.
  if (seen_.size() >= kSessionsSeenMax) seen_.clear();
  seen_.insert(hash);
}

void SeenSessions::forget(std::string_view token) {
  auto const hash = hash_of(token);
  runtime::Lock const lock(mutex_);
  seen_.erase(hash);
}

}  // namespace madang::web
