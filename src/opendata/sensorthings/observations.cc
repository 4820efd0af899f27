#include "opendata/sensorthings/observations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "core/json_input.h"
#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

namespace json = simdjson::ondemand;
using storage::Batch;
using storage::Observation;
using storage::ObservationDetail;
using simdjson::SUCCESS;

struct Scratch {
  json::parser parser;
  PaddedJson text;
};

Scratch& scratch_of_this_thread() {
  thread_local Scratch scratch;
  return scratch;
}

/// One observation while it is read.
struct Draft {
  Observation observation;
  ObservationDetail detail;
  std::int64_t datastream = 0;
  bool has_time = false;
  bool has_result = false;
  bool has_quality = false;
};

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
  draft.detail.phenomenon_end = interval->to;
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

Result<void> read_result(Draft& draft, json::value value) {
  json::json_type type{};
  if (value.type().get(type) != SUCCESS) return wrong("result", "not JSON");
  draft.has_result = true;
  switch (type) {
    case json::json_type::number:
      if (value.get_double().get(draft.observation.value) != SUCCESS) return wrong("result", "not a number that fits");
      return {};
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

Result<std::int64_t> read_id(json::value value, std::string_view field) {
  std::int64_t id = 0;
  if (value.get_int64().get(id) != SUCCESS || id < 1) return wrong(field, "a positive number expected");
  return id;
}

/// {"@iot.id": 3}; anything else in it would be a nested entity.
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
    if (name != "@iot.id") {
      return fail(Code::kUnsupported, fmt::format("{}/{}: only a link by @iot.id is supported here", field, name.substr(0, 80)));
    }
    MADANG_TRY(id, read_id(member.value(), fmt::format("{}/@iot.id", field)));
  }
  if (id == 0) return wrong(fmt::format("{}/@iot.id", field), "missing");
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

Result<void> read_member(Draft& draft, std::string_view name, json::value value, city::City const& city) {
  if (name == "phenomenonTime") return read_phenomenon_time(draft, value);
  if (name == "result") return read_result(draft, value);
  if (name == "resultTime") return read_result_time(draft, value);
  if (name == "resultQuality") return read_quality(draft, value);
  if (name == "parameters") return read_parameters(draft, value);
  if (name == "validTime") return refuse_valid_time(value);
  if (name == "Datastream") {
    MADANG_TRY(draft.datastream, read_link(value, "Datastream"));
    return {};
  }
  if (name == "FeatureOfInterest") {
    MADANG_TRY(auto const id, read_link(value, "FeatureOfInterest"));
    return set_feature(draft, id, city);
  }
  if (name.find("@iot.") != std::string_view::npos) return {};
  return wrong(name.substr(0, 80), "not known here");
}

/// Judges, brings the detail to its shortest form and appends.
Result<void> finish(Draft& draft, StreamPlan const& plan, Instant now, Batch& batch) {
  if (!draft.has_result) return wrong("result", "missing");
  auto& o = draft.observation;
  if (!draft.has_time) o.phenomenon_time = now;
  if (o.phenomenon_time < kInstantMin || o.phenomenon_time >= kInstantMax) {
    return wrong("phenomenonTime", "outside the years 1900 to 2199");
  }
  o.datastream = plan.datastream;
  o.received_at = now;
  bool const numeric = draft.detail.result_kind == ObservationDetail::ResultKind::kNumber;
  if (numeric && !draft.has_quality) {
    o.quality = sensing::is_no_value(plan.rules, o.value)
                    ? sensing::opinion(QualityFlag::kMissing, plan.rules.fitted ? sensing::QualityTest::kSentinel
                                                                                : sensing::QualityTest::kNotFitted)
                    : sensing::judge(plan.rules, o.value, o.phenomenon_time, now);
  }
  if (draft.detail != ObservationDetail{}) {
    batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size()), std::move(draft.detail));
  }
  batch.observations.push_back(o);
  return {};
}

Result<std::shared_ptr<StreamPlan const>> plan_for(std::int64_t id, PostContext const& context) {
  auto plan = context.plans.find(DatastreamId{id});
  if (plan == nullptr) return fail(Code::kNotFound, fmt::format("Datastream: there is no Datastream {}", id));
  auto const& scope = context.who.things;
  if (!scope.empty() && std::ranges::find(scope, plan->serial) == scope.end()) {
    return fail(Code::kForbidden, fmt::format("this key may not write to {}", plan->serial));
  }
  return plan;
}

