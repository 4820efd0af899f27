// Structured parts of a Situation as JSON text: how they stand in TEXT columns and in the API. Reading refuses with
// kCorrupt, since only this file writes them.
#pragma once

#include <string>
#include <string_view>

#include "city/words.h"
#include "core/error.h"
#include "core/json_writer.h"
#include "situations/model.h"

namespace madang::situations {

using city::write_name;
/// [longitude, latitude], or null
void write_place(JsonWriter& w, std::optional<LatLon> const& place);

/// As docs/situations_api.md says.
std::string json_of(Evidence const& evidence);
Result<Evidence> evidence_of_json(std::string_view json);

/// {"stations":6,"quantities":[{...},...],"named_at":[lon,lat]|null}; of a blind warning also "not_judged"
void write_facts(JsonWriter& w, Facts const& facts);
/// {"severity":"caution","stations":6,"channel":"pm25","unit":"ug/m3","value":47}, or null
void write_standing(JsonWriter& w, std::optional<Standing> const& standing);

/// [{"channel":"pm10","name":{"en":"PM10"},"why":"rule_off"}]
void write_ended_parts(JsonWriter& w, std::vector<PartEnd> const& ended);

std::string json_of(Standing const& standing);
Standing standing_of_json(std::string_view json);
/// "from", "to" and the ended parts of a line; empty when it has neither of the first.
std::string changes_json(Entry const& entry);
void read_changes(std::string_view json, Entry& entry);

/// What was reported, but for source, key, kind, severity, is_public and evidence, which have columns of their own.
std::string json_of(Signal const& signal);
Result<void> read_signal(std::string_view json, Signal& signal);

}  // namespace madang::situations
