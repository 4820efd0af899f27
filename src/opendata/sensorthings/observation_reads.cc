#include "opendata/sensorthings/observation_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

using storage::Cursor;
using storage::ReadOptions;
using storage::StoredObservation;

/// What is asked for, and of whom.
struct Question {
  ObservationSource const& source;
  QueryOptions const& options;
  Interval when;
  bool filters;     ///< not all observations in `when` are wanted
  bool by_time;     ///< in order of phenomenonTime alone
  bool descending;  ///< likewise

  [[nodiscard]] bool wants(StoredObservation const& o) const {
    return !filters || ((!options.filter || options.filter->matches(o)) && (!source.condition || source.condition(o)));
  }
};

std::size_t sum_of(std::size_t a, std::size_t b) { return a + std::min(b, std::numeric_limits<std::size_t>::max() - a); }

std::size_t bytes_of(StoredObservation const& o) { return o.detail ? storage::bytes_of(*o.detail) : 0; }

/// Of all Datastreams; it ends once it is above `at_most`.
Result<std::size_t> count_all(Question const& q, std::vector<DatastreamId> const& streams,
                              std::size_t at_most = std::numeric_limits<std::size_t>::max()) {
  std::size_t sum = 0;
  for (auto const stream : streams) {
    MADANG_TRY(auto const count, q.source.store.count(stream, q.when, {.at_most = at_most - sum, .deadline = q.source.until()}));
    sum += count;
    if (sum > at_most) break;
  }
  return sum;
}

Result<void> check_readable(Question const& q, std::vector<DatastreamId> const& streams) {
  MADANG_TRY(auto const count, count_all(q, streams, kScanMax));
  if (count <= kScanMax) return {};
  return fail(Code::kLimit, fmt::format("this would read more than {} observations: name one Datastream or narrow "
                                        "phenomenonTime in $filter", kScanMax));
}

/// One Datastream's observations, some at a time.
class Pager {
 public:
  Pager(Question const& q, DatastreamId stream, std::size_t skip, std::optional<Cursor> after)
      : q_(q), stream_(stream),
        options_{.limit = 0, .skip = skip, .descending = q.by_time && q.descending, .with_details = true, .after = after,
                 .deadline = q.source.until(), .detail_bytes = kPageBytesMax} {}

  /// At most `limit`, fewer where they are large; empty: that was all.
  Result<std::vector<StoredObservation>> next(std::size_t limit) {
    options_.limit = std::min(limit, kReadAtOnce);
    if (end_ || options_.limit == 0) return std::vector<StoredObservation>{};
    MADANG_TRY(auto page, q_.source.store.read(stream_, q_.when, options_));
    std::size_t bytes = 0;
    for (auto const& o : page) bytes += bytes_of(o);
    end_ = page.size() < options_.limit && bytes <= kPageBytesMax;
    // A place among equal times is not known behind what was skipped.
    if (options_.skip > 0) options_.skip += page.size();
    else options_.after = cursor_after(page, options_);
    return page;
  }

 private:
  static constexpr std::size_t kReadAtOnce = kTopMax + 1;

  Question const& q_;
  DatastreamId stream_;
  ReadOptions options_;
  bool end_ = false;
};

/// Takes what comes in the page's own order, until it is full.
class PageFiller {
 public:
  PageFiller(std::size_t skip, std::size_t top) : skip_(skip), top_(top) {}

  /// False: the page is full, and this one is behind it.
  bool add(StoredObservation&& o) {
    if (page_.more) return false;
    if (skip_ > 0) return skip_-- > 0;
    page_.more = is_full();
    if (page_.more) return false;
    bytes_ += bytes_of(o);
    page_.observations.push_back(std::move(o));
    return true;
  }
  /// What is not skipped and still has a place, and one more, which tells that there is more.
  [[nodiscard]] std::size_t wanted() const { return is_full() ? 1 : sum_of(skip_, top_ - page_.observations.size() + 1); }
  ObservationPage take() { return std::move(page_); }

