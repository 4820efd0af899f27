// The face of the simulated city: its plan and map, what its stations report, its ground truth, and the feed that
// plays it into a Madang server.
#pragma once

#include "simulation/city_plan.h"
#include "simulation/feed/history.h"
#include "simulation/feed/live.h"
#include "simulation/feed/registration.h"
#include "simulation/feed/sink.h"
#include "simulation/readings.h"
#include "simulation/replay/player.h"
#include "simulation/staged.h"
#include "simulation/statistics.h"
#include "simulation/truth.h"
