// For tests of what devices publish: who they are, and what they hear.
#pragma once

#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sensing/sensing.h"

namespace madang::sensing {

/// Knows one key, or takes every key where none is named, for these Things (none: all).
class TestKeys final : public web::Authenticator {
 public:
  explicit TestKeys(std::string key = {}, std::vector<std::string> things = {}) : key_(std::move(key)), things_(std::move(things)) {}

  Result<web::Principal> principal_of_key(std::string_view key) override {
    if (!key_.empty() && key != key_) return fail(Code::kUnauthorized, "unknown key");
    web::Principal who;
    who.kind = web::Principal::Kind::kDevice;
    who.things = things_;
    return who;
  }
  Result<web::Principal> principal_of_session(std::string_view) override { return fail(Code::kUnauthorized, "no sessions here"); }

 private:
  std::string key_;
  std::vector<std::string> things_;
};

/// The door of devices, as the listener asks it.
class TestDoor {
 public:
  TestDoor(web::Authenticator& keys, DeviceNeeds const& needs) : handler_(web::mqtt::handler_of(topics_, keys)) {
    for (auto& topic : device_topics(needs))
      if (!topics_.add(std::move(topic))) std::abort();
  }
  web::mqtt::ListenerHandler& operator*() const { return *handler_; }
  web::mqtt::ListenerHandler* operator->() const { return handler_.get(); }

 private:
  web::mqtt::Topics topics_;
  std::unique_ptr<web::mqtt::ListenerHandler> handler_;
};

/// What the device hears of its message.
inline Result<void> answer_to(web::mqtt::ListenerHandler& handler, web::Principal const& who, web::mqtt::Message message) {
  std::promise<Result<void>> promise;
  auto answer = promise.get_future();
  handler.publish(who, std::move(message), [&promise](Result<void> result) { promise.set_value(std::move(result)); });
  return answer.get();
}

}  // namespace madang::sensing
