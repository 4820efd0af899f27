#include "web/mqtt/connection.h"

#include <utility>

#include "runtime/log.h"
#include "web/mqtt/listener_thread.h"

namespace madang::web::mqtt {

Connection::Connection(ListenerThread& owner, Address address, net::Socket socket)
    : owner_(owner), address_(address), socket_(std::move(socket)) {}

template <typename Act>
void Connection::guarded(Act&& act) {
  net::guarded(kLogModule, std::forward<Act>(act), [this] { close(); });
}

void Connection::start() {
  socket_.accept([self = shared_from_this()](boost::system::error_code error) { self->guarded([&] { self->on_handshake(error); }); });
}

void Connection::on_handshake(boost::system::error_code error) {
  if (closed_) return;
  if (error) {
    log_failed_handshake(error.message());
    return close();
  }
  session_.emplace(owner_.session_needs(), address_, socket_.certificate());
  read();
}

void Connection::log_failed_handshake(std::string_view why) {
  auto const& needs = owner_.session_needs();
  if (auto const held_back = needs.hub.log().refused_connects.admit(needs.clock.tick()))
    runtime::log_warning("mqtt", "handshake_failed", {{"why", why}, {"not_logged_before", *held_back}});
}

void Connection::pump() {
  if (closed_ || !session_) return;
  if (!received_.bytes().empty()) process_packets();
  flush();
  if (closed_) return;
  session_->continue_retained();
  read();
}

void Connection::process_packets() {
  if (session_->ending()) return received_.clear();
  if (!session_->paused()) received_.consume(session_->receive(received_.bytes()));
}

void Connection::read() {
  if (reading_ || (session_->paused() && !session_->ending())) return;
  reading_ = true;
  socket_.read_some(received_.room(), [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
    self->guarded([&] { self->on_read(error, count); });
  });
}

void Connection::on_read(boost::system::error_code error, std::size_t count) {
  reading_ = false;
  if (closed_) return;
  if (error) return close();
  received_.filled(count);
  pump();
}

void Connection::flush() {
  while (!writing_ && (written_from_ < written_.size() || !session_->outbox().empty())) {
    auto const bytes = next_slice();
    auto const written = socket_.write({&bytes, 1}, [self = shared_from_this()](boost::system::error_code error) {
      self->guarded([&] { self->on_written(error); });
    });
    if (written == net::Written::kFailed) return close();
    writing_ = written == net::Written::kLater;
    if (writing_) writing_since_ = owner_.session_needs().clock.tick();
  }
  if (!writing_) forget_written();
  if (!writing_ && session_->ending() && !said_all_) {
    said_all_ = true;
    // Closing at once with unread bytes would reset the connection and lose the goodbye on its way.
    socket_.end_sending();
  }
}

/// A part of what was taken from the outbox, or the next that is taken.
std::string_view Connection::next_slice() {
  if (written_from_ == written_.size()) take_from_outbox();
  auto const slice = std::string_view{written_}.substr(written_from_, kWriteBytesMax);
  written_from_ += slice.size();
  return slice;
}

void Connection::take_from_outbox() {
  written_from_ = 0;
  session_->take_outbox(written_, kTakenBytesMax);
}

void Connection::forget_written() {
  if (written_from_ == written_.size() && written_.capacity() > kReadBytesMax) {
    written_ = {};
    written_from_ = 0;
  }
}

void Connection::on_written(boost::system::error_code error) {
  writing_ = false;
  if (closed_) return;
  if (error) return close();
  pump();  // what waits may be read now
}

void Connection::sweep(Tick now) {
  if (closed_) return;
  auto const ticks_of = [](std::chrono::milliseconds wait) { return static_cast<unsigned>(wait / kSweepPeriod); };
  if (!session_) {
    if (++sweeps_in_handshake_ > ticks_of(owner_.session_needs().limits.connect_wait_max)) close();
    return;
  }
  if (writing_ && now - writing_since_ > owner_.session_needs().limits.write_wait_max) {
    session_->note_stalled();
    return close();
  }
  session_->sweep(now);
  if (session_->ending() && ++sweeps_at_end_ > ticks_of(kGoodbyeWaitMax)) return close();
  pump();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  auto const keep = shared_from_this();
  socket_.close();
  owner_.forget(address_.connection);
  // Last, because it goes to the room above with the will, and nothing may be left undone if that throws.
  if (session_) session_->closed();
}

}  // namespace madang::web::mqtt
