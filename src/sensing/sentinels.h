// Numbers by which devices say that they have no value: Datastreams of one model share theirs.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace madang::sensing {

/// In the Datastream's unit; nullptr: none.
using Sentinels = std::shared_ptr<std::vector<double> const>;

/// Each set is kept once, however many Datastreams have it.
class SentinelSets {
 public:
  [[nodiscard]] Sentinels share(std::vector<double> values) {
    if (values.empty()) return {};
    auto const [at, made] = sets_.try_emplace(std::move(values));
    if (made) at->second = std::make_shared<std::vector<double> const>(at->first);
    return at->second;
  }

 private:
  std::map<std::vector<double>, Sentinels> sets_;
};

}  // namespace madang::sensing
