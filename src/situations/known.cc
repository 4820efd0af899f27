#include "situations/known.h"

#include <algorithm>
#include <utility>

namespace madang::situations {

SituationPtr find_in(OpenOnes const& open, SituationId id) {
  auto const found = std::ranges::lower_bound(open, id, {}, [](SituationPtr const& s) { return s->id; });
  return found == open.end() || (*found)->id != id ? nullptr : *found;
}

SituationPtr Known::find(Cause const& cause) const {
  auto const found = by_cause_.find(cause);
  if (found == by_cause_.end()) return nullptr;
  auto known = find_in(*open(), found->second);
  MADANG_ASSERT(known != nullptr);
  return known;
}

void Known::show(std::span<SituationPtr const> fresh, Instant now) {
  auto all = std::make_shared<OpenOnes>(*open());
  for (auto const& s : fresh) {
    bool const was_open = put(*all, s);
    if (is_open(s->state)) continue;
    if (was_open) settled_.keep(s, now);
    else settled_.renew(s);  // a note on it: what is saved of it later is saved on top of this
  }
  open_.swap(std::move(all));
}

/// Among the open ones, or not any more. Whether it was there.
bool Known::put(OpenOnes& open, SituationPtr const& s) {
  last_id_ = std::max(last_id_, s->id.value());
  auto const place = std::ranges::lower_bound(open, s->id, {}, [](SituationPtr const& each) { return each->id; });
  bool const there = place != open.end() && (*place)->id == s->id;
  if (is_open(s->state)) {
    if (there) *place = s;
    else open.insert(place, s);
    by_cause_[cause_of(*s)] = s->id;
    return there;
  }
  if (there) open.erase(place);
  if (auto const found = by_cause_.find(cause_of(*s)); found != by_cause_.end() && found->second == s->id) by_cause_.erase(found);
  unsaved_.erase(s->id);
  return there;
}

void Known::merge(std::span<SituationPtr const> written, std::int64_t last_id, Reading reading, Instant now) {
  auto const before = open();
  auto all = reading == Reading::kAll ? OpenOnes{} : *before;
  if (reading == Reading::kAll) {
    by_cause_.clear();
    settled_.forget_all();
  }
  for (auto const& s : written) {
    if (find_in(*before, s->id) != s) unsaved_.erase(s->id);
    put(all, s);
    if (!is_open(s->state)) settled_.keep(s, now);
  }
  std::erase_if(unsaved_, [&all](SituationId id) { return find_in(all, id) == nullptr; });
  last_id_ = last_id;
  open_.swap(std::make_shared<OpenOnes>(std::move(all)));
}

SituationPtr Known::newer_of(Situation&& stored) const {
  auto own = find_in(*open(), stored.id);
  bool const is_newer = own != nullptr && is_unsaved(stored.id) && own->version == stored.version && own->seen_at > stored.seen_at;
  return is_newer ? own : std::make_shared<Situation const>(std::move(stored));
}

std::int64_t Known::notified_version(Situation const& s) const {
  if (auto const own = find_in(*open(), s.id)) return own->version;
  if (auto const settled = settled_.find(cause_of(s)); settled && settled->id == s.id) return settled->version;
  // Of what ended long ago nobody knows here what was told; a note on it is its newest line.
  return is_open(s.state) ? 0 : s.version - 1;
}

}  // namespace madang::situations
