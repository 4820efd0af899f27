// What a city's own broker says and what it means here: a TOML file of topics, where each carries its serial, time and
// channels. docs: sensing/README.md. Pure but for reading the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "sensing/readings/payload.h"
#include "storage/observations/observation.h"
#include "web/mqtt/mqtt.h"

namespace madang::sensing {

enum class TimeFormat : std::uint8_t { kRfc3339, kUnixSeconds, kUnixMillis };

/// physical = number at `path` * scale + offset, in the Datastream's unit.
struct MappedChannel {
  std::string channel;
  std::string path;  ///< JSON pointer
  double scale = 1;
  double offset = 0;
};

struct TopicRule {
  std::string filter;        ///< for MQTT, with '+' in the place of {serial}
  std::size_t serial_level = 0;
  bool serial_in_topic = false;
  int qos = 1;
  bool is_madang = false;    ///< the payload is as on things/{serial}/obs
  std::string serial_path;   ///< JSON pointer, when the topic does not hold it
  std::string time_path;     ///< empty: the time of arrival
  TimeFormat time_format = TimeFormat::kRfc3339;
  std::vector<MappedChannel> channels;
};

struct BrokerMapping {
  web::mqtt::ClientOptions client;
  std::string password_file;
  std::vector<TopicRule> rules;

  /// `name` stands in errors: "broker.toml:7:7: topic.qos: 3 is above 1".
  static Result<BrokerMapping> parse(std::string_view toml, std::string_view name);
  /// The first rule whose filter the topic fits; nullptr: none.
  [[nodiscard]] TopicRule const* rule_of(std::string_view topic) const;
};

/// One message as the rule reads it. A mapped channel that is absent or null is left out. kInvalid names the path;
/// kNotFound the serial.
Result<storage::Batch> decode_mapped(TopicRule const& rule, std::string_view topic, std::string_view payload,
                                     PayloadDecoder& decoder, Instant received_at);

}  // namespace madang::sensing
