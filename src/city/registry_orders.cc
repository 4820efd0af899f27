#include "city/registry_orders.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "city/module.h"
#include "core/json_input.h"
#include "runtime/refusal.h"

namespace madang::city {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using Kind = RegistryOrder::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 5> kOrderActs{{{"edit", Kind::kEdit}, {"move", Kind::kMove}, {"retire", Kind::kRetire},
                                                                  {"return", Kind::kReturn}, {"delete", Kind::kDelete}}};
constexpr std::array<std::string_view, 11> kFields{"act", "thing", "serial", "channel", "name", "description", "unit", "interval_ms",
                                                   "fitted", "latitude", "longitude"};
constexpr std::int64_t kIntervalMax = 100'000'000'000;

std::unexpected<Error> wrong(std::string_view field, std::string_view wanted) {
  return fail(Code::kInvalid, fmt::format("{}: {} expected", field, wanted));
}

/// One field of the type that it must have; nothing when it is not there.
template <typename T>
Result<std::optional<T>> field(object const& from, std::string_view name, std::string_view wanted) {
  element value;
  if (from[name].get(value) != simdjson::SUCCESS || value.is_null()) return std::optional<T>{};
  T read{};
  if (value.get(read) != simdjson::SUCCESS) return wrong(name, wanted);
  return std::optional<T>{read};
}

Result<std::optional<std::string>> text(object const& from, std::string_view name) {
  MADANG_TRY(auto const read, field<std::string_view>(from, name, "a text"));
  return read ? std::optional{std::string{*read}} : std::optional<std::string>{};
}

Result<std::optional<Name>> names_in(object const& from) {
  MADANG_TRY(auto const languages, field<object>(from, "name", "a text for each language, as {\"en\": ...}"));
  if (!languages) return std::optional<Name>{};
  Name name;
  for (auto const [language, value] : *languages) {
    std::string_view said;
    if (value.get(said) != simdjson::SUCCESS) return wrong(fmt::format("name/{}", language.substr(0, 40)), "a text");
    name.by_language.insert_or_assign(std::string{language}, std::string{said});
  }
  return std::optional{std::move(name)};
}

/// A symbol alone, or all three as SensorThings has them.
Result<std::optional<Unit>> unit_of(object const& from) {
  element value;
  if (from["unit"].get(value) != simdjson::SUCCESS || value.is_null()) return std::optional<Unit>{};
  std::string_view symbol;
  if (value.get(symbol) == simdjson::SUCCESS) return std::optional{Unit{std::string{symbol}, std::string{symbol}, {}}};
  object parts;
  if (value.get(parts) != simdjson::SUCCESS) return wrong("unit", "a symbol, or an object with name, symbol and definition");
  Unit unit;
  MADANG_TRY(auto const name, text(parts, "name"));
  MADANG_TRY(auto const short_name, text(parts, "symbol"));
  MADANG_TRY(auto const definition, text(parts, "definition"));
  return std::optional{Unit{name.value_or(""), short_name.value_or(""), definition.value_or("")}};
}

Result<void> read_target(object const& from, RegistryOrder& order) {
  MADANG_TRY(auto const thing, field<std::int64_t>(from, "thing", "a whole number"));
  MADANG_TRY(auto const serial, text(from, "serial"));
  MADANG_TRY(auto const channel, text(from, "channel"));
  if (thing.has_value() == serial.has_value()) return wrong("thing", "the Thing's id, or else its serial in \"serial\",");
  order.thing = ThingId{thing.value_or(0)};
  order.serial = serial.value_or("");
  order.channel = channel.value_or("");
  return {};
}

Result<void> read_edit(object const& from, RegistryOrder& order) {
  MADANG_TRY(order.name, names_in(from));
  MADANG_TRY(order.description, text(from, "description"));
  MADANG_TRY(order.unit, unit_of(from));
  MADANG_TRY(auto const interval, field<std::int64_t>(from, "interval_ms", "a whole number"));
  if (interval && (*interval < 0 || *interval > kIntervalMax)) return wrong("interval_ms", fmt::format("0 to {}", kIntervalMax));
  if (interval) order.interval = Millis{*interval};
  MADANG_TRY(order.fitted, field<bool>(from, "fitted", "true or false"));
  if (order.channel.empty() && (order.unit || order.interval || order.fitted))
    return runtime::refuse_field(Code::kInvalid, "channel", "refusal.registry.channel_missing");
  return {};
}

Result<void> read_move(object const& from, RegistryOrder& order) {
  MADANG_TRY(auto const latitude, field<double>(from, "latitude", "degrees"));
  MADANG_TRY(auto const longitude, field<double>(from, "longitude", "degrees"));
  if (!latitude || !longitude) return runtime::refuse(Code::kInvalid, "refusal.registry.move_both");
  order.point = LatLon{*latitude, *longitude};
  return {};
}

DatastreamPtr stream_of(City const& city, ThingId thing, std::string_view channel) {
  for (auto const& d : city.datastreams_of(thing))
    if (d->channel == channel) return d;
  return nullptr;
}

void rename(Name& name, std::optional<Name> const& wanted) {
  if (!wanted) return;
  for (auto const& [language, said] : wanted->by_language) name.by_language.insert_or_assign(language, said);
}

Result<void> edit(City const& city, Writer& writer, RegistryOrder const& order, Thing thing) {
  if (order.channel.empty()) {
    rename(thing.name, order.name);
    if (order.description) thing.description = *order.description;
    return writer.edit(std::move(thing));
  }
  auto const found = stream_of(city, thing.id, order.channel);
  if (found == nullptr) return runtime::refuse_field(Code::kNotFound, "channel", "refusal.registry.no_channel", {{"serial", thing.serial}, {"channel", order.channel.substr(0, 80)}});
  auto datastream = *found;
  rename(datastream.name, order.name);
  if (order.description) datastream.description = *order.description;
  if (order.unit) datastream.unit = *order.unit;
  if (order.interval) datastream.interval = *order.interval;
  if (order.fitted) datastream.fitted = *order.fitted;
  return writer.edit(std::move(datastream));
}

/// What a move makes for a Thing, and nobody has said more of.
bool is_made_by_move(Location const& place, Thing const& thing) {
  return place.name == thing.name && place.description.empty() && place.properties == "{}";
}

/// To a Location of its own: others may stand where it stood. Where it stands already, a repeated order does nothing. A place that a
/// move made goes when nobody is there any more: it is nobody's entity, and histories keep what it was.
Result<void> move(City const& city, Writer& writer, RegistryOrder const& order, Thing const& thing) {
  auto const places = city.locations_of(thing.id);
  if (places.size() == 1 && places.front()->point == order.point) return {};
  Location place;
  place.name = thing.name;
  place.point = *order.point;
  MADANG_TRY(auto const id, writer.add(std::move(place)));
  MADANG_CHECK(writer.move(thing.id, {id}));
  for (auto const& left : places) {
    if (is_made_by_move(*left, thing) && city.things_of(left->id).size() == 1) MADANG_CHECK(writer.remove(left->id));
  }
  return {};
}

Result<ThingPtr> thing_of(City const& city, RegistryOrder const& order) {
  auto thing = order.thing ? city.thing(order.thing) : city.thing_of_serial(order.serial);
  if (thing != nullptr) return thing;
  if (order.thing) return runtime::refuse_field(Code::kNotFound, "thing", "refusal.registry.no_thing", {{"id", std::to_string(order.thing.value())}});
  return runtime::refuse_field(Code::kNotFound, "serial", "refusal.registry.no_serial", {{"serial", order.serial.substr(0, 80)}});
}

}  // namespace

