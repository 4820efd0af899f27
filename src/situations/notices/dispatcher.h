// Takes what is due of one channel from the outbox, sends it, and writes down what became of it. One thread of its own, so
// that a mail server that hangs where libcurl must wait for it (at its QUIT) holds up no webhook.
#pragma once

#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "runtime/clock.h"
#include "runtime/messages.h"
#include "situations/notices/ledger.h"
#include "situations/notices/letter.h"
#include "situations/notices/outbox.h"
#include "situations/notices/subscriber_store.h"
#include "situations/notices/tally.h"
#include "situations/notices/transfers.h"
#include "storage/events/leases.h"

namespace madang::situations::notices {

class Dispatcher {
 public:
  struct Needs {
    storage::Records& records;
    runtime::Messages const& messages;
    runtime::Clock const& clock;
    Ledger& ledger;
    Tallies& tallies;
    storage::events::Leases* leases = nullptr;  ///< of several servers only one that holds its lease sends; none: this one always
  };
  struct Options {
    Channel channel = Channel::kWebhook;
    std::string lease;
    Sender sender;  ///< `from` is empty when there is no mail server
    MailServer mail;
    WebhookRules webhooks;
    Pace pace;
    Waits waits;
  };
  Dispatcher(Needs needs, Options options);
  ~Dispatcher() { stop(); }
  Dispatcher(Dispatcher const&) = delete;
  Dispatcher& operator=(Dispatcher const&) = delete;

  void wake();
  void begin_to_stop();
  void stop();  ///< and waits

 private:
  /// How many are on their way, and how many of them to subscribers that failed last time.
  struct Load {
    std::size_t all = 0;
    std::size_t failing = 0;
  };
  /// A notice on its way.
  struct InFlight {
    bool failing = false;       ///< its subscriber failed last time
    std::int64_t number = 0;    ///< fencing number under which it was sent
  };

  /// Whether this server sends now; then holding_ says by what right.
  bool may_send();
  void run();
  void drain();
  Result<void> send_due();
  Result<void> send_if_room(Notice const& notice);
  [[nodiscard]] bool has_place(bool failing) const;
  void send(Notice const& notice, Subscriber const& to, Content const& content);
  void record_outcomes(std::vector<Outcome> outcomes);
  Result<void> record();
  void drop_sent_under_lost_lease();
  void release(Notice const& notice);
  void measure();

  Needs const needs_;
  Options const options_;
  SubscriberStore subscribers_store_;
  Outbox outbox_;
  Transport transport_;
  std::map<SubscriberId, Subscriber> subscribers_;
  std::set<SubscriberId> busy_;         ///< one on its way, or ended and not recorded
  std::map<std::int64_t, InFlight> in_flight_;    ///< by notice
  storage::events::Holding holding_;    ///< the newest
  Load load_;
  std::vector<Outcome> ended_;          ///< not recorded yet
  Instant look_at_;                     ///< when to look again
  std::atomic<bool> look_now_ = true;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;                  ///< last: it uses the rest
};

}  // namespace madang::situations::notices
