// Where the columns of a mapping stand in one file: by their header or by number.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "sensing/import/mapping.h"

namespace madang::sensing {

/// Column numbers, from 0, of one file.
struct CsvColumns {
  std::size_t serial = 0;  ///< where the mapping names a column for it
  std::optional<std::size_t> station_name, latitude, longitude, end;
  std::vector<std::size_t> time;
  std::vector<std::size_t> channels;
  std::size_t needed = 0;  ///< the last of all these
  std::size_t kept = 0;    ///< the last of serial and time, which no row can lack
  std::size_t fields = 0;  ///< of the header up to its last name; 0: there is none
};

/// kInvalid: names the column that is not there, or that comes twice, and the nearest one or the separator that the line
/// seems to have.
Result<CsvColumns> find_csv_columns(std::span<std::string_view const> header, Mapping const& mapping);

/// How many of the mapping's columns stand in the line by their name: the header is the line with the most, also where it lacks one.
std::size_t count_csv_columns(std::span<std::string_view const> line, Mapping const& mapping);

}  // namespace madang::sensing