 private:
  [[nodiscard]] bool is_full() const { return page_.observations.size() >= top_ || bytes_ > kPageBytesMax; }

  std::size_t skip_;
  std::size_t const top_;
  std::size_t bytes_ = 0;
  ObservationPage page_;
};

/// Negative: a comes first.
int compare(StoredObservation const& a, StoredObservation const& b, OrderKey key) {
  auto const order = [](auto const& x, auto const& y) { return x < y ? -1 : (y < x ? 1 : 0); };
  auto const result_time = [](StoredObservation const& o) {
    return o.detail ? o.detail->result_time : std::optional<Instant>{};
  };
  switch (key) {
    case OrderKey::kId: return order(a.id, b.id);
    case OrderKey::kPhenomenonTime: return order(a.phenomenon_time, b.phenomenon_time);
    // No value sorts before any value, as the standard says and std::optional does.
    case OrderKey::kResultTime: return order(result_time(a), result_time(b));
    case OrderKey::kResult: {
      auto const text = [](StoredObservation const& o) {
        return o.detail ? std::string_view(o.detail->result) : std::string_view{};
      };
      int const by_value = order(a.value, b.value);
      return by_value != 0 ? by_value : order(text(a), text(b));
    }
  }
  return 0;
}

bool comes_before(StoredObservation const& a, StoredObservation const& b, std::vector<OrderBy> const& order) {
  for (auto const& by : order) {
    int const sign = compare(a, b, by.key);
    if (sign != 0) return by.descending ? sign > 0 : sign < 0;
  }
  return a.id < b.id;
}

/// Where the page behind `after` begins: so many of its time come before.
Result<Cursor> cursor_behind(Question const& q, DatastreamId stream, PagePosition const& after) {
  MADANG_TRY(auto const same, q.source.store.read(stream, {after.time, after.time + Millis{1}},
                                                  {.limit = kTopMax, .descending = q.by_time && q.descending,
                                                   .with_details = false, .deadline = q.source.until()}));
  auto const found = std::ranges::find(same, after.id, &StoredObservation::id);
  if (found != same.end()) return Cursor{after.time, static_cast<std::size_t>(found - same.begin()) + 1};
  // It was superseded meanwhile: its place is known all the same.
  auto const behind = std::ranges::find_if(same, [&](StoredObservation const& o) { return o.id > after.id; });
  return Cursor{after.time, static_cast<std::size_t>(behind - same.begin())};
}

/// Everything in the range is looked at.
Result<std::size_t> count_matches(Question const& q) {
  std::size_t matches = 0;
  for (auto const stream : q.source.streams) {
    Pager pager(q, stream, 0, std::nullopt);
    for (;;) {
      MADANG_TRY(auto const some, pager.next(kScanMax));
      if (some.empty()) break;
      matches += static_cast<std::size_t>(std::ranges::count_if(some, [&q](auto const& o) { return q.wants(o); }));
    }
  }
  return matches;
}

/// One Datastream after the other, each in order of time; only as much as the page needs is read.
Result<ObservationPage> read_in_order(Question const& q) {
  auto const& streams = q.source.streams;
  std::optional<std::size_t> count;
  if (q.filters) MADANG_CHECK(check_readable(q, streams));
  if (q.options.count) {
    MADANG_TRY(count, q.filters ? count_matches(q) : count_all(q, streams));
  }
  PageFiller filler(q.filters ? q.options.skip : 0, q.options.top);
  std::size_t skip = q.filters ? 0 : q.options.skip;
  std::optional<Cursor> after;
  if (q.options.after) {
    MADANG_TRY(after, cursor_behind(q, streams.front(), *q.options.after));
  }
  auto const fill = [&](DatastreamId stream) -> Result<bool> {
    Pager pager(q, stream, std::exchange(skip, 0), after);
    for (;;) {
      MADANG_TRY(auto some, pager.next(q.filters ? kScanMax : filler.wanted()));
      if (some.empty()) return true;
      for (auto& o : some)
        if (q.wants(o) && !filler.add(std::move(o))) return false;
    }
  };
  for (auto const stream : streams) {
    if (skip > 0 && streams.size() > 1) {
      MADANG_TRY(auto const here, q.source.store.count(stream, q.when, {.at_most = skip, .deadline = q.source.until()}));
      if (here <= skip) {
        skip -= here;
        continue;
      }
    }
    MADANG_TRY(bool const room, fill(stream));
    if (!room) break;
  }
  auto page = filler.take();
  page.count = count;
  return page;
}

