// PATCH and DELETE of entities. What a patch names replaces what was said; of `properties` and `unitOfMeasurement` the members that
// it names, and null takes one away (RFC 7396), so that who corrects one word need not repeat the rest. A JSON Patch (RFC 6902) changes
// what the entity says of itself, not its links.
#pragma once

#include <string>
#include <string_view>

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/paths.h"
#include "storage/observations/store.h"
#include "web/http/http.h"

namespace madang::opendata {

struct EditContext {
  city::City& city;
  storage::ObservationStore& store;
  web::Principal const& who;
};
struct PatchContext {
  city::City const& city;
  web::Principal const& who;
};

/// In which words a patch says what it changes.
enum class PatchFormat { kMerge, kJsonPatch };

/// kUnsupported: readings are never edited, and what the standard knows and this service does not; kForbidden: outside the key's
/// scope; kInvalid names the place as a JSON pointer; kConflict: also a test of a JSON Patch that does not hold.
Result<void> patch_entity(EditContext const& context, EntityRef ref, std::string_view body, PatchFormat format = PatchFormat::kMerge);
/// The same, as far as the writer.
Result<void> plan_patch(PatchContext const& context, city::Writer& writer, EntityRef ref, std::string_view body,
                        PatchFormat format = PatchFormat::kMerge);
/// Only with a key for all Things. kConflict: something else names it, or it has measured: then it is retired and not deleted.
Result<void> delete_entity(EditContext const& context, EntityRef ref);

/// The two objects together as RFC 7396 has it, to a depth of `depth`; below that the patch replaces. Both are JSON objects.
std::string merged_json(std::string_view before, std::string_view patch, int depth);

}  // namespace madang::opendata
