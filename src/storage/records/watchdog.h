// Ends calls that are over their deadline: a thread that interrupts SQLite, or closes the socket on which libpq waits. The server side's
// own timeouts do not help when the server hangs or the network swallows the answer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <thread>

#include "core/time.h"
#include "runtime/mutex.h"

namespace madang::storage {

class Watchdog {
 public:
  Watchdog();

  /// While it lives, `cut` is called once when the deadline passes. `cut` may be called from another thread until the guard is gone.
  class Guard {
   public:
    Guard(Watchdog& dog, Tick deadline, std::function<void()> cut);
    ~Guard();
    Guard(Guard const&) = delete;
    Guard& operator=(Guard const&) = delete;
    /// As if the deadline had passed.
    void cut_now();
    /// Whether it was too late.
    [[nodiscard]] bool has_cut() const;

   private:
    friend class Watchdog;
    Watchdog& dog_;
    std::function<void()> cut_;
    std::multimap<Tick, Guard*>::iterator place_;  ///< valid unless it was cut
  };

 private:
  void watch(std::stop_token const& stop);

  mutable runtime::Mutex mutex_;
  runtime::StoppableCondition changed_;
  std::multimap<Tick, Guard*> waiting_ MADANG_GUARDED_BY(mutex_);
  std::set<Guard const*> over_ MADANG_GUARDED_BY(mutex_);  ///< those whose cut was called
  Tick asleep_until_ MADANG_GUARDED_BY(mutex_) = Tick::min();  ///< nobody needs to be woken for what is due later
  std::jthread thread_;  ///< last: stops before what it uses goes
};

}  // namespace madang::storage
