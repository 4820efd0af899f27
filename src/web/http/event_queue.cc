#include "web/http/event_queue.h"

#include <utility>

namespace madang::web {

bool EventQueue::send(Event const& event) {
  {
    runtime::Lock const lock(mutex_);
    if (closed_) return false;
    if (waiting_.size() + event.name.size() + event.id.size() + event.data.size() > bytes_max_) {
      ++dropped_;
      return false;
    }
    bool const was_empty = waiting_.empty();
    append_event(waiting_, event);
    if (!was_empty) return true;
  }
  mailbox_->post({.connection = connection_, .answer = std::nullopt});
  return true;
}

bool EventQueue::closed() const {
  runtime::Lock const lock(mutex_);
  return closed_;
}

std::string EventQueue::take() {
  runtime::Lock const lock(mutex_);
  return std::exchange(waiting_, {});
}

std::size_t EventQueue::take_dropped() {
  runtime::Lock const lock(mutex_);
  return std::exchange(dropped_, 0);
}

void EventQueue::close() {
  runtime::Lock const lock(mutex_);
  closed_ = true;
  waiting_.clear();
}

void EventQueue::end() {
  close();
  mailbox_->post({.connection = connection_, .answer = std::nullopt});
}

namespace {

void append_line(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += name;
  for (char const c : value)
    if (c != '\n' && c != '\r' && c != '\0') out += c;
  out += '\n';
}

}  // namespace

void append_event(std::string& out, EventSink::Event const& event) {
  append_line(out, "event: ", event.name);
  append_line(out, "id: ", event.id);
  auto data = event.data;
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
