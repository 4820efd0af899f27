#include "sensing/readings/broker_mapping.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

#include "core/json_input.h"
#include "core/text.h"
#include "runtime/toml.h"
#include "sensing/limits.h"
#include "sensing/readings/device_plan.h"

namespace madang::sensing {
namespace {

constexpr std::string_view kSerialMark = "{serial}";

/// One table of the file; refuses keys it does not know.
class Table {
 public:
  Table(toml::table const& table, std::string path, std::string_view name)
      : table_(table), path_(std::move(path)), name_(name) {}

  [[nodiscard]] std::unexpected<Error> wrong(std::string_view key, std::string_view why) const {
    auto const* node = table_.get(key);
    auto const where = node != nullptr ? node->source() : table_.source();
    return runtime::wrong_in_toml(name_, where, fmt::format("{}.{}: {}", path_, key, why));
  }

  Result<void> check_keys(std::initializer_list<std::string_view> known) const {
    for (auto const& [key, node] : table_) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      auto const near = nearest_word(key.str(), {known.begin(), known.size()});
      return wrong(key.str(), near ? fmt::format("not known; do you mean {}?", *near) : std::string("not known"));
    }
    return {};
  }

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

  Result<void> text(std::string_view key, std::string& out) const {
    if (!has(key)) return {};
    auto const value = table_[key].value_exact<std::string>();
    if (!value) return wrong(key, "a text expected");
    out = *value;
    return {};
  }

  Result<void> truth(std::string_view key, bool& out) const {
    if (!has(key)) return {};
    auto const value = table_[key].value_exact<bool>();
    if (!value) return wrong(key, "true or false expected");
    out = *value;
    return {};
  }

  Result<void> number(std::string_view key, double& out) const {
    if (!has(key)) return {};
    auto const value = table_[key].value<double>();
    if (!value || !table_[key].is_number() || !std::isfinite(*value)) return wrong(key, "a number expected");
    out = *value;
    return {};
  }

  template <typename Whole>
  Result<void> whole(std::string_view key, Whole& out, std::int64_t min, std::int64_t max) const {
    if (!has(key)) return {};
    auto const value = table_[key].value_exact<std::int64_t>();
    if (!value) return wrong(key, "a whole number expected");
    if (*value < min) return wrong(key, fmt::format("{} is below {}", *value, min));
    if (*value > max) return wrong(key, fmt::format("{} is above {}", *value, max));
    out = static_cast<Whole>(*value);
    return {};
  }

  /// "" or a JSON pointer of bounded depth.
  Result<void> pointer(std::string_view key, std::string& out) const {
    MADANG_CHECK(text(key, out));
    if (out.empty()) return {};
    if (out.front() != '/') return wrong(key, "a JSON pointer like \"/data/value\" expected");
    if (std::ranges::count(out, '/') > static_cast<std::ptrdiff_t>(kPathDepthMax)) {
      return wrong(key, fmt::format("deeper than {}", kPathDepthMax));
    }
    return {};
  }

  [[nodiscard]] toml::table const& raw() const { return table_; }
  [[nodiscard]] std::string const& path() const { return path_; }

