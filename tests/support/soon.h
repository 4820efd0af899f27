// Waiting for what another thread or process does.
#pragma once

#include <chrono>
#include <thread>

namespace madang::test {

/// False: `condition` did not hold within `patience`.
template <typename Condition>
bool soon(Condition const& condition, std::chrono::milliseconds patience = std::chrono::seconds{30}) {
  auto const deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

}  // namespace madang::test
