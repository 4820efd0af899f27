// The bounded queue between whoever sends events and one listening browser.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/mutex.h"
#include "web/http/http.h"
#include "web/http/letters.h"

namespace madang::web {

/// Thread-safe.
class EventQueue final : public EventSink {
 public:
  EventQueue(std::shared_ptr<Mailbox> mailbox, std::uint64_t connection, std::size_t bytes_max)
      : mailbox_(std::move(mailbox)), connection_(connection), bytes_max_(bytes_max) {}

  bool send(Event const& event) override;
  [[nodiscard]] bool closed() const override;

  /// For the connection: everything queued, as bytes for the wire.
  [[nodiscard]] std::string take();
  /// Events dropped since the last call.
  [[nodiscard]] std::size_t take_dropped();
  /// The connection is gone, or ends.
  void close();
  /// From any thread: nothing more is sent, and the connection ends the stream.
  void end();

 private:
  std::shared_ptr<Mailbox> const mailbox_;
  std::uint64_t const connection_;
  std::size_t const bytes_max_;
  mutable runtime::Mutex mutex_;
  std::string waiting_ MADANG_GUARDED_BY(mutex_);
  std::size_t dropped_ MADANG_GUARDED_BY(mutex_) = 0;
  bool closed_ MADANG_GUARDED_BY(mutex_) = false;
};

/// "event: name\nid: id\ndata: line\n...\n\n"; each line of the data becomes one, line breaks in name and id are left out.
void append_event(std::string& out, EventSink::Event const& event);

}  // namespace madang::web
