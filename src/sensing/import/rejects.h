// Rows and cells that an import sets aside, as CSV files: file, line, column, reason, text.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/csv.h"
#include "core/error.h"

namespace madang::sensing {

/// Where rejects go; both empty: they are only counted.
struct RejectsPlace {
  std::string file;              ///< all of them
  std::filesystem::path folder;  ///< where there is no such file: those of DIR/NAME go to folder/NAME.1f3a9c20.rejects.csv,
                                 ///< where the number is of DIR: another file of that name has other rejects
};

/// A file is made at its first reject, in the place of the one that an earlier import of the same file made. Not thread-safe.
class Rejects {
 public:
  Rejects(RejectsPlace place, std::vector<std::string> const& imported);
  ~Rejects();
  Rejects(Rejects const&) = delete;
  Rejects& operator=(Rejects const&) = delete;

  /// kInternal: the file cannot be written.
  Result<void> add(std::string_view file, CsvPosition at, std::string_view reason, std::string_view text);
  /// The import has come to its end: what an earlier one set aside of files of which this one set nothing aside is taken away. Of an
  /// import that fails nobody knows what it would have set aside.
  void finish();
  [[nodiscard]] std::size_t count() const { return count_; }
  /// Those written, in their order.
  [[nodiscard]] std::vector<std::string> const& files() const { return written_; }

 private:
  [[nodiscard]] std::string path_of(std::string_view imported) const;
  Result<void> open(std::string const& path);

  RejectsPlace const place_;
  std::vector<std::string> const imported_;
  std::string path_;  ///< of file_
  std::FILE* file_ = nullptr;
  std::vector<std::string> written_;
  std::size_t count_ = 0;
};

}  // namespace madang::sensing
