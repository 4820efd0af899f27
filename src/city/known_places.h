// From where a login is used: what tells a person who mistypes from others who guess.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/time.h"
#include "runtime/mutex.h"

namespace madang::city {

/// Where logins have been let in lately: others' guesses elsewhere do not lock out who comes from there. Thread-safe, bounded: the
/// one that is longest ago goes.
class KnownPlaces {
 public:
  KnownPlaces(std::size_t most, Millis keep) : most_(most), keep_(keep) {}
  [[nodiscard]] bool knows(std::string_view login, std::string_view address, Instant now) const;
  void add(std::string_view login, std::string_view address, Instant now);

 private:
  using Place = std::pair<std::string, std::string>;

  std::size_t const most_;
  Millis const keep_;
  mutable runtime::Mutex mutex_;
  std::map<Place, Instant> last_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::city
