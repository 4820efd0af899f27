#include "sensing/import/text_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "core/file_kind.h"
#include "sensing/import/limits.h"

namespace madang::sensing {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

}  // namespace

Result<std::unique_ptr<TextFile>> TextFile::open(std::string const& path, std::optional<Encoding> stated) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail(Code::kInvalid, fmt::format("{}: is a folder; name its files", path));
  if (!std::filesystem::is_regular_file(path, error))
    return fail(Code::kNotFound, fmt::format("{}: there is no such file", path));
  auto const size = std::filesystem::file_size(path, error);
  if (!error && size == 0) return fail(Code::kInvalid, fmt::format("{}: is empty", path));
  gzFile const opened = gzopen(path.c_str(), "rb");
  if (opened == nullptr) return fail(Code::kNotFound, fmt::format("{}: {}", path, std::strerror(errno)));
  gzbuffer(opened, kBlock);
  std::unique_ptr<TextFile> file(new TextFile(path, opened, error ? 0 : size, stated));
  MADANG_CHECK(file->read_block());
  if (auto const kind = foreign_kind(file->raw_)) return fail(Code::kUnsupported, fmt::format("{}: is {}", path, *kind));
  return file;
}

TextFile::TextFile(std::string path, gzFile_s* file, std::uint64_t bytes_total, std::optional<Encoding> stated)
    : path_(std::move(path)), file_(file), bytes_total_(bytes_total), decoder_(stated) {}

TextFile::~TextFile() { gzclose(file_); }

std::uint64_t TextFile::bytes_done() const {
  auto const offset = gzoffset(file_);
  return offset < 0 ? 0 : std::min(static_cast<std::uint64_t>(offset), bytes_total_);
}

CsvReader::Source TextFile::source() {
  return [this](std::span<char> out) { return read(out); };
}

Result<void> TextFile::check_size() const {
  if (bytes_out_ > kImportTextBytesMax)
    return fail(Code::kLimit, fmt::format("{}: more than {} bytes of text", path_, kImportTextBytesMax));
  if (bytes_out_ > kUnpackedFreeBytes && bytes_out_ / kUnpackedRatioMax > std::max<std::uint64_t>(bytes_done(), 1))
    return fail(Code::kLimit, fmt::format("{}: unpacks to more than {} times its size, as no file of readings does", path_, kUnpackedRatioMax));
  return {};
}

/// One more block of bytes behind those that wait.
Result<void> TextFile::read_block() {
  std::size_t const kept = raw_.size();
  raw_.resize(kept + kBlock);
  int const count = gzread(file_, raw_.data() + kept, kBlock);
  int status = Z_OK;
  char const* const message = gzerror(file_, &status);
  if (count < 0 || (count == 0 && status == Z_BUF_ERROR))
    return fail(Code::kCorrupt, fmt::format("{}: broken .gz after {} bytes of text: {}", path_, bytes_out_, message));
  raw_.resize(kept + static_cast<std::size_t>(count));
  bytes_out_ += static_cast<std::uint64_t>(count);
  done_ = count == 0;
  return check_size();
}

/// Decodes the bytes that wait up to their last line end, and reads the next ones.
Result<void> TextFile::decode_next() {
  auto decoded = decoder_.decode_whole(raw_, done_);
  if (!decoded) return fail(decoded.error().code, fmt::format("{}: {}", path_, decoded.error().sentence));
  text_ = *std::move(decoded);
  at_ = 0;
  mend_line_ends();
  return done_ ? Result<void>{} : read_block();
}

void TextFile::mend_line_ends() {
  if (!cr_only_) {
    bool const lf = text_.contains('\n');
    // A CR at the very end may be half of CRLF.
    bool const cr = text_.find('\r') < text_.size() - (text_.empty() ? 0 : 1);
    if (lf || cr) cr_only_ = cr && !lf;
  }
  if (cr_only_.value_or(false)) std::ranges::replace(text_, '\r', '\n');
}

Result<std::size_t> TextFile::read(std::span<char> out) {
  while (at_ == text_.size() && !(done_ && raw_.empty())) MADANG_CHECK(decode_next());
  std::size_t const count = std::min(out.size(), text_.size() - at_);
  std::copy_n(text_.data() + at_, count, out.data());
  at_ += count;
  return count;
}

}  // namespace madang::sensing
