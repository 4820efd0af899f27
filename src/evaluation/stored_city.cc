#include "evaluation/stored_city.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "core/quality.h"
#include "storage/records/unmigrated.h"

namespace madang::evaluation {
namespace {

constexpr Millis kWindow = std::chrono::hours{24};  // held in memory at once
constexpr std::size_t kValuesOfStream = 100'000;

struct Value {
  Instant time;
  std::uint32_t stream = 0;
  double value = 0;
  QualityFlag flag = QualityFlag::kUnknown;
};

Result<std::vector<Value>> values_of(storage::ObservationStore& store, sensing::warning::StreamNumbers const& numbers,
                                     Interval when) {
  std::vector<Value> values;
  for (auto const& [id, number] : numbers) {
    MADANG_TRY(auto const read, store.read(id, when, {.limit = kValuesOfStream, .with_details = true}));
    for (auto const& o : read) {
      if (sensing::warning::is_judged(o)) values.push_back({o.phenomenon_time, number, o.value, o.quality.flag});
    }
  }
  // Equal times in the order of streams, whatever the order of the map.
  std::ranges::sort(values, [](Value const& a, Value const& b) {
    return a.time != b.time ? a.time < b.time : a.stream < b.stream;
  });
  return values;
}

}  // namespace

Result<std::unique_ptr<StoredCity>> open_stored_city(std::filesystem::path const& data, std::string const& records_address) {
  auto stored = std::make_unique<StoredCity>();
  if (!std::filesystem::is_directory(data)) return fail(Code::kNotFound, "--data: there is no directory " + data.string());
  MADANG_TRY(auto held, runtime::DataDirectory::open(data));
  stored->directory = std::make_unique<runtime::DataDirectory>(std::move(held));
  MADANG_TRY(auto records, storage::Records::open(records_address, stored->clock));
  stored->records = storage::unmigrated(std::move(records));
  MADANG_TRY(stored->city, city::City::open(*stored->records, stored->clock));
  storage::ChunkStore::Options options;
  options.folder = (data / "observations").string();
  options.clock = &stored->clock;
  options.upgrades = options.background = options.settle_at_end = false;
  MADANG_TRY(stored->store, storage::ChunkStore::open(options));
  return stored;
}

Result<Interval> span_of(StoredCity& stored, sensing::warning::StreamNumbers const& numbers) {
  Interval span{kInstantMax, kInstantMin};
  for (auto const& [id, number] : numbers) {
    for (bool const newest : {false, true}) {
      MADANG_TRY(auto const read, stored.store->read(id, {kInstantMin, kInstantMax},
                                                     {.limit = 1, .descending = newest, .with_details = false}));
      if (read.empty()) break;
      span.from = std::min(span.from, read.front().phenomenon_time);
      span.to = std::max(span.to, read.front().phenomenon_time + Millis{1});
    }
  }
  if (span.from >= span.to) return fail(Code::kNotFound, "no stored value belongs to a rule");
  return span;
}

Result<std::size_t> play(StoredCity& stored, sensing::warning::Engine& engine,
                         sensing::warning::StreamNumbers const& numbers, Interval when,
                         std::function<void(sensing::warning::Finding const&)> const& each) {
  std::size_t count = 0;
  for (Instant from = when.from; from < when.to; from += kWindow) {
    MADANG_TRY(auto const values, values_of(*stored.store, numbers, {from, std::min(from + kWindow, when.to)}));
    for (auto const& v : values) {
      for (auto const& finding : engine.advance(v.time)) each(finding);
      engine.observe(v.stream, v.time, v.value, v.flag);
    }
    count += values.size();
  }
  for (auto const& finding : engine.advance(when.to + kWindow)) each(finding);
  return count;
}

}  // namespace madang::evaluation
