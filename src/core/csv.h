// Reads RFC 4180 text record by record from any source of bytes, with bounded memory. A malformed record is
// reported with its place and costs one line: reading goes on with the line after the one where it began.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace madang {

struct CsvOptions {
  char separator = ',';
  std::size_t record_bytes_max = 64 * 1024;
  std::size_t fields_max = 512;
};

/// Both from 1; the column counts characters (UTF-8), not bytes.
struct CsvPosition {
  std::size_t line = 0;
  std::size_t column = 0;
  friend bool operator==(CsvPosition const&, CsvPosition const&) = default;
};

struct CsvProblem {
  CsvPosition at;
  std::string reason;
  std::string text;  ///< the line where the record begins, at most 200 bytes
};

/// Lines end with LF or CRLF, the last one may lack it; empty lines are skipped; a quoted field may hold
/// separators, line ends and doubled quotes. Not thread-safe.
class CsvReader {
 public:
  /// Fills the span from its start and says how many bytes; 0 is the end.
  using Source = std::function<Result<std::size_t>(std::span<char>)>;
  enum class Event { kRecord, kProblem, kEnd };

  explicit CsvReader(Source source, CsvOptions options = {});

  /// Passes over so many physical lines, whatever stands in them (titles above a header). Before the first next().
  Result<void> skip_lines(std::size_t count);
  /// For the records to come: a file may name its separator in its first line.
  void set_separator(char separator) { options_.separator = separator; }

  /// kRecord: fields() and line() are new. kProblem: problem() is. An Error comes from the source only.
  Result<Event> next();

  /// Valid until the next call of next().
  [[nodiscard]] std::span<std::string_view const> fields() const { return fields_; }
  [[nodiscard]] std::size_t line() const { return record_line_; }
  /// The input ends behind this record without a line end: it may have been cut off here.
  [[nodiscard]] bool ends_open() const { return record_open_; }
  /// Where the field's text starts (after its opening quote).
  [[nodiscard]] CsvPosition position(std::size_t field) const;
  /// The record as it stands in the input, without its line end; at most 200 bytes.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] CsvProblem const& problem() const { return problem_; }

 private:
  struct Span {
    std::size_t begin, end;
    bool escaped;  ///< holds doubled quotes
  };
  enum class Scan { kComplete, kMore, kBroken };

  Result<void> fill();
  Scan scan();
  Scan scan_quoted(std::size_t& at);
  Scan scan_plain(std::size_t& at);
  Scan broken(std::size_t at, std::string reason);
  Scan too_long();
  void take_fields();
  Result<void> skip_line();
  [[nodiscard]] CsvPosition position_at(std::size_t offset) const;

  Source source_;
  CsvOptions options_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of the record, in buffer_
  std::size_t end_ = 0;    ///< of the bytes read, in buffer_
  std::size_t next_ = 0;   ///< where the record after this one begins
  bool source_done_ = false;
  std::size_t next_line_ = 1;
  std::size_t record_line_ = 0;
  std::size_t record_lines_ = 0;  ///< line ends inside the record
  std::size_t record_end_ = 0;
  bool record_open_ = false;
  std::vector<Span> spans_;
  std::vector<std::string_view> fields_;
  std::string unescaped_;
  CsvProblem problem_;
};

/// Appends one field with quotes where RFC 4180 wants them.
void append_csv_field(std::string& out, std::string_view field, char separator = ',');
/// The same for words of others in a file that people open with a spreadsheet: a field that would be taken for a formula
/// (it begins with = + - @, a tab or a carriage return) gets an apostrophe in front. Not for numbers.
void append_csv_words(std::string& out, std::string_view field, char separator = ',');

}  // namespace madang