Result<RegistryOrder> parse_order(std::string_view body) {
  PaddedJson text_of_body;
  simdjson::dom::parser parser;
  auto const padded = text_of_body.assign(body);
  element root;
  if (auto const error = parser.parse(padded.data(), padded.length(), false).get(root)) return fail(json_fault("body", body).value_or(json_error("body", error, 0)));
  object from;
  if (root.get(from) != simdjson::SUCCESS) return fail(Code::kInvalid, "body: a JSON object expected");
  for (auto const [name, value] : from)
    if (std::ranges::find(kFields, name) == kFields.end()) return fail(Code::kInvalid, fmt::format("{}: no such field", name.substr(0, 80)));
  MADANG_TRY(auto const act, text(from, "act"));
  auto const known = std::ranges::find(kOrderActs, act.value_or(""), &std::pair<std::string_view, Kind>::first);
  if (known == kOrderActs.end()) return wrong("act", "edit, move, retire, return or delete");
  RegistryOrder order;
  order.kind = known->second;
  MADANG_CHECK(read_target(from, order));
  if (order.kind == Kind::kEdit) MADANG_CHECK(read_edit(from, order));
  if (order.kind == Kind::kMove) MADANG_CHECK(read_move(from, order));
  return order;
}

Result<ThingId> apply(City& city, storage::ObservationStore& store, RegistryOrder const& order, std::string const& actor) {
  ThingId done;
  // What the order is about is read within the write: what another's order changed before stands.
  auto const work = [&](Writer& writer) -> Result<void> {
    MADANG_TRY(auto const thing, thing_of(city, order));
    done = thing->id;
    switch (order.kind) {
      case Kind::kEdit: return edit(city, writer, order, *thing);
      case Kind::kMove: return move(city, writer, order, *thing);
      case Kind::kRetire: return writer.retire(thing->id);
      case Kind::kReturn: return writer.give_back(thing->id);
      case Kind::kDelete: MADANG_CHECK(check_never_measured(city, store, thing->id)); return writer.remove(thing->id);
    }
    return {};
  };
  MADANG_CHECK(city.write(work, actor));
  return done;
}

}  // namespace madang::city