 private:
  toml::table const& table_;
  std::string path_;
  std::string_view name_;
};

Result<void> read_client(BrokerMapping& mapping, Table const& t) {
  MADANG_CHECK(t.check_keys({"host", "port", "client_id", "username", "password_file", "tls", "ca_file",
                             "certificate_file", "private_key_file", "clean_start", "session_expiry_seconds",
                             "keep_alive_seconds", "receive_maximum"}));
  auto& c = mapping.client;
  c.client_id = "madang";
  MADANG_CHECK(t.text("host", c.host));
  if (c.host.empty()) return t.wrong("host", "missing");
  MADANG_CHECK(t.whole("port", c.port, 1, 65'535));
  MADANG_CHECK(t.text("client_id", c.client_id));
  MADANG_CHECK(t.text("username", c.username));
  MADANG_CHECK(t.text("password_file", mapping.password_file));
  MADANG_CHECK(t.truth("tls", c.tls));
  MADANG_CHECK(t.text("ca_file", c.ca_file));
  MADANG_CHECK(t.text("certificate_file", c.certificate_file));
  MADANG_CHECK(t.text("private_key_file", c.private_key_file));
  MADANG_CHECK(t.truth("clean_start", c.clean_start));
  MADANG_CHECK(t.whole("session_expiry_seconds", c.session_expiry_seconds, 0, 31'536'000));
  MADANG_CHECK(t.whole("keep_alive_seconds", c.keep_alive_seconds, 5, 3'600));
  MADANG_CHECK(t.whole("receive_maximum", c.receive_maximum, 1, 65'535));
  return {};
}

/// Replaces {serial} by '+' and remembers its level; checks what MQTT wants of a filter.
Result<void> read_filter(TopicRule& rule, Table const& t) {
  std::string written;
  MADANG_CHECK(t.text("filter", written));
  if (written.empty()) return t.wrong("filter", "missing");
  auto const levels = split(written, '/');
  for (std::size_t i = 0; i < levels.size(); ++i) {
    auto level = levels[i];
    if (level == kSerialMark) {
      if (rule.serial_in_topic) return t.wrong("filter", "{serial} stands twice");
      rule.serial_in_topic = true;
      rule.serial_level = i;
      level = "+";
    }
    bool const wild = level.find_first_of("+#{}") != std::string_view::npos;
    if (wild && level != "+" && !(level == "#" && i + 1 == levels.size())) {
      return t.wrong("filter", fmt::format("\"{}\": +, # and {{serial}} stand for whole levels, # only at the end", level));
    }
    if (i > 0) rule.filter += '/';
    rule.filter += level;
  }
  return {};
}

Result<void> read_time_format(TopicRule& rule, Table const& t) {
  std::string format = "rfc3339";
  MADANG_CHECK(t.text("time_format", format));
  if (format == "rfc3339") {
    rule.time_format = TimeFormat::kRfc3339;
  } else if (format == "unix_seconds") {
    rule.time_format = TimeFormat::kUnixSeconds;
  } else if (format == "unix_millis") {
    rule.time_format = TimeFormat::kUnixMillis;
  } else {
    return t.wrong("time_format", "rfc3339, unix_seconds or unix_millis expected");
  }
  return {};
}

Result<void> read_channels(TopicRule& rule, Table const& t, std::string_view name) {
  auto const* channels = t.raw()["channels"].as_table();
  if (channels == nullptr || channels->empty()) return t.wrong("channels", "a table with at least one channel expected");
  if (channels->size() > kChannelsPerMessageMax) {
    return t.wrong("channels", fmt::format("more than {}", kChannelsPerMessageMax));
  }
  for (auto const& [key, node] : *channels) {
    auto const* entry = node.as_table();
    Table const parent(*channels, t.path() + ".channels", name);
    if (entry == nullptr) return parent.wrong(key.str(), "a table like { path = \"/value\" } expected");
    Table const c(*entry, fmt::format("{}.channels.{}", t.path(), key.str()), name);
    MADANG_CHECK(c.check_keys({"path", "scale", "offset"}));
    MappedChannel mapped;
    mapped.channel = key.str();
    MADANG_CHECK(c.pointer("path", mapped.path));
    if (mapped.path.empty()) return parent.wrong(key.str(), "path: missing");
    MADANG_CHECK(c.number("scale", mapped.scale));
    MADANG_CHECK(c.number("offset", mapped.offset));
    rule.channels.push_back(std::move(mapped));
  }
  return {};
}

Result<TopicRule> read_rule(Table const& t, std::string_view name) {
  MADANG_CHECK(t.check_keys({"filter", "qos", "payload", "serial", "time", "time_format", "channels"}));
  TopicRule rule;
  MADANG_CHECK(read_filter(rule, t));
  MADANG_CHECK(t.whole("qos", rule.qos, 0, 1));
  std::string payload = "madang";
  MADANG_CHECK(t.text("payload", payload));
  if (payload != "madang" && payload != "json") return t.wrong("payload", "madang or json expected");
  rule.is_madang = payload == "madang";
  MADANG_CHECK(t.pointer("serial", rule.serial_path));
  if (rule.serial_in_topic != rule.serial_path.empty()) {
    return t.wrong("serial", "the serial comes either from {serial} in the filter or from this JSON pointer");
  }
  if (rule.is_madang) {
    for (auto const* key : {"serial", "time", "time_format", "channels"}) {
      if (t.has(key)) return t.wrong(key, "only for payload = \"json\"");
    }
    return rule;
  }
  MADANG_CHECK(t.pointer("time", rule.time_path));
  MADANG_CHECK(read_time_format(rule, t));
  MADANG_CHECK(read_channels(rule, t, name));
  return rule;
}

bool fits(std::string_view filter, std::string_view topic) {
  auto const wanted = split(filter, '/');
  auto const given = split(topic, '/');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "#") return true;
    if (i >= given.size() || (wanted[i] != "+" && wanted[i] != given[i])) return false;
  }
  return wanted.size() == given.size();
}

std::unexpected<Error> wrong_at(std::string const& path, std::string_view why) {
  return fail(Code::kInvalid, fmt::format("{}: {}", path, why));
}

/// A JSON pointer's value; nullopt when it is absent or null.
std::optional<simdjson::dom::element> value_at(simdjson::dom::element root, std::string const& path) {
  simdjson::dom::element found;
  if (root.at_pointer(path).get(found) != simdjson::SUCCESS || found.is_null()) return std::nullopt;
  return found;
}

Result<Instant> time_at(TopicRule const& rule, simdjson::dom::element root, Instant received_at) {
  if (rule.time_path.empty()) return received_at;
  auto const found = value_at(root, rule.time_path);
  if (!found) return wrong_at(rule.time_path, "missing");
  if (rule.time_format == TimeFormat::kRfc3339) {
    std::string_view text;
    if (found->get_string().get(text) != simdjson::SUCCESS) return wrong_at(rule.time_path, "a text expected");
    auto const t = parse_instant(text);
    if (!t) return wrong_at(rule.time_path, t.error().sentence);
    return *t;
  }
  double number = 0;
  if (found->get_double().get(number) != simdjson::SUCCESS) return wrong_at(rule.time_path, "a number expected");
  double const millis = rule.time_format == TimeFormat::kUnixSeconds ? number * 1000 : number;
  if (!(std::abs(millis) < 1e13)) return wrong_at(rule.time_path, "no time of this or the next century");
  return instant_of_millis(std::llround(millis));
}

Result<std::string> serial_at(TopicRule const& rule, std::string_view topic, simdjson::dom::element root) {
  if (rule.serial_in_topic) return std::string(split(topic, '/')[rule.serial_level]);
  auto const found = value_at(root, rule.serial_path);
  if (!found) return wrong_at(rule.serial_path, "missing");
  std::string_view text;
  if (found->get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  std::int64_t number = 0;
  if (found->get_int64().get(number) == simdjson::SUCCESS) return std::to_string(number);
  return wrong_at(rule.serial_path, "a text or a whole number expected");
}

Result<std::optional<double>> number_at(simdjson::dom::element root, MappedChannel const& mapped) {
  auto const found = value_at(root, mapped.path);
  if (!found) return std::optional<double>{};
  double number = 0;
  bool truth = false;
  if (found->get_bool().get(truth) == simdjson::SUCCESS) {
    number = truth ? 1 : 0;
  } else if (found->get_double().get(number) != simdjson::SUCCESS) {
    return wrong_at(mapped.path, "a number expected");
  }
  double const physical = number * mapped.scale + mapped.offset;
  if (!std::isfinite(physical)) return wrong_at(mapped.path, "too large");
  return physical;
}

}  // namespace

Result<BrokerMapping> BrokerMapping::parse(std::string_view text, std::string_view name) {
  if (text.size() > kBrokerMappingBytesMax) {
    return fail(Code::kLimit, fmt::format("{}: {} bytes are above {}", name, text.size(), kBrokerMappingBytesMax));
  }
  MADANG_TRY(auto const root, runtime::parse_toml(text, name));
  BrokerMapping mapping;
  Table const top(root, "file", name);
  MADANG_CHECK(top.check_keys({"broker", "topic"}));
  auto const* broker = root["broker"].as_table();
  if (broker == nullptr) return top.wrong("broker", "a table [broker] expected");
  MADANG_CHECK(read_client(mapping, Table(*broker, "broker", name)));
  auto const* topics = root["topic"].as_array();
  if (topics == nullptr || topics->empty()) return top.wrong("topic", "at least one table [[topic]] expected");
  if (topics->size() > kMappingRulesMax) return top.wrong("topic", fmt::format("more than {}", kMappingRulesMax));
  for (auto const& node : *topics) {
    auto const* table = node.as_table();
    if (table == nullptr) return top.wrong("topic", "tables [[topic]] expected");
    MADANG_TRY(auto rule, read_rule(Table(*table, "topic", name), name));
    mapping.client.subscriptions.emplace_back(rule.filter, static_cast<std::uint8_t>(rule.qos));
    mapping.rules.push_back(std::move(rule));
  }
  return mapping;
}

TopicRule const* BrokerMapping::rule_of(std::string_view topic) const {
  auto const fitting = [topic](TopicRule const& r) { return fits(r.filter, topic); };
  auto const found = std::ranges::find_if(rules, fitting);
  return found == rules.end() ? nullptr : &*found;
}

Result<storage::Batch> decode_mapped(TopicRule const& rule, std::string_view topic, std::string_view payload,
                                     PayloadDecoder& decoder, Instant received_at) {
  if (rule.is_madang) return decoder.decode(split(topic, '/')[rule.serial_level], payload, received_at);
  if (payload.size() > kPayloadBytesMax) {
    return fail(Code::kLimit, fmt::format("payload: {} bytes are above {}", payload.size(), kPayloadBytesMax));
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (auto const error = parser.parse(payload.data(), payload.size()).get(root)) {
    if (auto fault = json_fault("payload", payload)) return fail(*std::move(fault));
    return fail(Code::kInvalid, fmt::format("payload: not JSON: {}", simdjson::error_message(error)));
  }
  MADANG_TRY(auto const serial, serial_at(rule, topic, root));
  auto const plan = decoder.plan_of(serial);
  if (plan == nullptr) return fail(Code::kNotFound, fmt::format("no Thing has the serial \"{}\"", serial.substr(0, 80)));
  MADANG_TRY(auto const time, time_at(rule, root, received_at));
  storage::Batch batch;
  std::size_t hint = 0;
  for (auto const& mapped : rule.channels) {
    MADANG_TRY(auto const number, number_at(root, mapped));
    if (!number) continue;
    auto const* channel = plan->find(mapped.channel, hint);
    if (channel == nullptr) return wrong_at(mapped.path, fmt::format("{} has no channel \"{}\"", serial, mapped.channel));
    DevicePlan::add(*channel, *number, time, received_at, batch);
  }
  return batch;
}

}  // namespace madang::sensing