enum class Component : std::uint8_t {
  kPhenomenonTime, kResult, kResultTime, kResultQuality, kParameters, kValidTime, kFeature
};
constexpr std::array<std::pair<std::string_view, Component>, 7> kComponents = {{
    {"phenomenonTime", Component::kPhenomenonTime}, {"result", Component::kResult},
    {"resultTime", Component::kResultTime}, {"resultQuality", Component::kResultQuality},
    {"parameters", Component::kParameters}, {"validTime", Component::kValidTime},
    {"FeatureOfInterest/id", Component::kFeature},
}};

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

/// Reads a CreateObservations body from its start to its end.
class DataArrayReader {
 public:
  DataArrayReader(Scratch& scratch, json::document& document, PostContext const& context)
      : scratch_(scratch), document_(document), context_(context) {}

  Result<DataArrays> read() {
    json::array groups;
    if (auto const error = document_.get_array().get(groups)) return bad(error);
    for (auto entry : groups) {
      json::object group;
      if (auto const error = entry.get_object().get(group)) return bad(error);
      MADANG_CHECK(read_group(group));
      ++group_;
    }
    if (!at_end(document_)) return fail(Code::kInvalid, "body: more follows after the JSON array");
    return std::move(out_);
  }

 private:
  std::unexpected<Error> bad(simdjson::error_code error) {
    return fail(json_error("body", error, scratch_.text, document_));
  }

  std::unexpected<Error> wrong_here(std::string_view field, std::string_view wanted) const {
    return fail(Code::kInvalid, fmt::format("/{}/{}: {}", group_, field, wanted));
  }

  /// Members may come in any order, and a dataArray cannot be understood before its components: so by name.
  Result<void> read_group(json::object& group) {
    json::value value;
    if (group.find_field_unordered("Datastream").get(value) != SUCCESS) return wrong_here("Datastream", "missing");
    MADANG_TRY(auto const id, read_link(value, fmt::format("/{}/Datastream", group_)));
    auto plan = plan_for(id, context_);
    if (!plan && plan.error().code == Code::kForbidden) return fail(plan.error());
    MADANG_CHECK(read_components(group));
    json::array rows;
    if (auto const error = group.find_field_unordered("dataArray").get(value)) {
      if (error == simdjson::NO_SUCH_FIELD) return wrong_here("dataArray", "missing");
      return bad(error);
    }
    if (value.get_array().get(rows) != SUCCESS) return wrong_here("dataArray", "an array expected");
    return read_rows(rows, plan ? plan->get() : nullptr);
  }

  Result<void> read_components(json::object& group) {
    components_.clear();
    json::value value;
    json::array names;
    if (group.find_field_unordered("components").get(value) != SUCCESS) return wrong_here("components", "missing");
    if (value.get_array().get(names) != SUCCESS) return wrong_here("components", "an array expected");
    for (auto entry : names) {
      std::string_view name;
      if (entry.get_string().get(name) != SUCCESS) return wrong_here("components", "texts expected");
      auto const found = std::ranges::find(kComponents, name, &std::pair<std::string_view, Component>::first);
      if (found == kComponents.end()) {
        return fail(Code::kUnsupported, fmt::format("/{}/components: \"{}\" is not supported", group_, name.substr(0, 80)));
      }
      if (std::ranges::find(components_, found->second) != components_.end()) {
        return wrong_here("components", fmt::format("\"{}\" is named twice", name));
      }
      components_.push_back(found->second);
    }
    return {};
  }

  Result<void> read_rows(json::array& rows, StreamPlan const* plan) {
    for (auto entry : rows) {
      json::value row;
      if (auto const error = std::move(entry).get(row)) return bad(error);
      if (out_.elements.size() >= kObservationsPerBodyMax) {
        return fail(Code::kLimit, fmt::format("body: more than {} observations", kObservationsPerBodyMax));
      }
      auto const index = static_cast<std::uint32_t>(out_.batch.observations.size());
      bool const stored = plan != nullptr && read_row(row, *plan).has_value();
      out_.elements.push_back(stored ? index : DataArrays::kRefused);
    }
    return {};
  }

