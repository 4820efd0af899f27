// A mapping file says how to read any city's sensor CSV: which column is the serial, the time, the place, and which
// are channels. docs/import.md explains it with an example.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/model.h"
#include "core/error.h"
#include "core/text_decoder.h"
#include "sensing/import/local_time.h"
#include "sensing/import/number_text.h"

namespace madang::sensing {

/// By header, or by number from 1 where `name` is empty; number 0: not given.
struct ColumnRef {
  std::string name;
  std::size_t number = 0;

  [[nodiscard]] bool given() const { return !name.empty() || number > 0; }
};

struct CsvChannel {
  ColumnRef column;
  std::string channel;  ///< Madang's, "pm25"
  double scale = 1;     ///< value = cell * scale + offset
  double offset = 0;
  std::vector<double> missing;  ///< cells that mean "no value"
  double valid_min = 0;
  double valid_max = 0;
  city::Unit unit;
  city::Name name;
  std::string definition;  ///< URI of the ObservedProperty
};

struct Mapping {
  char separator = ',';
  bool header = true;
  std::size_t skip_lines = 0;  ///< above the header
  std::optional<Encoding> encoding;  ///< none: found out by looking
  NumberStyle numbers;
  ColumnRef serial;
  ColumnRef station_name;
  ColumnRef latitude;
  ColumnRef longitude;
  std::string serial_prefix;
  std::string serial_always;    ///< of a file about one station, which has no column for it
  std::vector<ColumnRef> time;  ///< joined by one space
  ColumnRef end;                ///< of a value's interval; an empty cell: an instant
  TimePattern pattern;
  Zone zone;
  Millis interval{0};
  std::vector<std::string> missing_texts;
  city::Sensor sensor;
  std::vector<CsvChannel> channels;
};

/// `name` is the file's, for messages. kInvalid: names file, line, column, key and, for an unknown one, the nearest
/// valid key.
Result<Mapping> parse_mapping(std::string_view toml, std::string_view name);

}  // namespace madang::sensing
