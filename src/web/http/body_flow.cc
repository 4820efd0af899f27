#include "web/http/body_flow.h"

#include <algorithm>
#include <utility>

namespace madang::web {

void Outflow::notify() { mailbox_->post({.connection = connection_, .answer = std::nullopt}); }

Result<void> Outflow::write(std::string_view piece) {
  while (!piece.empty()) {
    bool was_empty = false;
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [this] { return closed_ || waiting_.size() < bytes_max_; });
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
    std::scoped_lock const lock(mutex_);
    finished_ = std::move(how);
  }
  notify();
}

Outflow::Pending Outflow::take() {
  Pending pending;
  {
    std::scoped_lock const lock(mutex_);
    pending.bytes = std::exchange(waiting_, {});
    pending.ended = finished_.has_value();
    if (finished_ && !*finished_) pending.failure = finished_->error();
  }
  room_.notify_one();
  return pending;
}

void Outflow::close() {
  {
    std::scoped_lock const lock(mutex_);
    closed_ = true;
  }
  room_.notify_one();
}

Result<std::string> Inflow::read() {
  std::string piece;
  bool was_full = false;
  {
    std::unique_lock lock(mutex_);
    something_.wait(lock, [this] { return failure_ || ended_ || !waiting_.empty(); });
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
    std::scoped_lock const lock(mutex_);
    waiting_ += piece;
    full = full_ = waiting_.size() >= bytes_max_;
  }
  something_.notify_one();
  return !full;
}

void Inflow::finish() {
  {
    std::scoped_lock const lock(mutex_);
    ended_ = true;
    full_ = false;
  }
  something_.notify_one();
}

void Inflow::fail_with(Error error) {
  {
    std::scoped_lock const lock(mutex_);
    if (failure_) return;
    failure_ = std::move(error);
  }
  something_.notify_one();
}

}  // namespace madang::web
