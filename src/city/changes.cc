#include "city/changes.h"

#include <algorithm>
#include <array>

namespace madang::city {

std::string_view name_of(EntryKind kind) {
  static constexpr std::array<std::string_view, 7> kNames{"area", "thing", "location", "sensor", "observed_property", "datastream", "feature"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Act act) {
  static constexpr std::array<std::string_view, 6> kNames{"made", "edited", "moved", "retired", "returned", "deleted"};
  return kNames[static_cast<std::size_t>(act)];
}

bool Changes::any_of(EntryKind kind) const {
  return read_all_anew || std::ranges::any_of(changes, [kind](Change const& c) { return c.kind == kind; });
}

void ChangeLog::add(Change const& change) {
  changes_.push_back(change);
  ++next_;
  if (changes_.size() > kept_) changes_.pop_front();
}

void ChangeLog::forget_all() {
  changes_.clear();
  ++next_;
}

Changes ChangeLog::since(ChangeCursor cursor) const {
  if (cursor == next_) return {.changes = {}, .cursor = next_, .read_all_anew = false};
  auto const oldest = next_ - changes_.size();
  if (cursor < oldest || cursor > next_) return {.changes = {}, .cursor = next_, .read_all_anew = true};
  auto const from = changes_.begin() + static_cast<std::ptrdiff_t>(cursor - oldest);
  return {.changes = {from, changes_.end()}, .cursor = next_, .read_all_anew = false};
}

}  // namespace madang::city
