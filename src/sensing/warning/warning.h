// The face of the early warning: its engine, its rules with all their versions, its live side and its routes.
#pragma once

#include "runtime/messages.h"
#include "sensing/warning/causes.h"
#include "sensing/warning/engine.h"
#include "sensing/warning/live.h"
#include "sensing/warning/model.h"
#include "sensing/warning/rule_store.h"
#include "sensing/warning/rules.h"
#include "sensing/warning/warm_start.h"
#include "web/http/http.h"

namespace madang::sensing::warning {

/// GET /api/v1/rules, /rules/history, /rules/{version}; POST /api/v1/rules for operators. All outlive the routes.
struct RuleRouteNeeds {
  RuleStore& store;
  EarlyWarning& warning;
  runtime::Messages const& messages;
  runtime::Clock const& clock;
  double alarms_per_day = 5;
};
web::Routes rule_routes(RuleRouteNeeds needs);

}  // namespace madang::sensing::warning
