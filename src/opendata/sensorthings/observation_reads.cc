#include "opendata/sensorthings/observation_reads.h"

#include <fmt/format.h>

#include <algorithm>

#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

using storage::ObservationStore;
using storage::ReadOptions;
using storage::StoredObservation;

Result<std::size_t> count_all(ObservationStore& store, std::vector<DatastreamId> const& streams, Interval when) {
  std::size_t sum = 0;
  for (auto const stream : streams) {
    MADANG_TRY(auto const count, store.count(stream, when));
    sum += count;
  }
  return sum;
}

std::unexpected<Error> too_much(std::size_t count) {
  return fail(Code::kLimit, fmt::format("this would read {} observations, the maximum is {}: name one Datastream or narrow "
                                        "phenomenonTime in $filter", count, kScanMax));
}

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

void sort_by(std::vector<StoredObservation>& observations, std::vector<OrderBy> const& order) {
  auto const before = [&order](StoredObservation const& a, StoredObservation const& b) {
    for (auto const& by : order) {
      int const sign = compare(a, b, by.key);
      if (sign != 0) return by.descending ? sign > 0 : sign < 0;
    }
    return a.id < b.id;
  };
  std::ranges::sort(observations, before);
}

/// Where the page behind `after` begins in observations by time.
std::size_t first_after(std::vector<StoredObservation> const& all, PagePosition const& after, bool descending) {
  auto const found = std::ranges::find(all, after.id, &StoredObservation::id);
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin()) + 1;
  // It was superseded meanwhile: its place is known all the same.
  auto const is_behind = [&](StoredObservation const& o) {
    if (o.phenomenon_time == after.time) return o.id > after.id;
    return descending ? o.phenomenon_time < after.time : o.phenomenon_time > after.time;
  };
  return static_cast<std::size_t>(std::ranges::find_if(all, is_behind) - all.begin());
}

void cut_page(ObservationPage& page, std::vector<StoredObservation> all, QueryOptions const& options) {
  bool const descending = !options.order.empty() && options.order.front().descending;
  auto const begin = options.after ? first_after(all, *options.after, descending) : std::min(options.skip, all.size());
  auto const end = std::min(all.size(), begin + options.top);
  page.more = end < all.size();
  page.observations.assign(std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(begin)),
                           std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(end)));
}

/// Everything in the range is read, filtered, sorted and cut.
Result<ObservationPage> scan(ObservationStore& store, std::vector<DatastreamId> const& streams, Interval when,
                             QueryOptions const& options, ObservationCondition const& condition) {
  MADANG_TRY(auto const count, count_all(store, streams, when));
  if (count > kScanMax) return too_much(count);
  std::vector<StoredObservation> all;
  for (auto const stream : streams) {
    MADANG_TRY(auto read, store.read(stream, when, {.limit = kScanMax, .skip = 0, .descending = false, .with_details = true}));
    for (auto& o : read) {
      bool const wanted = (!options.filter || options.filter->matches(o)) && (!condition || condition(o));
      if (wanted) all.push_back(std::move(o));
    }
  }
  if (!options.order.empty()) sort_by(all, options.order);
  ObservationPage page;
  if (options.count) page.count = all.size();
  cut_page(page, std::move(all), options);
  return page;
}

/// One Datastream in order of time; only as many as the page needs are read.
Result<ObservationPage> walk_one(ObservationStore& store, DatastreamId stream, Interval when, QueryOptions const& options) {
  bool const descending = !options.order.empty() && options.order.front().descending;
  ObservationPage page;
  if (options.count) {
    MADANG_TRY(page.count, store.count(stream, when));
  }
  std::size_t limit = options.top + 1;
  if (options.after) {
    // Those of the same time are read again, and left out up to the one that was the last.
    Interval const same{options.after->time, options.after->time + Millis{1}};
    MADANG_TRY(auto const again, store.count(stream, same));
    limit += again;
    if (descending) when.to = std::min(when.to, same.to);
    else when.from = std::max(when.from, same.from);
    if (when.to < when.from) return page;
  }
  MADANG_TRY(auto read, store.read(stream, when, {.limit = limit, .skip = options.skip, .descending = descending,
                                                  .with_details = true}));
  auto rest = options;
  rest.skip = 0;
  cut_page(page, std::move(read), rest);
  return page;
}

