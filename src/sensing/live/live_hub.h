// Server-sent events of live values: many browsers, one look at the changes per tick, one text per quantity. However many
// hubs there are, each has its own eyes on the board: none takes a change from another.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "runtime/metrics.h"
#include "sensing/live/city_view.h"
#include "web/http/http.h"

namespace madang::sensing {

/// Thread-safe; one thread of its own.
class LiveHub {
 public:
  LiveHub(std::shared_ptr<CityView> view, runtime::Metrics& metrics);
  ~LiveHub();
  LiveHub(LiveHub const&) = delete;
  LiveHub& operator=(LiveHub const&) = delete;

  /// Sends the snapshot, then every change. kNotFound: nobody measures this; kOverloaded: too many listen.
  Result<void> add(std::string const& channel, std::shared_ptr<web::EventSink> sink);

 private:
  struct Watcher {
    std::shared_ptr<web::EventSink> sink;
    bool missed = false;  ///< an event did not fit its queue: only a snapshot can mend that
  };
  /// Everybody who watches one quantity, and what they were told last.
  struct Audience {
    std::vector<Watcher> watchers;
    std::vector<StationValue> changed;
    std::unordered_map<DatastreamId, ReportState> states;  ///< as they were told
    QuantityNow sums;  ///< without values
    Tick summed_at;
  };

  void run();
  void sort_changes();
  void tell(std::string const& channel, Audience& audience, bool look_again);
  static void add_turned(Audience& audience, std::span<StationValue const> values);
  void beat();
  void drop_closed();
  void send(Watcher& watcher, std::string_view event, std::string const& data);
  void send_snapshot(std::string const& channel, Watcher& watcher);

  std::shared_ptr<CityView> view_;
  std::shared_ptr<LatestBoard::Reader> changes_;
  prometheus::Counter& dropped_total_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::map<std::string, Audience, std::less<>> audiences_;
  std::size_t watching_ = 0;
  std::thread thread_;
};

}  // namespace madang::sensing
