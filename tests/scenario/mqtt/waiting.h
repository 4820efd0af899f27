// Waits for a condition, generously: a test fails when something never happens, not when it is late.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "runtime/metrics.h"

namespace madang::web::mqtt {

inline bool eventually(std::function<bool()> const& condition) {
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

/// "madang_mqtt_subscriptions 1" among the listener's numbers.
inline bool shows(runtime::Metrics& metrics, std::string const& line) {
  return metrics.text().contains("\n" + line + "\n");
}

}  // namespace madang::web::mqtt
