#include "situations/notices/subscriber_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "runtime/refusal.h"
#include "situations/kinds.h"
#include "situations/notices/limits.h"

namespace madang::situations::notices {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::unexpected<Error> wrong(std::string_view name, std::string_view wanted) {
  return fail(Code::kInvalid, fmt::format("{}: {} expected", name, wanted));
}

Result<std::string> text_of(std::string_view name, element const& value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return wrong(name, "a text");
  return std::string{text};
}

Result<bool> truth_of(std::string_view name, element const& value) {
  bool on = false;
  if (value.get(on) != simdjson::SUCCESS) return wrong(name, "true or false");
  return on;
}

Result<array> list_of(std::string_view name, element const& value, std::size_t max) {
  array list;
  if (value.get(list) != simdjson::SUCCESS) return wrong(name, "a list");
  if (list.size() > max) return runtime::refuse_field(Code::kLimit, name, "refusal.too_many", {{"max", max}});
  return list;
}

Result<void> read_kinds(element const& value, Filter& filter) {
  MADANG_TRY(auto const list, list_of("kinds", value, kKindsMax));
  filter.kinds.clear();
  for (auto const each : list) {
    MADANG_TRY(auto kind, text_of("kinds", each));
    MADANG_CHECK(check_kind("kinds", kind));
    filter.kinds.push_back(std::move(kind));
  }
  return {};
}

Result<void> read_areas(element const& value, Filter& filter) {
  MADANG_TRY(auto const list, list_of("areas", value, kAreasMax));
  filter.areas.clear();
  for (auto const each : list) {
    std::int64_t id = 0;
    if (each.get(id) != simdjson::SUCCESS || id < 1) return wrong("areas", "a list of numbers of areas");
    filter.areas.emplace_back(id);
  }
  return {};
}

Result<void> read_field(std::string_view name, element const& value, Subscriber& s) {
  if (name == "kinds") return read_kinds(value, s.filter);
  if (name == "areas") return read_areas(value, s.filter);
  if (name == "internal" || name == "paused") {
    MADANG_TRY((name == "internal" ? s.filter.internal : s.paused), truth_of(name, value));
    return {};
  }
  MADANG_TRY(auto text, text_of(name, value));
  if (name == "severity") {
    MADANG_TRY(s.filter.severity_min, severity_of(text));
    return {};
  }
  if (name == "channel") {
    if (text != "email" && text != "webhook") return wrong("channel", "\"email\" or \"webhook\"");
    s.channel = text == "email" ? Channel::kEmail : Channel::kWebhook;
    return {};
  }
  auto* const field = name == "name"       ? &s.name
                      : name == "address"  ? &s.address
                      : name == "language" ? &s.language
                      : name == "secret"   ? &s.secret
                                           : nullptr;
  if (field != nullptr) *field = std::move(text);
  return {};
}

Result<Subscriber> read(std::string_view body, std::span<std::string_view const> known, Subscriber s) {
  PaddedJson padded;
  simdjson::dom::parser parser;
  auto const text = padded.assign(body);
  element root;
  if (auto const error = parser.parse(text.data(), text.length(), false).get(root)) return fail(json_fault("body", body).value_or(json_error("body", error, 0)));
  object fields;
  if (root.get(fields) != simdjson::SUCCESS) return fail(Code::kInvalid, "body: a JSON object expected");
  for (auto const [name, value] : fields) {
    if (std::ranges::find(known, name) == known.end())
      return fail(Code::kInvalid, fmt::format("{}: no such field", name.substr(0, 80)));
    if (!value.is_null()) MADANG_CHECK(read_field(name, value, s));
  }
  return s;
}

void write_time(JsonWriter& w, std::string_view name, std::optional<Instant> const& time) {
  w.key(name);
  if (time)
    w.value(millis_of(*time));
  else
    w.null();
}

void write_filter(JsonWriter& w, Filter const& filter, city::City const& city) {
  w.field("severity", situations::name_of(filter.severity_min)).key("kinds").begin_array();
  for (auto const& kind : filter.kinds) w.value(kind);
  w.end_array().key("areas").begin_array();
  for (auto const id : filter.areas) {
    auto const area = city.area(id);
    w.begin_object().field("id", id.value()).key("name").begin_object();
    if (area)
      for (auto const& [language, name] : area->name.by_language) w.field(language, name);
    w.end_object().end_object();
  }
  w.end_array().field("internal", filter.internal);
}

void write_tally(JsonWriter& w, Tally const& t) {
  w.field("owed", t.owed).field("delivered", t.delivered).field("failed", t.failed).field("refused", t.refused);
  w.field("given_up", t.given_up).field("superseded", t.superseded).field("dropped", t.dropped);
  write_time(w, "delivered_at", t.delivered_at);
  w.field("error", t.error);
  write_time(w, "error_at", t.error_at);
}

void write(JsonWriter& w, Subscriber const& s, city::City const& city, bool with_secret) {
  w.begin_object().field("id", s.id.value()).field("name", s.name).field("channel", name_of(s.channel));
  w.field("address", s.address).field("language", s.language);
  write_filter(w, s.filter, city);
  w.field("paused", s.paused).field("paused_because", s.paused_because).field("created_at", millis_of(s.created_at));
  write_tally(w, s.tally);
  if (with_secret) w.field("secret", s.secret);
  w.end_object();
}

}  // namespace

Result<Severity> severity_of(std::string_view name) {
  for (auto const s : {Severity::kNotice, Severity::kCaution, Severity::kSerious, Severity::kCritical})
    if (situations::name_of(s) == name) return s;
  return wrong("severity", "\"notice\", \"caution\", \"serious\" or \"critical\"");
}

Result<Subscriber> parse_subscriber(std::string_view body) {
  constexpr std::array<std::string_view, 9> kKnown{"name",  "channel", "address",  "language", "severity",
                                                   "kinds", "areas",   "internal", "secret"};
  MADANG_TRY(auto s, read(body, kKnown, {}));
  if (s.name.empty()) s.name = s.address.substr(0, kNameMax);
  bool const has_none = s.address.empty();
  if (has_none && s.channel == Channel::kEmail) return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.email");
  if (has_none) return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.url");
  return s;
}

Result<Subscriber> parse_change(std::string_view body, Subscriber subscriber) {
  constexpr std::array<std::string_view, 9> kKnown{"name",  "address", "language", "severity", "kinds",
                                                   "areas", "internal", "secret",  "paused"};
  subscriber.secret.clear();
  return read(body, kKnown, std::move(subscriber));
}

std::string subscriber_json(Subscriber const& s, city::City const& city, bool with_secret) {
  JsonWriter w;
  write(w, s, city, with_secret);
  return w.take();
}

std::string subscribers_json(std::span<Subscriber const> all, std::span<Channel const> channels, city::City const& city) {
  JsonWriter w;
  w.begin_object().key("channels").begin_array();
  for (auto const channel : channels) w.value(name_of(channel));
  w.end_array().key("subscribers").begin_array();
  for (auto const& s : all) write(w, s, city, false);
  w.end_array().end_object();
  return w.take();
}

}  // namespace madang::situations::notices
