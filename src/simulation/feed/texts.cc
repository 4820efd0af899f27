#include "simulation/feed/texts.h"

#include <charconv>

#include "sensing/quantities.h"

namespace madang::simulation {
namespace {

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> text{};
  auto const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

}  // namespace

void append_scaled(std::string& out, std::int32_t wire, int decimals) {
  std::int64_t magnitude = wire;
  if (wire < 0) {
    out += '-';
    magnitude = -magnitude;
  }
  auto const power = static_cast<std::int64_t>(kPowersOfTen[static_cast<std::size_t>(decimals)]);
  append_number(out, magnitude / power);
  if (decimals == 0) return;
  out += '.';
  std::int64_t rest = magnitude % power;
  for (std::int64_t place = power / 10; place > 0; place /= 10) {
    out += static_cast<char>('0' + rest / place);
    rest %= place;
  }
}

std::string device_message(Reading const& reading) {
  std::array<char, kInstantTextMax> time{};
  std::string out;
  out.reserve(320);
  out += "{\"time\":\"";
  out.append(time.data(), format_instant(reading.phenomenon_time, time.data()));
  out += '"';
  auto const quantities = sensing::city_node_quantities();
  for (std::size_t c = 0; c < kChannelCount; ++c) {
    out += ",\"";
    out += quantities[c].channel;
    out += "\":";
    append_scaled(out, reading.wire[c], kDecimals[c]);
  }
  out += '}';
  return out;
}

std::string device_topic(std::string_view serial) {
  std::string topic = "things/";
  topic += serial;
  topic += "/obs";
  return topic;
}

void append_data_arrays(std::string& out, StreamIds const& streams, std::span<Reading const> readings) {
  if (readings.empty()) return;
  std::string times;
  std::vector<std::size_t> ends;
  std::array<char, kInstantTextMax> time{};
  for (auto const& reading : readings) {
    times.append(time.data(), format_instant(reading.phenomenon_time, time.data()));
    ends.push_back(times.size());
  }
  for (std::size_t c = 0; c < kChannelCount; ++c) {
    if (streams[c] == 0) continue;
    if (out.size() > 1) out += ',';
    out += "{\"Datastream\":{\"@iot.id\":";
    append_number(out, streams[c]);
    out += "},\"components\":[\"phenomenonTime\",\"result\"],\"dataArray\":[";
    std::size_t begin = 0;
    for (std::size_t i = 0; i < readings.size(); ++i) {
      out += i == 0 ? "[\"" : ",[\"";
      out.append(times, begin, ends[i] - begin);
      begin = ends[i];
      out += "\",";
      append_scaled(out, readings[i].wire[c], kDecimals[c]);
      out += ']';
    }
    out += "]}";
  }
}

}  // namespace madang::simulation
