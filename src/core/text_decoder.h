// Turns the bytes of a published text file into UTF-8: finds out whether they are UTF-8 (with or without a byte order
// mark), UTF-16, CP949, as Korean offices publish, or windows-1252, as European ones do. Works block by block, so that a
// file of any size needs little memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang {

enum class Encoding { kAscii, kUtf8, kCp949, kWindows1252, kUtf16Le, kUtf16Be };

/// "ASCII", "UTF-8", "CP949", "windows-1252", "UTF-16LE", "UTF-16BE".
std::string_view name_of(Encoding encoding);
/// As people write them: "utf-8", "cp949", "euc-kr", "windows-1252", "iso-8859-1", "latin1", "utf-16" (little endian unless
/// its mark says otherwise).
std::optional<Encoding> encoding_named(std::string_view name);

/// Not thread-safe.
class TextDecoder {
 public:
  /// Stated: not guessed from the bytes, but a byte order mark still says what it says.
  explicit TextDecoder(std::optional<Encoding> stated = {}) : encoding_(stated.value_or(Encoding::kAscii)), stated_(stated.has_value()) {}

  /// Decodes the next block; a block should end behind a line end, so that no character is cut. The first block with
  /// a byte above 0x7F decides the encoding. What does not fit it keeps what can be read and gets U+FFFD for the rest,
  /// and so do zero bytes. kUnsupported: the file is UTF-32.
  Result<std::string> decode(std::string_view block);
  /// Decodes what is whole in `bytes`, which grows between the calls, and takes it away; all of it when no more comes.
  Result<std::string> decode_whole(std::string& bytes, bool last);
  /// kAscii as long as nothing else was seen.
  [[nodiscard]] Encoding encoding() const { return encoding_; }
  [[nodiscard]] std::size_t lines_repaired() const { return lines_repaired_; }

 private:
  Result<void> look_at(std::string_view first_block);
  [[nodiscard]] bool is_utf16() const { return encoding_ == Encoding::kUtf16Le || encoding_ == Encoding::kUtf16Be; }
  std::string decode_bytes(std::string_view block);
  std::string decode_line_by_line(std::string_view block);

  Encoding encoding_;
  bool stated_;
  bool first_ = true;
  std::size_t mark_bytes_ = 0;  ///< of the byte order mark, until it is taken away
  std::size_t lines_repaired_ = 0;
};

}  // namespace madang
