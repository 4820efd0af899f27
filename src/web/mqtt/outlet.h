// How modules publish to the clients of MQTT: without knowing the listener, and only to topics that they declared.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "runtime/mutex.h"
#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {

/// The way to the listener while there is one. Thread-safe.
class Outlet {
 public:
  /// From now on what is published goes to `listener`, until shut(), which waits for calls that run.
  void open_to(Listener& listener);
  void shut();
  /// kUnavailable: no client can connect yet, or any more; else as Listener::publish.
  Result<void> publish(Publication publication);

 private:
  runtime::Mutex mutex_;
  Listener* listener_ MADANG_GUARDED_BY(mutex_) = nullptr;
};

/// One module's. Thread-safe, also from a TopicHandler; never waits for a client.
class Publisher {
 public:
  explicit Publisher(Outlet& outlet) : outlet_(outlet) {}
  /// The module has declared this pattern.
  void allow(std::string pattern);
  /// Reaches the clients of this server that subscribed, and no TopicHandler. kInvalid: no pattern of this module matches the topic, or
  /// it is no topic's name; else as Outlet::publish.
  Result<void> publish(Publication publication);

 private:
  Outlet& outlet_;
  runtime::Mutex mutex_;
  std::vector<std::string> patterns_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::web::mqtt
