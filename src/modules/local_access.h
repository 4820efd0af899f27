// How the command line talks to a server that holds the data directory: the server writes its addresses and the
// directory's own key into DIR/address (readable by its user only); commands started by the same user find them there.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/data_directory.h"
#include "web/http/http.h"

namespace madang::modules {

struct LocalServer {
  std::string http;  ///< "http://127.0.0.1:8080"
  std::string mqtt;  ///< "127.0.0.1:1883"; empty: only HTTP is for the command line
  std::string key;
};

/// The directory's own key, 256 random bits as text in DIR/local_key: made once, so that a feed which was started with
/// it goes on when the server comes back.
Result<std::string> local_key(runtime::DataDirectory const& directory);

Result<void> write_local_server(runtime::DataDirectory const& directory, LocalServer const& server);
/// kNotFound: no server holds the directory.
Result<LocalServer> find_local_server(std::filesystem::path const& data_directory);

inline constexpr std::string_view kLocalPrincipal = "local command line";

/// Knows the local key; asks `rights` about every other. Thread-safe.
class LocalAuthenticator final : public web::Authenticator {
 public:
  LocalAuthenticator(web::Authenticator& rights, std::string key) : rights_(rights), key_(std::move(key)) {}
  Result<web::Principal> principal_of_key(std::string_view key) override;
  Result<web::Principal> principal_of_session(std::string_view token) override {
    return rights_.principal_of_session(token);
  }

 private:
  web::Authenticator& rights_;
  std::string const key_;
};
}  // namespace madang::modules
