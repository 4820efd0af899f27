// A listener to server-sent events without a socket: remembers what it was told, and takes only so much.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/http/http.h"

namespace madang::test {

/// Thread-safe.
class EventSink final : public web::EventSink {
 public:
  static constexpr std::size_t kPlenty = 1'000'000;

  /// Takes `room` events until it is emptied.
  explicit EventSink(std::size_t room = kPlenty) : room_(room) {}

  bool send(Event const& event) override {
    std::scoped_lock const lock(mutex_);
    if (closed_ || waiting_.size() >= room_) return false;
    waiting_.emplace_back(event.name, event.data);
    if (!event.id.empty()) last_id_ = event.id;
    came_.notify_all();
    return true;
  }
  [[nodiscard]] bool closed() const override {
    std::scoped_lock const lock(mutex_);
    return closed_;
  }
  void close() {
    std::scoped_lock const lock(mutex_);
    closed_ = true;
  }
  /// "name data" of each event since the last call.
  std::vector<std::string> empty(std::size_t room = kPlenty) {
    std::scoped_lock const lock(mutex_);
    room_ = room;
    std::vector<std::string> told;
    for (auto const& [name, data] : std::exchange(waiting_, {})) told.push_back(name + " " + data);
    return told;
  }
  /// The data of the next event of this name, waiting for it; all before it are dropped.
  std::string wait_for(std::string_view name) {
    std::unique_lock lock(mutex_);
    std::string found;
    auto const there = [&] {
      auto const at = std::ranges::find(waiting_, name, &Told::first);
      if (at == waiting_.end()) return false;
      found = at->second;
      waiting_.erase(waiting_.begin(), at + 1);
      return true;
    };
    EXPECT_TRUE(came_.wait_for(lock, std::chrono::seconds{20}, there)) << "no event " << name;
    return found;
  }
  /// The name of the first event that was not taken yet.
  std::string first_event() {
    std::scoped_lock const lock(mutex_);
    return waiting_.empty() ? "" : waiting_.front().first;
  }
  std::string last_id() {
    std::scoped_lock const lock(mutex_);
    return last_id_;
  }

 private:
  using Told = std::pair<std::string, std::string>;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::size_t room_;
  bool closed_ = false;
  std::vector<Told> waiting_;
  std::string last_id_;
};

}  // namespace madang::test
