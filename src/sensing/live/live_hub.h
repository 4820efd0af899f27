// Server-sent events of live values: many browsers, one look at the changes per tick, one topic per quantity. However many
// hubs there are, each has its own eyes on the board: none takes a change from another.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "runtime/mutex.h"
#include "sensing/live/city_view.h"
#include "web/http/event_hub.h"

namespace madang::sensing {

/// Thread-safe; one thread of its own.
class LiveHub {
 public:
  LiveHub(std::shared_ptr<CityView> view, web::EventHub& events);
  ~LiveHub();
  LiveHub(LiveHub const&) = delete;
  LiveHub& operator=(LiveHub const&) = delete;

  /// The snapshot, then every change. kNotFound: nobody measures this; kOverloaded: too many listen.
  Result<void> add(std::string const& channel, std::shared_ptr<web::EventSink> sink, std::string_view last_id);

 private:
  /// Everybody who watches one quantity, and what they were told last.
  struct Audience {
    std::shared_ptr<web::EventTopic> topic;
    std::vector<StationValue> changed;
    std::unordered_map<DatastreamId, ReportState> states;  ///< as they were told
    QuantityNow sums;  ///< without values
    Tick summed_at;
    Tick looked_at;    ///< when it was last looked at whole: stations also grow late by mere time
    Tick left_at;      ///< since when nobody listens; who comes back soon goes on where he was
  };

  void run();
  [[nodiscard]] Result<std::shared_ptr<web::EventTopic>> topic_of(std::string const& channel);
  [[nodiscard]] std::shared_ptr<web::EventTopic> stay(Audience& audience) const;
  [[nodiscard]] Result<Audience> open(std::string const& channel);
  void sort_changes() MADANG_REQUIRES(mutex_);
  void publish(std::string const& channel, Audience& audience);
  static void add_turned(Audience& audience, std::span<StationValue const> values);
  void drop_left() MADANG_REQUIRES(mutex_);

  std::shared_ptr<CityView> view_;
  std::shared_ptr<LatestBoard::Reader> changes_;
  web::EventHub& events_;

  runtime::Mutex mutex_;
  runtime::Condition wake_;
  bool stopping_ MADANG_GUARDED_BY(mutex_) = false;
  std::map<std::string, Audience, std::less<>> audiences_ MADANG_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace madang::sensing
