#include "support/hook_receiver.h"

#include <algorithm>
#include <charconv>
#include <thread>

namespace madang::test {

std::string ReceivedHook::header(std::string_view lower_case_name) const {
  for (auto const& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

HookReceiver::HookReceiver(Answer answer) : answer_(std::move(answer)), server_([this](Wire& wire) { serve(wire); }) {}

std::string HookReceiver::url(std::string const& path) const { return "http://127.0.0.1:" + std::to_string(server_.port()) + path; }

std::vector<ReceivedHook> HookReceiver::received() const {
  std::scoped_lock const lock(mutex_);
  return received_;
}

bool HookReceiver::wait_for(std::size_t count, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return more_.wait_for(lock, patience, [&] { return received_.size() >= count; });
}

void HookReceiver::serve(Wire& wire) {
  auto const first = wire.line();
  if (!first) return;
  ReceivedHook hook;
  auto const space = first->find(' ');
  hook.path = first->substr(space + 1, first->rfind(' ') - space - 1);
  for (auto line = wire.line(); line && !line->empty(); line = wire.line()) {
    auto const colon = line->find(": ");
    auto name = line->substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    hook.headers.emplace_back(std::move(name), line->substr(std::min(colon + 2, line->size())));
  }
  auto const length = hook.header("content-length");
  std::size_t bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), bytes);
  auto body = wire.exactly(bytes);
  if (!body) return;
  hook.body = *std::move(body);
  hook.at = std::chrono::steady_clock::now();
  auto const answer = answer_(hook);
  {
    std::scoped_lock const lock(mutex_);
    received_.push_back(std::move(hook));
  }
  more_.notify_all();
  std::this_thread::sleep_for(answer.after);
  using enum HookAnswer::Manner;
  auto const head = "HTTP/1.1 " + std::to_string(answer.status) + " So\r\n" + answer.fields;
  if (answer.manner == kHangs) return wire.hang();
  if (answer.manner == kBreaksOff) return wire.break_off();
  if (answer.manner == kCutsBody) return wire.write(head + "Content-Length: 1000\r\n\r\nhalf");
  if (answer.manner == kFloods) {
    wire.write(head + "\r\n");
    for (int i = 0; i < 64; ++i) wire.write(std::string(64 * 1024, 'x'));
    return;
  }
  wire.write(head + "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

}  // namespace madang::test
