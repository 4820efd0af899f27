// One published S-DoT file as rows of texts: which layout it has, whose row it is, when it was measured.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/csv.h"
#include "core/time.h"
#include "sensing/import/local_time.h"
#include "sensing/import/sdot_columns.h"
#include "sensing/import/sdot_packet.h"
#include "sensing/import/text_file.h"

namespace madang::sensing {

enum class SdotLayout {
  kHourly,   ///< date and hour in columns of their own; ultraviolet as index times 10
  kDaily,    ///< a day per row
  kWeekly,   ///< day and clock in one column (S-DoT_NATURE_*.csv)
  kPackets,  ///< fixed-width device packets, one a line, or in a column "packet"
};

/// "hourly", "daily", "weekly", "packets".
std::string_view name_of(SdotLayout layout);
/// How long one value stands for.
Millis interval_of(SdotLayout layout);

/// Not thread-safe.
class SdotFile {
 public:
  enum class Event { kRow, kReject, kEnd };
  struct Reject {
    CsvPosition at;
    std::string reason;
    std::string text;
  };

  /// Reads the header and the first row. kInvalid: not an S-DoT file.
  static Result<std::unique_ptr<SdotFile>> open(std::string const& path);

  [[nodiscard]] SdotLayout layout() const { return layout_; }
  [[nodiscard]] std::vector<SdotColumn> const& columns() const { return header_.values; }
  [[nodiscard]] SdotHeader const& header() const { return header_; }
  [[nodiscard]] TextFile const& text_file() const { return *text_; }

  /// The clock of this file has twelve hours and never says which half of the day: the moment of registration tells.
  /// Rows where it does not are rejected.
  void set_twelve_hours() { twelve_hours_ = true; }
  /// How many columns on the left the header names and the rows lack.
  [[nodiscard]] std::size_t shift() const { return shift_; }
  /// Rows with empty fields beyond the header's.
  [[nodiscard]] std::size_t rows_with_surplus() const { return rows_with_surplus_; }
  /// Rows without the header's last fields, which are empty: those that a spreadsheet left out.
  [[nodiscard]] std::size_t rows_cut_short() const { return rows_cut_short_; }

  /// An Error comes from reading the file only.
  Result<Event> next();

  // Of the row, valid until the next call of next().
  [[nodiscard]] std::string_view serial() const { return serial_; }
  [[nodiscard]] std::string_view model() const { return model_; }
  [[nodiscard]] Instant time() const { return time_; }
  /// 0 to 24 as the row's clock shows it; none: the row has no clock, or says its half of the day.
  [[nodiscard]] std::optional<int> bare_hour() const { return bare_hour_; }
  /// 0 to 23 of the moment the publisher took the row in, where the row says it.
  [[nodiscard]] std::optional<int> registered_hour() const;
  /// The trimmed text of columns()[i]; empty when there is none.
  [[nodiscard]] std::string_view cell(std::size_t i) const { return cells_[i]; }
  /// Whether this kind of row has such a cell at all: a pedestrian counter's packet has no temperature.
  [[nodiscard]] bool carries(std::size_t i) const { return carried_[i]; }
  [[nodiscard]] CsvPosition position(std::size_t i) const;
  [[nodiscard]] std::string text() const { return csv_->text(); }
  [[nodiscard]] Reject const& reject() const { return reject_; }

 private:
  SdotFile() = default;
  Result<void> read_head();
  Result<void> expect_packets();
  Event reject_row(std::size_t field, std::string reason);
  Event read_row();
  Event read_packet();
  Result<Instant> time_of_row();
  Result<LocalMillis> in_half(LocalMillis local) const;
  void find_shift();
  [[nodiscard]] bool reads_shifted(std::size_t shift) const;
  [[nodiscard]] std::string shape_problem();
  [[nodiscard]] bool is_cut_short();
  [[nodiscard]] Result<std::size_t> find_last_line_in_blocks() const;
  /// The row's field of a column of the header; empty where the row has none.
  [[nodiscard]] std::string_view field(std::size_t column) const;

  std::string path_;
  char separator_ = ',';
  std::unique_ptr<TextFile> text_;
  std::string head_;      ///< read before the separator was known
  std::size_t head_at_ = 0;
  std::unique_ptr<CsvReader> csv_;
  SdotHeader header_;
  SdotLayout layout_ = SdotLayout::kHourly;
  std::size_t shift_ = 0;
  bool shift_known_ = false;
  std::size_t rows_with_surplus_ = 0;
  std::size_t rows_cut_short_ = 0;
  std::optional<std::size_t> last_line_in_blocks_;  ///< known once a row is short
  bool twelve_hours_ = false;
  std::optional<int> bare_hour_ = {};
  bool waiting_ = false;    ///< the reader stands on a record that no row was made of yet
  std::string_view serial_;
  std::string_view model_;
  Instant time_;
  std::vector<std::string_view> cells_;
  std::vector<bool> carried_;
  Reject reject_;
};

}  // namespace madang::sensing
