#include "web/http/event_queue.h"

#include <utility>

namespace madang::web {

bool EventQueue::send(std::string_view event, std::string_view data) {
  {
    std::scoped_lock const lock(mutex_);
    if (closed_) return false;
    if (waiting_.size() + event.size() + data.size() > bytes_max_) {
      ++dropped_;
      return false;
    }
    bool const was_empty = waiting_.empty();
    append_event(waiting_, event, data);
    if (!was_empty) return true;
  }
  mailbox_->post({.connection = connection_, .answer = std::nullopt});
  return true;
}

bool EventQueue::closed() const {
  std::scoped_lock const lock(mutex_);
  return closed_;
}

std::string EventQueue::take() {
  std::scoped_lock const lock(mutex_);
  return std::exchange(waiting_, {});
}

std::size_t EventQueue::take_dropped() {
  std::scoped_lock const lock(mutex_);
  return std::exchange(dropped_, 0);
}

void EventQueue::close() {
  std::scoped_lock const lock(mutex_);
  closed_ = true;
  waiting_.clear();
}

void append_event(std::string& out, std::string_view event, std::string_view data) {
  if (!event.empty()) {
    out += "event: ";
    for (char const c : event)
      if (c != '\n' && c != '\r') out += c;
    out += '\n';
  }
  // CR, LF and CRLF all end a line for the reader, so none may pass through.
  for (bool last = false; !last;) {
    auto const end = data.find_first_of("\r\n");
    last = end == std::string_view::npos;
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (last) break;
    bool const crlf = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
    data = data.substr(end + (crlf ? 2 : 1));
  }
  out += '\n';
}

}  // namespace madang::web
