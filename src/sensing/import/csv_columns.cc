#include "sensing/import/csv_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "sensing/import/number_text.h"

namespace madang::sensing {
namespace {

class ColumnFinder {
 public:
  ColumnFinder(std::span<std::string_view const> header, char separator) : separator_(separator) {
    for (auto const field : header) names_.push_back(bare(field));
  }

  Result<CsvColumns> find(Mapping const& m) {
    CsvColumns c;
    c.fields = names_.size();
    while (c.fields > 0 && names_[c.fields - 1].empty()) --c.fields;  // a separator too many at the end of the header
    if (m.serial.given()) {
      MADANG_TRY(c.serial, needed(m.serial, c));
    }
    if (m.end.given()) {
      MADANG_TRY(c.end, needed(m.end, c));
    }
    if (m.latitude.given()) {
      MADANG_TRY(c.latitude, needed(m.latitude, c));
      MADANG_TRY(c.longitude, needed(m.longitude, c));
    }
    for (auto const& column : m.time) {
      MADANG_TRY(auto const at, needed(column, c));
      c.time.push_back(at);
    }
    if (m.station_name.given()) {
      MADANG_TRY(c.station_name, place_of(m.station_name));
    }
    for (auto const& channel : m.channels) {
      MADANG_TRY(auto const at, place_of(channel.column));
      c.channels.push_back(at);
    }
    return c;
  }

 private:
  Result<std::size_t> needed(ColumnRef const& ref, CsvColumns& c) const {
    MADANG_TRY(auto const at, place_of(ref));
    c.needed = std::max(c.needed, at);
    return at;
  }

  [[nodiscard]] Result<std::size_t> place_of(ColumnRef const& ref) const {
    if (ref.name.empty()) return ref.number - 1;
    auto const found = std::ranges::find(names_, bare(ref.name));
    if (found == names_.end())
      return fail(Code::kInvalid, fmt::format("there is no column \"{}\"{}", ref.name, hint(ref.name)));
    auto const again = std::find(found + 1, names_.end(), *found);
    if (again != names_.end())
      return fail(Code::kInvalid, fmt::format("the column \"{}\" comes twice, as number {} and {}; the mapping can name it by its number",
                                              ref.name, found - names_.begin() + 1, again - names_.begin() + 1));
    return static_cast<std::size_t>(found - names_.begin());
  }

  [[nodiscard]] std::string hint(std::string_view name) const {
    if (auto const near = nearest_word(name, names_)) return fmt::format("; did you mean \"{}\"?", *near);
    if (names_.size() != 1) return {};
    for (char const c : {';', ',', '\t', '|'})
      if (c != separator_ && names_[0].contains(c))
        return fmt::format("; the line seems to be separated by \"{}\": say so as separator in [file]",
                           c == '\t' ? std::string{"tab"} : std::string(1, c));
    return {};
  }

  char separator_;
  std::vector<std::string_view> names_;
};

}  // namespace

Result<CsvColumns> find_csv_columns(std::span<std::string_view const> header, Mapping const& mapping) {
  return ColumnFinder(header, mapping.separator).find(mapping);
}

}  // namespace madang::sensing
