#include "sensing/readings/broker_mapping.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

#include "core/text.h"
#include "runtime/toml.h"
#include "sensing/limits.h"

namespace madang::sensing {
namespace {

constexpr std::string_view kSerialMark = "{serial}";
constexpr std::string_view kChannelMark = "{channel}";

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

/// Replaces {serial} and {channel} by '+' and remembers their levels; checks what MQTT wants of a filter.
Result<void> read_filter(TopicRule& rule, Table const& t) {
  std::string written;
  MADANG_CHECK(t.text("filter", written));
  if (written.empty()) return t.wrong("filter", "missing");
  auto const levels = split(written, '/');
  for (std::size_t i = 0; i < levels.size(); ++i) {
    auto level = levels[i];
    if (level == kSerialMark || level == kChannelMark) {
      auto& place = level == kSerialMark ? rule.serial_level : rule.channel_level;
      if (place) return t.wrong("filter", fmt::format("{} stands twice", level));
      place = i;
      level = "+";
    }
    bool const wild = level.find_first_of("+#{}") != std::string_view::npos;
    if (wild && level != "+" && !(level == "#" && i + 1 == levels.size())) {
      return t.wrong("filter", fmt::format("\"{}\": +, #, {{serial}} and {{channel}} stand for whole levels, # only at the end",
                                           level));
    }
    if (i > 0) rule.filter += '/';
    rule.filter += level;
  }
  return {};
}

Result<void> read_time_format(TopicRule& rule, Table const& t) {
  std::string format = "any";
  MADANG_CHECK(t.text("time_format", format));
  if (format == "any") {
    rule.time_format = TimeFormat::kAny;
  } else if (format == "rfc3339") {
    rule.time_format = TimeFormat::kRfc3339;
  } else if (format == "unix_seconds") {
    rule.time_format = TimeFormat::kUnixSeconds;
  } else if (format == "unix_millis") {
    rule.time_format = TimeFormat::kUnixMillis;
  } else {
    return t.wrong("time_format", "any, rfc3339, unix_seconds or unix_millis expected");
  }
  std::string zone;
  MADANG_CHECK(t.text("time_zone", zone));
  if (zone.empty()) return {};
  auto const known = Zone::named(zone);
  if (!known) return t.wrong("time_zone", known.error().sentence);
  rule.zone = *known;
  return {};
}

/// { path } in the message, or { list, key, equals, path }: in the element of a list that a member's value chooses.
Result<void> read_place(MappedChannel& mapped, Table const& c) {
  MADANG_CHECK(c.check_keys({"path", "list", "key", "equals", "scale", "offset"}));
  MADANG_CHECK(c.pointer("path", mapped.path));
  if (mapped.path.empty()) return c.wrong("path", "missing");
  MADANG_CHECK(c.pointer("list", mapped.list));
  MADANG_CHECK(c.text("key", mapped.key));
  MADANG_CHECK(c.text("equals", mapped.equals));
  bool const chooses = c.has("list") || c.has("key") || c.has("equals");
  if (chooses && (!c.has("list") || mapped.key.empty() || !c.has("equals")))
    return c.wrong("list", "list, key and equals stand together: of the list, the element whose member key equals this");
  return {};
}

Result<void> read_channels(TopicRule& rule, Table const& t, std::string_view name) {
  auto const* channels = t.raw()["channels"].as_table();
  if (channels == nullptr || channels->empty()) return t.wrong("channels", "a table with at least one channel expected");
  if (channels->size() > kMappedChannelsMax) return t.wrong("channels", fmt::format("more than {}", kMappedChannelsMax));
  for (auto const& [key, node] : *channels) {
    auto const* entry = node.as_table();
    Table const parent(*channels, t.path() + ".channels", name);
    if (entry == nullptr) return parent.wrong(key.str(), "a table like { path = \"/value\" } expected");
    Table const c(*entry, fmt::format("{}.channels.{}", t.path(), key.str()), name);
    MappedChannel mapped;
    mapped.channel = key.str();
    if (rule.kind == PayloadKind::kValue) {
      MADANG_CHECK(c.check_keys({"name", "scale", "offset"}));
      mapped.name = mapped.channel;
      MADANG_CHECK(c.text("name", mapped.name));
    } else {
      MADANG_CHECK(read_place(mapped, c));
    }
    MADANG_CHECK(c.number("scale", mapped.scale));
    MADANG_CHECK(c.number("offset", mapped.offset));
    rule.channels.push_back(std::move(mapped));
  }
  return {};
}

Result<void> read_kind(TopicRule& rule, Table const& t) {
  std::string payload = "madang";
  MADANG_CHECK(t.text("payload", payload));
  if (payload == "madang") {
    rule.kind = PayloadKind::kMadang;
  } else if (payload == "json") {
    rule.kind = PayloadKind::kJson;
  } else if (payload == "value") {
    rule.kind = PayloadKind::kValue;
  } else if (payload == "ignore") {
    rule.kind = PayloadKind::kIgnored;
  } else {
    return t.wrong("payload", "madang, json, value or ignore expected");
  }
  struct Only {
    char const* key;
    bool json, value;
  };
  for (auto const& only : {Only{"serial", true, false}, Only{"time", true, false}, Only{"time_format", true, false},
                           Only{"time_zone", true, false}, Only{"numbers_in_text", true, false},
                           Only{"channel", false, true}, Only{"channels", true, true}}) {
    bool const fits = (only.json && rule.kind == PayloadKind::kJson) || (only.value && rule.kind == PayloadKind::kValue);
    if (t.has(only.key) && !fits)
      return t.wrong(only.key, fmt::format("not for payload = \"{}\"", payload));
  }
  return {};
}

/// Of payload = "value": the channel comes from the topic or from the rule.
Result<void> read_value_rule(TopicRule& rule, Table const& t, std::string_view name) {
  MADANG_CHECK(t.text("channel", rule.channel));
  if (rule.channel_level.has_value() != rule.channel.empty())
    return t.wrong("channel", "the channel comes either from {channel} in the filter or from this name");
  if (!t.has("channels")) return {};
  return read_channels(rule, t, name);
}

Result<TopicRule> read_rule(Table const& t, std::string_view name) {
  MADANG_CHECK(t.check_keys({"filter", "qos", "payload", "serial", "time", "time_format", "time_zone", "numbers_in_text",
                             "channel", "channels"}));
  TopicRule rule;
  MADANG_CHECK(read_filter(rule, t));
  MADANG_CHECK(t.whole("qos", rule.qos, 0, 1));
  MADANG_CHECK(read_kind(rule, t));
  if (rule.kind == PayloadKind::kIgnored) return rule;
  MADANG_CHECK(t.pointer("serial", rule.serial_path));
  if (rule.serial_level.has_value() != rule.serial_path.empty())
    return t.wrong("serial", "the serial comes either from {serial} in the filter or from this JSON pointer");
  if (rule.channel_level && rule.kind != PayloadKind::kValue)
    return t.wrong("filter", "{channel} is for payload = \"value\"");
  if (rule.kind == PayloadKind::kMadang) return rule;
  if (rule.kind == PayloadKind::kValue) {
    MADANG_CHECK(read_value_rule(rule, t, name));
    return rule;
  }
  MADANG_CHECK(t.pointer("time", rule.time_path));
  MADANG_CHECK(read_time_format(rule, t));
  MADANG_CHECK(t.truth("numbers_in_text", rule.numbers_in_text));
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
    if (rule.kind != PayloadKind::kIgnored)
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

}  // namespace madang::sensing
