// One cause is one Situation: smoke raises particles and gases alike, each found by a rule of its own. What stands
// close together goes under the key of the first, told in the words of the worst, with the evidence of all.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geo.h"
#include "situations/model.h"

namespace madang::sensing::warning {

/// Not thread-safe. At most kCausesMax causes and kPartsMax parts of one; more stand alone.
class SharedCauses {
 public:
  /// A cause that stands already, from before a restart.
  void adopt(situations::Signal const& signal);
  /// The whole cause that `part` belongs to, ready to be raised. A part without a place stands alone.
  situations::Signal raise(situations::Signal part);

  struct Cleared {
    std::string key;                          ///< of the cause
    std::optional<situations::Signal> still;  ///< what is left of it; none: it is over
  };
  Cleared clear(std::string_view part_key);
  void forget() { causes_.clear(); }

 private:
  using Parts = std::map<std::string, situations::Signal, std::less<>>;
  [[nodiscard]] std::string cause_of(situations::Signal const& part) const;
  [[nodiscard]] static situations::Signal whole(std::string const& key, Parts const& parts);

  std::map<std::string, Parts, std::less<>> causes_;  ///< by the key of the first part
};

}  // namespace madang::sensing::warning
