// A device connects once and may stay for months: what let it in is asked for again while it is connected, or a key would be
// revoked for everybody but the thief who is there already.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>

#include "core/time.h"
#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "web/net/certificate.h"
#include "web/mqtt/hub.h"

namespace madang::web::mqtt {

/// What a client showed when it connected.
struct Shown {
  std::string username;
  std::string password;
  net::Certificate certificate;
};

/// Asks for every connection again every so often, on a thread of its own since that may wait for the records, and ends those that
/// would be told something else by now: their key is nobody's any more, their certificate is over, or they may do other things. A
/// device comes back by itself and is told what it may then. While the records do not answer, connections go on. Thread-safe.
class RightsWatch {
 public:
  struct Needs {
    ListenerHandler& handler;
    runtime::Clock const& clock;
    Hub& hub;
  };
  RightsWatch(Needs needs, std::chrono::milliseconds every);
  ~RightsWatch() { stop(); }
  RightsWatch(RightsWatch const&) = delete;
  RightsWatch& operator=(RightsWatch const&) = delete;

  /// `who`: as it was told.
  void add(Address address, Shown shown, Principal const& who);
  void remove(Address address);
  /// The handler is asked no more.
  void stop();

 private:
  struct Connected {
    Address address;
    Shown shown;
    Principal who;
  };

  void run(std::stop_token const& stop);
  /// Why the connection must end.
  [[nodiscard]] std::optional<std::string> ended(Connected const& connected);

  Needs const needs_;
  std::chrono::milliseconds const every_;
  runtime::Mutex mutex_;
  runtime::StoppableCondition wake_;
  std::unordered_map<Address, std::shared_ptr<Connected const>, HashOfAddress> connected_ MADANG_GUARDED_BY(mutex_);
  std::jthread thread_;  ///< last: stops before what it uses goes
};

}  // namespace madang::web::mqtt