/// One Datastream after the other; only as many as the page needs are read.
Result<ObservationPage> walk(ObservationStore& store, std::vector<DatastreamId> const& streams, Interval when,
                             QueryOptions const& options) {
  ObservationPage page;
  if (options.count) {
    MADANG_TRY(page.count, count_all(store, streams, when));
  }
  std::size_t skip = options.skip;
  std::size_t const wanted = options.top + 1;
  for (auto const stream : streams) {
    if (skip > 0 && streams.size() > 1) {
      MADANG_TRY(auto const count, store.count(stream, when));
      if (count <= skip) {
        skip -= count;
        continue;
      }
    }
    ReadOptions const rest{.limit = wanted - page.observations.size(), .skip = skip, .descending = false,
                           .with_details = true};
    skip = 0;
    MADANG_TRY(auto read, store.read(stream, when, rest));
    std::ranges::move(read, std::back_inserter(page.observations));
    if (page.observations.size() >= wanted) break;
  }
  page.more = page.observations.size() > options.top;
  if (page.more) page.observations.resize(options.top);
  return page;
}

/// For "the newest of all": no more Datastreams can contribute than the page has places, and these are the ones with
/// the newest values.
Result<std::vector<DatastreamId>> newest_streams(ObservationStore& store, std::vector<DatastreamId> const& streams,
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

/// Many Datastreams in order of time: the first (or last) of each, merged.
Result<ObservationPage> merge(ObservationStore& store, std::vector<DatastreamId> streams, Interval when,
                              QueryOptions const& options) {
  bool const descending = options.order.front().descending;
  std::size_t const places = options.skip + options.top + 1;
  ObservationPage page;
  if (options.count) {
    MADANG_TRY(page.count, count_all(store, streams, when));
  }
  if (descending && when.to == kInstantMax) {
    MADANG_TRY(streams, newest_streams(store, streams, places));
  }
  if (places > kScanMax / std::max<std::size_t>(streams.size(), 1)) {
    MADANG_TRY(auto const count, count_all(store, streams, when));
    if (count > kScanMax) return too_much(count);
  }
  std::vector<StoredObservation> all;
  for (auto const stream : streams) {
    ReadOptions const first{.limit = places, .skip = 0, .descending = descending, .with_details = true};
    MADANG_TRY(auto read, store.read(stream, when, first));
    std::ranges::move(read, std::back_inserter(all));
  }
  sort_by(all, options.order);
  cut_page(page, std::move(all), options);
  return page;
}

/// Nothing, but how many there are.
Result<ObservationPage> beyond_everything(ObservationStore& store, std::vector<DatastreamId> const& streams,
                                          Interval when, QueryOptions const& options) {
  ObservationPage page;
  if (options.count) {
    MADANG_TRY(page.count, count_all(store, streams, when));
  }
  return page;
}

Result<ObservationPage> read_page(ObservationStore& store, std::vector<DatastreamId> const& streams,
                                  QueryOptions const& options, ObservationCondition const& condition) {
  auto const when = options.filter ? options.filter->bounds() : Interval{kInstantMin, kInstantMax};
  bool const filtered = options.filter && !options.filter->is_only_bounds();
  bool const by_time = options.order.size() == 1 && options.order.front().key == OrderKey::kPhenomenonTime;
  if (filtered || condition || (!options.order.empty() && !by_time)) {
    return scan(store, streams, when, options, condition);
  }
  if (options.skip > kScanMax * 100) return beyond_everything(store, streams, when, options);
  if (streams.size() == 1) return walk_one(store, streams.front(), when, options);
  if (by_time) return merge(store, streams, when, options);
  return walk(store, streams, when, options);
}

}  // namespace

Result<ObservationPage> read_observations(ObservationStore& store, std::vector<DatastreamId> const& streams,
                                          QueryOptions const& options, ObservationCondition const& condition) {
  bool const by_time = options.order.size() == 1 && options.order.front().key == OrderKey::kPhenomenonTime;
  bool const keeps_place = streams.size() == 1 && (options.order.empty() || by_time);
  if (options.after && !keeps_place) return fail(Code::kInvalid, "$skiptoken: not for this collection in this order");
  MADANG_TRY(auto page, read_page(store, streams, options, condition));
  if (keeps_place && page.more && !page.observations.empty()) {
    page.next = PagePosition{page.observations.back().phenomenon_time, page.observations.back().id};
  }
  return page;
}

}  // namespace madang::opendata
