// What a city's own broker says and what it means here: a TOML file of topics, where each carries its serial, time and
// channels. docs/broker.md. Pure but for reading the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "sensing/import/local_time.h"
#include "sensing/readings/payload.h"
#include "web/mqtt/mqtt.h"

namespace madang::sensing {

enum class TimeFormat : std::uint8_t { kAny, kRfc3339, kUnixSeconds, kUnixMillis };

enum class PayloadKind : std::uint8_t {
  kMadang,  ///< as on things/{serial}/obs
  kJson,
  kValue,   ///< one value as text; the topic or the rule says whose
  kIgnored, ///< acknowledged, and nothing else
};

/// physical = number at `path` * scale + offset, in the Datastream's unit.
struct MappedChannel {
  std::string channel;
  std::string path;    ///< JSON pointer; within the chosen element where there is a list
  std::string list;    ///< JSON pointer to a list, of which the element whose member `key` equals `equals` is meant
  std::string key;
  std::string equals;
  std::string name;    ///< kValue: what stands in the place of {channel} in the topic
  double scale = 1;
  double offset = 0;
};

struct TopicRule {
  std::string filter;        ///< for MQTT, with '+' in the place of {serial} and {channel}
  std::optional<std::size_t> serial_level;
  std::optional<std::size_t> channel_level;
  int qos = 1;
  PayloadKind kind = PayloadKind::kMadang;
  std::string serial_path;   ///< JSON pointer, when the topic does not hold it
  std::string time_path;     ///< empty: the time of arrival
  TimeFormat time_format = TimeFormat::kAny;
  std::optional<Zone> zone;  ///< of times that name none; before the Thing's own
  bool numbers_in_text = false;
  std::string channel;       ///< kValue: when the topic does not hold it
  std::vector<MappedChannel> channels;  ///< kValue: empty: each name in the topic is a channel's
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

/// One message as the rule reads it. A mapped channel that is absent or null is left out; one that is no number, or that the
/// Thing does not have, is set aside, and the rest is kept. kInvalid names the path; kNotFound the serial.
Result<DecodedMessage> decode_mapped(TopicRule const& rule, std::string_view topic, std::string_view payload,
                                     PayloadDecoder& decoder, Instant received_at);

/// The serial that the message names, known or not; none where it names none.
std::optional<std::string> serial_in(TopicRule const& rule, std::string_view topic, std::string_view payload);

}  // namespace madang::sensing
