#include "sensing/import/csv_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "sensing/import/number_text.h"

namespace madang::sensing {
namespace {

/// Columns listed where one is not there.
constexpr std::size_t kNamesShownMax = 12;

std::vector<ColumnRef const*> columns_meant(Mapping const& m) {
  std::vector<ColumnRef const*> all{&m.serial, &m.end, &m.latitude, &m.longitude, &m.station_name};
  for (auto const& column : m.time) all.push_back(&column);
  for (auto const& channel : m.channels) all.push_back(&channel.column);
  std::erase_if(all, [](ColumnRef const* ref) { return ref->name.empty(); });
  return all;
}

class ColumnFinder {
 public:
  ColumnFinder(std::span<std::string_view const> header, Mapping const& mapping) : separator_(mapping.separator), mapping_(mapping) {
    for (auto const field : header) names_.push_back(bare(field));
  }

  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::ranges::count_if(columns_meant(mapping_), [this](ColumnRef const* ref) { return has(ref->name); }));
  }

  Result<CsvColumns> find() const {
    auto const& m = mapping_;
    CsvColumns c;
    c.fields = names_.size();
    while (c.fields > 0 && names_[c.fields - 1].empty()) --c.fields;  // a separator too many at the end of the header
    if (m.serial.given()) {
      MADANG_TRY(c.serial, needed(m.serial, c));
      c.kept = c.serial;
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
      c.kept = std::max(c.kept, at);
    }
    if (m.station_name.given()) {
      MADANG_TRY(c.station_name, needed(m.station_name, c));
    }
    for (auto const& channel : m.channels) {
      MADANG_TRY(auto const at, needed(channel.column, c));
      c.channels.push_back(at);
    }
    return c;
  }

 private:
  [[nodiscard]] bool has(std::string_view name) const { return std::ranges::find(names_, bare(name)) != names_.end(); }

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
    if (names_.size() != 1) return unused();
    for (char const c : {';', ',', '\t', '|'})
      if (c != separator_ && names_[0].contains(c))
        return fmt::format("; the line seems to be separated by \"{}\": say so as separator in [file]",
                           c == '\t' ? std::string{"tab"} : std::string(1, c));
    return {};
  }

  /// What the mapping has no use for yet: one of these is the column that it calls otherwise.
  [[nodiscard]] std::string unused() const {
    auto const meant = columns_meant(mapping_);
    std::string list;
    std::size_t shown = 0;
    for (auto const name : names_) {
      bool const used = std::ranges::any_of(meant, [&](ColumnRef const* ref) { return bare(ref->name) == name; });
      if (used || name.empty() || shown == kNamesShownMax) continue;
      list += fmt::format("{}\"{}\"", shown++ == 0 ? "" : ", ", name);
    }
    return count() == 0 || list.empty() ? std::string{} : "; columns without a use are " + list;
  }

  char separator_;
  Mapping const& mapping_;
  std::vector<std::string_view> names_;
};

}  // namespace

Result<CsvColumns> find_csv_columns(std::span<std::string_view const> header, Mapping const& mapping) {
  return ColumnFinder(header, mapping).find();
}

std::size_t count_csv_columns(std::span<std::string_view const> line, Mapping const& mapping) { return ColumnFinder(line, mapping).count(); }

}  // namespace madang::sensing
