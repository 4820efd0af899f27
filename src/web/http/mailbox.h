// How other threads reach a network thread: answers and stream wake-ups, collected, with one wake per batch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "web/http/http.h"

namespace madang::web {

struct Letter {
  std::uint64_t connection = 0;
  std::optional<Result<Response>> answer;  ///< none: its stream or its streamed body can go on
};

/// Thread-safe. Outlives the network thread in the hands of late callers; closed, it forgets what comes.
class Mailbox {
 public:
  /// `wake` makes the network thread call take(); it is called under the mailbox's lock and must not block.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void post(Letter letter) {
    std::scoped_lock const lock(mutex_);
    if (!wake_) return;
    letters_.push_back(std::move(letter));
    if (letters_.size() == 1) wake_();
  }
  /// Swaps the waiting letters into `into`, which is emptied first.
  void take(std::vector<Letter>& into) {
    into.clear();
    std::scoped_lock const lock(mutex_);
    letters_.swap(into);
  }
  void close() {
    std::scoped_lock const lock(mutex_);
    wake_ = nullptr;
    letters_.clear();
  }

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<Letter> letters_;
};

/// Made once: every request has it at hand.
Error const& queue_is_full();
/// Of a handler that let go of its `Done`.
inline Error no_answer() { return {Code::kInternal, "the server gave no answer to this request"}; }

/// Answers exactly once, whatever happens: dropped without a call, it says `if_dropped`.
class Completer {
 public:
  Completer(std::shared_ptr<Mailbox> mailbox, std::uint64_t connection, Error if_dropped)
      : mailbox_(std::move(mailbox)), connection_(connection), if_dropped_(std::move(if_dropped)) {}
  Completer(Completer&&) noexcept = default;
  Completer& operator=(Completer&&) = delete;
  ~Completer() {
    if (mailbox_) (*this)(fail(std::move(if_dropped_)));
  }
  /// What a drop means from now on.
  void set_if_dropped(Error error) { if_dropped_ = std::move(error); }
  void operator()(Result<Response> answer) {
    if (auto const mailbox = std::exchange(mailbox_, nullptr))
      mailbox->post({.connection = connection_, .answer = std::move(answer)});
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t connection_;
  Error if_dropped_;
};

}  // namespace madang::web
