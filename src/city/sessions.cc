#include "city/sessions.h"

#include <cstring>
#include <optional>

#include "city/limits.h"
#include "city/secrets.h"
#include "runtime/refusal.h"
#include "storage/records/transactions.h"
#include "storage/records/whole_reading.h"

namespace madang::city {
namespace {

std::unexpected<Error> late() { return fail(Code::kOverloaded, "ends of logins were being read until the deadline"); }
std::unexpected<Error> unknown() { return runtime::refuse(Code::kUnauthorized, "refusal.session.over"); }

}  // namespace

std::size_t Sessions::HashOfHash::operator()(Hash const& hash) const noexcept {
  std::size_t part = 0;
  std::memcpy(&part, hash.data(), sizeof part);  // it is a hash already
  return part;
}

Result<void> Sessions::start() {
  storage::Turn::Holder const turn(catching_up_, storage::CallDeadline::of_call());
  if (!turn.has_it()) return late();
  MADANG_TRY(seen_end_, store_.last_session_end());
  caught_up_ = clock_.tick();
  return {};
}

Result<Sessions::Session> Sessions::find(std::string_view token) {
  // What is none of our texts is not worth a look-up.
  if (token.size() != kTokenLength) return unknown();
  auto const text = hash_of_token(token);
  auto const hash = bytes_of_hash(text);
  auto found = cached(hash);
  if (!found) {
    if (is_known_stranger(hash)) return unknown();
    MADANG_TRY(found, ask(text, hash));
  }
  if (found->expires_at <= clock_.now()) return unknown();
  return *std::move(found);
}

std::optional<Sessions::Session> Sessions::cached(Hash const& hash) {
  runtime::Lock const lock(mutex_);
  if (auto const found = young_.find(hash); found != young_.end()) return found->second;
  auto const found = old_.find(hash);
  if (found == old_.end()) return std::nullopt;
  auto session = std::move(found->second);
  old_.erase(found);
  young_.emplace(hash, session);
  return session;
}

bool Sessions::is_known_stranger(Hash const& hash) {
  runtime::Lock const lock(mutex_);
  return strangers_.contains(hash);
}

Result<Sessions::Session> Sessions::ask(std::string const& text, Hash const& hash) {
  std::uint64_t epoch = 0;
  {
    runtime::Lock const lock(mutex_);
    if (clock_.tick() < asleep_until_) return runtime::refuse(Code::kUnavailable, "refusal.session.asleep");
    epoch = epoch_;
  }
  // A network thread may wait here, with all its connections.
  storage::CallDeadline const soon(kSessionLookUpMax);
  auto const stored = store_.find_login(text);
  if (!stored) {
    runtime::Lock const lock(mutex_);
    asleep_until_ = clock_.tick() + kSessionsPause;
    return fail(Code::kUnavailable, "logins cannot be looked up at the moment: " + stored.error().sentence);
  }
  if (!*stored) {
    keep_stranger(hash);
    return unknown();
  }
  Session session{(*stored)->party, (*stored)->login, (*stored)->expires_at};
  keep(hash, session, epoch);
  return session;
}

void Sessions::keep(Hash const& hash, Session const& session, std::uint64_t asked_in) {
  runtime::Lock const lock(mutex_);
  if (epoch_ != asked_in) return;  // it may be the one that ended meanwhile
  if (young_.size() >= half_) {
    old_ = std::move(young_);
    young_ = {};
  }
  young_.emplace(hash, session);
}

void Sessions::keep_stranger(Hash const& hash) {
  runtime::Lock const lock(mutex_);
  // A token is random: one that is unknown now was never given out and never will be.
  if (strangers_.size() >= kStrangersKnownMax) strangers_.clear();
  strangers_.emplace(hash, true);
}

void Sessions::forget_all() {
  runtime::Lock const lock(mutex_);
  young_.clear();
  old_.clear();
  ++epoch_;
}

Result<void> Sessions::catch_up(LookTime time, std::stop_token const& stop) {
  storage::Turn::Holder const turn(catching_up_, storage::CallDeadline::of_call());
  if (!turn.has_it()) return late();
  auto const now = clock_.tick();
  std::optional<storage::WholeReading> whole;
  if (time == LookTime::kWhole) {
    MADANG_CHECK(store_.last_session_end());
    whole.emplace(stop);
  }
  MADANG_TRY(auto const ends, store_.session_ends_after(seen_end_, kSessionEndsReadMax));
  // Ends are kept for a while only, and so many at once are not worth going through.
  bool const missed = now - caught_up_ > kSessionEndsKept / 2 || ends.size() == kSessionEndsReadMax;
  caught_up_ = now;
  if (missed) {
    MADANG_TRY(seen_end_, store_.last_session_end());
    forget_all();
    return {};
  }
  if (ends.empty()) return {};
  runtime::Lock const lock(mutex_);
  ++epoch_;
  for (auto const& end : ends) {
    auto const hash = bytes_of_hash(end.token_hash);
    young_.erase(hash);
    old_.erase(hash);
    seen_end_ = end.id;
  }
  return {};
}

std::size_t Sessions::known() const {
  runtime::Lock const lock(mutex_);
  return young_.size() + old_.size();
}

}  // namespace madang::city
