#include "core/file_kind.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace madang {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  std::string_view kind;
};

constexpr std::array kSignatures{
    Signature{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "an old Excel workbook (.xls) or Word document; save it as CSV"},
    Signature{"%PDF-"sv, "a PDF document; ask its publisher for the data behind it"},
    Signature{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive; unpack it first"},
    Signature{"Rar!\x1A\x07"sv, "a rar archive; unpack it first"},
    Signature{"\xFD"
              "7zXZ\0"sv, "packed with xz; unpack it first"},
    Signature{"BZh"sv, "packed with bzip2; unpack it first"},
    Signature{"\x28\xB5\x2F\xFD"sv, "packed with zstd; unpack it first"},
    Signature{"\x1F\x8B"sv, "packed with gzip; unpack it first"},
    Signature{"\0\0\x27\x0A"sv, "a shapefile (.shp); convert it to GeoJSON"},
    Signature{"SQLite format 3\0"sv, "an SQLite database"},
    Signature{"PAR1"sv, "a Parquet file; write it as CSV"},
    Signature{"\x89PNG\r\n"sv, "a picture (PNG)"},
    Signature{"\xFF\xD8\xFF"sv, "a picture (JPEG)"},
    Signature{"{\\rtf"sv, "a text document (RTF); save it as CSV"},
};

std::string kind_of_zip(std::string_view bytes) {
  if (bytes.contains("opendocument.spreadsheet")) return "a spreadsheet (.ods); save it as CSV";
  if (bytes.contains("xl/")) return "an Excel workbook (.xlsx); save it as CSV";
  if (bytes.contains("word/")) return "a Word document (.docx); save it as CSV";
  // The first entry of what Office writes; the folder's name comes later than the bytes at hand.
  if (bytes.contains("[Content_Types].xml")) return "an Office document, such as an Excel workbook (.xlsx); save it as CSV";
  return "a zip archive; unpack it first";
}

}  // namespace

std::optional<std::string> foreign_kind(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) return kind_of_zip(bytes);
  for (auto const& signature : kSignatures)
    if (bytes.starts_with(signature.bytes)) return std::string{signature.kind};
  constexpr std::size_t kTarMagic = 257;
  if (bytes.size() > kTarMagic && bytes.substr(kTarMagic).starts_with("ustar")) return "a tar archive; unpack it first";
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  bytes = trim(bytes.substr(0, 512));
  auto const start = ascii_lower(bytes.substr(0, 64));
  if (start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<head"))
    return "a web page (HTML), perhaps one that says why the file could not be had";
  if (start.starts_with("<?xml") || start.starts_with("<!doctype")) return "XML";
  if (start.starts_with("{") || start.starts_with("[{")) return "JSON";
  return std::nullopt;
}

std::optional<std::string> why_no_json(std::string_view bytes) {
  bool const marked = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  auto const start = bytes.substr(0, 4);
  if (marked || start == "{\0\"\0"sv || start == "\0{\0\""sv) return "is UTF-16; JSON is sent as UTF-8";
  auto const kind = foreign_kind(bytes);
  return kind && *kind != "JSON" ? std::optional{"is " + *kind} : std::nullopt;
}

}  // namespace madang
