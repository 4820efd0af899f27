// The columns of S-DoT's published files: their many names in Korean and English, brought to Madang's channels.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "sensing/units.h"

namespace madang::sensing {

struct SdotColumn {
  std::size_t index = 0;  ///< in the record
  std::string channel;    ///< "pm25", "temperature_max"
  std::string header;     ///< as published
  UnitConversion unit = {};  ///< from the header's unit to that in which S-DoT publishes; most name the same
};

struct SdotHeader {
  std::optional<std::size_t> serial;
  std::optional<std::size_t> model;
  std::optional<std::size_t> date;      ///< a day of its own, with `hour` beside it
  std::optional<std::size_t> hour;
  std::optional<std::size_t> time;      ///< day, or day and clock
  std::optional<std::size_t> registered;  ///< when the publisher took it in; its clock counts to 24
  std::size_t fields = 0;               ///< up to the last header that is not empty
  std::optional<std::size_t> packet;    ///< a column of device packets
  std::vector<SdotColumn> values;
  std::vector<std::string> ignored;     ///< headers that mean nothing to us
  std::vector<std::string> notes;
};

/// kInvalid: no serial, no time or no value among the columns.
Result<SdotHeader> read_sdot_header(std::span<std::string_view const> fields);

/// "PM25", "초미세먼지 (㎍/㎥)", "AVG_NTDX", "온도 최대(℃)" to their channel.
std::optional<std::string> sdot_channel_of(std::string_view header);

}  // namespace madang::sensing
