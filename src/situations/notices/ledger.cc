#include "situations/notices/ledger.h"

#include <algorithm>
#include <array>

#include "situations/notices/limits.h"
#include "situations/notices/subscriber_store.h"
#include "situations/rules.h"
#include "situations/situation_json.h"

namespace madang::situations::notices {
namespace {

/// Areas inside Areas: more levels than any city has, so that a loop in the records ends.
constexpr std::size_t kLevelsMax = 16;

}  // namespace

void Ledger::set_on_its_way(std::int64_t notice, bool on_its_way) {
  runtime::Lock const lock(mutex_);
  if (on_its_way)
    on_their_way_.insert(notice);
  else
    on_their_way_.erase(notice);
}

std::vector<AreaId> Ledger::areas_of(Situation const& s) const {
  std::vector<AreaId> areas;
  auto id = s.signal.area;
  if (!id && s.signal.place) id = city_.area_at(*s.signal.place);
  while (id && areas.size() < kLevelsMax) {
    areas.push_back(id);
    auto const area = city_.area(id);
    id = area ? area->parent : AreaId{};
  }
  return areas;
}

Result<std::vector<Recipient>> Ledger::recipients(soci::session& sql, ChangeSeen const& change) {
  if (auto const version = subscribers_version(sql); version != version_) {
    MADANG_TRY(subscribers_, read_subscribers(sql));
    version_ = version;
  }
  std::vector<Recipient> recipients;
  if (subscribers_.empty()) return recipients;
  auto const notified = notified_of(sql, change.situation.id);
  for (auto const& s : subscribers_) {
    if (s.paused) continue;
    bool const was_notified = std::ranges::find(notified, s.id) != notified.end();
    if (auto const event = event_for(s.filter, change, was_notified)) recipients.push_back({s.id, *event});
  }
  return recipients;
}

Result<void> Ledger::add_notices(soci::session& sql, Situations::Change const& change) {
  auto const& s = *change.situation;
  auto const areas = areas_of(s);
  runtime::Lock const lock(mutex_);
  MADANG_TRY(auto const all, recipients(sql, {s, change.entry.kind, areas, turned_real(change.entry)}));
  if (!all.empty()) {
    Content const content{situation_json(s, city_, Audience::kPublic), situation_json(s, city_, Audience::kOperators)};
    auto const lost = enqueue(sql, s.id, content, all, clock_.now(), [this](std::int64_t id) MADANG_REQUIRES(mutex_) { return on_their_way_.contains(id); });
    for (auto const& [subscriber, what] : lost) {
      auto const of = std::ranges::find(subscribers_, subscriber, &Subscriber::id);
      tallies_.count(of->channel, what == Loss::kDropped ? "dropped" : "superseded");
    }
  }
  if (!is_open(s.state)) forget(sql, s.id);
  return {};
}

}  // namespace madang::situations::notices
