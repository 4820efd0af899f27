// The face of the indices: what a value means by the tables that authorities publish. Pure functions; each table
// stands in a file of its own with unit and source.
#pragma once

#include "sensing/indices/air.h"       // Korean CAI, US AQI with NowCast, EAQI, WHO guideline levels
#include "sensing/indices/calendar.h"  // hours, days and months of the city's own clock
#include "sensing/indices/crowd.h"     // density bands with trend
#include "sensing/indices/heat.h"      // perceived temperature and its levels
#include "sensing/indices/noise.h"     // standards by zone and hour, energy means