  Result<void> read_row(json::value row, StreamPlan const& plan) {
    json::array cells;
    if (row.get_array().get(cells) != SUCCESS) return wrong_here("dataArray", "an array expected");
    Draft draft;
    std::size_t column = 0;
    // The first fault is kept, but the row is read to its end: the next one begins there.
    Result<void> first;
    for (auto entry : cells) {
      json::value cell;
      if (std::move(entry).get(cell) != SUCCESS) return wrong_here("dataArray", "not JSON");
      if (column >= components_.size()) return wrong_here("dataArray", "more values than components");
      auto read = read_component(draft, components_[column++], cell, context_.plans.city());
      if (first && !read) first = std::move(read);
    }
    MADANG_CHECK(first);
    if (column != components_.size()) return wrong_here("dataArray", "fewer values than components");
    return finish(draft, plan, context_.now, out_.batch);
  }

  Scratch& scratch_;
  json::document& document_;
  PostContext const& context_;
  std::vector<Component> components_;
  std::size_t group_ = 0;
  DataArrays out_;
};

}  // namespace

std::shared_ptr<StreamPlan const> StreamPlans::find(DatastreamId id) {
  auto const version = city_.version();
  {
    std::shared_lock const lock(mutex_);
    auto const found = version_ == version ? plans_.find(id) : plans_.end();
    if (found != plans_.end()) return found->second;
  }
  auto const datastream = city_.datastream(id);
  if (datastream == nullptr) return nullptr;
  auto const thing = city_.thing(datastream->thing);
  auto plan = std::make_shared<StreamPlan const>(
      StreamPlan{id, thing == nullptr ? std::string{} : thing->serial,
                 sensing::channel_rules(city_.sensor(datastream->sensor).get(), *datastream)});
  std::scoped_lock const lock(mutex_);
  if (version_ != version) {
    plans_.clear();
    version_ = version;
  }
  plans_.insert_or_assign(id, plan);
  return plan;
}

namespace {

Result<Batch> read_observation(std::string_view body, DatastreamId of, PostContext const& context) {
  auto& scratch = scratch_of_this_thread();
  json::document document;
  if (auto const error = scratch.parser.iterate(scratch.text.assign(body)).get(document)) {
    return fail(json_error("body", error, 0));
  }
  json::object object;
  if (auto const error = document.get_object().get(object)) {
    return fail(json_error("body", error, scratch.text, document));
  }
  Draft draft;
  draft.datastream = of.value();
  for (auto entry : object) {
    json::field field;
    std::string_view name;
    if (auto const error = std::move(entry).get(field)) return fail(json_error("body", error, scratch.text, document));
    if (auto const error = field.unescaped_key().get(name)) {
      return fail(json_error("body", error, scratch.text, document));
    }
    MADANG_CHECK(read_member(draft, name, field.value(), context.plans.city()));
  }
  if (!at_end(document)) return fail(Code::kInvalid, "body: more follows after the JSON object");
  if (draft.datastream == 0) return wrong("Datastream", "missing");
  if (of && draft.datastream != of.value()) return wrong("Datastream", "not the one of the path");
  MADANG_TRY(auto const plan, plan_for(draft.datastream, context));
  Batch batch;
  MADANG_CHECK(finish(draft, *plan, context.now, batch));
  return batch;
}

}  // namespace

Result<Batch> parse_observation(std::string_view body, DatastreamId of, PostContext const& context) {
  auto batch = read_observation(body, of, context);
  if (batch || batch.error().code != Code::kInvalid) return batch;
  // Whichever field stumbled: of a body that is no JSON at all the byte is what helps.
  if (auto fault = json_fault("body", body)) return fail(*std::move(fault));
  return batch;
}

Result<DataArrays> parse_data_arrays(std::string_view body, PostContext const& context) {
  auto& scratch = scratch_of_this_thread();
  json::document document;
  if (auto const error = scratch.parser.iterate(scratch.text.assign(body)).get(document)) {
    return fail(json_error("body", error, 0));
  }
  return DataArrayReader(scratch, document, context).read();
}

}  // namespace madang::opendata
