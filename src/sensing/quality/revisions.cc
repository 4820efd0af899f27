#include "sensing/quality/revisions.h"

#include <map>

#include "sensing/quality/engine.h"

namespace madang::sensing {
namespace {

/// Of one reading; a longer revision is read in parts.
constexpr std::size_t kReadMax = 100'000;

Result<void> collect(storage::ObservationStore& store, DatastreamId stream, Revision const& r, std::map<Instant, Quality>& opinions) {
  for (auto from = r.when.from; from < r.when.to;) {
    MADANG_TRY(auto const stored, store.read(stream, {from, r.when.to}, {.limit = kReadMax, .skip = 0, .descending = false, .with_details = false}));
    for (auto const& o : stored) {
      auto const earlier = opinions.find(o.phenomenon_time);
      if (replaces(r, earlier == opinions.end() ? o.quality : earlier->second)) opinions[o.phenomenon_time] = r.quality;
    }
    if (stored.size() < kReadMax) return {};
    from = stored.back().phenomenon_time + Millis{1};
  }
  return {};
}

}  // namespace

Result<std::size_t> revise_stored(storage::ObservationStore& store, DatastreamId stream, std::span<Revision const> revisions) {
  std::map<Instant, Quality> opinions;
  for (auto const& r : revisions) MADANG_CHECK(collect(store, stream, r, opinions));
  std::vector<storage::Judgement> judgements;
  judgements.reserve(opinions.size());
  for (auto const& [when, quality] : opinions) judgements.push_back({when, quality});
  if (judgements.empty()) return std::size_t{0};
  return store.rejudge(stream, judgements);
}

}  // namespace madang::sensing
