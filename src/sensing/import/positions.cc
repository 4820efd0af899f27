#include "sensing/import/positions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

Result<std::size_t> column_of(std::span<std::string_view const> header, std::span<std::string_view const> names) {
  for (std::size_t i = 0; i < header.size(); ++i)
    if (std::ranges::find(names, ascii_lower(bare(header[i]))) != names.end()) return i;
  return fail(Code::kInvalid, fmt::format("no column \"{}\" (or \"{}\")", names[0], names[1]));
}

Result<Columns> columns_of(std::span<std::string_view const> header) {
  constexpr std::array<std::string_view, 4> kSerial{"시리얼", "serial", "sn", "시리얼번호"};
  constexpr std::array<std::string_view, 4> kLatitude{"위도", "latitude", "lat", "y"};
  constexpr std::array<std::string_view, 5> kLongitude{"경도", "longitude", "lon", "lng", "x"};
  MADANG_TRY(auto const serial, column_of(header, kSerial));
  MADANG_TRY(auto const latitude, column_of(header, kLatitude));
  MADANG_TRY(auto const longitude, column_of(header, kLongitude));
  return Columns{serial, latitude, longitude, header.size(), false};
}

/// An empty text when the row is well; else why not.
std::string take_row(CsvReader const& csv, Columns& columns, Positions& out) {
  auto const fields = csv.fields();
  columns.has_full_rows = columns.has_full_rows || fields.size() >= columns.count;
  // As readings are: some rows may end before their last, empty fields.
  auto const kept = std::max({columns.serial, columns.latitude, columns.longitude});
  bool const lacking = fields.size() < columns.count && (!columns.has_full_rows || fields.size() <= kept || csv.ends_open());
  bool const surplus = fields.size() > columns.count &&
                       std::ranges::any_of(fields.subspan(columns.count), [](std::string_view f) { return !bare(f).empty(); });
  if (lacking || surplus)
    return fmt::format("{} fields where the header has {}", fields.size(), columns.count);
  auto const latitude = parse_double(bare(fields[columns.latitude]));
  auto const longitude = parse_double(bare(fields[columns.longitude]));
  if (!latitude || !longitude) return "latitude or longitude is not a number";
  LatLon const point{*latitude, *longitude};
  if (!is_on_earth(point)) return "latitude is not within -90 to 90, or longitude not within -180 to 180";
  std::string serial{bare(fields[columns.serial])};
  if (serial.empty() || serial.size() > kSerialBytesMax) return "not a serial";
  if (out.size() == kImportSerialsMax) return fmt::format("more than {} stations", kImportSerialsMax);
  bool const fresh = out.emplace(std::move(serial), point).second;
  return fresh ? "" : "this serial has a position already";
}

}  // namespace

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
      MADANG_CHECK(feeder.reject_row(path, csv.problem().at, csv.problem().reason, csv.problem().text));
      continue;
    }
    if (auto const reason = take_row(csv, *columns, out); !reason.empty())
      MADANG_CHECK(feeder.reject_row(path, csv.position(0), reason, csv.text()));
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
