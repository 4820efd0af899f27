#include "modules/city_directory.h"

#include <fmt/format.h>

#include "runtime/data_directory.h"

namespace madang::modules {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable(std::string const& what, std::error_code const& why) {
  return fail(Code::kUnavailable, fmt::format("{} cannot be read: {}", what, why.message()));
}

/// A lock is what an attempt that failed leaves behind; names that begin with a dot are the file system's own, or an editor's.
bool is_of_no_city(std::string_view name) { return name == "madang.toml" || name == "lock" || name.starts_with('.'); }

}  // namespace

Result<void> find_city(GroundSettings const& settings, fs::path const& data_directory, CityNeed need) {
  std::error_code error;
  auto const name = data_directory.string();
  auto const found = fs::status(data_directory, error);
  if (found.type() == fs::file_type::none) return unreadable("the data directory " + name, error);
  if (found.type() != fs::file_type::directory) return fail(Code::kNotFound, fmt::format("there is no data directory {}", name));
  auto const address = records_address_of(settings, data_directory);
  constexpr std::string_view kFile = "sqlite:";
  if (!address.starts_with(kFile)) return {};
  auto const records = fs::path{address.substr(kFile.size())};
  bool const there = fs::exists(records, error);
  if (error) return unreadable(records.string(), error);
  if (there) return {};
  if (need == CityNeed::kPlace) {
    MADANG_TRY(bool const nothing_yet, runtime::is_fresh(data_directory, is_of_no_city));
    if (nothing_yet) return {};
  }
  return fail(Code::kNotFound, fmt::format("{} holds no city yet; `madang serve --data {}` makes one", name, name));
}

}  // namespace madang::modules
