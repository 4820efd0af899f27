// Passing over many values of a Datastream with layers: where a deep skip ends is counted, not read.
#include <algorithm>

#include "storage/observations/range_reader.h"

namespace madang::storage {

Result<RangeReader::Ladder> RangeReader::ladder(ChunkReader& reader, DatastreamId layer, Interval when, std::optional<Tick> deadline) {
  Patience const patience{deadline, parts_.options.clock};
  Ladder out;
  out.view = view(layer, when, {.with_details = false});
  out.before.push_back(0);
  if (out.view.from >= out.view.to) return out;
  MADANG_TRY(out.rows, reader.rows(layer, out.view.from, out.view.to, nullptr, patience));
  out.parts = stretches(out.view, out.rows);
  for (auto const& part : out.parts) {
    MADANG_CHECK(patience.check());
    MADANG_TRY(std::size_t const some, count_part(reader, out.view, part));
    out.before.push_back(out.before.back() + some);
  }
  return out;
}

Result<std::size_t> RangeReader::count_before(ChunkReader& reader, Ladder const& ladder, std::int64_t time) {
  auto const end = std::ranges::lower_bound(ladder.parts, time, {}, [](Stretch const& s) { return s.first(); });
  auto const whole_parts = static_cast<std::size_t>(end - ladder.parts.begin());
  if (whole_parts == 0) return 0;
  auto cut = ladder.view;
  cut.to = std::min(cut.to, time);
  auto last = ladder.parts[whole_parts - 1];
  auto const hot_end = std::lower_bound(last.hot.begin(), last.hot.end(), time, [](HotValue const& v, std::int64_t t) { return v.time < t; });
  last.hot = last.hot.first(static_cast<std::size_t>(hot_end - last.hot.begin()));
  MADANG_TRY(std::size_t const some, count_part(reader, cut, last));
  return ladder.before[whole_parts - 1] + some;
}

/// The beginnings of chunks are the rungs: the furthest one that the skip reaches is found by halving.
Result<void> RangeReader::pass_over(std::span<DatastreamId const> all, Interval& when, ReadOptions& options) {
  MADANG_TRY(auto reader, parts_.readers.borrow());
  std::vector<Ladder> ladders;
  std::vector<std::int64_t> rungs;
  std::size_t total = 0;
  for (auto const layer : all) {
    MADANG_TRY(auto one, ladder(*reader, layer, when, options.deadline));
    total += one.before.back();
    for (auto const& part : one.parts) rungs.push_back(std::max(part.first(), millis_of(when.from)));
    ladders.push_back(std::move(one));
  }
  std::ranges::sort(rungs);
  rungs.erase(std::ranges::unique(rungs).begin(), rungs.end());
  // How many come before a rung as the answer goes.
  auto const passed_at = [&](std::int64_t time) -> Result<std::size_t> {
    std::size_t sum = 0;
    for (auto const& one : ladders) {
      MADANG_TRY(std::size_t const some, count_before(*reader, one, time));
      sum += some;
    }
    return options.descending ? total - sum : sum;
  };
  if (options.descending) std::ranges::reverse(rungs);
  std::size_t low = 0;
  std::size_t high = rungs.size();
  std::size_t passed = 0;
  while (low < high) {
    std::size_t const middle = low + (high - low) / 2;
    MADANG_TRY(std::size_t const here, passed_at(rungs[middle]));
    if (here > options.skip) {
      high = middle;
      continue;
    }
    passed = here;
    low = middle + 1;
  }
  if (low == 0) return {};
  auto const rung = instant_of_millis(rungs[low - 1]);
  (options.descending ? when.to : when.from) = rung;
  options.skip -= passed;
  return {};
}

}  // namespace madang::storage
