// One hub of server-sent events for all modules: a module opens topics and publishes to them, a browser that listens hears
// a snapshot and then every change, and goes on where it was when its line broke.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "runtime/mutex.h"
#include "web/http/http.h"

namespace madang::web {

/// What one kind of listener hears. Thread-safe. Made by EventHub::open.
class EventTopic {
 public:
  /// The data of the event "snapshot": all that somebody has to be told who knows nothing. It is made beside
  /// publish, which never waits for it: what is published meanwhile follows it, also where it knew that already, so that
  /// events say how something stands and not by how much it changed. It must take no lock under which close is called. It is
  /// made once for all who come within kTopicSnapshotKept: the later ones get it with what has followed.
  using Snapshot = std::function<Result<std::string>()>;

  EventTopic(Snapshot snapshot, std::function<void()> before_beat, runtime::Clock const& clock, prometheus::Counter& missed);

  /// The first event is "snapshot"; or, when `last_id` is of this topic and what followed is still known, "resumed" and
  /// then that. kOverloaded: too many listen, the snapshot is above what a listener's queue takes, or more than is kept was
  /// published while it was made, time and again; or the snapshot's error.
  /// May have to make the snapshot: not for a network thread.
  Result<void> add(std::shared_ptr<EventSink> sink, std::string_view last_id = {});
  /// To everybody, with the next id. Who cannot take it gets a snapshot within a second or so instead; later, if
  /// that did not fit either.
  void publish(std::string_view event, std::string data);
  /// Those who are there still.
  [[nodiscard]] std::size_t listeners();
  /// Waits for what runs; from then on neither snapshot nor before_beat is called and nobody is told anything. Whoever
  /// opened the topic calls it before what these two look at goes.
  void close();

 private:
  friend class EventHub;
  struct Listener {
    std::shared_ptr<EventSink> sink;
    bool missed = false;  ///< an event did not fit its queue: only a snapshot can mend that
    int pause = 0;        ///< looks that go by before the next try; doubled with each that was in vain
    int waits = 0;
    bool due = false;     ///< the snapshot that is being made is for it
  };
  struct Kept {
    std::string event;
    std::string data;
  };

  void resend_missed();
  static bool is_due(Listener& listener);
  /// It is written under beat_mutex_ too, which clang does not know.
  [[nodiscard]] bool is_closed_for_beats() const MADANG_REQUIRES(beat_mutex_) MADANG_UNCHECKED { return closed_; }
  void beat(std::string_view data);
  void send(Listener& listener, EventSink::Event const& event);
  void drop_closed() MADANG_REQUIRES(mutex_);
  /// What all there was to tell was, when the event `number` was the newest.
  struct KeptSnapshot {
    std::string data;
    std::uint64_t number = 0;
    Tick made;
  };
  [[nodiscard]] Result<void> check_room() MADANG_REQUIRES(mutex_);
  /// With all that followed kept: the one there is, if it is not older than kTopicSnapshotKept and at most `behind_max` events
  /// followed, or a new one; mutex_ is let go while it is made.
  Result<void> renew_snapshot(std::uint64_t behind_max) MADANG_REQUIRES(snapshot_mutex_, mutex_);
  /// It and what followed. False: not all of it fitted.
  bool send_snapshot(EventSink& sink) const MADANG_REQUIRES(mutex_);
  bool send_since(EventSink& sink, std::uint64_t number) const MADANG_REQUIRES(mutex_);
  [[nodiscard]] std::string id_of(std::uint64_t number) const;
  /// The number of the last event that the listener has, if all that followed is kept.
  [[nodiscard]] bool can_resume(std::string_view last_id, std::uint64_t& number) const MADANG_REQUIRES(mutex_);
  bool resume(EventSink& sink, std::uint64_t number) const MADANG_REQUIRES(mutex_);

  Snapshot const snapshot_;
  std::function<void()> const before_beat_;
  runtime::Clock const& clock_;
  prometheus::Counter& missed_;
  std::string const epoch_;  ///< other for each topic of each run: numbers begin at 0 with it

  runtime::Mutex beat_mutex_;      ///< held while before_beat_ runs; taken before mutex_
  runtime::Mutex snapshot_mutex_;  ///< held while snapshot_ runs; taken before the other two
  runtime::Mutex mutex_;
  bool closed_ MADANG_GUARDED_BY(mutex_) = false;  ///< written under all three
  std::vector<Listener> listeners_ MADANG_GUARDED_BY(mutex_);
  std::uint64_t number_ MADANG_GUARDED_BY(mutex_) = 0;  ///< of the newest event
  std::deque<Kept> kept_ MADANG_GUARDED_BY(mutex_);     ///< the newest events, the last one is number_
  std::size_t kept_bytes_ MADANG_GUARDED_BY(mutex_) = 0;
  std::optional<KeptSnapshot> kept_snapshot_ MADANG_GUARDED_BY(mutex_);
};

/// Thread-safe; one thread for the beats. Topics may outlive it, then nobody beats any more.
class EventHub {
 public:
  EventHub(runtime::Clock const& clock, runtime::Metrics& metrics);
  ~EventHub();
  EventHub(EventHub const&) = delete;
  EventHub& operator=(EventHub const&) = delete;

  /// `before_beat` runs on the hub's thread before each beat, without a lock: for what changes by mere time.
  std::shared_ptr<EventTopic> open(EventTopic::Snapshot snapshot, std::function<void()> before_beat = {});

 private:
  void run();
  void serve_topics(bool beat);

  runtime::Clock const& clock_;
  prometheus::Counter& missed_;
  runtime::Mutex mutex_;
  runtime::Condition wake_;
  bool stopping_ MADANG_GUARDED_BY(mutex_) = false;
  std::vector<std::weak_ptr<EventTopic>> topics_ MADANG_GUARDED_BY(mutex_);
  Tick next_beat_;  ///< of the thread alone, once it runs
  std::thread thread_;
};

/// What a browser had last: the header Last-Event-ID, or `last_event_id` of the query, since a script that opens a new
/// EventSource can set no header.
std::string_view last_event_id(Request const& request);

}  // namespace madang::web
