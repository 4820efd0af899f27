// The face of notices: who is told of Situations by e-mail and webhook, and the deliveries themselves. A notice is due
// in the transaction of the change that it tells of, and leaves the outbox only once its receiver has taken it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "situations/notices/limits.h"
#include "situations/notices/model.h"
#include "situations/notices/rules.h"
#include "situations/notices/subscriber_store.h"
#include "situations/notices/transfers.h"
#include "situations/situations.h"
#include "storage/events/leases.h"
#include "web/http/http.h"

namespace madang::situations::notices {

/// What operators do with subscribers. Works on the records alone, also beside a running server, which then delivers.
/// Thread-safe.
class Subscribers {
 public:
  struct Needs {
    storage::Records& records;
    city::City const& city;
    runtime::Messages const& messages;
    runtime::Clock const& clock;
  };
  struct Options {
    bool mail = false;                     ///< there is a server for mails; without one e-mail subscribers are refused
    bool allow_private_addresses = false;  ///< webhooks may point into the city's own networks
  };
  static Result<std::unique_ptr<Subscribers>> open(Needs needs, Options options);

  Result<std::vector<Subscriber>> all() { return store_.all(); }
  /// By which this server can tell anybody.
  [[nodiscard]] std::vector<Channel> channels() const;
  Result<Subscriber> find(SubscriberId id) { return store_.find(id); }
  /// A webhook without a secret gets one; the answer holds it. kInvalid, kForbidden, kConflict, kLimit, kUnsupported: the
  /// sentence names the field.
  Result<Subscriber> add(Subscriber subscriber, Actor const& by);
  /// Takes name, address, secret, language, filter and paused from `subscriber`. kNotFound and as above.
  Result<Subscriber> change(Subscriber subscriber, Actor const& by);
  Result<void> remove(SubscriberId id, Actor const& by) { return store_.remove(id, {needs_.clock.now(), by}); }
  /// Enqueues a notice that says it is a test. kConflict: it is paused; kOverloaded: too much is pending for it already.
  Result<void> test(SubscriberId id);

 private:
  Subscribers(Needs needs, Options options) : needs_(needs), options_(options), store_(needs.records) {}
  Result<void> check_target(Subscriber const& subscriber) const;

  Needs const needs_;
  Options const options_;
  SubscriberStore store_;
};

/// The deliveries. Thread-safe.
class Notices {
 public:
  struct Options {
    MailServer mail;
    std::string mail_from;       ///< e-mail address
    WebhookRules webhooks;
    Pace pace{kBackoffFirst, kBackoffMax, kGiveUpAfter};
    Waits waits{kConnectWait, kWebhookWait, kMailWait};
  };
  struct Needs {
    storage::Records& records;
    Situations& situations;
    city::City const& city;
    runtime::Messages const& messages;
    runtime::Clock const& clock;
    runtime::Metrics& metrics;
    Publisher publisher;
    /// Of several servers on the same records one sends each channel's notices; none: this server is alone.
    storage::events::Leases* leases = nullptr;
  };
  /// Hooks into the transactions of, and listens to, `situations` from now on, and delivers what is pending from earlier. kInvalid: an option.
  static Result<std::unique_ptr<Notices>> start(Needs needs, Options const& options);
  virtual ~Notices() = default;
  /// Somebody else has enqueued something: look now instead of within kLookEvery.
  virtual void wake() = 0;
  /// Starts no more deliveries and gives those on their way kStopWait; the rest stays pending for the next start.
  virtual void stop() = 0;
};

/// /api/v1/subscribers..., as docs/situations_api.md says. All outlive the routes.
struct SubscriberRouteNeeds {
  Subscribers& subscribers;
  Notices& notices;
  city::City const& city;
};
web::Routes routes(SubscriberRouteNeeds needs);

}  // namespace madang::situations::notices
