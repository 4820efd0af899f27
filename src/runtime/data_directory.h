// The one directory in which a server keeps everything. Held by one process at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace madang::runtime {

/// Holds an exclusive lock on DIR/lock while it lives; the kernel drops it when the process dies in any way.
class DataDirectory {
 public:
  /// Makes the directory (0700) when it is absent. kConflict: another process holds it; the sentence names its
  /// process id. kUnavailable: it cannot be made or written.
  static Result<DataDirectory> open(std::filesystem::path path);
  ~DataDirectory();
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }
  /// Writes DIR/name whole or not at all (temporary file, fsync, rename); mode 0600.
  [[nodiscard]] Result<void> write_file(std::string const& name, std::string const& bytes) const;

 private:
  DataDirectory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_ = -1;
};

/// Whether there is nothing in the directory but lost+found, which stands at the top of each new volume, and names that do not count.
/// kUnavailable: it cannot be read, so nobody knows.
Result<bool> is_fresh(std::filesystem::path const& directory, std::function<bool(std::string_view)> const& counts_not = {});

/// Where a running server listens, as it wrote into its data directory: "http=http://...\nmqtt=...\n". kNotFound: none.
Result<std::string> running_server_address(std::filesystem::path const& data_directory);

}  // namespace madang::runtime
