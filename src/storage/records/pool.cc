#include "storage/records/pool.h"

#include <soci/soci.h>

#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "storage/records/limits.h"
#include "storage/records/sessions.h"

namespace madang::storage {
SessionPool::Lease::Lease(SessionPool& pool, std::unique_ptr<soci::session> session)
    : pool_(&pool), session_(std::move(session)) {}

SessionPool::Lease::~Lease() {
  if (!pool_) return;
  // What was lost is closed here and not by who comes next.
  if (!is_alive(*session_)) session_.reset();
  pool_->give_back(std::move(session_));
}

SessionPool::Lease::Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), session_(std::move(other.session_)) {}

Result<void> SessionPool::fill(Open open, std::size_t sessions) {
  open_ = std::move(open);
  return guarded("records", [&]() -> Result<void> {
    for (std::size_t i = 0; i < sessions; ++i) give_back(open_());
    return {};
  });
}

Result<SessionPool::Lease> SessionPool::take(Tick deadline) {
  runtime::Lock lock(mutex_);
  auto const is_free = [this]() MADANG_REQUIRES(mutex_) { return !free_.empty(); };
  // A wait_until the end of time overflows inside the library.
  if (deadline == Tick::max()) free_again_.wait(lock, is_free);
  else if (!free_again_.wait_until(lock, deadline, is_free)) return fail(Code::kOverloaded, "records: every session was in use until the deadline");
  auto session = std::move(free_.back());
  free_.pop_back();
  lock.unlock();
  if (session && is_alive(*session)) return Lease(*this, std::move(session));
  session.reset();
  auto opened = reopened(deadline);
  if (opened) return Lease(*this, *std::move(opened));
  give_back(nullptr);
  return fail(std::move(opened).error());
}

Result<std::unique_ptr<soci::session>> SessionPool::reopened(Tick deadline) {
  for (;;) {
    auto opened = guarded("records", [&]() -> Result<std::unique_ptr<soci::session>> { return open_(); });
    runtime::Lock lock(mutex_);
    if (opened) unreachable_since_.reset();
    if (opened || opened.error().code != Code::kUnavailable) return opened;
    auto const moment = runtime::SystemClock{}.tick();
    if (!unreachable_since_) unreachable_since_ = moment;
    bool const is_patient = moment - *unreachable_since_ < kRestartPatience && moment + kTryAgainAfter < deadline;
    if (!is_patient) return opened;
    runtime::Condition pause;
    pause.wait_for(lock, kTryAgainAfter, [] { return false; });
  }
}

void SessionPool::give_back(std::unique_ptr<soci::session> session) {
  {
    runtime::Lock const lock(mutex_);
    free_.push_back(std::move(session));
  }
  free_again_.notify_one();
}

}  // namespace madang::storage
