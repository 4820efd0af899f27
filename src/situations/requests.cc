#include "situations/requests.h"

#include <algorithm>
#include <array>

#include "core/json_fields.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/kinds.h"

namespace madang::situations {
namespace {

using simdjson::dom::array;
using simdjson::dom::object;

/// Fields of a body, and what situations have besides.
class Fields : public JsonFields {
 public:
  static Result<Fields> of(std::string_view body, std::initializer_list<std::string_view> known) {
    Fields fields;
    MADANG_CHECK(fields.read(body, known));
    return fields;
  }

  Result<city::Name> name(char const* name) const {
    city::Name out;
    object texts;
    if (absent(name)) return out;
    if (root_[name].get(texts) != simdjson::SUCCESS) return wrong(name, "{\"en\":\"...\",\"ko\":\"...\"}");
    for (auto const [language, value] : texts) {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS) return wrong(name, "{\"en\":\"...\",\"ko\":\"...\"}");
      if (!trim(text).empty()) out.by_language.emplace(language, text);
    }
    return out;
  }
  [[nodiscard]] bool is_null(char const* name) const { return root_[name].is_null(); }
  Result<std::optional<LatLon>> place(char const* name) const {
    if (absent(name)) return std::optional<LatLon>{};
    array pair;
    LatLon place;
    if (root_[name].get(pair) != simdjson::SUCCESS || pair.size() != 2 ||
        pair.at(0).get(place.longitude) != simdjson::SUCCESS || pair.at(1).get(place.latitude) != simdjson::SUCCESS)
      return wrong(name, "[longitude, latitude]");
    return std::optional{place};
  }
};

}  // namespace

Result<DeedRequest> parse_deed(std::string_view body) {
  MADANG_TRY(auto const fields, Fields::of(body, {"text", "version", "assignee"}));
  DeedRequest out;
  MADANG_TRY(out.text, fields.text("text"));
  MADANG_TRY(out.version, fields.integer("version"));
  MADANG_TRY(out.assignee, fields.text("assignee"));
  return out;
}

Result<Report> parse_report(std::string_view body) {
  MADANG_TRY(auto const fields,
             Fields::of(body, {"kind", "severity", "headline", "description", "instruction", "place", "radius", "area",
                               "since", "public", "simulated", "key", "version", "group"}));
  Report report;
  auto& signal = report.signal;
  MADANG_TRY(signal.kind, fields.text("kind"));
  if (!signal.kind.empty()) MADANG_CHECK(check_kind("kind", signal.kind));
  MADANG_TRY(auto const severity, fields.text("severity"));
  MADANG_TRY(signal.severity, severity_named(severity));
  MADANG_TRY(signal.headline, fields.name("headline"));
  MADANG_TRY(signal.description, fields.name("description"));
  MADANG_TRY(signal.instruction, fields.name("instruction"));
  MADANG_TRY(signal.place, fields.place("place"));
  MADANG_TRY(signal.radius, fields.number("radius"));
  MADANG_TRY(auto const area, fields.integer("area"));
  signal.area = AreaId{area.value_or(0)};
  signal.whole_city = fields.is_null("area");
  MADANG_TRY(auto const since, fields.time("since"));
  signal.since = since.value_or(Instant{});
  MADANG_TRY(signal.is_public, fields.truth("public"));
  MADANG_TRY(signal.simulated, fields.truth("simulated"));
  MADANG_TRY(signal.key, fields.text("key"));
  MADANG_TRY(report.version, fields.integer("version"));
  MADANG_TRY(signal.group, fields.text("group"));
  return report;
}

Result<Silence> parse_silence(std::string_view body, Instant now) {
  MADANG_TRY(auto const fields, Fields::of(body, {"kind", "source", "area", "from", "to", "reason"}));
  Silence silence;
  MADANG_TRY(silence.kind, fields.text("kind"));
  if (!silence.kind.empty()) MADANG_CHECK(check_kind("kind", silence.kind));
  MADANG_TRY(silence.source, fields.text("source"));
  MADANG_TRY(auto const area, fields.integer("area"));
  silence.area = AreaId{area.value_or(0)};
  MADANG_TRY(auto const from, fields.time("from"));
  MADANG_TRY(auto const to, fields.time("to"));
  if (!to) return runtime::refuse_field(Code::kInvalid, "to", "refusal.missing");
  silence.when = {from.value_or(now), *to};
  MADANG_TRY(silence.reason, fields.text("reason"));
  return silence;
}

}  // namespace madang::situations
