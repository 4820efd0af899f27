#include "city/rules.h"

#include <algorithm>
#include <cmath>

#include "city/codec.h"
#include "city/limits.h"
#include "core/text.h"
#include "modules/local_access.h"
#include "runtime/refusal.h"

namespace madang::city {
namespace {

Result<void> check_text(std::string_view field, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return runtime::refuse_field(Code::kLimit, field, "refusal.text.too_long", {{"bytes", text.size()}, {"max", bytes_max}});
  }
  if (text.find('\0') != std::string_view::npos) return runtime::refuse_field(Code::kInvalid, field, "refusal.text.zero_byte");
  if (!is_utf8(text)) return runtime::refuse_field(Code::kInvalid, field, "refusal.text.not_utf8");
  return {};
}

Result<void> check_name(std::string_view field, Name const& name) {
  if (name.by_language.size() > kLanguagesMax) {
    return runtime::refuse_field(Code::kLimit, field, "refusal.too_many_languages", {{"max", kLanguagesMax}});
  }
  for (auto const& [language, text] : name.by_language) {
    MADANG_CHECK(check_text(field, language, 35));  // RFC 5646, 4.4.1: longest tag worth supporting
    MADANG_CHECK(check_text(field, text, kTextMax));
  }
  return {};
}

Result<void> check_properties(std::string_view properties) {
  MADANG_CHECK(check_text("properties", properties, kPropertiesMax));
  if (!is_json_object(properties)) return runtime::refuse_field(Code::kInvalid, "properties", "refusal.text.no_json_object");
  return {};
}

/// What all of SensorThings' entities have.
template <typename Entity>
Result<void> check_common(Entity const& entity) {
  MADANG_CHECK(check_name("name", entity.name));
  MADANG_CHECK(check_text("description", entity.description, kPropertiesMax));
  return check_properties(entity.properties);
}

Result<void> check_channel(Channel const& channel) {
  MADANG_CHECK(check_text("channels/name", channel.name, kChannelMax));
  auto const where = "channels/" + channel.name;
  bool const finite = std::isfinite(channel.scale) && std::isfinite(channel.offset) &&
                      std::isfinite(channel.valid_min) && std::isfinite(channel.valid_max) &&
                      std::all_of(channel.sentinels.begin(), channel.sentinels.end(),
                                  [](double sentinel) { return std::isfinite(sentinel); });
  if (!finite) return fail(Code::kInvalid, where + ": every number must be finite");
  if (channel.sentinels.size() > kSentinelsPerChannelMax)
    return fail(Code::kLimit, where + "/sentinels: " + std::to_string(channel.sentinels.size()) + " numbers that mean \"no value\" are above " +
                                  std::to_string(kSentinelsPerChannelMax));
  if (channel.scale == 0) return fail(Code::kInvalid, where + ": a scale of 0 would make every value the same");
  if (channel.valid_min > channel.valid_max) return fail(Code::kInvalid, where + ": valid_min is above valid_max");
  return {};
}

}  // namespace

Result<void> check_serial(std::string_view serial) {
  MADANG_CHECK(check_text("serial", serial, kSerialMax));
  auto const forbidden = [](char c) { return c == '/' || c == '+' || c == '#' || (c >= 0 && c < ' ') || c == 0x7f; };
  if (std::any_of(serial.begin(), serial.end(), forbidden)) {
    return runtime::refuse_field(Code::kInvalid, "serial", "refusal.serial.signs", {{"serial", serial}});
  }
  if (serial.starts_with('$')) return runtime::refuse_field(Code::kInvalid, "serial", "refusal.serial.dollar");
  return {};
}

Result<void> check(Thing const& thing) {
  MADANG_CHECK(check_serial(thing.serial));
  return check_common(thing);
}

Result<void> check(Location const& location) {
  MADANG_CHECK(check_text("encodingType", location.encoding_type, kTextMax));
  MADANG_CHECK(check_text("location", location.geometry, kGeometryMax));
  if (location.point && !is_on_earth(*location.point)) {
    return runtime::refuse_field(Code::kInvalid, "location", "refusal.registry.not_on_earth",
                                 {{"latitude", std::to_string(location.point->latitude)}, {"longitude", std::to_string(location.point->longitude)}});
  }
  return check_common(location);
}

