// Server-sent events of Situations: a snapshot of the open ones, then every change.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "city/city.h"
#include "runtime/mutex.h"
#include "situations/reader.h"
#include "situations/situations.h"
#include "web/http/event_hub.h"

namespace madang::situations {

/// Thread-safe.
class LiveSituations {
 public:
  struct Needs {
    Situations& situations;
    city::City const& city;
    runtime::Clock const& clock;
    web::EventHub& events;
  };
  explicit LiveSituations(Needs needs);
  ~LiveSituations();
  LiveSituations(LiveSituations const&) = delete;
  LiveSituations& operator=(LiveSituations const&) = delete;

  /// kOverloaded: too many listen.
  Result<void> add(std::shared_ptr<web::EventSink> sink, Reader const& reader, std::string_view last_id);
  void send_change(SituationPtr const& situation);

 private:
  /// All who see the same. Its topic is closed before it goes.
  struct Circle {
    explicit Circle(Reader r) : reader(std::move(r)) {}
    Reader reader;
    runtime::Mutex mutex;  ///< taken under mutex_ or a topic's lock, and nothing is taken under it
    std::unordered_set<SituationId> known MADANG_GUARDED_BY(mutex);  ///< they were told of these, and that none of them is over
    std::shared_ptr<web::EventTopic> topic;
  };
  using CirclePtr = std::shared_ptr<Circle>;

  [[nodiscard]] CirclePtr open_circle(Reader const& reader);
  [[nodiscard]] CirclePtr circle_of(Reader const& reader);
  /// Words and numbers of lasting causes that changed without a line in a timeline, and what nobody was told of.
  void send_fresh();
  [[nodiscard]] Result<std::vector<SituationPtr>> open_for(Circle const& circle) const;
  [[nodiscard]] Result<std::string> snapshot(Circle& circle);
  void send_to_all(SituationPtr const& situation) MADANG_REQUIRES(mutex_);
  void send(Circle& circle, Situation const& situation);
  /// When it is not what was last sent: what cannot be judged is everybody's to know, though its Situation is internal.
  void send_unjudged() MADANG_REQUIRES(mutex_);

  Needs const needs_;
  runtime::Mutex mutex_;
  std::unordered_map<SituationId, SituationPtr> sent_ MADANG_GUARDED_BY(mutex_);  ///< open ones, as they were last sent
  std::string unjudged_ MADANG_GUARDED_BY(mutex_) = "{}";
  CirclePtr operators_;              ///< see all; their topic looks for what is fresh. Like public_ opened under mutex_, and never another
  CirclePtr public_;
  std::vector<CirclePtr> in_areas_ MADANG_GUARDED_BY(mutex_);  ///< one for each set of Areas that somebody listens with
};

}  // namespace madang::situations
