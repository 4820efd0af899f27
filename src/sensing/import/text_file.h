// A published text file as UTF-8: plain or .gz, in the encodings of text_decoder.h, found out by looking. Read as a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/csv.h"
#include "core/error.h"
#include "core/text_decoder.h"

struct gzFile_s;

namespace madang::sensing {

/// Not thread-safe.
class TextFile {
 public:
  /// kNotFound: it cannot be opened. kUnsupported: it is a workbook, an archive, a web page: the sentence says which.
  static Result<std::unique_ptr<TextFile>> open(std::string const& path, std::optional<Encoding> stated = {});
  ~TextFile();
  TextFile(TextFile const&) = delete;
  TextFile& operator=(TextFile const&) = delete;

  /// The next UTF-8 bytes, without byte order mark, lines ending with LF or CRLF; 0 is the end. kCorrupt: a broken .gz;
  /// kLimit: too long, or a .gz that unpacks beyond measure.
  Result<std::size_t> read(std::span<char> out);
  [[nodiscard]] CsvReader::Source source();

  [[nodiscard]] Encoding encoding() const { return decoder_.encoding(); }
  [[nodiscard]] std::size_t lines_repaired() const { return decoder_.lines_repaired(); }
  [[nodiscard]] std::uint64_t bytes_total() const { return bytes_total_; }  ///< as the file lies on the disk
  [[nodiscard]] std::uint64_t bytes_done() const;

 private:
  TextFile(std::string path, gzFile_s* file, std::uint64_t bytes_total, std::optional<Encoding> stated);
  Result<void> read_block();
  Result<void> check_size() const;
  Result<void> decode_next();
  void mend_line_ends();

  std::string path_;
  gzFile_s* file_;
  std::uint64_t bytes_total_;
  std::uint64_t bytes_out_ = 0;
  TextDecoder decoder_;
  std::string raw_;   ///< bytes behind the last line end, waiting for the rest of their line
  std::string text_;  ///< decoded, from at_ on not yet given
  std::size_t at_ = 0;
  bool done_ = false;
  std::optional<bool> cr_only_ = {};  ///< lines end as on an old Macintosh; known once a line has ended
};

}  // namespace madang::sensing
