#include "opendata/sensorthings/query_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/members.h"

namespace madang::opendata {
namespace {

Result<std::size_t> parse_count(std::string_view name, std::string_view text) {
  auto const number = parse_int(text);
  if (!number || *number < 0) return fail(Code::kInvalid, fmt::format("{}: a number from 0 on expected", name));
  return static_cast<std::size_t>(*number);
}

/// "1795000000000_67108864": milliseconds and id.
Result<PagePosition> parse_position(std::string_view text) {
  auto const parts = split(text, '_');
  auto const time = parse_int(parts.front());
  auto const id = parts.size() == 2 ? parse_int(parts.back()) : std::nullopt;
  bool const right = time && id && *time >= millis_of(kInstantMin) && *time < millis_of(kInstantMax) && *id > 0;
  if (!right) return fail(Code::kInvalid, "$skiptoken: only as an @iot.nextLink has it");
  return PagePosition{instant_of_millis(*time), ObservationId{*id}};
}

Result<OrderKey> parse_key(std::string_view name, EntityKind kind) {
  if (name == "id" || name == "@iot.id") return OrderKey::kId;
  bool const of_observation = kind == EntityKind::kObservation;
  if (of_observation && name == "phenomenonTime") return OrderKey::kPhenomenonTime;
  if (of_observation && name == "resultTime") return OrderKey::kResultTime;
  if (of_observation && name == "result") return OrderKey::kResult;
  return fail(Code::kUnsupported, fmt::format("$orderby: \"{}\" is not supported for {}", name.substr(0, 80), set_name(kind)));
}

Result<std::vector<OrderBy>> parse_order(std::string_view text, EntityKind kind) {
  std::vector<OrderBy> order;
  for (auto const part : split(text, ',')) {
    auto const words = split(trim(part), ' ');
    if (words.empty() || words[0].empty()) return fail(Code::kInvalid, "$orderby: a property expected");
    OrderBy by;
    MADANG_TRY(by.key, parse_key(words[0], kind));
    if (words.size() > 2) return fail(Code::kInvalid, "$orderby: only asc or desc may follow a property");
    // FROST's client writes DESC.
    bool const descending = words.size() == 2 && (words[1] == "desc" || words[1] == "DESC");
    bool const ascending = words.size() == 1 || words[1] == "asc" || words[1] == "ASC";
    if (!descending && !ascending) return fail(Code::kInvalid, "$orderby: only asc or desc may follow a property");
    by.descending = descending;
    order.push_back(by);
    if (order.size() > 8) return fail(Code::kLimit, "$orderby: more than 8 properties");
  }
  return order;
}

std::string why_unsupported(std::string_view name, EntityKind kind) {
  if (name == "$expand") return "$expand: this server expands nothing; follow the links, such as Datastreams@iot.navigationLink";
  if (name == "$resultFormat") return "$resultFormat: only dataArray, of Observations";
  if (name == "$skiptoken") return fmt::format("$skiptoken: {} are paged with $skip", set_name(kind));
  return fmt::format("{}: this server does not know it", name.substr(0, 80));
}

Result<void> read_option(QueryOptions& options, std::string const& name, std::string const& value, EntityKind kind) {
  if (name == "$top") {
    MADANG_TRY(auto const top, parse_count(name, value));
    options.top = std::min(top, kTopMax);
  } else if (name == "$skip") {
    MADANG_TRY(options.skip, parse_count(name, value));
  } else if (name == "$skiptoken" && kind == EntityKind::kObservation) {
    MADANG_TRY(options.after, parse_position(value));
  } else if (name == "$count") {
    if (value != "true" && value != "false") return fail(Code::kInvalid, "$count: true or false expected");
    options.count = value == "true";
  } else if (name == "$orderby") {
    MADANG_TRY(options.order, parse_order(value, kind));
  } else if (name == "$filter") {
    MADANG_TRY(auto filter, Filter::parse(value, kind));
    options.filter = std::move(filter);
  } else if (name == "$resultFormat" && kind == EntityKind::kObservation && value == "dataArray") {
    options.data_array = true;
  } else if (name == "$select") {
    MADANG_TRY(options.select, parse_select(value, kind));
  } else if (name.starts_with('$')) {
    return fail(Code::kUnsupported, why_unsupported(name, kind));
  }
  return {};
}

void append_encoded(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "-._~$:,()'/@";
  for (char const c : text) {
    bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto const byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
}

}  // namespace

Result<QueryOptions> parse_query(web::Fields const& query, EntityKind kind) {
  QueryOptions options;
  options.top = kTopDefault;
  std::vector<std::string_view> seen;
  for (auto const& [name, value] : query) {
    if (std::ranges::find(seen, name) != seen.end()) return fail(Code::kInvalid, name.substr(0, 80) + ": given twice");
    seen.push_back(name);
    MADANG_CHECK(read_option(options, name, value, kind));
  }
  if (options.after && options.skip > 0) return fail(Code::kInvalid, "$skip: not together with $skiptoken");
  return options;
}

std::string next_query(web::Fields const& query, std::string_view option, std::string_view value) {
  std::string out = "?";
  for (auto const& [name, given] : query) {
    if (name == "$skip" || name == "$skiptoken") continue;
    append_encoded(out, name);
    out += '=';
    append_encoded(out, given);
    out += '&';
  }
  return out.append(option).append("=").append(value);
}

std::string text_of(PagePosition const& position) {
  return std::to_string(millis_of(position.time)) + "_" + std::to_string(position.id.value());
}

}  // namespace madang::opendata
