#include "sensing/import/sdot_entities.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/json_writer.h"
#include "core/error.h"
#include "runtime/shipped.h"
#include "sensing/quantity_names.h"

namespace madang::sensing {
namespace {

/// From the publisher's data sheet: what the node sends, and what that means. Physical = wire * scale + offset.
struct Wire {
  std::string_view channel;
  double scale, offset, min, max;  ///< the last two physical
};

// Vibration: the sheet says mm/s; the data is in g (z about 1.03 at rest). Gases are not in the sheet: the quantity's
// own range counts.
constexpr std::array kWires{
    Wire{"pm25", 1, 0, 0, 1500},
    Wire{"pm10", 1, 0, 0, 1500},
    Wire{"pm25_corrected", 1, 0, 0, 1500},
    Wire{"pm10_corrected", 1, 0, 0, 1500},
    Wire{"temperature", 0.1, -100, -50, 80},
    Wire{"humidity", 1, 0, 0, 100},
    Wire{"wind_direction", 0.1, 0, 0, 359.9},
    Wire{"wind_speed", 0.1, 0, 0, 100},
    Wire{"gust_direction", 0.1, 0, 0, 359.9},
    Wire{"gust_speed", 0.1, 0, 0, 100},
    Wire{"illuminance", 1, 0, 0, 120'000},
    Wire{"ultraviolet", 0.1, 0, 0, 16},
    Wire{"noise", 1, 0, 35, 85},
    Wire{"vibration_x", 0.01, 0, 0, 16},
    Wire{"vibration_y", 0.01, 0, 0, 16},
    Wire{"vibration_z", 0.01, 0, 0, 16},
    Wire{"vibration_x_max", 0.01, 0, 0, 16},
    Wire{"vibration_y_max", 0.01, 0, 0, 16},
    Wire{"vibration_z_max", 0.01, 0, 0, 16},
    Wire{"globe_temperature", 0.1, -100, -50, 80},
};
constexpr std::array<std::string_view, 7> kBesidesSheet{"no2", "co", "so2", "nh3", "h2s", "o3", "people"};
/// In published files, in the physical unit.
constexpr std::array<double, 2> kPublishedSentinels{-999, -9999};

void add_channel(city::Sensor& sensor, std::string_view base, Wire const& wire) {
  // The weekly files give extremes of these three besides their means.
  bool const extremes = base == "temperature" || base == "humidity" || base == "noise";
  for (auto const statistic : {"", "_max", "_min"}) {
    if (*statistic != '\0' && !extremes) continue;
    for (auto const interval : {"", "_2min", "_hourly", "_daily"}) {
      city::Channel channel;
      channel.name = fmt::format("{}{}{}", base, statistic, interval);
      channel.scale = wire.scale;
      channel.offset = wire.offset;
      channel.valid_min = wire.min;
      channel.valid_max = wire.max;
      for (double const value : kPublishedSentinels) channel.sentinels.push_back((value - wire.offset) / wire.scale);
      sensor.channels.push_back(std::move(channel));
    }
  }
}

std::string_view statistic_of(std::string_view base) {
  if (base.ends_with("_max")) return "maximum";
  if (base.ends_with("_min")) return "minimum";
  return "mean";
}

std::string_view span_name(Millis interval) {
  if (interval >= std::chrono::hours{24}) return "P1D";
  return interval >= std::chrono::hours{1} ? "PT1H" : "PT2M";
}

/// "Air temperature, hourly largest"
city::Name stream_name(QuantityInfo const& info, std::string_view statistic, std::string_view span) {
  auto const& messages = runtime::shipped_messages();
  city::Name name;
  for (auto const& language : messages.languages())
    name.by_language.insert_or_assign(language, messages.text(language, "sdot.stream", {{"quantity", quantity_name(messages, language, info)},
                                                                                        {"span", std::string{span}},
                                                                                        {"statistic", std::string{statistic}}}));
  return name;
}

}  // namespace

QuantityInfo const* sdot_quantity(std::string_view channel) {
  if (auto const* info = quantity(channel)) return info;
  if (channel.ends_with("_max") || channel.ends_with("_min")) return quantity(channel.substr(0, channel.size() - 4));
  return nullptr;
}

std::string_view interval_suffix(Millis interval) {
  if (interval >= std::chrono::hours{24}) return "_daily";
  return interval >= std::chrono::hours{1} ? "_hourly" : "_2min";
}

city::Sensor sdot_sensor(std::string_view model) {
  city::Sensor sensor;
  auto const& messages = runtime::shipped_messages();
  sensor.name = city::in_every_language(messages, "sdot.sensor", {{"model", std::string{model}}});
  sensor.description =
      "Smart Seoul Data of Things: a node on a CCTV or street-light pole, 2 to 4 m up, that sends two-minute means. "
      "Noise saturates below 35 and above 85 dB.";
  sensor.encoding_type = "text/html";
  sensor.metadata = "https://data.seoul.go.kr/dataList/OA-15969/S/1/datasetView.do";
  sensor.model = model;
  sensor.measurement_class = city::MeasurementClass::kSimpleMonitor;
  sensor.grade = "2";
  sensor.notice = city::in_every_language(messages, "notice.simple_monitor", {{"grade", sensor.grade}});
  sensor.source =
      "Seoul Metropolitan Government, S-DoT (data.seoul.go.kr OA-15969). ※ 본 자료는 서울시 IoT도시데이터 자료를 활용한 "
      "것이며, 연구 결과는 서울시와 관련 없음을 밝힙니다.";
  for (auto const& wire : kWires) add_channel(sensor, wire.channel, wire);
  for (auto const base : kBesidesSheet) {
    auto const* info = quantity(base);
    add_channel(sensor, base, {base, 1, 0, info->valid_min, info->valid_max});
  }
  return sensor;
}

city::Thing sdot_thing(std::string_view serial) {
  city::Thing thing;
  thing.serial = serial;
  thing.name = city::in_every_language(runtime::shipped_messages(), "sdot.thing", {{"serial", std::string{serial}}});
  thing.description = "A node of Seoul's S-DoT network";
  thing.properties = R"({"network":"S-DoT"})";
  return thing;
}

city::NewDatastream sdot_datastream(city::Sensor const& sensor, std::string_view base, std::string_view channel,
                                    Millis interval, bool fitted) {
  auto const* info = sdot_quantity(base);
  MADANG_ASSERT(info != nullptr);
  auto const statistic = statistic_of(base);
  auto const span = span_name(interval);
  city::NewDatastream made;
  made.sensor = sensor;
  made.observed_property.name = quantity_names(runtime::shipped_messages(), info->channel);
  made.observed_property.definition = info->definition;
  auto& stream = made.datastream;
  stream.channel = channel;
  stream.name = stream_name(*info, statistic, span);
  stream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
  stream.unit = {std::string{info->unit_name}, std::string{info->unit_symbol}, std::string{info->unit_definition}};
  JsonWriter properties;
  properties.begin_object().field("statistic", statistic).field("interval", span).end_object();
  stream.properties = properties.take();
  stream.interval = interval;
  stream.fitted = fitted;
  return made;
}

}  // namespace madang::sensing
