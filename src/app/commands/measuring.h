// What measures: benches of this machine, detectors held against ground truth.
#pragma once

#include <memory>

#include "modules/module.h"
#include "sensing/module.h"

namespace madang::app {

modules::Module measuring_module(std::shared_ptr<sensing::Domain> sensing);

}  // namespace madang::app
