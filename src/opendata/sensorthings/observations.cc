#include "opendata/sensorthings/observations.h"

#include <fmt/format.h>

#include <algorithm>

#include "opendata/sensorthings/observation_reader.h"

namespace madang::opendata {

StreamPlan stream_plan(city::Datastream const& datastream, city::Sensor const* sensor, std::string serial) {
  return {datastream.id, std::move(serial), datastream.default_feature, result_type_of(datastream.observation_type),
          sensing::channel_rules(sensor, datastream)};
}

void StreamPlans::follow_registry() {
  runtime::WriteLock const lock(mutex_);
  auto const changes = changes_.read();
  if (changes.read_all_anew) plans_.clear();
  for (auto const& change : changes.changes) {
    if (change.kind == city::EntryKind::kDatastream) plans_.erase(DatastreamId{change.id});
  }
}

std::shared_ptr<StreamPlan const> StreamPlans::find(DatastreamId id) {
  city::ChangeCursor as_of = 0;
  for (bool current = false; !current;) {
    runtime::ReadLock lock(mutex_);
    current = changes_.is_current();
    as_of = changes_.cursor();
    auto const found = current ? plans_.find(id) : plans_.end();
    if (found != plans_.end()) return found->second;
    lock.unlock();
    if (!current) follow_registry();
  }
  auto const datastream = city_.datastream(id);
  if (datastream == nullptr) return nullptr;
  auto const thing = city_.thing(datastream->thing);
  auto plan = std::make_shared<StreamPlan const>(stream_plan(
      *datastream, city_.sensor(datastream->sensor).get(), thing == nullptr ? std::string{} : thing->serial));
  // What changed while it was made may be about it.
  runtime::WriteLock const lock(mutex_);
  if (changes_.cursor() == as_of) plans_.insert_or_assign(id, plan);
  return plan;
}

Instant StreamPlans::arrival_time(DatastreamId id, Instant now) {
  runtime::Lock const lock(times_mutex_);
  if (newest_time_ < now) times_.clear();
  auto const [place, fresh] = times_.try_emplace(id, now);
  if (!fresh) place->second = std::max(now, place->second + Millis{1});
  newest_time_ = std::max(newest_time_, place->second);
  return place->second;
}

Result<void> check_scope(web::Principal const& who, std::string_view serial) {
  if (who.things.empty() || std::ranges::find(who.things, serial) != who.things.end()) return {};
  if (serial.empty()) {
    return fail(Code::kForbidden, "this key writes to its own Things only: say which in properties.serial");
  }
  return fail(Code::kForbidden, fmt::format("this key may not write to {}", serial));
}

Result<ParsedObservation> parse_observation(std::string_view body, DatastreamId of, PostContext const& context) {
  MADANG_TRY(auto draft, read_draft(body, context.plans.city()));
  ParsedObservation out;
  if (draft.has_nested) {
    out.nested = true;
    return out;
  }
  auto const invalid = [](std::string_view sentence) { return fail(Code::kInvalid, std::string(sentence)); };
  if (of && draft.datastream != 0 && draft.datastream != of.value()) {
    return invalid("Datastream: not the one of the path");
  }
  if (of) draft.datastream = of.value();
  if (draft.datastream == 0) return invalid("Datastream: missing");
  auto const plan = context.plans.find(DatastreamId{draft.datastream});
  if (plan == nullptr) return fail(Code::kNotFound, fmt::format("Datastream: there is no Datastream {}", draft.datastream));
  MADANG_CHECK(check_scope(context.who, plan->serial));
  if (!draft.has_time) draft.observation.phenomenon_time = context.plans.arrival_time(plan->datastream, context.now);
  MADANG_CHECK(finish(draft, *plan, context.now));
  append(out.batch, std::move(draft));
  return out;
}

}  // namespace madang::opendata
