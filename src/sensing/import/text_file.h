// A published text file as UTF-8: plain or .gz, UTF-8 or CP949, found out by looking. Read as a stream.
#pragma once

#include <cstdint>
#include <memory>
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
  /// kNotFound: it cannot be opened.
  static Result<std::unique_ptr<TextFile>> open(std::string const& path);
  ~TextFile();
  TextFile(TextFile const&) = delete;
  TextFile& operator=(TextFile const&) = delete;

  /// The next UTF-8 bytes, without byte order mark; 0 is the end. kCorrupt: a broken .gz; kLimit: too long.
  Result<std::size_t> read(std::span<char> out);
  [[nodiscard]] CsvReader::Source source();

  [[nodiscard]] Encoding encoding() const { return decoder_.encoding(); }
  [[nodiscard]] std::uint64_t bytes_total() const { return bytes_total_; }  ///< as the file lies on the disk
  [[nodiscard]] std::uint64_t bytes_done() const;

 private:
  TextFile(std::string path, gzFile_s* file, std::uint64_t bytes_total);
  Result<void> decode_next();

  std::string path_;
  gzFile_s* file_;
  std::uint64_t bytes_total_;
  std::uint64_t bytes_out_ = 0;
  TextDecoder decoder_;
  std::string raw_;   ///< bytes behind the last line end, waiting for the rest of their line
  std::string text_;  ///< decoded, from at_ on not yet given
  std::size_t at_ = 0;
  bool done_ = false;
};

}  // namespace madang::sensing
