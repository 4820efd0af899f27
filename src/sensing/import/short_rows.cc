#include "sensing/import/short_rows.h"

#include "core/text.h"

namespace madang::sensing {
namespace {

/// Microsoft Knowledge Base 77295, "Column delimiters missing in Excel spreadsheet saved as text".
constexpr std::size_t kBlockRows = 16;

}  // namespace

Result<std::size_t> last_line_in_blocks(CsvReader& csv, std::size_t header_fields) {
  std::size_t trusted = 0;
  while (true) {
    std::size_t rows = 0;
    std::size_t width = 0;
    std::size_t line = 0;
    bool ends_filled = false;
    auto event = CsvReader::Event::kRecord;
    while (rows < kBlockRows) {
      MADANG_TRY(event, csv.next());
      if (event == CsvReader::Event::kProblem) return trusted;
      if (event == CsvReader::Event::kEnd) break;
      auto const fields = csv.fields();
      if (rows++ == 0) width = fields.size();
      if (fields.size() != width) return trusted;
      ends_filled = ends_filled || !trim(fields.back()).empty();
      line = csv.line();
    }
    // One row alone has nothing to be compared with.
    if (rows < 2 || !ends_filled || (trusted == 0 && width < header_fields)) return trusted;
    trusted = line;
    if (event == CsvReader::Event::kEnd) return trusted;
  }
}

}  // namespace madang::sensing
