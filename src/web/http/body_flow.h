// Streamed bodies between a network thread and the pool's thread that writes or reads them: a bounded buffer each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/mutex.h"
#include "web/http/http.h"
#include "web/http/letters.h"

namespace madang::web {

/// An answer's body on its way out. Thread-safe: the handler writes, the connection takes.
class Outflow final : public BodyWriter {
 public:
  Outflow(std::shared_ptr<Mailbox> mailbox, std::uint64_t connection, std::size_t bytes_max)
      : mailbox_(std::move(mailbox)), connection_(connection), bytes_max_(bytes_max) {}

  Result<void> write(std::string_view piece) override;
  /// The handler is done; an Error: the body is not whole.
  void finish(Result<void> how);

  struct Pending {
    std::string bytes;
    bool ended = false;
    std::optional<Error> failure;
  };
  /// For the connection: all that waits. `ended` once nothing more will come.
  [[nodiscard]] Pending take();
  /// The client is gone: the handler's next write fails.
  void close();

 private:
  void notify();

  std::shared_ptr<Mailbox> const mailbox_;
  std::uint64_t const connection_;
  std::size_t const bytes_max_;
  runtime::Mutex mutex_;
  runtime::Condition room_;
  std::string waiting_ MADANG_GUARDED_BY(mutex_);
  std::optional<Result<void>> finished_ MADANG_GUARDED_BY(mutex_);
  bool closed_ MADANG_GUARDED_BY(mutex_) = false;
};

/// A request's body on its way in. Thread-safe: the connection puts, the handler reads.
class Inflow final : public BodyReader {
 public:
  Inflow(std::shared_ptr<Mailbox> mailbox, std::uint64_t connection, std::size_t bytes_max)
      : mailbox_(std::move(mailbox)), connection_(connection), bytes_max_(bytes_max) {}

  Result<std::string> read() override;

  /// False: it is full, so put nothing more until the mailbox tells that it was read.
  [[nodiscard]] bool put(std::string_view piece);
  void finish();
  /// The body will never be whole; what waits is not read any more.
  void fail_with(Error error);

 private:
  std::shared_ptr<Mailbox> const mailbox_;
  std::uint64_t const connection_;
  std::size_t const bytes_max_;
  runtime::Mutex mutex_;
  runtime::Condition something_;
  std::string waiting_ MADANG_GUARDED_BY(mutex_);
  bool full_ MADANG_GUARDED_BY(mutex_) = false;  ///< the connection waits to be told
  bool ended_ MADANG_GUARDED_BY(mutex_) = false;
  std::optional<Error> failure_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::web
