#include "sensing/indices/indices_json.h"

#include <array>

#include "core/json_writer.h"
#include "sensing/live/api_json.h"

namespace madang::sensing::indices {
namespace {

std::string_view name_of(HeatAdvisory advisory) {
  static constexpr std::array<std::string_view, 3> kNames{"none", "advisory", "warning"};
  return kNames[static_cast<std::size_t>(advisory)];
}

void write_scale(JsonWriter& w, AirScale scale, runtime::Messages const& messages) {
  w.key("scale");
  if (scale == AirScale::kNone) {
    w.null();
    return;
  }
  auto const& info = info_of(scale);
  w.begin_object().field("key", indices::name_of(scale)).field("short", info.short_name).key("name");
  write_name(w, city::in_every_language(messages, info.name_key));
  w.field("source", messages.text(kSourceLanguage, info.source_key)).key("classes").begin_array();
  for (auto const& c : classes_of(scale)) {
    w.begin_object().field("key", c.key).key("name");
    write_name(w, city::in_every_language(messages, c.name_key));
    w.field("colour", c.colour).key("max");
    if (c.index_max > 0) {
      w.value(c.index_max);
    } else {
      w.null();
    }
    w.end_object();
  }
  w.end_array().end_object();
}

void write_value(JsonWriter& w, std::optional<int> value) {
  if (value) {
    w.value(*value);
  } else {
    w.null();
  }
}

void write_air(JsonWriter& w, AirAnswer const& answer) {
  w.key("air");
  if (!answer.index) {
    w.null();
    return;
  }
  auto const& index = *answer.index;
  w.begin_object().field("class", index.step).key("value");
  write_value(w, index.value);
  w.field("cause", channel_of(index.cause)).key("parts").begin_array();
  for (auto const& part : index.parts) {
    w.begin_array().value(channel_of(part.pollutant)).value(part.step);
    write_value(w, part.value);
    w.value(rounded(part.concentration, 2)).end_array();
  }
  w.end_array().end_object();
}

/// Air, reason, noise and heat of one place, into the open object.
void write_place(JsonWriter& w, CityIndices const& all, PlaceIndices const& place, runtime::Messages const& messages) {
  write_air(w, place.air);
  w.key("air_reason");
  city::Name reason;
  for (auto const& language : messages.languages())
    if (auto text = air_reason(messages, language, all.settings.air, place.air); !text.empty())
      reason.by_language.insert_or_assign(language, std::move(text));
  if (reason.by_language.empty()) {
    w.null();
  } else {
    write_name(w, reason);
  }
  w.key("noise");
  if (place.noise) {
    w.begin_object().field("leq", rounded(place.noise->leq.value, 0)).field("stations", place.noise->stations);
    w.field("above", place.noise->above).end_object();
  } else {
    w.null();
  }
  w.key("heat");
  if (!place.heat) {
    w.null();
    return;
  }
  w.begin_object().field("perceived", rounded(place.heat->perceived.value, 0));
  w.field("level", indices::name_of(place.heat->level));
  if (!place.area) w.field("advisory", name_of(all.advisory));
  w.end_object();
}

void write_crowd(JsonWriter& w, CityIndices const& all) {
  auto const& bands = all.settings.crowd;
  w.key("crowd").begin_object().key("bands").begin_array().value(bands.caution.value).value(bands.alert.value);
  w.value(bands.severe.value).end_array().key("places").begin_array();
  for (auto const& place : all.crowds) {
    w.begin_object().field("thing", place.thing.value()).key("name");
    write_name(w, place.name);
    w.field("density", rounded(place.density.value, 0)).field("at", millis_of(place.at)).field("band", indices::name_of(place.state.band));
    w.field("trend", indices::name_of(place.state.trend)).field("per_minute", rounded(place.state.per_minute, 1));
    w.key("until_next_ms");
    if (place.state.until_next) {
      w.value(std::int64_t{place.state.until_next->count()});
    } else {
      w.null();
    }
    w.end_object();
  }
  w.end_array().end_object();
}

}  // namespace

std::string air_reason(runtime::Messages const& messages, std::string const& language, AirScale scale,
                       AirAnswer const& answer) {
  if (scale == AirScale::kNone || answer.index) return {};
  std::string missing;
  for (auto const pollutant : answer.missing) missing += (missing.empty() ? "" : ", ") + std::string{symbol_of(pollutant)};
  return messages.text(language, "indices.air_missing",
                       {{"scale", std::string{info_of(scale).short_name}}, {"missing", missing}});
}

std::string indices_json(CityIndices const& all, runtime::Messages const& messages) {
  JsonWriter w;
  w.begin_object().field("now", millis_of(all.now)).key("hour").begin_array().value(millis_of(all.hour.from));
  w.value(millis_of(all.hour.to)).end_array().field("zone", all.identity.zone);
  w.field("simulated", all.simulated).field("official", all.official);
  write_scale(w, all.settings.air, messages);
  w.key("notices").begin_array();
  for (auto const& notice : all.notices) write_name(w, notice);
  w.end_array().key("city").begin_object();
  write_place(w, all, all.city, messages);
  w.end_object().key("areas").begin_array();
  for (auto const& area : all.areas) {
    w.begin_object().field("area", area.area.value()).field("code", area.code).key("name");
    write_name(w, area.name);
    write_place(w, all, area, messages);
    w.end_object();
  }
  w.end_array().key("noise").begin_object().field("zone", indices::name_of(all.settings.noise_zone));
  w.field("part", all.part == DayPart::kDay ? "day" : "night").field("limit", all.noise_limit.value).end_object();
  write_crowd(w, all);
  w.end_object();
  return w.take();
}

}  // namespace madang::sensing::indices
