// One observation while it is read: its members, decoded on demand, in whatever body they stand. Include it in .cc
// files only: simdjson is a large header.
#pragma once

#include <optional>
#include <string_view>

#include "city/city.h"
#include "core/json_input.h"
#include "opendata/sensorthings/observations.h"

namespace madang::opendata {

struct Draft {
  storage::Observation observation;
  storage::ObservationDetail detail;
  std::int64_t datastream = 0;
  bool has_time = false;
  bool has_result = false;
  bool has_quality = false;
  unsigned members = 0;     ///< which were there already, a bit for each
  bool has_nested = false;  ///< a Datastream or FeatureOfInterest stands inside that is no link
};

/// Parser and padded text of this thread, kept for their memory. One body at a time.
struct ParserScratch {
  simdjson::ondemand::parser parser;
  PaddedJson text;
  static ParserScratch& of_this_thread();
};

/// kInvalid names the member; kUnsupported what is not kept here.
Result<void> read_member(Draft& draft, std::string_view name, simdjson::ondemand::value value, city::City const& city);

/// What a data array's rows consist of.
enum class Component : std::uint8_t {
  kPhenomenonTime, kResult, kResultTime, kResultQuality, kParameters, kValidTime, kFeature
};
std::optional<Component> component_named(std::string_view name);
Result<void> read_component(Draft& draft, Component component, simdjson::ondemand::value value, city::City const& city);

/// {"@iot.id": 3}, whatever else stands beside it. 0: no link, but an entity of its own.
Result<std::int64_t> read_link(simdjson::ondemand::value value, std::string_view field);

inline constexpr std::string_view kSecondUntimed =
    "phenomenonTime: missing, and another observation of this body was given the time of arrival already";

/// A whole body (or the text of a nested observation).
Result<Draft> read_draft(std::string_view body, city::City const& city);

/// Fits the result to the Datastream's type and judges it. phenomenonTime must be set.
Result<void> finish(Draft& draft, StreamPlan const& plan, Instant now);
void append(storage::Batch& batch, Draft draft);

}  // namespace madang::opendata
