// OGC SensorThings as a module.
#pragma once

#include <memory>

#include "modules/module.h"
#include "sensing/module.h"

namespace madang::opendata {

modules::Module opendata_module(std::shared_ptr<city::Domain> city, std::shared_ptr<sensing::Domain> sensing);

}  // namespace madang::opendata
