#include "web/mqtt/connection.h"

#include "runtime/log.h"
#include "web/mqtt/network_thread.h"

namespace madang::web::mqtt {

Connection::Connection(NetworkThread& owner, Address address, Tcp::socket socket)
    : owner_(owner), address_(address), transport_(std::move(socket), owner.tls()) {}

void Connection::start() {
  transport_.accept([self = shared_from_this()](boost::system::error_code error) {
    if (self->closed_) return;
    if (error) {
      self->log_failed_handshake(error.message());
      return self->close();
    }
    self->session_.emplace(self->owner_.session_needs(), self->address_, self->transport_.certificate());
    self->read();
  });
}

void Connection::log_failed_handshake(std::string_view why) {
  auto const& needs = owner_.session_needs();
  if (auto const held_back = needs.hub.log().refused_connects.admit(needs.clock.tick()))
    runtime::log_warning("mqtt", "handshake_failed", {{"why", why}, {"not_logged_before", *held_back}});
}

void Connection::pump() {
  if (closed_ || !session_) return;
  if (!received_.bytes().empty()) take_packets();
  flush();
  if (!closed_) read();
}

void Connection::take_packets() {
  if (session_->ending()) return received_.clear();
  if (!session_->paused()) received_.consume(session_->receive(received_.bytes()));
}

void Connection::read() {
  if (reading_ || (session_->paused() && !session_->ending())) return;
  reading_ = true;
  auto const room = received_.room();
  transport_.read_some(boost::asio::buffer(room.data(), room.size()),
                       [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
                         self->on_read(error, count);
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
  if (writing_) return;
  if (!session_->outbox().empty()) {
    written_.clear();
    written_.swap(session_->outbox());
    writing_ = true;
    transport_.write_all(boost::asio::buffer(written_),
                         [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                           self->on_written(error);
                         });
    return;
  }
  if (session_->ending() && !said_all_) {
    said_all_ = true;
    // Closing at once with unread bytes would reset the connection and lose the goodbye on its way.
    transport_.end_sending();
  }
}

void Connection::on_written(boost::system::error_code error) {
  writing_ = false;
  if (closed_) return;
  if (error) return close();
  if (written_.capacity() > kReadBytesMax) written_ = {};
  flush();
}

void Connection::sweep(Tick now) {
  if (closed_) return;
  auto const ticks_of = [](std::chrono::milliseconds wait) { return static_cast<unsigned>(wait / kSweepPeriod); };
  if (!session_) {
    if (++sweeps_in_handshake_ > ticks_of(owner_.session_needs().limits.connect_wait_max)) close();
    return;
  }
  session_->sweep(now);
  if (session_->ending() && ++sweeps_at_end_ > ticks_of(kGoodbyeWaitMax)) return close();
  pump();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  auto const keep = shared_from_this();
  if (session_) session_->closed();
  transport_.close();
  owner_.forget(address_.connection);
}

}  // namespace madang::web::mqtt
