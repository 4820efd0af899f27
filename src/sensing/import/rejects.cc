#include "sensing/import/rejects.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>

#include "sensing/import/limits.h"

namespace madang::sensing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead = "file,line,column,reason,text";

/// Only what an import wrote: --rejects may name anything.
void remove_rejects(std::string const& path) {
  std::string line;
  std::error_code ignored;
  if (std::getline(std::ifstream{path}, line) && line == kHead) fs::remove(path, ignored);
}

/// FNV-1a: files of one name in two folders have two numbers, the same one in every run.
std::uint32_t folder_number(std::string_view folder) {
  std::uint32_t number = 2'166'136'261;
  for (char const c : folder) number = (number ^ static_cast<unsigned char>(c)) * 16'777'619;
  return number;
}

}  // namespace

Rejects::Rejects(RejectsPlace place, std::vector<std::string> const& imported) : place_(std::move(place)), imported_(imported) {}

void Rejects::finish() {
  for (auto const& file : imported_) {
    auto const path = path_of(file);
    if (!path.empty() && std::ranges::find(written_, path) == written_.end()) remove_rejects(path);
  }
}

Rejects::~Rejects() {
  if (file_ != nullptr) std::fclose(file_);
}

std::string Rejects::path_of(std::string_view imported) const {
  if (!place_.file.empty() || place_.folder.empty()) return place_.file;
  std::error_code error;
  auto whole = fs::absolute(fs::path{imported}, error).lexically_normal();
  return (place_.folder / fmt::format("{}.{:08x}.rejects.csv", whole.filename().string(), folder_number(whole.parent_path().string()))).string();
}

Result<void> Rejects::open(std::string const& path) {
  if (file_ != nullptr) std::fclose(file_);
  bool const again = std::ranges::find(written_, path) != written_.end();
  file_ = std::fopen(path.c_str(), again ? "ab" : "wb");
  path_ = path;
  bool const headed = file_ != nullptr && (again || std::fprintf(file_, "%s\n", kHead.data()) > 0);
  if (!headed) return fail(Code::kInternal, fmt::format("{}: {}", path, std::strerror(errno)));
  if (!again) written_.push_back(path);
  return {};
}

Result<void> Rejects::add(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text) {
  ++count_;
  auto const path = path_of(file);
  if (path.empty() || count_ > kRejectsMax) return {};
  if (file_ == nullptr || path != path_) MADANG_CHECK(open(path));
  std::string line;
  append_csv_words(line, file);
  line += fmt::format(",{},{},", at.line, at.column);
  append_csv_words(line, reason);
  line += ',';
  append_csv_words(line, text);
  line += '\n';
  if (std::fwrite(line.data(), 1, line.size(), file_) != line.size())
    return fail(Code::kFull, fmt::format("{}: {}", path_, std::strerror(errno)));
  return {};
}

}  // namespace madang::sensing
