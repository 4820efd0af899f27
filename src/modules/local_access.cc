#include "modules/local_access.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <fstream>
#include <iterator>
#include <span>

#include "core/text.h"
#include "web/http/session.h"

namespace madang::modules {
namespace {

constexpr char const* kLocalKeyName = "local_key";
constexpr std::size_t kLocalKeyLength = 43;  // 256 bits in base64 without padding

std::string random_key() {
  std::array<unsigned char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 64> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text.data();
}

}  // namespace

Result<std::string> local_key(runtime::DataDirectory const& directory) {
  std::ifstream in(directory.path() / kLocalKeyName, std::ios::binary);
  std::string key{std::istreambuf_iterator<char>(in), {}};
  if (key.size() == kLocalKeyLength) return key;
  key = random_key();
  MADANG_CHECK(directory.write_file(kLocalKeyName, key));
  return key;
}

Result<void> write_local_server(runtime::DataDirectory const& directory, LocalServer const& server) {
  return directory.write_file("address",
                              fmt::format("http={}\nmqtt={}\nkey={}\n", server.http, server.mqtt, server.key));
}

Result<LocalServer> find_local_server(std::filesystem::path const& data_directory) {
  MADANG_TRY(auto const text, runtime::running_server_address(data_directory));
  LocalServer server;
  for (auto const line : split(text, '\n')) {
    if (line.starts_with("http=")) server.http = line.substr(5);
    if (line.starts_with("mqtt=")) server.mqtt = line.substr(5);
    if (line.starts_with("key=")) server.key = line.substr(4);
  }
  return server;
}

Result<web::Principal> LocalAuthenticator::principal_of_key(std::string_view key) {
  if (!web::same_secret(key, key_)) return rights_.principal_of_key(key);
  web::Principal local;
  local.kind = web::Principal::Kind::kLocal;
  local.name = kLocalPrincipal;
  return local;
}

}  // namespace madang::modules