/// For "the newest of all": no more Datastreams can contribute than the page has places, and these are the ones with
/// the newest values.
Result<std::vector<DatastreamId>> newest_streams(storage::ObservationStore& store, std::vector<DatastreamId> const& streams,
                                                 std::size_t places) {
  MADANG_TRY(auto latest, store.latest(streams));
  std::erase_if(latest, [](StoredObservation const& o) { return !o.id; });
  auto const newer = [](StoredObservation const& a, StoredObservation const& b) {
    return a.phenomenon_time > b.phenomenon_time;
  };
  std::ranges::sort(latest, newer);
  if (latest.size() > places) latest.resize(places);
  std::vector<DatastreamId> kept;
  kept.reserve(latest.size());
  for (auto const& o : latest) kept.push_back(o.datastream);
  return kept;
}

/// Takes what comes in any order; holds no more of it than can stand before the page's end. What is skipped gives its texts away when
/// they are too much, where the order does not ask for them.
class Sorter {
 public:
  explicit Sorter(Question const& q)
      : q_(q), places_(sum_of(sum_of(q.options.skip, q.options.top), 1)),
        by_result_(std::ranges::find(q.options.order, OrderKey::kResult, &OrderBy::key) != q.options.order.end()) {}

  Result<void> add(StoredObservation&& o) {
    bytes_ += bytes_of(o);
    all_.push_back({std::move(o)});
    if (bytes_ > kHeldBytesMax || all_.size() / 2 > places_ + 1'000) prune();
    // Half of it is left for what comes: it is not put in order again for each one.
    if (bytes_ <= kHeldBytesMax / 2 || all_.size() != pruned_) return {};
    return fail(Code::kLimit, fmt::format("$skip, $orderby: more than {} MiB of texts and JSON would be put in order; narrow "
                                          "phenomenonTime in $filter", kHeldBytesMax >> 21U));
  }
  Result<ObservationPage> take() {
    prune();
    PageFiller filler(q_.options.skip, q_.options.top);
    for (std::size_t i = 0; i < all_.size(); ++i) {
      auto& held = all_[i];
      if (i >= q_.options.skip && held.is_stripped) {
        // It was skipped before others came that stand before it.
        MADANG_CHECK(check(q_.source.deadline));
        auto again = q_.source.store.find(held.observation.id);
        if (!again && again.error().code == Code::kNotFound) continue;  // deleted meanwhile
        if (!again) return fail(again.error());
        held.observation.detail = std::move(again->detail);
      }
      if (!filler.add(std::move(held.observation))) break;
    }
    return filler.take();
  }

 private:
  struct Held {
    StoredObservation observation;
    bool is_stripped = false;  ///< of its texts
  };

  void prune() {
    std::ranges::sort(all_, [this](Held const& a, Held const& b) { return comes_before(a.observation, b.observation, q_.options.order); });
    if (all_.size() > places_) all_.resize(places_);
    bytes_ = 0;
    std::size_t on_page = 0;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      auto const bytes = bytes_of(all_[i].observation);
      bytes_ += bytes;
      if (on_page > kPageBytesMax) all_.resize(i + 1);  // this one tells that there is more
      else if (i >= q_.options.skip) on_page += bytes;
    }
    if (bytes_ > kHeldBytesMax / 2 && !by_result_) strip_skipped();
    pruned_ = all_.size();
  }
  void strip_skipped() {
    for (std::size_t i = 0; i < std::min(q_.options.skip, all_.size()); ++i) {
      auto& held = all_[i];
      auto const bytes = bytes_of(held.observation);
      if (bytes == 0) continue;
      bytes_ -= bytes;
      std::string().swap(held.observation.detail->result);
      std::string().swap(held.observation.detail->parameters);
      held.is_stripped = true;
    }
  }

