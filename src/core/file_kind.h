// What a file is that is not what its name says: people send a workbook, an archive or an error page as .csv.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace madang {

/// By the first bytes of a file (a few thousand are enough): "an Excel workbook (.xlsx); save it as CSV", "a zip archive;
/// unpack it first". None: nothing that is known to be something else than text of records.
std::optional<std::string> foreign_kind(std::string_view first_bytes);

}  // namespace madang
