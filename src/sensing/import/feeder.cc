#include "sensing/import/feeder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>
#include <numeric>
#include <optional>
#include <span>

#include "core/text.h"
#include "sensing/import/limits.h"
#include "sensing/limits.h"
#include "sensing/readings/loose_json.h"

namespace madang::sensing {
namespace {

constexpr Millis kProgressEvery{200};

std::vector<std::string> files_of(ImportOptions const& options, std::vector<std::string> more) {
  more.insert(more.end(), options.files.begin(), options.files.end());
  return more;
}

/// What makes two values of a store the same observation.
struct Identity {
  DatastreamId datastream;
  Instant time;
  std::optional<Instant> end = {};
  FeatureId feature = {};
  friend auto operator<=>(Identity const&, Identity const&) = default;
};

std::vector<Identity> identities_of(storage::Batch const& batch) {
  std::vector<Identity> all;
  all.reserve(batch.observations.size());
  for (auto const& o : batch.observations) all.push_back({o.datastream, o.phenomenon_time});
  for (auto const& [index, detail] : batch.details) {
    all[index].end = detail.phenomenon_end;
    all[index].feature = detail.feature;
  }
  return all;
}

/// Those of the same identity beside each other, in their order.
std::vector<std::uint32_t> in_order(std::span<Identity const> identities) {
  std::vector<std::uint32_t> order(identities.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) -> Identity const& { return identities[i]; });
  return order;
}

}  // namespace

bool is_missing_text(std::string_view text) {
  // Beyond what devices say: a cross, databases' \N, and what a spreadsheet shows where a formula failed.
  constexpr std::array<std::string_view, 9> kTexts{"x", "\\n", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#null!", "결측"};
  if (means_no_value(text)) return true;
  if (text.size() > 8) return false;
  return std::ranges::find(kTexts, ascii_lower(text)) != kTexts.end();
}

Feeder::Feeder(ImportTarget& target, ImportOptions const& options, std::vector<std::string> const& more_files)
    : target_(target),
      options_(options),
      rejects_({.file = options.rejects_file, .folder = options.rejects_folder}, files_of(options, more_files)),
      received_at_(options.clock.now()),
      started_(options.clock.tick()),
      progress_at_(started_) {
  batch_.observations.reserve(kImportBatchMax);
}

/// A file may have one observation twice. Only its last row is sent: else each import of it would supersede the value by the first and
/// then that one again, for ever. Two of one time that differ in their end are two.
void Feeder::drop_doubled() {
  auto& all = batch_.observations;
  auto const identities = identities_of(batch_);
  auto const order = in_order(identities);
  std::vector<bool> dropped(all.size());
  std::size_t drops = 0;
  for (std::size_t k = 1; k < order.size(); ++k) {
    if (identities[order[k - 1]] != identities[order[k]]) continue;
    dropped[order[k - 1]] = true;
    ++drops;
  }
  if (drops == 0) return;
  summary_.doubled += drops;
  std::vector<std::uint32_t> place(all.size());
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    place[i] = kept;
    if (!dropped[i]) all[kept++] = all[i];
  }
  all.resize(kept);
  std::erase_if(batch_.details, [&](auto const& detail) { return dropped[detail.first]; });
  for (auto& detail : batch_.details) detail.first = place[detail.first];
}

Result<void> Feeder::flush() {
  if (batch_.observations.empty()) return {};
  drop_doubled();
  for (auto const& o : batch_.observations) {
    if (o.quality.flag == QualityFlag::kFail) ++summary_.out_of_range;
    if (o.quality.flag == QualityFlag::kMissing) ++summary_.flagged_missing;
    if (o.phenomenon_time > o.received_at + kFutureMax) ++summary_.in_future;
  }
  MADANG_TRY(auto const result, target_.append(batch_));
  summary_.stored += result.stored;
  summary_.repeated += result.repeated;
  summary_.superseded += result.superseded;
  summary_.rejected_values += result.refused;
  batch_.observations.clear();
  batch_.details.clear();
  return {};
}

Result<void> Feeder::add(storage::Observation const& observation, std::optional<Instant> end) {
  if (end) batch_.details.emplace_back(static_cast<std::uint32_t>(batch_.observations.size()), storage::ObservationDetail{}).second.phenomenon_end = end;
  batch_.observations.push_back(observation);
  return batch_.observations.size() < kImportBatchMax ? Result<void>{} : flush();
}

Result<ImportSummary> Feeder::finish() {
  MADANG_CHECK(flush());
  rejects_.finish();
  summary_.rejects = rejects_.count();
  summary_.rejects_files = rejects_.files();
  summary_.seconds = std::chrono::duration<double>(options_.clock.tick() - started_).count();
  return std::move(summary_);
}

Result<void> Feeder::reject_row(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text) {
  ++summary_.rejected_rows;
  return rejects_.add(file, at, reason, text);
}

Result<void> Feeder::reject_value(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text) {
  ++summary_.rejected_values;
  return rejects_.add(file, at, reason, text);
}

Result<void> Feeder::reject_place(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text) {
  if (++summary_.rejected_places <= kPlaceNotesMax)
    summary_.notes.push_back(fmt::format("{}: line {}, column {}: {}", file, at.line, at.column, reason));
  return rejects_.add(file, at, reason, text);
}

void Feeder::report_progress(std::string_view doing, std::string_view file, std::uint64_t bytes) {
  if (!options_.progress) return;
  auto const now = options_.clock.tick();
  if (now - progress_at_ < kProgressEvery) return;
  progress_at_ = now;
  options_.progress({doing, file, std::min(bytes_done_ + bytes, bytes_total_), bytes_total_,
                     summary_.stored + summary_.repeated + summary_.superseded});
}

}  // namespace madang::sensing