  Question const& q_;
  std::size_t const places_;
  bool const by_result_;
  std::size_t bytes_ = 0;
  std::size_t pruned_ = 0;
  std::vector<Held> all_;
};

/// Many Datastreams, or another order than that of time. Of each the first `of_each` are enough.
Result<ObservationPage> read_sorted(Question const& q, std::vector<DatastreamId> const& streams, std::size_t of_each) {
  Sorter sorter(q);
  std::size_t matches = 0;
  for (auto const stream : streams) {
    Pager pager(q, stream, 0, std::nullopt);
    for (std::size_t left = of_each; left > 0;) {
      MADANG_TRY(auto some, pager.next(left));
      if (some.empty()) break;
      left -= some.size();
      for (auto& o : some) {
        if (!q.wants(o)) continue;
        ++matches;
        MADANG_CHECK(sorter.add(std::move(o)));
      }
    }
  }
  MADANG_TRY(auto page, sorter.take());
  if (q.options.count) page.count = matches;
  return page;
}

/// Many Datastreams in order of time: the first (or last) of each, merged.
Result<ObservationPage> merge(Question const& q) {
  auto streams = q.source.streams;
  std::size_t const places = q.options.skip + q.options.top + 1;
  std::optional<std::size_t> count;
  if (q.options.count) {
    MADANG_TRY(count, count_all(q, streams));
  }
  if (q.descending && q.when.to == kInstantMax) {
    MADANG_TRY(streams, newest_streams(q.source.store, streams, places));
  }
  if (places > kScanMax / std::max<std::size_t>(streams.size(), 1)) MADANG_CHECK(check_readable(q, streams));
  MADANG_TRY(auto page, read_sorted(q, streams, places));
  page.count = count;
  return page;
}

/// Nothing, but how many there are.
Result<ObservationPage> beyond_everything(Question const& q) {
  ObservationPage page;
  if (q.options.count) {
    MADANG_TRY(page.count, count_all(q, q.source.streams));
  }
  return page;
}

Result<ObservationPage> read_page(Question const& q) {
  if (!q.filters && q.options.skip > kScanMax * 100) return beyond_everything(q);
  bool const one = q.source.streams.size() == 1;
  if (q.options.order.empty() || (one && q.by_time)) return read_in_order(q);
  if (q.by_time && !q.filters) return merge(q);
  MADANG_CHECK(check_readable(q, q.source.streams));
  return read_sorted(q, q.source.streams, std::numeric_limits<std::size_t>::max());
}

}  // namespace

Result<ObservationPage> read_observations(ObservationSource const& source, QueryOptions const& options) {
  bool const by_time = options.order.size() == 1 && options.order.front().key == OrderKey::kPhenomenonTime;
  bool const keeps_place = source.streams.size() == 1 && (options.order.empty() || by_time);
  if (options.after && !keeps_place) return fail(Code::kInvalid, "$skiptoken: not for this collection in this order");
  Question const question{.source = source,
                          .options = options,
                          .when = options.filter ? options.filter->bounds() : Interval{kInstantMin, kInstantMax},
                          .filters = source.condition || (options.filter && !options.filter->is_only_bounds()),
                          .by_time = by_time,
                          .descending = by_time && options.order.front().descending};
  MADANG_TRY(auto page, read_page(question));
  if (keeps_place && !page.observations.empty()) {
    page.next = PagePosition{page.observations.back().phenomenon_time, page.observations.back().id};
  }
  return page;
}

}  // namespace madang::opendata
