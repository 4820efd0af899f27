#include "sensing/warning/imported_history.h"

#include <algorithm>

namespace madang::sensing::warning {

bool ImportedHistory::detect(Instant now, std::span<Engine::Sight const> sights) {
  struct Sum {
    std::size_t streams = 0, speaking = 0, known = 0;
    std::uint64_t late = 0;
  };
  std::map<Key, Sum> sums;
  for (auto const& s : sights) {
    auto& sum = sums[{s.channel, s.simulated, s.step}];
    sum.streams += s.streams;
    sum.speaking += s.speaking;
    sum.known += s.known;
    sum.late += s.late;
  }
  auto const passed = looked_at_ > Instant{} ? now - looked_at_ : Millis{0};
  bool helps = false, comes = false;
  std::map<Key, std::uint64_t> late;
  for (auto const& [key, sum] : sums) {
    late[key] = sum.late;
    if (2 * sum.known >= sum.speaking) continue;
    auto const seen = late_.find(key);
    // A new engine counts anew.
    auto const before = seen == late_.end() || seen->second > sum.late ? 0 : seen->second;
    auto const told = static_cast<std::uint64_t>(passed / std::get<Millis>(key) + 1) * sum.streams;
    comes = comes || sum.late - before > told;
    helps = helps || sum.late >= kKnownLeast * sum.streams;
  }
  late_ = std::move(late);
  looked_at_ = now;
  if (comes || !helps || now - read_at_ < kReadEvery) return false;
  read_at_ = now;
  return true;
}

}  // namespace madang::sensing::warning
