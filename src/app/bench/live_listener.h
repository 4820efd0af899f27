// A browser for benches: listens to the live events of one quantity and notes how old each value is when it arrives. The
// publisher writes the moment of sending into the reading's time, so both must run on one machine.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"

namespace madang::app {

class LiveListener {
 public:
  /// Connected and past the snapshot when it returns.
  static Result<std::unique_ptr<LiveListener>> start(std::string const& host, std::uint16_t port, std::string const& channel);
  ~LiveListener();
  LiveListener(LiveListener const&) = delete;
  LiveListener& operator=(LiveListener const&) = delete;

  /// Ages in milliseconds, sorted; the listening ends.
  std::vector<double> finish();

 private:
  LiveListener() = default;
  void read();
  void take_line(std::string_view line);
  Result<void> connect(std::string const& host, std::uint16_t port, std::string const& channel);

  int socket_ = -1;
  std::string received_;
  std::string event_;
  std::atomic<bool> snapshot_seen_ = false;
  std::vector<double> ages_;
  std::thread thread_;
};

}  // namespace madang::app
