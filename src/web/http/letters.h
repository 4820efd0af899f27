// What other threads send to a connection: answers and wake-ups of streams.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "web/http/http.h"
#include "web/net/mailbox.h"

namespace madang::web {

struct Letter {
  std::uint64_t connection = 0;
  std::optional<Result<Response>> answer;  ///< none: its stream or its streamed body can go on
};

/// Outlives the network thread in the hands of late callers; closed, it forgets what comes.
using Mailbox = net::Mailbox<Letter>;

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
