// `madang parties` and `madang roles`: work on the records directly, also while a server runs on them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "modules/commands.h"

namespace madang::city {

struct PartyOptions {
  std::filesystem::path data_directory = "madang-data";
  modules::GroundSettings settings;
  modules::Permissions const* permissions = nullptr;
  std::string login;
  std::string kind;       ///< parties list: only these; create: of this kind
  std::string name;
  std::string office;     ///< its login
  std::string role;
  std::vector<std::string> held;  ///< roles create, change: permissions
  std::string area;       ///< the publisher's code of an Area; empty: the whole city
  bool with_ended = false;
};

/// parties list|show|create|rename|end|join|leave.
void add_parties(CLI::App& app, modules::Invocation& call);
/// roles list|create|change|end|give|take.
void add_roles(CLI::App& app, modules::Invocation& call);

}  // namespace madang::city
