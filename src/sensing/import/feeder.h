// What every import shares: durable batches with counts, rejects, progress.
#pragma once

#include <string_view>

#include "sensing/import/import.h"
#include "sensing/import/rejects.h"

namespace madang::sensing {

/// A cell that holds nothing: empty, "NA", "nan", "NULL", "-", "--", "x", "#N/A" and other errors of spreadsheets, in any case
/// of letters.
bool is_missing_text(std::string_view text);

/// Not thread-safe.
class Feeder {
 public:
  /// `more_files`: others than the options' that are read.
  Feeder(ImportTarget& target, ImportOptions const& options, std::vector<std::string> const& more_files = {});

  /// Kept until the batch is full.
  Result<void> add(storage::Observation const& observation, std::optional<Instant> end = {});
  /// Makes what is still kept durable, and closes the summary.
  Result<ImportSummary> finish();

  /// Sets a row aside, with all its values.
  Result<void> reject_row(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text);
  /// Sets aside one value of a row that is kept.
  Result<void> reject_value(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text);
  /// Sets aside where a station stands; its readings are stored. The first such are told in the summary's notes too.
  Result<void> reject_place(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text);
  /// Tells the caller about progress, a few times a second. `bytes` are those done of the file at hand.
  void report_progress(std::string_view doing, std::string_view file, std::uint64_t bytes);
  /// Adds the bytes of a file to the work that is expected, or to what is done.
  void expect(std::uint64_t bytes) { bytes_total_ += bytes; }
  void done_with(std::uint64_t bytes) { bytes_done_ += bytes; }

  [[nodiscard]] ImportTarget& target() { return target_; }
  [[nodiscard]] ImportSummary& summary() { return summary_; }
  /// When this import began; the arrival time of everything it brings.
  [[nodiscard]] Instant received_at() const { return received_at_; }

 private:
  Result<void> flush();
  void drop_doubled();

  ImportTarget& target_;
  ImportOptions const& options_;
  ImportSummary summary_;
  Rejects rejects_;
  storage::Batch batch_;
  Instant received_at_;
  Tick started_;
  Tick progress_at_;
  std::uint64_t bytes_total_ = 0;
  std::uint64_t bytes_done_ = 0;
};

}  // namespace madang::sensing
