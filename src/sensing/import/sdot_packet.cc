#include "sensing/import/sdot_packet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/text.h"
#include "sensing/import/limits.h"
#include "sensing/import/local_time.h"

namespace madang::sensing {
namespace {

struct FieldShape {
  std::string_view name;
  std::size_t width;
  std::string_view channel = {};
};

// Widths follow from published packets. Those of the four wind fields and of the last seven are known only as a sum
// (22 and 53), since no packet with such values is published; they are shared out as the other fields are shaped:
// whole numbers 4 wide, numbers with a decimal point 7 wide.
constexpr std::array<FieldShape, 31> kEnvironment = {{
    {"model", 7},
    {"serial", 11},
    {"pm25", 4, "pm25"},
    {"pm10", 4, "pm10"},
    {"temperature", 7, "temperature"},
    {"humidity", 3, "humidity"},
    {"wind_direction", 4, "wind_direction"},
    {"wind_speed", 7, "wind_speed"},
    {"gust_direction", 4, "gust_direction"},
    {"gust_speed", 7, "gust_speed"},
    {"illuminance", 6, "illuminance"},
    {"ultraviolet", 7, "ultraviolet"},
    {"noise", 2, "noise"},
    {"vibration_x", 7, "vibration_x"},
    {"vibration_y", 7, "vibration_y"},
    {"vibration_z", 7, "vibration_z"},
    {"vibration_x_max", 7, "vibration_x_max"},
    {"vibration_y_max", 7, "vibration_y_max"},
    {"vibration_z_max", 7, "vibration_z_max"},
    {"globe_temperature", 7, "globe_temperature"},
    {"pm25_corrected", 4, "pm25_corrected"},
    {"pm10_corrected", 4, "pm10_corrected"},
    {"time", 12},
    {"field_24", 7},
    {"field_25", 7},
    {"field_26", 7},
    {"field_27", 7},
    {"field_28", 7},
    {"field_29", 7},
    {"field_30", 7},
    {"field_31", 11},
}};

constexpr std::array<FieldShape, 3> kPedestrians = {{{"model", 13}, {"serial", 18}, {"people", 4, "people"}}};

constexpr std::array<FieldShape, 8> kIndoor = {{
    {"model", 9},
    {"serial", 13},
    {"temperature", 3, "temperature"},
    {"humidity", 3, "humidity"},
    {"field_5", 4},
    {"field_6", 4},
    {"field_7", 5},
    {"field_8", 5},
}};

struct Model {
  std::string_view prefix;
  std::span<FieldShape const> fields;
};

constexpr std::array<Model, 3> kModels = {{{"SDOT", kEnvironment}, {"SCMS-SEOUL-SD", kPedestrians}, {"IMC_", kIndoor}}};

Model const* model_of(std::string_view packet) {
  for (auto const& model : kModels)
    if (packet.starts_with(model.prefix)) return &model;
  return nullptr;
}

std::size_t width_of(std::span<FieldShape const> fields) {
  std::size_t sum = 0;
  for (auto const& field : fields) sum += field.width;
  return sum;
}

std::unexpected<Error> bad_field(FieldShape const& shape, std::size_t at, std::string_view text, std::string_view what) {
  return fail(Code::kInvalid, fmt::format("packet field \"{}\" at column {}: \"{}\" {}", shape.name, at + 1, text, what));
}

/// All `x` means missing: an empty text. A number otherwise, except in model, serial and time.
Result<std::string_view> field_text(FieldShape const& shape, std::size_t at, std::string_view text) {
  if (text.find_first_not_of('x') == std::string_view::npos) return std::string_view{};
  if (shape.name == "model" || shape.name == "serial") {
    for (char const c : text)
      if (c <= ' ' || c > '~') return bad_field(shape, at, "?", "holds a character that is not printable ASCII");
    return text;
  }
  if (!parse_double(text)) return bad_field(shape, at, text, "is neither a number nor all x");
  return text;
}

}  // namespace

std::span<std::string_view const> sdot_packet_channels() {
  static auto const kChannels = [] {
    std::vector<std::string_view> all;
    for (auto const& model : kModels)
      for (auto const& field : model.fields)
        if (!field.channel.empty() && std::ranges::find(all, field.channel) == all.end()) all.push_back(field.channel);
    return all;
  }();
  return kChannels;
}

Result<SdotPacket> decode_sdot_packet(std::string_view packet) {
  if (packet.size() > kPacketBytesMax)
    return fail(Code::kLimit, fmt::format("a packet of {} bytes is longer than {}", packet.size(), kPacketBytesMax));
  auto const* model = model_of(packet);
  if (model == nullptr)
    return fail(Code::kUnsupported, "the packet starts with no known model (SDOT, SCMS-SEOUL-SD, IMC_)");
  if (packet.size() != width_of(model->fields))
    return fail(Code::kInvalid, fmt::format("a packet of model {} has {} characters, this one {}", model->prefix,
                                            width_of(model->fields), packet.size()));
  SdotPacket out;
  std::size_t at = 0;
  for (auto const& shape : model->fields) {
    MADANG_TRY(auto const text, field_text(shape, at, packet.substr(at, shape.width)));
    out.fields.push_back({shape.name, shape.channel, text});
    if (shape.name == "time" && !text.empty()) {
      auto const time = read_sdot_time(text);
      if (!time) return bad_field(shape, at, text, "is not a time as yyyymmddhhmm");
      out.time = korea_standard_time().utc_of(time->local);
    }
    at += shape.width;
  }
  out.model = out.fields[0].text;
  out.serial = out.fields[1].text;
  if (out.serial.empty()) return fail(Code::kInvalid, "packet field \"serial\" is missing");
  return out;
}

}  // namespace madang::sensing
