// What all connections share: who is connected under which name, who subscribed to what, what is retained.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/clock.h"
#include "runtime/log_once.h"
#include "runtime/mutex.h"
#include "web/mqtt/counters.h"
#include "web/mqtt/forwarded.h"
#include "web/mqtt/packet.h"
#include "web/mqtt/retained_walk.h"
#include "web/mqtt/session_names.h"
#include "web/mqtt/subscription_tree.h"
#include "web/net/mailbox.h"

namespace madang::web::mqtt {

/// What all connections say through, so that a device that comes again and again says a thing once. Thread-safe.
struct ListenerLog {
  runtime::LogOnce once;  ///< source: the session's name
  runtime::LogRate refused_connects{kRefusedConnectsLoggedAtOnce, kRefusedConnectsLoggedPerSecond};
};

/// Thread-safe.
class Hub {
 public:
  /// `clock` outlives it.
  Hub(Limits const& limits, Counters& counters, runtime::Clock const& clock) : limits_(limits), counters_(counters), clock_(clock) {}
  /// Before the first connection: one per network thread, in the order of Address::thread.
  void set_mailboxes(Mailboxes mailboxes) {
    names_->set_mailboxes(mailboxes);
    mailboxes_ = std::move(mailboxes);
  }

  [[nodiscard]] SessionNames& names() { return *names_; }

  /// True: it is a new one.
  bool subscribe(SubscribeFilter const& filter, Address address);
  bool unsubscribe(std::string_view filter, Address address);
  void unsubscribe_all(std::vector<std::string> const& filters, Address address);

  /// Whether a message of this topic has to be kept for forwarding.
  [[nodiscard]] bool has_subscribers(std::string_view topic) const;
  /// kOverloaded: there is no room to retain it while those before it stay; kLimit: it is larger than all the room.
  [[nodiscard]] Result<void> may_retain(std::string_view topic, std::size_t payload_bytes);
  [[nodiscard]] bool retains(std::string_view topic) const;
  /// Posts the next of the retained messages that `walk` wants, and a RetainedSlice behind them.
  void send_retained(RetainedWalk& walk, Address address);
  /// Retains when the message says so, and sends it to every subscriber.
  void forward(ForwardedPtr const& message);
  /// The same for what the server itself says, all of it or nothing: kLimit, kOverloaded.
  [[nodiscard]] Result<void> publish(ForwardedPtr const& message);
  /// Ends a connection, wherever it is.
  void revoke(Address address, std::string why) { mailboxes_[address.thread]->post(Letter{Revocation{address.connection, std::move(why)}}); }
  [[nodiscard]] ListenerLog& log() { return log_; }

 private:
  using Retained = std::map<std::string, ForwardedPtr, std::less<>>;

  [[nodiscard]] Result<void> room_to_retain(std::string_view topic, std::size_t bytes) MADANG_REQUIRES(mutex_);
  void forget_expired() MADANG_REQUIRES(mutex_);
  void forget(Retained::iterator at) MADANG_REQUIRES(mutex_);
  void show_retained() MADANG_REQUIRES(mutex_);
  void retain(ForwardedPtr const& message) MADANG_REQUIRES(mutex_);
  void send(ForwardedPtr const& message, std::vector<Subscription> const& to, std::shared_ptr<void const> const& under_way);
  /// False: the slice is full, and the walk goes on later.
  struct SliceLeft;
  bool send_retained_of_filter(RetainedWalk& walk, Address address, SliceLeft& left) MADANG_REQUIRES(mutex_);
  void deliver(Address address, Delivery delivery) { mailboxes_[address.thread]->post(Letter{std::move(delivery)}); }

  Limits const limits_;
  Counters& counters_;
  runtime::Clock const& clock_;
  ListenerLog log_;
  Mailboxes mailboxes_;
  std::shared_ptr<SessionNames> const names_ = std::make_shared<SessionNames>();
  mutable runtime::Mutex mutex_;
  SubscriptionTree subscriptions_ MADANG_GUARDED_BY(mutex_);
  std::atomic<std::size_t> subscription_count_ = 0;
  Retained retained_ MADANG_GUARDED_BY(mutex_);
  std::set<std::pair<Tick, std::string_view>> expiring_ MADANG_GUARDED_BY(mutex_);  ///< of retained_, by its own names
  std::size_t retained_bytes_ MADANG_GUARDED_BY(mutex_) = 0;
  /// Letters may outlive the hub.
  std::shared_ptr<std::atomic<std::size_t>> under_way_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace madang::web::mqtt
