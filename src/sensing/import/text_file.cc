#include "sensing/import/text_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "sensing/import/limits.h"

namespace madang::sensing {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

}  // namespace

Result<std::unique_ptr<TextFile>> TextFile::open(std::string const& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return fail(Code::kNotFound, fmt::format("{}: there is no such file", path));
  auto const size = std::filesystem::file_size(path, error);
  gzFile const file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return fail(Code::kNotFound, fmt::format("{}: {}", path, std::strerror(errno)));
  gzbuffer(file, kBlock);
  return std::unique_ptr<TextFile>(new TextFile(path, file, error ? 0 : size));
}

TextFile::TextFile(std::string path, gzFile_s* file, std::uint64_t bytes_total)
    : path_(std::move(path)), file_(file), bytes_total_(bytes_total) {}

TextFile::~TextFile() { gzclose(file_); }

std::uint64_t TextFile::bytes_done() const {
  auto const offset = gzoffset(file_);
  return offset < 0 ? 0 : std::min(static_cast<std::uint64_t>(offset), bytes_total_);
}

CsvReader::Source TextFile::source() {
  return [this](std::span<char> out) { return read(out); };
}

/// Reads one more block and decodes it up to its last line end.
Result<void> TextFile::decode_next() {
  std::size_t const kept = raw_.size();
  raw_.resize(kept + kBlock);
  int const count = gzread(file_, raw_.data() + kept, kBlock);
  int status = Z_OK;
  char const* const message = gzerror(file_, &status);
  if (count < 0 || (count == 0 && status == Z_BUF_ERROR))
    return fail(Code::kCorrupt, fmt::format("{}: broken .gz after {} bytes of text: {}", path_, bytes_out_, message));
  raw_.resize(kept + static_cast<std::size_t>(count));
  bytes_out_ += static_cast<std::uint64_t>(count);
  if (bytes_out_ > kImportTextBytesMax)
    return fail(Code::kLimit, fmt::format("{}: more than {} bytes of text", path_, kImportTextBytesMax));
  done_ = count == 0;
  auto const line_end = raw_.rfind('\n');
  bool const whole = done_ || line_end == std::string::npos;
  std::size_t const length = whole ? raw_.size() : line_end + 1;
  auto decoded = decoder_.decode(std::string_view{raw_}.substr(0, length));
  if (!decoded) return fail(decoded.error().code, fmt::format("{}: {}", path_, decoded.error().sentence));
  text_ = *std::move(decoded);
  at_ = 0;
  raw_.erase(0, length);
  return {};
}

Result<std::size_t> TextFile::read(std::span<char> out) {
  while (at_ == text_.size() && !done_) MADANG_CHECK(decode_next());
  std::size_t const count = std::min(out.size(), text_.size() - at_);
  std::copy_n(text_.data() + at_, count, out.data());
  at_ += count;
  return count;
}

}  // namespace madang::sensing
