// All versions of the rules, in the records: nothing is overwritten, so a Situation's rule version can be read years later.
#pragma once

#include <optional>
#include <vector>

#include "core/error.h"
#include "sensing/warning/model.h"

namespace madang::storage {
class Records;
}

namespace madang::sensing::warning {

class RuleStore {
 public:
  explicit RuleStore(storage::Records& records) : records_(records) {}

  /// Migrates, and keeps the shipped rules where there are none yet; where the newest are shipped ones of an older release,
  /// today's become the next version.
  Result<void> open(Instant now);
  /// What open() would leave as the newest version; nothing is written.
  Result<RuleSet> in_force(Instant now);
  /// The newest version.
  Result<RuleSet> newest();
  /// kNotFound.
  Result<RuleSet> version(std::uint32_t number);
  /// Newest first, without the rules themselves; at most 200.
  Result<std::vector<RuleSet>> history();
  /// Becomes the next version, which `by` made. kInvalid: a rule is wrong; kConflict: `based_on` is not the newest any more.
  Result<RuleSet> add(RuleSet set, std::uint32_t based_on, PartyId by);

 private:
  Result<std::vector<RuleSet>> read(std::string const& where, bool with_rules);

  storage::Records& records_;
};

}  // namespace madang::sensing::warning
