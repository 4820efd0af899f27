// What the rules remember, read from the store again: after a start, and before history is judged anew.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>

#include "sensing/quality/engine.h"
#include "sensing/quality/plans.h"
#include "storage/observations/store.h"

namespace madang::sensing {

/// Lets the engine learn from what is stored before `until`: a day of values, two weeks of hourly means (of coarser
/// Datastreams 60 values of each). The engine's opinions on them are dropped.
/// `progress` hears how many of the quantities are learned.
using LearningProgress = std::function<void(std::size_t learned, std::size_t of)>;
Result<void> warm_up(QualityEngine& engine, storage::ObservationStore& store, std::span<StreamPlan const> plans,
                     Instant until, LearningProgress const& progress = nullptr);

/// What these streams would remember had they always been as they are now: read from the store, beside their neighbours and so
/// many others of their channel that its median is known.
Result<std::map<DatastreamId, StreamState>> learn_anew(storage::ObservationStore& store, std::span<StreamPlan const> all,
                                                       std::set<DatastreamId> const& streams, Instant until);

/// Plans by channel, real and simulated ones apart: their values are held against each other's median, so they are read together.
std::vector<std::vector<StreamPlan const*>> by_channel(std::span<StreamPlan const> plans);

/// Hands over all values of these Datastreams in `when`, in order of time, some hundred thousand at once, never parting
/// values of one step. Text and JSON results are left out where `numbers_only` (which costs a look at the details).
using TakeValues = std::function<Result<void>(std::vector<storage::Observation>&)>;
Result<void> each_slice(storage::ObservationStore& store, std::span<StreamPlan const* const> plans, Interval when,
                        bool numbers_only, TakeValues const& take);

}  // namespace madang::sensing
