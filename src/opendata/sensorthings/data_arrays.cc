// CreateObservations: groups of rows, decoded on demand into one batch.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/file_kind.h"
#include "opendata/sensorthings/identities.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/observation_reader.h"
#include "runtime/log_once.h"

namespace madang::opendata {
namespace {

namespace json = simdjson::ondemand;
using simdjson::SUCCESS;

/// Reads a CreateObservations body from its start to its end.
class DataArrayReader {
 public:
  DataArrayReader(ParserScratch& scratch, json::document& document, PostContext const& context)
      : scratch_(scratch), document_(document), context_(context) {}

  Result<DataArrays> read() {
    json::array groups;
    auto const no_list = document_.get_array().get(groups);
    if (no_list == simdjson::INCORRECT_TYPE)
      return fail(Code::kInvalid, "body: a list of groups expected, each with Datastream, components and dataArray; one alone stands in a list too");
    if (no_list) return bad(no_list);
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
    if (group.find_field_unordered("Datastream").get(value) != SUCCESS) {
      if (group.reset().error() == SUCCESS && group.find_field_unordered("MultiDatastream").get(value) == SUCCESS)
        return fail(Code::kUnsupported, fmt::format("/{}/MultiDatastream: is not supported; each of its results belongs to a Datastream of its own", group_));
      return wrong_here("Datastream", "missing");
    }
    MADANG_TRY(auto const id, read_link(value, fmt::format("/{}/Datastream", group_)));
    if (id == 0) return wrong_here("Datastream/@iot.id", "missing");
    auto const plan = context_.plans.find(DatastreamId{id});
    if (plan != nullptr) MADANG_CHECK(check_scope(context_.who, plan->serial));
    MADANG_CHECK(check_members(group));
    MADANG_CHECK(read_components(group));
    json::array rows;
    if (auto const error = group.find_field_unordered("dataArray").get(value)) {
      if (error == simdjson::NO_SUCH_FIELD) return wrong_here("dataArray", "missing");
      return bad(error);
    }
    if (value.get_array().get(rows) != SUCCESS) return wrong_here("dataArray", "an array expected");
    no_plan_ = fmt::format("there is no Datastream {}", id);
    return read_rows(rows, plan.get());
  }

  /// What nobody knows is not dropped silently: the whole body says so.
  Result<void> check_members(json::object& group) {
    if (group.reset().error() != SUCCESS) return wrong_here("", "not JSON");
    for (auto entry : group) {
      json::field member;
      std::string_view name;
      if (auto const error = std::move(entry).get(member)) return bad(error);
      if (auto const error = member.unescaped_key().get(name)) return bad(error);
      bool const known = name == "Datastream" || name == "components" || name == "dataArray";
      if (!known && name.find("@iot.") == std::string_view::npos) return wrong_here(name.substr(0, 80), "not known here");
    }
    if (group.reset().error() != SUCCESS) return wrong_here("", "not JSON");
    return {};
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
      auto const component = component_named(name);
      if (!component) {
        return fail(Code::kUnsupported, fmt::format("/{}/components: \"{}\" is not supported", group_, name.substr(0, 80)));
      }
      if (std::ranges::find(components_, *component) != components_.end()) {
        return wrong_here("components", fmt::format("\"{}\" is named twice", name));
      }
      components_.push_back(*component);
    }
    return {};
  }

  Result<void> read_rows(json::array& rows, StreamPlan const* plan) {
    std::size_t row_number = 0;
    for (auto entry : rows) {
      json::value row;
      if (auto const error = std::move(entry).get(row)) return bad(error);
      if (out_.elements.size() >= kObservationsPerBodyMax) {
        return fail(Code::kLimit, fmt::format("body: more than {} observations", kObservationsPerBodyMax));
      }
      Result<std::uint32_t> index = fail(Code::kNotFound, no_plan_);
      if (plan != nullptr) index = read_row(row, *plan);
      if (!index) refused(row_number, index.error());
      if (!index && plan != nullptr) out_.refused_of[plan->serial] = index.error().sentence;
      out_.elements.push_back(index.value_or(DataArrays::kRefused));
      ++row_number;
    }
    return {};
  }