Result<void> check(Sensor const& sensor) {
  MADANG_CHECK(check_text("encodingType", sensor.encoding_type, kTextMax));
  MADANG_CHECK(check_text("metadata", sensor.metadata, kPropertiesMax));
  MADANG_CHECK(check_text("model", sensor.model, kTextMax));
  MADANG_CHECK(check_text("grade", sensor.grade, kTextMax));
  MADANG_CHECK(check_text("source", sensor.source, kPropertiesMax));
  MADANG_CHECK(check_name("notice", sensor.notice));
  if (sensor.channels.size() > kChannelsPerSensorMax) {
    return fail(Code::kLimit, "channels: more than " + std::to_string(kChannelsPerSensorMax));
  }
  for (auto const& channel : sensor.channels) MADANG_CHECK(check_channel(channel));
  return check_common(sensor);
}

Result<void> check(ObservedProperty const& property) {
  MADANG_CHECK(check_text("definition", property.definition, kTextMax));
  return check_common(property);
}

Result<void> check(Datastream const& datastream) {
  MADANG_CHECK(check_text("channel", datastream.channel, kChannelMax));
  MADANG_CHECK(check_text("observationType", datastream.observation_type, kTextMax));
  MADANG_CHECK(check_text("unitOfMeasurement/name", datastream.unit.name, kTextMax));
  MADANG_CHECK(check_text("unitOfMeasurement/symbol", datastream.unit.symbol, kTextMax));
  MADANG_CHECK(check_text("unitOfMeasurement/definition", datastream.unit.definition, kTextMax));
  if (datastream.interval < Millis{0}) return runtime::refuse_field(Code::kInvalid, "interval", "refusal.registry.interval_negative");
  return check_common(datastream);
}

Result<void> check(FeatureOfInterest const& feature) {
  MADANG_CHECK(check_text("encodingType", feature.encoding_type, kTextMax));
  MADANG_CHECK(check_text("feature", feature.geometry, kGeometryMax));
  return check_common(feature);
}

Result<void> check_key(std::string_view name, std::vector<std::string> const& things) {
  if (trim(name).empty()) return runtime::refuse_field(Code::kInvalid, "name", "refusal.key.nameless");
  MADANG_CHECK(check_text("name", name, kKeyNameMax));
  // Logs and lists would show two of one name.
  if (trim(name) == modules::kLocalPrincipal)
    return runtime::refuse_field(Code::kInvalid, "name", "refusal.key.own_name", {{"name", modules::kLocalPrincipal}});
  if (things.size() > kKeyThingsMax) {
    return runtime::refuse_field(Code::kLimit, "things", "refusal.key.things", {{"max", kKeyThingsMax}});
  }
  for (auto const& serial : things) MADANG_CHECK(check_serial(serial));
  if (things.size() > 1 && std::ranges::find(things, kNoThing) != things.end()) {
    return runtime::refuse_field(Code::kInvalid, "things", "refusal.key.nothing_alone", {{"none", kNoThing}});
  }
  return {};
}

Result<void> check_password(std::string_view password) {
  MADANG_CHECK(check_text("password", password, kPasswordMax));
  auto const starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  auto const characters = std::count_if(password.begin(), password.end(), starts_character);
  if (static_cast<std::size_t>(characters) < kPasswordMin) {
    return runtime::refuse_field(Code::kInvalid, "password", "refusal.password.short", {{"min", kPasswordMin}});
  }
  return {};
}

Result<void> check_login(std::string_view login) {
  if (trim(login).empty()) return runtime::refuse_field(Code::kInvalid, "login", "refusal.login.missing");
  if (trim(login).size() != login.size()) return runtime::refuse_field(Code::kInvalid, "login", "refusal.login.blanks");
  return check_text("login", login, kLoginNameMax);
}

}  // namespace madang::city
