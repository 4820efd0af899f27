// A stream outlives the request that began it, and must not outlive what let somebody listen: the login, the key, the roles.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "runtime/mutex.h"
#include "web/http/event_queue.h"
#include "web/http/http.h"

namespace madang::web {

/// What a request shows to say who asks. Empty: nothing.
struct Credential {
  bool is_session = false;  ///< a login's cookie; else a key
  std::string secret;
};

/// Asks each listener's login or key again every so often, on a thread of its own since that may wait for the records, and
/// ends streams whose listener would be told something else by now: what he shows is nobody's any more, or lets him see other
/// things. A browser comes back by itself and is told what it may see then. While the records do not answer, streams go on.
/// Thread-safe.
class Listeners {
 public:
  Listeners(Authenticator& authenticator, std::chrono::milliseconds every);
  ~Listeners();
  Listeners(Listeners const&) = delete;
  Listeners& operator=(Listeners const&) = delete;

  /// `who`: as the stream was begun. Nothing to watch where no credential was shown.
  void add(std::shared_ptr<EventQueue> const& events, Credential shown, Principal const& who);

 private:
  struct Listener {
    std::weak_ptr<EventQueue> events;
    Credential shown;
    Principal::Kind kind;
    PartyId party;
    std::shared_ptr<Grants const> grants;
  };

  void run(std::stop_token const& stop);
  void ask_all(std::stop_token const& stop);
  [[nodiscard]] bool still_is(Listener const& listener);

  Authenticator& authenticator_;
  std::chrono::milliseconds const every_;
  runtime::Mutex mutex_;
  runtime::StoppableCondition wake_;
  std::vector<std::shared_ptr<Listener const>> listeners_ MADANG_GUARDED_BY(mutex_);
  std::jthread thread_;  ///< last: stops before what it uses goes
};

}  // namespace madang::web
