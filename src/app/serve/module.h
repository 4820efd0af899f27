// What the server has beside its domains: sign-in, the control room's files, health, backups; and the commands that run
// and look after it.
#pragma once

#include <memory>

#include "city/module.h"
#include "modules/module.h"

namespace madang::app {

modules::Module server_module(std::shared_ptr<city::Domain> city);

}  // namespace madang::app
