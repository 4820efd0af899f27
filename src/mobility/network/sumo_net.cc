#include "mobility/network/sumo_net.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "mobility/network/limits.h"
#include "mobility/network/sumo_file.h"

namespace madang::mobility::network {
namespace {

constexpr std::size_t kFileBlock = std::size_t{256} << 10U;

struct CloseGz {
  void operator()(gzFile_s* file) const { gzclose(file); }
};

/// zlib reads what is not packed as it is.
Result<std::string> read_maybe_packed(std::string const& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail(Code::kInvalid, fmt::format("{}: is a folder; name its file", path));
  if (!std::filesystem::is_regular_file(path, error)) return fail(Code::kNotFound, fmt::format("{}: there is no such file", path));
  std::unique_ptr<gzFile_s, CloseGz> const file(gzopen(path.c_str(), "rb"));
  if (file == nullptr) return fail(Code::kNotFound, fmt::format("{}: {}", path, std::strerror(errno)));
  gzbuffer(file.get(), kFileBlock);
  std::string text;
  for (;;) {
    std::size_t const kept = text.size();
    text.resize(kept + kFileBlock);
    int const count = gzread(file.get(), text.data() + kept, kFileBlock);
    int status = Z_OK;
    char const* const message = gzerror(file.get(), &status);
    if (count < 0 || (count == 0 && status == Z_BUF_ERROR))
      return fail(Code::kCorrupt, fmt::format("{}: broken .gz after {} bytes of text: {}", path, kept, message));
    text.resize(kept + static_cast<std::size_t>(count));
    if (text.size() > kSumoNetBytesMax) return fail(Code::kLimit, fmt::format("{}: more than {} bytes of text", path, kSumoNetBytesMax));
    if (count == 0) return text;
  }
}

std::string network_id_of(std::string const& path) {
  std::string name = std::filesystem::path(path).filename().string();
  for (std::string_view const ending : {".gz", ".xml", ".net"})
    if (name.ends_with(ending) && name.size() > ending.size()) name.resize(name.size() - ending.size());
  return name;
}

}  // namespace

Result<Network> read_sumo_net(std::string_view xml, std::string id) {
  MADANG_TRY(auto file, read_sumo_file(xml));
  return network_of(std::move(file), std::move(id));
}

Result<Network> read_sumo_net_file(std::string const& path) {
  MADANG_TRY(auto const text, read_maybe_packed(path));
  auto network = read_sumo_net(text, network_id_of(path));
  if (!network) return fail(network.error().code, fmt::format("{}: {}", path, network.error().sentence));
  return network;
}

}  // namespace madang::mobility::network
