#include "sensing/readings/device_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/json_input.h"
#include "core/text.h"
#include "runtime/log.h"
#include "sensing/limits.h"
#include "sensing/quantities.h"
#include "sensing/quality/tests.h"
#include "sensing/readings/device_time.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

ArrivalTime arrival_of(std::string_view word, std::string_view serial) {
  if (word == "unset") return ArrivalTime::kUnset;
  if (word == "always") return ArrivalTime::kAlways;
  if (word != "never") {
    runtime::log_warning("sensing", "property_not_understood", {{"thing", serial}, {"property", "useArrivalTime"},
                                                                {"why", "never, unset or always expected"}});
  }
  return ArrivalTime::kNever;
}

void read_properties(city::Thing const& thing, DevicePlan& plan, bool& numbers_in_text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(thing.properties).get(root) != simdjson::SUCCESS) return;
  bool truth = false;
  std::string_view text;
  if (root["ignoreUnknownChannels"].get(truth) == simdjson::SUCCESS) plan.ignore_unknown = truth;
  if (root["numbersInText"].get(truth) == simdjson::SUCCESS) numbers_in_text = truth;
  if (root["useArrivalTime"].get(text) == simdjson::SUCCESS) plan.arrival = arrival_of(text, thing.serial);
  if (root["timeZone"].get(text) == simdjson::SUCCESS) {
    if (auto zone = Zone::named(text)) {
      plan.zone = *zone;
    } else {
      runtime::log_warning("sensing", "property_not_understood",
                           {{"thing", thing.serial}, {"property", "timeZone"}, {"why", zone.error().sentence}});
    }
  }
}

void doubt(storage::Batch& batch, QualityTest test) {
  for (auto& o : batch.observations) {
    if (counts(o.quality.flag)) o.quality = opinion(QualityFlag::kSuspect, test);
  }
}

}  // namespace

PlannedChannel const* DevicePlan::find(std::string_view name, std::size_t& hint) const {
  if (hint >= channels.size()) hint = 0;
  if (!channels.empty() && channels[hint].name == name) return &channels[hint++];
  auto const found = by_name.find(name);
  if (found == by_name.end()) return nullptr;
  hint = found->second + 1;
  return &channels[found->second];
}

bool DevicePlan::add(PlannedChannel const& channel, double value, Instant received_at, storage::Batch& batch) {
  if (!channel.rules.fitted) return false;
  // That a device has no value is told as such, and is a sign of life.
  auto const quality = is_sentinel(channel.rules.sentinels, value) ? opinion(QualityFlag::kMissing, QualityTest::kSentinel)
                                                                   : judge(channel.rules, value, received_at, received_at);
  // The time may follow the channels, so it is set at the end.
  batch.observations.push_back({channel.datastream, received_at, value, received_at, quality});
  return true;
}

bool DevicePlan::add_word(PlannedChannel const& channel, std::string_view word, Instant received_at, storage::Batch& batch) {
  if (!channel.rules.fitted) return false;
  storage::ObservationDetail detail;
  detail.result_kind = storage::ObservationDetail::ResultKind::kText;
  detail.result = repair_utf8(word);
  batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size()), std::move(detail));
  batch.observations.push_back({channel.datastream, received_at, 0, received_at, {}});
  return true;
}

Instant DevicePlan::arrival_of_its_own(Instant received_at) const {
  auto const now = millis_of(received_at);
  auto last = last_arrival.load(std::memory_order_relaxed);
  while (true) {
    auto const own = std::max(now, last + 1);
    // Faster than a message a millisecond for a second, or our own clock went back: then the newest counts.
    if (own - now > kArrivalSpreadMax.count()) return received_at;
    if (last_arrival.compare_exchange_weak(last, own, std::memory_order_relaxed)) return instant_of_millis(own);
  }
}

void DevicePlan::set_time(DecodedMessage& message, std::optional<Instant> told, Instant received_at) const {
  bool const storable = told && *told >= kInstantMin && *told < kInstantMax;
  bool const set = storable && *told >= kClockSetFrom;
  bool const excused = arrival == ArrivalTime::kAlways || (arrival == ArrivalTime::kUnset && !set);
  message.dated_by_arrival = !storable || excused;
  if (message.batch.observations.empty()) return;
  Instant const when = message.dated_by_arrival ? arrival_of_its_own(received_at) : *told;
  for (auto& o : message.batch.observations) o.phenomenon_time = when;
  if (!told || excused) return;
  // A time that cannot be stored is one that no set clock tells.
  if (auto const test = storable ? doubt_of_time(*told, received_at) : QualityTest::kClock) doubt(message.batch, *test);
}

Result<void> DevicePlan::check_something_was_said(SetAside const& aside, storage::Batch const& batch) {
  bool const nothing = batch.observations.empty() && aside.missing == 0;
  if (nothing && aside.faults() > 0) return fail(Code::kInvalid, aside.why);
  return {};
}

std::string no_word(std::string_view place, std::string_view given) {
  return fmt::format("{}: a text expected by the Datastream's observationType, not {}", place, given);
}

std::shared_ptr<DevicePlan const> make_plan(city::City const& city, std::string_view serial) {
  auto const made_at = city.change_cursor();
  auto const thing = city.thing_of_serial(serial);
  if (thing == nullptr) return nullptr;
  auto plan = std::make_shared<DevicePlan>();
  plan->thing = thing->id;
  plan->made_at = made_at;
  plan->serial = thing->serial;
  bool numbers_in_text = true;
  read_properties(*thing, *plan, numbers_in_text);
  auto const datastreams = city.datastreams_of_serial(serial);
  plan->channels.reserve(datastreams->size());
  for (auto const& d : *datastreams) {
    if (d->channel.empty()) continue;
    plan->channels.push_back({d->channel, d->id, channel_rules(city.sensor(d->sensor).get(), *d),
                              numbers_in_text && !takes_words(*d), takes_words(*d),
                              quantity(d->channel) == nullptr});
  }
  for (std::size_t i = 0; i < plan->channels.size(); ++i) plan->by_name.emplace(plan->channels[i].name, i);
  return plan;
}

}  // namespace madang::sensing
