// Server-sent events of Situations: a snapshot of the open ones, then every change.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "city/city.h"
#include "situations/situation_json.h"
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
  Result<void> add(std::shared_ptr<web::EventSink> sink, Audience audience, std::string_view last_id);
  void send_change(SituationPtr const& situation);

 private:
  /// Words and numbers of lasting causes that changed without a line in a timeline.
  void send_fresh();
  [[nodiscard]] Result<std::string> snapshot(Audience audience);
  void send_to_all(SituationPtr const& situation);
  void send_to_public(Situation const& situation);
  /// When it is not what was last sent: what cannot be judged is everybody's to know, though its Situation is internal.
  void send_unjudged();

  Needs const needs_;
  std::mutex mutex_;
  std::unordered_map<SituationId, SituationPtr> sent_;  ///< open ones, as they were last sent
  std::string unjudged_ = "{}";
  std::mutex public_mutex_;  ///< of the next alone; taken under mutex_ or a topic's lock, and nothing is taken under it
  std::unordered_set<SituationId> public_ones_;  ///< the public was told of these, and that none of them is over
  std::shared_ptr<web::EventTopic> operators_;
  std::shared_ptr<web::EventTopic> public_;
};

}  // namespace madang::situations
