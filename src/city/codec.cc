#include "city/codec.h"

#include <simdjson.h>

#include "core/json_writer.h"

namespace madang::city {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// What simdjson finds in one text; the parser and its buffers are kept per thread, since millions of short texts
/// are read when a large city opens.
simdjson::simdjson_result<element> parse(std::string_view json) {
  thread_local simdjson::dom::parser parser;
  return parser.parse(json.data(), json.size());
}

std::unexpected<Error> corrupt(std::string_view what, std::string_view json) {
  return fail(Code::kCorrupt, std::string{what} + ": cannot be read from \"" + std::string{json.substr(0, 80)} + "\"");
}

std::string text_at(object const& from, std::string_view key) {
  std::string_view text;
  if (from[key].get(text) != simdjson::SUCCESS) return {};
  return std::string{text};
}

double number_at(object const& from, std::string_view key, double otherwise) {
  double number = otherwise;
  if (from[key].get(number) != simdjson::SUCCESS) return otherwise;
  return number;
}

Channel channel_of(object const& from) {
  Channel channel;
  channel.name = text_at(from, "name");
  channel.scale = number_at(from, "scale", 1);
  channel.offset = number_at(from, "offset", 0);
  channel.valid_min = number_at(from, "valid_min", 0);
  channel.valid_max = number_at(from, "valid_max", 0);
  bool fitted = true;
  if (from["fitted"].get(fitted) == simdjson::SUCCESS) channel.fitted = fitted;
  array sentinels;
  if (from["sentinels"].get(sentinels) == simdjson::SUCCESS) {
    for (auto const sentinel : sentinels) {
      double number = 0;
      if (sentinel.get(number) == simdjson::SUCCESS) channel.sentinels.push_back(number);
    }
  }
  return channel;
}

}  // namespace

std::string json_of(Name const& name) {
  JsonWriter out;
  out.begin_object();
  for (auto const& [language, text] : name.by_language) out.field(language, text);
  out.end_object();
  return out.take();
}

std::string json_of(Unit const& unit) {
  JsonWriter out;
  out.begin_object();
  out.field("name", unit.name).field("symbol", unit.symbol).field("definition", unit.definition);
  out.end_object();
  return out.take();
}

std::string json_of(std::vector<Channel> const& channels) {
  JsonWriter out;
  out.begin_array();
  for (auto const& channel : channels) {
    out.begin_object().field("name", channel.name).field("scale", channel.scale).field("offset", channel.offset);
    out.field("valid_min", channel.valid_min).field("valid_max", channel.valid_max);
    out.key("sentinels").begin_array();
    for (auto const sentinel : channel.sentinels) out.value(sentinel);
    out.end_array().field("fitted", channel.fitted).end_object();
  }
  out.end_array();
  return out.take();
}

std::string json_of(std::vector<std::string> const& texts) {
  JsonWriter out;
  out.begin_array();
  for (auto const& text : texts) out.value(text);
  out.end_array();
  return out.take();
}

Result<Name> name_of_json(std::string_view json) {
  object texts;
  if (parse(json).get(texts) != simdjson::SUCCESS) return corrupt("name", json);
  Name name;
  for (auto const [language, value] : texts) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return corrupt("name", json);
    name.by_language.emplace(language, text);
  }
  return name;
}

Result<Unit> unit_of_json(std::string_view json) {
  object texts;
  if (parse(json).get(texts) != simdjson::SUCCESS) return corrupt("unit", json);
  return Unit{text_at(texts, "name"), text_at(texts, "symbol"), text_at(texts, "definition")};
}

Result<std::vector<Channel>> channels_of_json(std::string_view json) {
  array items;
  if (parse(json).get(items) != simdjson::SUCCESS) return corrupt("channels", json);
  std::vector<Channel> channels;
  for (auto const item : items) {
    object channel;
    if (item.get(channel) != simdjson::SUCCESS) return corrupt("channels", json);
    channels.push_back(channel_of(channel));
  }
  return channels;
}

Result<std::vector<std::string>> texts_of_json(std::string_view json) {
  array items;
  if (parse(json).get(items) != simdjson::SUCCESS) return corrupt("list", json);
  std::vector<std::string> texts;
  for (auto const item : items) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return corrupt("list", json);
    texts.emplace_back(text);
  }
  return texts;
}

bool is_json_object(std::string_view text) {
  if (text == "{}") return true;
  object any;
  return parse(text).get(any) == simdjson::SUCCESS;
}

}  // namespace madang::city
