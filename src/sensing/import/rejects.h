// Rows and cells that an import sets aside, as a CSV file: file, line, column, reason, text.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "core/csv.h"
#include "core/error.h"

namespace madang::sensing {

/// The file is made at the first reject. Not thread-safe.
class Rejects {
 public:
  /// An empty path only counts.
  explicit Rejects(std::string path) : path_(std::move(path)) {}
  ~Rejects();
  Rejects(Rejects const&) = delete;
  Rejects& operator=(Rejects const&) = delete;

  /// kInternal: the file cannot be written.
  Result<void> add(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace madang::sensing
