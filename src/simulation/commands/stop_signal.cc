#include "simulation/commands/stop_signal.h"

#include <csignal>

namespace madang::simulation {
namespace {

std::atomic<bool> stop_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void on_stop_signal(int) { stop_asked = true; }

}  // namespace

std::atomic<bool>& stop_on_signals() {
  stop_asked = false;
  std::signal(SIGINT, on_stop_signal);
  std::signal(SIGTERM, on_stop_signal);
  std::signal(SIGPIPE, SIG_IGN);
  return stop_asked;
}

}  // namespace madang::simulation
