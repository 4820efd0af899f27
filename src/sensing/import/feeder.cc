#include "sensing/import/feeder.h"

#include <algorithm>
#include <array>

#include "sensing/import/limits.h"
#include "sensing/readings/loose_json.h"

namespace madang::sensing {
namespace {

constexpr Millis kTellEvery{200};

}  // namespace

bool is_missing_text(std::string_view text) {
  // Beyond what devices say: a cross, databases' \N, and what a spreadsheet shows where a formula failed.
  constexpr std::array<std::string_view, 9> kTexts{"x", "\\n", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#null!", "결측"};
  if (means_no_value(text)) return true;
  if (text.size() > 8) return false;
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::ranges::find(kTexts, std::string_view{lower}) != kTexts.end();
}

Feeder::Feeder(ImportTarget& target, ImportOptions const& options)
    : target_(target),
      options_(options),
      rejects_(options.rejects_file),
      received_at_(options.clock.now()),
      started_(options.clock.tick()),
      told_(started_) {
  batch_.observations.reserve(kImportBatchMax);
}

Result<void> Feeder::flush() {
  if (batch_.observations.empty()) return {};
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
  if (observation.quality.flag == QualityFlag::kFail) ++summary_.out_of_range;
  if (end) batch_.details.emplace_back(static_cast<std::uint32_t>(batch_.observations.size()), storage::ObservationDetail{}).second.phenomenon_end = end;
  batch_.observations.push_back(observation);
  return batch_.observations.size() < kImportBatchMax ? Result<void>{} : flush();
}

Result<ImportSummary> Feeder::finish() {
  MADANG_CHECK(flush());
  summary_.rejects = rejects_.count();
  summary_.seconds = std::chrono::duration<double>(options_.clock.tick() - started_).count();
  return std::move(summary_);
}

Result<void> Feeder::reject(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text) {
  return rejects_.add(file, at, reason, text);
}

void Feeder::tell(std::string_view doing, std::string_view file, std::uint64_t bytes) {
  if (!options_.progress) return;
  auto const now = options_.clock.tick();
  if (now - told_ < kTellEvery) return;
  told_ = now;
  options_.progress({doing, file, std::min(bytes_done_ + bytes, bytes_total_), bytes_total_,
                     summary_.stored + summary_.repeated + summary_.superseded});
}

}  // namespace madang::sensing
