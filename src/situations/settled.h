// Causes whose Situation somebody ended by hand: further reports of them are quiet still. In memory; the records keep the same.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/mutex.h"
#include "situations/situations.h"

namespace madang::situations {

using Cause = std::pair<std::string, std::string>;  ///< source and key
[[nodiscard]] Cause cause_of(Situation const& s);

/// Thread-safe.
class Settled {
 public:
  /// nullptr: reports of it are news.
  [[nodiscard]] SituationPtr find(Cause const& cause) const;
  /// Those of the source whose cause was not reported gone.
  [[nodiscard]] std::vector<SituationPtr> lasting_of(std::string_view source, Instant now) const;

  /// If reports of it stay quiet; else it is forgotten. Never in place of a later one of its cause, and at most kSettledMax.
  void keep(SituationPtr const& s, Instant now);
  /// As it stands now, if it is there.
  void renew(SituationPtr const& s);
  void forget(Cause const& cause);
  void forget_old(Instant now);
  void forget_all();

 private:
  mutable runtime::Mutex mutex_;
  std::map<Cause, SituationPtr> all_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::situations
