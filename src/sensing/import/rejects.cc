#include "sensing/import/rejects.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "sensing/import/limits.h"

namespace madang::sensing {

Rejects::~Rejects() {
  if (file_ != nullptr) std::fclose(file_);
}

Result<void> Rejects::add(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text) {
  ++count_;
  if (path_.empty() || count_ > kRejectsMax) return {};
  std::string line;
  if (file_ == nullptr) {
    file_ = std::fopen(path_.c_str(), "wb");
    if (file_ == nullptr) return fail(Code::kInternal, fmt::format("{}: {}", path_, std::strerror(errno)));
    line = "file,line,column,reason,text\n";
  }
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
