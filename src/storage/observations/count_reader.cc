// How many there are: from the index of chunks, and from the chunks at the ends of the range or where others stand over them.
#include "storage/observations/range_reader.h"
#include "storage/observations/range_walk.h"
#include "storage/observations/rules.h"

namespace madang::storage {

Result<std::size_t> RangeReader::count(DatastreamId stream, Interval when, CountOptions const& options) {
  MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
  return count(stream, when, options, Expired::kHidden);
}

Result<std::size_t> RangeReader::count_held(DatastreamId stream, Interval when) {
  return count(stream, when, {}, Expired::kShown);
}

Result<std::size_t> RangeReader::count(DatastreamId stream, Interval when, CountOptions const& options, Expired expired) {
  if (when.from >= when.to) return 0;
  std::size_t total = 0;
  for (auto const layer : layers(stream)) {
    auto rest = options;
    rest.at_most = options.at_most - total;
    MADANG_TRY(std::size_t const some, count(view(layer, when, {.with_details = false, .expired = expired}), rest));
    total += some;
    if (total > options.at_most) break;
  }
  return total;
}

Result<std::size_t> RangeReader::count(View const& seen, CountOptions const& options) {
  if (seen.from >= seen.to) return 0;
  if (!seen.has_chunks && seen.hot.empty()) return 0;
  MADANG_TRY(auto reader, parts_.readers.borrow());
  Walk walk(*reader, seen, false, {options.deadline, parts_.options.clock});
  std::size_t total = 0;
  for (;;) {
    MADANG_TRY(auto const parts, walk.next(kRowsAtOnce));
    if (parts.empty()) return total;
    for (auto const& part : parts) {
      MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
      MADANG_TRY(std::size_t const some, count_part(*reader, seen, part));
      total += some;
      if (total > options.at_most) return total;
    }
  }
}

Result<std::size_t> RangeReader::count_part(ChunkReader& reader, View const& seen, Stretch const& part) {
  if (part.row == nullptr) return part.hot.size();
  if (whole(seen, part)) return part.hot.size() + part.row->summary.count;
  thread_local Columns columns;
  MADANG_TRY(bool const sound, reader.load(*part.row, {.moments = false, .from = 0, .to = 0}, columns));
  if (!sound) columns.clear();
  thread_local std::vector<Item> items;
  merge(seen, part, columns, items);
  return items.size();
}

}  // namespace madang::storage
