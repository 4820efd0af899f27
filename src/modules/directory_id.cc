#include "modules/directory_id.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace madang::modules {
namespace {

constexpr char const* kDirectoryIdName = "directory_id";
constexpr std::size_t kDirectoryIdBytes = 16;

}  // namespace

Result<std::optional<std::string>> directory_id_in(std::filesystem::path const& data_directory) {
  auto const path = data_directory / kDirectoryIdName;
  std::error_code unknown;
  bool const is_there = std::filesystem::exists(path, unknown);
  if (!is_there && !unknown) return std::nullopt;
  std::string id;
  std::ifstream in(path, std::ios::binary);
  std::getline(in, id);
  if (id.size() == 2 * kDirectoryIdBytes && id.find_first_not_of("0123456789abcdef") == std::string::npos) return id;
  return fail(Code::kCorrupt, fmt::format("{}: cannot be read, or holds no id: others know this data directory by it. Put it back; where it is lost, "
                                          "remove it: the directory gets another name", path.string()));
}

Result<std::string> directory_id(runtime::DataDirectory const& directory) {
  MADANG_TRY(auto known, directory_id_in(directory.path()));
  if (known) return *std::move(known);
  std::array<unsigned char, kDirectoryIdBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 2 * kDirectoryIdBytes + 1> text{};
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  std::string id = text.data();
  MADANG_CHECK(directory.write_file(kDirectoryIdName, id));
  return id;
}

}  // namespace madang::modules
