#include "sensing/import/positions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "city/words.h"
#include "core/csv.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "runtime/shipped.h"
#include "sensing/import/limits.h"
#include "sensing/import/number_text.h"
#include "sensing/import/text_file.h"

namespace madang::sensing {
namespace {

struct Columns {
  std::size_t serial, latitude, longitude, count;
  bool has_full_rows = false;
};

constexpr std::size_t kColumnsShownMax = 12;

Result<std::size_t> column_of(std::string_view meaning, std::span<std::string_view const> header, std::span<std::string_view const> names) {
  for (std::size_t i = 0; i < header.size(); ++i)
    if (std::ranges::find(names, ascii_lower(bare(header[i]))) != names.end()) return i;
  std::string there;
  for (auto const field : header.first(std::min(header.size(), kColumnsShownMax))) there += fmt::format("{}\"{}\"", there.empty() ? "" : ", ", bare(field));
  return fail(Code::kInvalid, fmt::format("there is no column of the {}: it is called \"{}\"; the columns are {}", meaning,
                                          fmt::join(names, "\", \""), there));
}

/// Why a cell is no number of degrees up to `most`; empty: it is one.
std::string fault_of(std::string_view cell, PlaceReading const& reading, double most) {
  if (!reading.degrees) return fmt::format("\"{}\" is not a number of degrees, such as 37.5665", cell);
  if (std::isfinite(*reading.degrees) && std::abs(*reading.degrees) <= most) return {};
  return fmt::format("\"{}\" is not within -{} to {}", cell, most, most);
}

Result<Columns> columns_of(std::span<std::string_view const> header) {
  constexpr std::array<std::string_view, 4> kSerial{"시리얼", "serial", "sn", "시리얼번호"};
  constexpr std::array<std::string_view, 4> kLatitude{"위도", "latitude", "lat", "y"};
  constexpr std::array<std::string_view, 5> kLongitude{"경도", "longitude", "lon", "lng", "x"};
  MADANG_TRY(auto const serial, column_of("serial", header, kSerial));
  MADANG_TRY(auto const latitude, column_of("latitude", header, kLatitude));
  MADANG_TRY(auto const longitude, column_of("longitude", header, kLongitude));
  return Columns{serial, latitude, longitude, header.size(), false};
}

PlaceReading degrees_of(std::string_view cell) { return {is_missing_text(cell), parse_double(cell)}; }

/// What is wrong with a row, and in which of its fields; an empty sentence: nothing.
struct RowFault {
  std::string sentence;
  std::size_t field = 0;
};

RowFault take_row(CsvReader const& csv, Columns& columns, Positions& out) {
  auto const fields = csv.fields();
  columns.has_full_rows = columns.has_full_rows || fields.size() >= columns.count;
  // As readings are: some rows may end before their last, empty fields.
  auto const kept = std::max({columns.serial, columns.latitude, columns.longitude});
  bool const lacking = fields.size() < columns.count && (!columns.has_full_rows || fields.size() <= kept || csv.ends_open());
  bool const surplus = fields.size() > columns.count &&
                       std::ranges::any_of(fields.subspan(columns.count), [](std::string_view f) { return !bare(f).empty(); });
  if (lacking || surplus)
    return {fmt::format("{} fields where the header has {}", fields.size(), columns.count)};
  auto const cell = [fields](std::size_t column) { return column < fields.size() ? bare(fields[column]) : std::string_view{}; };
  PlaceCells const cells{cell(columns.latitude), cell(columns.longitude)};
  auto const place = read_place(cells, degrees_of(cells.latitude), degrees_of(cells.longitude));
  if (!place) return {place.error().sentence, place.error().in_longitude ? columns.longitude : columns.latitude};
  std::string serial{cell(columns.serial)};
  if (serial.empty() || serial.size() > kSerialBytesMax) return {fmt::format("\"{}\" is not a serial", serial), columns.serial};
  if (!*place) return {};  // a station that nobody has placed yet
  if (out.size() == kImportSerialsMax) return {fmt::format("more than {} stations", kImportSerialsMax)};
  auto const [at, fresh] = out.emplace(std::move(serial), **place);
  return fresh || at->second == **place ? RowFault{} : RowFault{fmt::format("the serial \"{}\" has a position already", at->first), columns.serial};
}

}  // namespace

std::expected<std::optional<LatLon>, PlaceFault> read_place(PlaceCells cells, PlaceReading latitude, PlaceReading longitude) {
  if (latitude.missing && longitude.missing) return std::optional<LatLon>{};
  if (longitude.missing) return std::unexpected(PlaceFault{true, fmt::format("longitude: is missing beside the latitude \"{}\"", cells.latitude)});
  if (latitude.missing) return std::unexpected(PlaceFault{false, fmt::format("latitude: is missing beside the longitude \"{}\"", cells.longitude)});
  auto const north = fault_of(cells.latitude, latitude, 90);
  auto const east = fault_of(cells.longitude, longitude, 180);
  if (north.empty() && east.empty()) return std::optional{LatLon{*latitude.degrees, *longitude.degrees}};
  if (north.empty()) return std::unexpected(PlaceFault{true, "longitude: " + east});
  bool const swapped = latitude.degrees && longitude.degrees && is_on_earth({*longitude.degrees, *latitude.degrees});
  auto const hint = swapped ? fmt::format("; with the longitude \"{}\" the two look swapped", cells.longitude) : std::string{};
  return std::unexpected(PlaceFault{false, "latitude: " + north + hint});
}

Result<Positions> read_positions(std::string const& path, Feeder& feeder) {
  MADANG_TRY(auto const file, TextFile::open(path));
  CsvReader csv{file->source()};
  MADANG_TRY(auto const first, csv.next());
  if (first != CsvReader::Event::kRecord) return fail(Code::kInvalid, fmt::format("{}: there is no header", path));
  auto columns = columns_of(csv.fields());
  if (!columns) return fail(Code::kInvalid, fmt::format("{}: {}", path, columns.error().sentence));
  Positions out;
  for (;;) {
    MADANG_TRY(auto const event, csv.next());
    if (event == CsvReader::Event::kEnd) return out;
    if (event == CsvReader::Event::kProblem) {
      MADANG_CHECK(feeder.reject_place(path, csv.problem().at, csv.problem().reason, csv.problem().text));
      continue;
    }
    if (auto const fault = take_row(csv, *columns, out); !fault.sentence.empty())
      MADANG_CHECK(feeder.reject_place(path, csv.position(fault.field), fault.sentence, csv.text()));
  }
}

city::Location location_at(LatLon point, std::string_view serial) {
  JsonWriter geometry;
  geometry.begin_object().field("type", "Point").key("coordinates").begin_array();
  geometry.value(point.longitude).value(point.latitude).end_array().end_object();
  city::Location location;
  location.name = city::in_every_language(runtime::shipped_messages(), "import.place", {{"serial", std::string{serial}}});
  location.geometry = geometry.take();
  location.point = point;
  return location;
}

}  // namespace madang::sensing
