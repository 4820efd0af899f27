// The name of a data directory, by which leases know that an earlier process with the same directory has ended, and the records whose
// readings lie where.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/data_directory.h"

namespace madang::modules {

/// 128 random bits in hexadecimal, in DIR/directory_id: made once. Whoever holds the directory is the only process of that name.
/// kCorrupt: the file is there and says none; another one in its place would be another directory's.
Result<std::string> directory_id(runtime::DataDirectory const& directory);
/// Without making one, whoever holds the directory; none: it has none yet. kCorrupt.
Result<std::optional<std::string>> directory_id_in(std::filesystem::path const& data_directory);

}  // namespace madang::modules
