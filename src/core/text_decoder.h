// Turns the bytes of a published text file into UTF-8: finds out whether they are UTF-8 (with or without a byte
// order mark) or CP949, as Korean offices publish. Works block by block, so that a file of any size needs little memory.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace madang {

enum class Encoding { kAscii, kUtf8, kCp949 };

/// "ASCII", "UTF-8", "CP949".
std::string_view name_of(Encoding encoding);

/// Not thread-safe.
class TextDecoder {
 public:
  /// Decodes the next block; a block should end behind a line end, so that no character is cut. The first block with
  /// a byte above 0x7F decides the encoding. A line that does not fit it keeps what can be read and gets U+FFFD for
  /// the rest. kUnsupported: the file is UTF-16.
  Result<std::string> decode(std::string_view block);
  /// kAscii as long as nothing else was seen.
  [[nodiscard]] Encoding encoding() const { return encoding_; }
  [[nodiscard]] std::size_t lines_repaired() const { return lines_repaired_; }

 private:
  std::string decode_line_by_line(std::string_view block);

  Encoding encoding_ = Encoding::kAscii;
  bool first_ = true;
  std::size_t lines_repaired_ = 0;
};

}  // namespace madang
