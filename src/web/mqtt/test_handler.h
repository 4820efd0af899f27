// A room above the listener, for tests: it remembers what came, and answers at once, later, or with an error.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {

/// Thread-safe. User "pole-N" with password "secret" may publish below things/pole-N/ and subscribe to things/...;
/// "admin" may do all. Payload "bad" is refused as kInvalid, "full" as kOverloaded, "broken" as kInternal; "throws once" does.
class TestHandler : public ListenerHandler {
 public:
  Result<Principal> authenticate(std::string_view username, std::string_view password,
                                 std::string_view certificate_name) override {
    if (certificate_name.empty() && password != "secret") return fail(Code::kUnauthorized, "no such key");
    std::scoped_lock const lock(mutex_);
    if (!available_) return fail(Code::kUnavailable, "the records do not answer");
    if (revoked_.contains(username)) return fail(Code::kUnauthorized, "the key is unknown or revoked");
    Principal who;
    who.things = things_;
    who.kind = Principal::Kind::kDevice;
    who.name = certificate_name.empty() ? username : certificate_name;
    if (certificate_name.empty()) who.key = KeyId{1};
    return who;
  }

  bool may_publish(Principal const& who, std::string_view topic) override {
    return who.name == "admin" || topic.starts_with("things/" + who.name + "/");
  }

  bool may_subscribe(Principal const& who, std::string_view filter) override {
    return who.name == "admin" || filter.starts_with("things/");
  }

  bool somebody_may_publish(std::string_view topic) override { return topic.starts_with("things/"); }

  void publish(Principal const&, Message message, Accepted accepted) override {
    std::unique_lock lock(mutex_);
    received_.push_back(message);
    changed_.notify_all();
    if (hold_) {
      held_.push_back(std::move(accepted));
      return;
    }
    if (message.payload == "throws once" && !std::exchange(thrown_, true)) throw std::runtime_error("broken");
    lock.unlock();
    accepted(result_of(message.payload));
  }

  void revoke(std::string name) {
    std::scoped_lock const lock(mutex_);
    revoked_.insert(std::move(name));
  }
  /// False: nobody can say whose a key is.
  void set_available(bool available) {
    std::scoped_lock const lock(mutex_);
    available_ = available;
  }
  /// What every key may write to from now on, as it says itself.
  void set_things(std::vector<std::string> things) {
    std::scoped_lock const lock(mutex_);
    things_ = std::move(things);
  }

  /// From now on answers wait for release().
  void hold() {
    std::scoped_lock const lock(mutex_);
    hold_ = true;
  }
  /// Answers all that wait, from this thread.
  void release(Result<void> const& result = {}) {
    std::vector<Accepted> held;
    {
      std::scoped_lock const lock(mutex_);
      held.swap(held_);
    }
    for (auto& accepted : held) accepted(result);
  }

  [[nodiscard]] std::vector<Message> received() const {
    std::scoped_lock const lock(mutex_);
    return received_;
  }
  /// False: not so many within half a minute.
  [[nodiscard]] bool wait_for(std::size_t messages) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return received_.size() >= messages; });
  }

 private:
  static Result<void> result_of(std::string_view payload) {
    if (payload == "bad") return fail(Code::kInvalid, "pm25: \"x\" is not a number");
    if (payload == "full") return fail(Code::kOverloaded, "too many readings wait");
    if (payload == "long") return fail(Code::kLimit, "payload: 70000 bytes are above 65536");
    if (payload == "unknown") return fail(Code::kNotFound, "things/pole-1/obs: no Thing has the serial \"pole-1\"");
    if (payload == "broken") return fail(Code::kInternal, "the store failed");
    return {};
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Message> received_;
  std::vector<Accepted> held_;
  bool hold_ = false;
  std::set<std::string, std::less<>> revoked_;
  std::vector<std::string> things_;
  bool available_ = true;
  bool thrown_ = false;
};

}  // namespace madang::web::mqtt
