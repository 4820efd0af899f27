// `madang keys` and `madang operator`: work on the records directly, also while a server runs on them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "modules/commands.h"

namespace madang::city {

struct RightsOptions {
  std::filesystem::path data_directory = "madang-data";
  modules::GroundSettings settings;
  std::string name;                 ///< of the key, or the operator's login
  std::vector<std::string> things;  ///< keys create: serials it may write; empty: all
  std::string password;             ///< operator: empty makes one and prints it as the last word
  std::string party;                ///< keys create: login of whose permissions it carries
  std::string role = "operator";    ///< operator create
  std::string area;                 ///< operator create: code of the Area where the role is held; empty: in the whole city
  bool only_if_none = false;        ///< operator create: nothing when there is an operator already
};

/// All return the exit status. The key is the last word on standard output.
int create_key(RightsOptions const& options);
int list_keys(RightsOptions const& options);
int revoke_key(RightsOptions const& options);
int create_operator(RightsOptions const& options);
int reset_operator(RightsOptions const& options);

/// keys create|list|revoke.
void add_keys(CLI::App& app, modules::Invocation& call);
/// operator create|reset.
void add_operators(CLI::App& app, modules::Invocation& call);

}  // namespace madang::city
