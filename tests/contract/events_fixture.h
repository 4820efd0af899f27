// What tests of leases and events share: clocks that are nobody else's, and an unreliable line to the server.
#pragma once

#include <atomic>
#include <string>

#include "records_fixture.h"
#include "storage/events/events.h"
#include "storage/records/rows.h"

namespace madang::contract {

/// A machine's own clocks: what the world says may jump, and how long something takes is another matter.
class OwnClock final : public runtime::Clock {
 public:
  [[nodiscard]] Instant now() const override { return instant_of_millis(now_); }
  [[nodiscard]] Tick tick() const override { return Tick{Millis{tick_}}; }
  void advance(Millis by) {
    now_ += by.count();
    tick_ += by.count();
  }
  void jump(Millis by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ = 1'790'000'000'000;
  std::atomic<std::int64_t> tick_ = 1'000'000;
};

/// Of "postgresql:host=FOLDER user=... dbname=...".
inline std::string socket_folder(std::string const& address) {
  auto const start = address.find("host=") + 5;
  return address.substr(start, address.find(' ', start) - start);
}
inline std::string over_line(std::string const& address, std::string const& folder) {
  auto const start = address.find("host=") + 5;
  return address.substr(0, start) + folder + address.substr(address.find(' ', start));
}

}  // namespace madang::contract
