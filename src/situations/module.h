// Situations as a module, and what domains above are given.
#pragma once

#include <memory>
#include <optional>

#include "city/module.h"
#include "modules/module.h"
#include "situations/alerts.h"
#include "situations/notices/notices.h"
#include "situations/retention.h"
#include "situations/settings.h"
#include "situations/situations.h"

namespace madang::situations {

/// Members close from bottom to top.
struct Services {
  std::unique_ptr<Situations> situations;
  std::unique_ptr<Alerts> alerts;
  std::unique_ptr<notices::Subscribers> subscribers;
  std::unique_ptr<notices::Notices> notices;
  std::unique_ptr<Retention> retention;
};

struct Domain {
  Settings settings;
  std::optional<Services> services;  ///< while the module is open
};

modules::Module situations_module(std::shared_ptr<Domain> mine, std::shared_ptr<city::Domain> city);

}  // namespace madang::situations
