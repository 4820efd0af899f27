// Server-sent events of Situations: a snapshot of the open ones, then every change, and a beat.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "city/city.h"
#include "situations/situation_json.h"
#include "situations/situations.h"

namespace madang::situations {

/// Thread-safe; one thread of its own for beats. A listener that missed an event gets a snapshot.
class LiveSituations {
 public:
  struct Needs {
    Situations& situations;
    city::City const& city;
    runtime::Clock const& clock;
  };
  explicit LiveSituations(Needs needs);
  ~LiveSituations();
  LiveSituations(LiveSituations const&) = delete;
  LiveSituations& operator=(LiveSituations const&) = delete;

  /// kOverloaded: too many listen.
  Result<void> add(std::shared_ptr<web::EventSink> sink, Audience audience);
  void send_change(SituationPtr const& situation);

 private:
  struct Watcher {
    std::shared_ptr<web::EventSink> sink;
    Audience audience = Audience::kPublic;
    bool missed = false;  ///< an event did not fit its queue: only a snapshot can mend that
  };

  void run();
  bool send_snapshot(Watcher const& watcher);
  void send_to_all(SituationPtr const& situation);
  /// Words and numbers of lasting causes that changed without a line in a timeline.
  void send_fresh();
  std::string public_event(Situation const& situation, std::string_view& name);
  static void send(Watcher& watcher, std::string_view event, std::string const& data);

  Needs const needs_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<Watcher> watchers_;
  std::unordered_set<SituationId> public_ones_;  ///< the public was told of these, and that none of them is over
  std::unordered_map<SituationId, SituationPtr> sent_;  ///< open ones, as they were last sent
  std::thread thread_;
};

}  // namespace madang::situations
