#include "web/http/body_flow.h"

#include <algorithm>
#include <utility>

namespace madang::web {

void Outflow::notify() { mailbox_->post({.connection = connection_, .answer = std::nullopt}); }

Result<void> Outflow::write(std::string_view piece) {
  while (!piece.empty()) {
    bool was_empty = false;
    {
      runtime::Lock lock(mutex_);
      room_.wait(lock, [this]() MADANG_REQUIRES(mutex_) { return closed_ || waiting_.size() < bytes_max_; });
      if (closed_) return fail(Code::kUnavailable, "the client is gone, or the server stops");
      was_empty = waiting_.empty();
      auto const part = piece.substr(0, bytes_max_ - waiting_.size());
      waiting_ += part;
      piece.remove_prefix(part.size());
    }
    if (was_empty) notify();
  }
  return {};
}

void Outflow::finish(Result<void> how) {
  {
    runtime::Lock const lock(mutex_);
    finished_ = std::move(how);
  }
  notify();
}

Outflow::Pending Outflow::take() {
  Pending pending;
  {
    runtime::Lock const lock(mutex_);
    pending.bytes = std::exchange(waiting_, {});
    pending.ended = finished_.has_value();
    if (finished_ && !*finished_) pending.failure = finished_->error();
  }
  room_.notify_one();
  return pending;
}

void Outflow::close() {
  {
    runtime::Lock const lock(mutex_);
    closed_ = true;
  }
  room_.notify_one();
}

Result<std::string> Inflow::read() {
  std::string piece;
  bool was_full = false;
  {
    runtime::Lock lock(mutex_);
    something_.wait(lock, [this]() MADANG_REQUIRES(mutex_) { return failure_ || ended_ || !waiting_.empty(); });
    if (failure_) return fail(*failure_);
    piece = std::exchange(waiting_, {});
    was_full = std::exchange(full_, false);
  }
  if (was_full) mailbox_->post({.connection = connection_, .answer = std::nullopt});
  return piece;
}

bool Inflow::put(std::string_view piece) {
  bool full = false;
  {
    runtime::Lock const lock(mutex_);
    waiting_ += piece;
    full = full_ = waiting_.size() >= bytes_max_;
  }
  something_.notify_one();
  return !full;
}

void Inflow::finish() {
  {
    runtime::Lock const lock(mutex_);
    ended_ = true;
    full_ = false;
  }
  something_.notify_one();
}

void Inflow::fail_with(Error error) {
  {
    runtime::Lock const lock(mutex_);
    if (failure_) return;
    failure_ = std::move(error);
  }
  something_.notify_one();
}

}  // namespace madang::web
