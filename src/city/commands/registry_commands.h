// madang city edit|move|retire|return|delete|history: through the server that holds the data directory.
#pragma once

#include "modules/commands.h"

namespace madang::city {

void add_registry(CLI::App& app, modules::Invocation& call);

}  // namespace madang::city