  void refused(std::size_t row, Error const& error) {
    why_bytes_ += error.sentence.size();
    if (why_bytes_ <= kReasonsBytesMax) out_.whys.push_back(error.sentence);
    bool const is_new = is_new_kind(error.sentence);
    if (!is_new && out_.reasons.size() >= kReasonsMax) return;
    auto reason = fmt::format("/{}/dataArray/{}: {}", group_, row, error.sentence);
    if (is_new) out_.kinds.push_back(reason);
    if (out_.reasons.size() < kReasonsMax) out_.reasons.push_back(std::move(reason));
  }

  /// Most bodies that are refused are so row by row for one reason: that is told by comparing.
  bool is_new_kind(std::string const& sentence) {
    if (out_.kinds.size() >= kReasonKindsMax || sentence == last_why_) return false;
    last_why_ = sentence;
    return kinds_.insert(runtime::without_numbers(sentence)).second;
  }

  /// Its index in the batch.
  Result<std::uint32_t> read_row(json::value row, StreamPlan const& plan) {
    json::array cells;
    if (row.get_array().get(cells) != SUCCESS) return fail(Code::kInvalid, "an array expected");
    Draft draft;
    std::size_t column = 0;
    // The first fault is kept, but the row is read to its end: the next one begins there.
    Result<void> first;
    for (auto entry : cells) {
      json::value cell;
      if (std::move(entry).get(cell) != SUCCESS) return fail(Code::kInvalid, "not JSON");
      if (column >= components_.size()) {
        ++column;
        continue;
      }
      auto read = read_component(draft, components_[column++], cell, context_.plans.city());
      if (first && !read) first = std::move(read);
    }
    if (column > components_.size()) return fail(Code::kInvalid, "more values than components");
    MADANG_CHECK(first);
    if (column != components_.size()) return fail(Code::kInvalid, "fewer values than components");
    return keep(std::move(draft), plan);
  }

  Result<std::uint32_t> keep(Draft draft, StreamPlan const& plan) {
    if (!draft.has_time) {
      if (!identities_.is_first_untimed(plan.datastream)) return fail(Code::kInvalid, std::string(kSecondUntimed));
      draft.observation.phenomenon_time = context_.plans.arrival_time(plan.datastream, context_.now);
    }
    MADANG_CHECK(finish(draft, plan, context_.now));
    auto const index = static_cast<std::uint32_t>(out_.batch.observations.size());
    auto const earlier = identities_.add(draft.observation, draft.detail, out_.batch);
    if (earlier && !is_same(*earlier, draft)) {
      return fail(Code::kConflict, "another row has this Datastream, phenomenonTime and FeatureOfInterest");
    }
    if (earlier) return *earlier;
    append(out_.batch, std::move(draft));
    return index;
  }

  [[nodiscard]] bool is_same(std::uint32_t earlier, Draft const& draft) const {
    return out_.batch.observations[earlier].value == draft.observation.value &&
           detail_of(out_.batch, earlier) == draft.detail;
  }

  ParserScratch& scratch_;
  json::document& document_;
  PostContext const& context_;
  std::vector<Component> components_;
  std::size_t group_ = 0;
  std::size_t why_bytes_ = 0;
  std::string last_why_;
  std::set<std::string> kinds_;  ///< of refused rows, without numbers
  std::string no_plan_;  ///< said of each row of a group whose Datastream does not exist
  Identities identities_;
  DataArrays out_;
};

}  // namespace

Result<DataArrays> parse_data_arrays(std::string_view body, PostContext const& context) {
  auto& scratch = ParserScratch::of_this_thread();
  json::document document;
  if (auto const why = why_no_json(body)) return fail(Code::kInvalid, "body: " + *why);
  if (auto const error = scratch.parser.iterate(scratch.text.assign(body)).get(document)) {
    return fail(json_fault("body", body).value_or(json_error("body", error, 0)));
  }
  auto read = DataArrayReader(scratch, document, context).read();
  if (read || read.error().code != Code::kInvalid) return read;
  // Of a body that is no JSON at all the byte is what helps.
  if (auto fault = json_fault("body", body)) return fail(*std::move(fault));
  return read;
}

}  // namespace madang::opendata
