#include "opendata/sensorthings/observation_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/result_types.h"

namespace madang::opendata {
namespace {

namespace json = simdjson::ondemand;
using storage::Batch;
using storage::ObservationDetail;
using simdjson::SUCCESS;

constexpr std::string_view kNotFitting = "result: not a number, or one that no double holds";

std::unexpected<Error> wrong(std::string_view field, std::string_view wanted) {
  return fail(Code::kInvalid, fmt::format("{}: {}", field, wanted));
}

Result<std::string_view> read_text(json::value value, std::string_view field) {
  std::string_view text;
  if (value.get_string().get(text) != SUCCESS) return wrong(field, "a text expected");
  return text;
}

Result<bool> is_null(json::value value, std::string_view field) {
  json::json_type type{};
  if (value.type().get(type) != SUCCESS) return wrong(field, "not JSON");
  if (type != json::json_type::null) return false;
  bool null = false;
  if (value.is_null().get(null) != SUCCESS || !null) return wrong(field, "not JSON");
  return true;
}

Result<void> read_phenomenon_time(Draft& draft, json::value value) {
  MADANG_TRY(auto const null, is_null(value, "phenomenonTime"));
  if (null) return {};
  MADANG_TRY(auto const text, read_text(value, "phenomenonTime"));
  draft.has_time = true;
  auto named = [](Error const& error) { return fail(error.code, "phenomenonTime: " + error.sentence); };
  if (text.find('/') == std::string_view::npos) {
    auto const t = parse_instant(text);
    if (!t) return named(t.error());
    draft.observation.phenomenon_time = *t;
    return {};
  }
  auto const interval = parse_interval(text);
  if (!interval) return named(interval.error());
  draft.observation.phenomenon_time = interval->from;
  // An interval without length is the instant, and so the same observation.
  if (interval->to != interval->from) draft.detail.phenomenon_end = interval->to;
  return {};
}

Result<void> read_result_time(Draft& draft, json::value value) {
  MADANG_TRY(auto const null, is_null(value, "resultTime"));
  if (null) return {};
  MADANG_TRY(auto const text, read_text(value, "resultTime"));
  auto const t = parse_instant(text);
  if (!t) return fail(t.error().code, "resultTime: " + t.error().sentence);
  draft.detail.result_time = *t;
  return {};
}

Result<std::string> read_raw(json::value value, std::string_view field, std::size_t bytes_max) {
  std::string_view raw;
  json::json_type type{};
  if (value.type().get(type) != SUCCESS) return wrong(field, "not JSON");
  if (type == json::json_type::object) {
    json::object object;
    if (value.get_object().get(object) != SUCCESS || object.raw_json().get(raw) != SUCCESS) return wrong(field, "not JSON");
  } else {
    json::array array;
    if (value.get_array().get(array) != SUCCESS || array.raw_json().get(raw) != SUCCESS) return wrong(field, "not JSON");
  }
  if (raw.size() > bytes_max) {
    return fail(Code::kLimit, fmt::format("{}: {} bytes are above {}", field, raw.size(), bytes_max));
  }
  // On-demand parsing only finds the brackets; what is kept for ever is checked in full.
  simdjson::dom::parser whole;
  simdjson::dom::element root;
  if (whole.allocate(raw.size(), kEntityDepthMax) != SUCCESS || whole.parse(raw.data(), raw.size()).get(root) != SUCCESS) {
    return wrong(field, "not JSON, or nested too deeply");
  }
  return simdjson::minify(root);
}

Result<void> read_number(Draft& draft, json::value value) {
  auto const token = value.raw_json_token();
  if (is_inexact_integer(token)) {
    return wrong("result", fmt::format("the integer {} cannot be kept exactly", trim(token).substr(0, 60)));
  }
  if (value.get_double().get(draft.observation.value) != SUCCESS) return fail(Code::kInvalid, std::string(kNotFitting));
  return {};
}

Result<void> read_result(Draft& draft, json::value value) {
  json::json_type type{};
  if (value.type().get(type) != SUCCESS) return wrong("result", "not JSON");
  draft.has_result = true;
  switch (type) {
    case json::json_type::number: return read_number(draft, value);
    case json::json_type::boolean: {
      bool truth = false;
      if (value.get_bool().get(truth) != SUCCESS) return wrong("result", "true or false expected");
      draft.observation.value = truth ? 1 : 0;
      draft.detail.result_kind = ObservationDetail::ResultKind::kBoolean;
      return {};
    }
    case json::json_type::string: {
      MADANG_TRY(auto const text, read_text(value, "result"));
      if (text.size() > kResultBytesMax) return fail(Code::kLimit, "result: the text is too long");
      draft.detail.result_kind = ObservationDetail::ResultKind::kText;
      draft.detail.result = text;
      return {};
    }
    case json::json_type::null: return wrong("result", "null is not a result");
    case json::json_type::array:
    case json::json_type::object: break;
  }
  MADANG_TRY(draft.detail.result, read_raw(value, "result", kResultBytesMax));
  draft.detail.result_kind = ObservationDetail::ResultKind::kJson;
  return {};
}

std::optional<QualityFlag> flag_of(std::int64_t number) {
  constexpr std::array<std::int64_t, 5> kKnown = {1, 2, 3, 4, 9};
  if (std::ranges::find(kKnown, number) == kKnown.end()) return std::nullopt;
  return static_cast<QualityFlag>(number);
}

/// {"flag": 1, "reason": 2, "ruleVersion": 1, "name": "good"}: as this service writes it.
Result<void> read_quality(Draft& draft, json::value value) {
  MADANG_TRY(auto const null, is_null(value, "resultQuality"));
  if (null) return {};
  json::object object;
  if (value.get_object().get(object) != SUCCESS) {
    return fail(Code::kUnsupported, "resultQuality: only an object with QARTOD's number as \"flag\" is supported");
  }
  for (auto entry : object) {
    json::field field;
    std::string_view name;
    if (std::move(entry).get(field) != SUCCESS || field.unescaped_key().get(name) != SUCCESS) {
      return wrong("resultQuality", "not JSON");
    }
    if (name == "name" || name == "reasonText") continue;
    std::int64_t number = -1;
    if (field.value().get_int64().get(number) != SUCCESS) return wrong("resultQuality", "a whole number expected");
    if (name == "flag") {
      auto const flag = flag_of(number);
      if (!flag) return wrong("resultQuality/flag", "1, 2, 3, 4 or 9 expected");
      draft.observation.quality.flag = *flag;
      draft.has_quality = true;
    } else if (name == "reason" && number >= 0 && number <= 255) {
      draft.observation.quality.reason = static_cast<std::uint8_t>(number);
    } else if (name == "ruleVersion" && number >= 0 && number <= 65'535) {
      draft.observation.quality.rule_version = static_cast<std::uint16_t>(number);
    } else {
      return wrong("resultQuality/" + std::string(name.substr(0, 80)), "not known, or out of range");
    }
  }
  if (!draft.has_quality) return wrong("resultQuality/flag", "missing");
  return {};
}

Result<void> read_parameters(Draft& draft, json::value value) {
  MADANG_TRY(auto const null, is_null(value, "parameters"));
  if (null) return {};
  json::json_type type{};
  if (value.type().get(type) != SUCCESS || type != json::json_type::object) {
    return wrong("parameters", "a JSON object expected");
  }
  MADANG_TRY(draft.detail.parameters, read_raw(value, "parameters", kParametersBytesMax));
  if (draft.detail.parameters == "{}") draft.detail.parameters.clear();
  return {};
}

/// 3, or its text "3".
Result<std::int64_t> read_id(json::value value, std::string_view field) {
  json::json_type type{};
  if (value.type().get(type) != SUCCESS) return wrong(field, "not JSON");
  std::int64_t id = 0;
  if (type == json::json_type::string) {
    MADANG_TRY(auto const text, read_text(value, field));
    id = parse_int(text).value_or(0);
  } else if (value.get_int64().get(id) != SUCCESS) {
    id = 0;
  }
  if (id < 1) return wrong(field, "a positive number expected");
  return id;
}

Result<void> set_feature(Draft& draft, std::int64_t id, city::City const& city) {
  draft.detail.feature = FeatureId{id};
  if (city.feature(draft.detail.feature) == nullptr) {
    return wrong("FeatureOfInterest", fmt::format("there is no FeatureOfInterest {}", id));
  }
  return {};
}

Result<void> refuse_valid_time(json::value value) {
  MADANG_TRY(auto const null, is_null(value, "validTime"));
  if (null) return {};
  return fail(Code::kUnsupported, "validTime: not supported");
}

Result<void> read_entity(Draft& draft, std::string_view name, json::value value, city::City const& city) {
  MADANG_TRY(auto const null, is_null(value, name));
  if (null) return {};
  MADANG_TRY(auto const id, read_link(value, name));
  if (id == 0) {
    draft.has_nested = true;
    return {};
  }
  if (name == "FeatureOfInterest") return set_feature(draft, id, city);
  draft.datastream = id;
  return {};
}

/// A name that nobody knows is refused; null under it is no value, and control information is the service's own.
Result<void> refuse_member(std::string_view name, json::value value) {
  if (name == "@iot.id") return fail(Code::kUnsupported, "@iot.id: ids are given by this server; leave it out");
  if (name.find("@iot.") != std::string_view::npos) return {};
  MADANG_TRY(auto const null, is_null(value, name.substr(0, 80)));
  if (null) return {};
  if (name == "MultiDatastream") return fail(Code::kUnsupported, "MultiDatastream: not supported");
  return wrong(name.substr(0, 80), "not known here");
}

constexpr std::array<std::pair<std::string_view, Component>, 8> kComponents = {{
    {"phenomenonTime", Component::kPhenomenonTime}, {"result", Component::kResult},
    {"resultTime", Component::kResultTime}, {"resultQuality", Component::kResultQuality},
    {"parameters", Component::kParameters}, {"validTime", Component::kValidTime},
    {"FeatureOfInterest/id", Component::kFeature}, {"FeatureOfInterest/@iot.id", Component::kFeature},
}};

Result<Draft> read_members(std::string_view body, city::City const& city) {
  auto& scratch = ParserScratch::of_this_thread();
  json::document document;
  if (auto const error = scratch.parser.iterate(scratch.text.assign(body)).get(document)) {
    return fail(json_error("body", error, 0));
  }
  json::object object;
  if (auto const error = document.get_object().get(object)) {
    return fail(json_error("body", error, scratch.text, document));
  }
  Draft draft;
  for (auto entry : object) {
    json::field field;
    std::string_view name;
    if (auto const error = std::move(entry).get(field)) return fail(json_error("body", error, scratch.text, document));
    if (auto const error = field.unescaped_key().get(name)) {
      return fail(json_error("body", error, scratch.text, document));
    }
    MADANG_CHECK(read_member(draft, name, field.value(), city));
  }
  if (!at_end(document)) return fail(Code::kInvalid, "body: more follows after the JSON object");
  return draft;
}

}  // namespace

ParserScratch& ParserScratch::of_this_thread() {
  thread_local ParserScratch scratch;
  return scratch;
}

Result<std::int64_t> read_link(json::value value, std::string_view field) {
  json::object object;
  if (value.get_object().get(object) != SUCCESS) return wrong(field, "an object like {\"@iot.id\": 1} expected");
  std::int64_t id = 0;
  for (auto entry : object) {
    json::field member;
    std::string_view name;
    if (std::move(entry).get(member) != SUCCESS || member.unescaped_key().get(name) != SUCCESS) {
      return wrong(field, "not JSON");
    }
    if (name != "@iot.id") continue;
    MADANG_TRY(id, read_id(member.value(), fmt::format("{}/@iot.id", field)));
  }
  return id;
}

Result<void> read_member(Draft& draft, std::string_view name, json::value value, city::City const& city) {
  static constexpr std::array<std::string_view, 8> kNames = {"phenomenonTime", "result", "resultTime", "resultQuality",
                                                             "parameters", "validTime", "Datastream",
                                                             "FeatureOfInterest"};
  auto const place = static_cast<unsigned>(std::ranges::find(kNames, name) - kNames.begin());
  if (place == kNames.size()) return refuse_member(name, value);
  if ((draft.members & (1U << place)) != 0) return wrong(name, "stands here twice");
  draft.members |= 1U << place;
  switch (place) {
    case 0: return read_phenomenon_time(draft, value);
    case 1: return read_result(draft, value);
    case 2: return read_result_time(draft, value);
    case 3: return read_quality(draft, value);
    case 4: return read_parameters(draft, value);
    case 5: return refuse_valid_time(value);
    default: return read_entity(draft, name, value, city);
  }
}

std::optional<Component> component_named(std::string_view name) {
  auto const found = std::ranges::find(kComponents, name, &std::pair<std::string_view, Component>::first);
  return found == kComponents.end() ? std::nullopt : std::optional(found->second);
}

Result<void> read_component(Draft& draft, Component component, json::value value, city::City const& city) {
  switch (component) {
    case Component::kPhenomenonTime: return read_phenomenon_time(draft, value);
    case Component::kResult: return read_result(draft, value);
    case Component::kResultTime: return read_result_time(draft, value);
    case Component::kResultQuality: return read_quality(draft, value);
    case Component::kParameters: return read_parameters(draft, value);
    case Component::kValidTime: return refuse_valid_time(value);
    case Component::kFeature: {
      MADANG_TRY(auto const null, is_null(value, "FeatureOfInterest/id"));
      if (null) return {};
      MADANG_TRY(auto const id, read_id(value, "FeatureOfInterest/id"));
      return set_feature(draft, id, city);
    }
  }
  return {};
}

Result<Draft> read_draft(std::string_view body, city::City const& city) {
  auto draft = read_members(body, city);
  if (draft || draft.error().code != Code::kInvalid || draft.error().sentence == kNotFitting) return draft;
  // Whichever field stumbled: of a body that is no JSON at all the byte is what helps.
  if (auto fault = json_fault("body", body)) return fail(*std::move(fault));
  return draft;
}

Result<void> finish(Draft& draft, StreamPlan const& plan, Instant now) {
  if (!draft.has_result) return wrong("result", "missing");
  auto& o = draft.observation;
  MADANG_CHECK(fit_result(plan.result_type, o.value, draft.detail));
  if (o.phenomenon_time < kInstantMin || o.phenomenon_time >= kInstantMax) {
    return wrong("phenomenonTime", "outside the years 1900 to 2199");
  }
  if (draft.has_quality && !storage::is_number(draft.detail)) {
    return fail(Code::kUnsupported, "resultQuality: not kept of a result that is no number");
  }
  // Said or not said, it is the same feature, and so the same observation.
  if (draft.detail.feature == plan.default_feature) draft.detail.feature = {};
  o.datastream = plan.datastream;
  o.received_at = now;
  bool const numeric = draft.detail.result_kind == ObservationDetail::ResultKind::kNumber;
  if (numeric && !draft.has_quality) {
    o.quality = sensing::is_no_value(plan.rules, o.value)
                    ? sensing::opinion(QualityFlag::kMissing, plan.rules.fitted ? sensing::QualityTest::kSentinel
                                                                                : sensing::QualityTest::kNotFitted)
                    : sensing::judge(plan.rules, o.value, o.phenomenon_time, now);
  }
  return {};
}

void append(Batch& batch, Draft draft) {
  if (draft.detail != ObservationDetail{}) {
    batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size()), std::move(draft.detail));
  }
  batch.observations.push_back(draft.observation);
}

}  // namespace madang::opendata
