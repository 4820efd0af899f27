// What a file is that is not what its name says: people send a workbook, an archive or an error page as .csv.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace madang {

/// By the first bytes of a file (a few thousand are enough): "an Excel workbook (.xlsx); save it as CSV", "a zip archive;
/// unpack it first". None: nothing that is known to be something else than text of records.
std::optional<std::string> foreign_kind(std::string_view first_bytes);

/// Why bytes can be no JSON text, where that is plain from their beginning: "is UTF-16; JSON is sent as UTF-8", "is packed with
/// gzip; unpack it first". None: a parser says what is wrong.
std::optional<std::string> why_no_json(std::string_view bytes);

}  // namespace madang
