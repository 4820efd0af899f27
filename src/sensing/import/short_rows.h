// Rows that lack fields at their end: which of them a spreadsheet left out because they are empty.
#pragma once

#include <cstddef>

#include "core/csv.h"

namespace madang::sensing {

/// Excel writes each sixteen rows of a sheet, the first of which holds the header, as wide as the last column that one of them fills.
/// So all sixteen have the same number of fields and one ends filled, which a row that lost a field or was torn does not keep. This is the last
/// line up to which a file keeps it (0: it does not), where a row with fewer fields than the header has only empty ones left out.
/// Reads `csv` from its first line on; the rows of the first sixteen are as wide as the header, `header_fields`, or wider.
Result<std::size_t> last_line_in_blocks(CsvReader& csv, std::size_t header_fields);

}  // namespace madang::sensing
