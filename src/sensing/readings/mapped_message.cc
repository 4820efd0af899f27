// One message of a city's own broker, as the rule of its topic reads it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/file_kind.h"
#include "core/json_input.h"
#include "core/text.h"
#include "sensing/limits.h"
#include "sensing/readings/broker_mapping.h"
#include "sensing/readings/device_time.h"
#include "sensing/readings/loose_json.h"

namespace madang::sensing {
namespace {

namespace dom = simdjson::dom;

std::unexpected<Error> wrong_at(std::string const& path, std::string_view why) {
  return fail(Code::kInvalid, fmt::format("{}: {}", path, why));
}

/// One step of a JSON pointer without its escapes.
std::string unescaped(std::string_view step) {
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
    bool const escape = step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
    out += !escape ? step[i] : step[i + 1] == '0' ? '~' : '/';
    if (escape) ++i;
  }
  return out;
}

/// The member of this name; of several the last, as on things/{serial}/obs.
std::optional<dom::element> member_of(dom::object object, std::string_view name, bool* twice) {
  std::optional<dom::element> found;
  for (auto const& field : object) {
    if (field.key != name) continue;
    if (found && twice != nullptr) *twice = true;
    found = field.value;
  }
  return found;
}

/// What stands at a JSON pointer, be it null. `twice`: a name on the way to it stands there twice.
std::optional<dom::element> element_at(dom::element root, std::string_view path, bool* twice = nullptr) {
  while (!path.empty()) {
    path.remove_prefix(1);
    auto const step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    dom::object object;
    dom::array list;
    dom::element next;
    if (root.get_object().get(object) == simdjson::SUCCESS) {
      auto const member = member_of(object, unescaped(step), twice);
      if (!member) return std::nullopt;
      next = *member;
    } else if (root.get_array().get(list) == simdjson::SUCCESS) {
      auto const index = parse_int(step);
      if (!index || *index < 0 || list.at(static_cast<std::size_t>(*index)).get(next) != simdjson::SUCCESS) return std::nullopt;
    } else {
      return std::nullopt;
    }
    root = next;
  }
  return root;
}

/// nullopt when it is absent or null.
std::optional<dom::element> value_at(dom::element root, std::string_view path, bool* twice = nullptr) {
  auto const found = element_at(root, path, twice);
  return found && !found->is_null() ? found : std::nullopt;
}

/// Texts as they are, whole numbers as digits.
std::optional<std::string> name_in(dom::element element) {
  std::string_view text;
  if (element.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  std::int64_t number = 0;
  if (element.get_int64().get(number) == simdjson::SUCCESS) return std::to_string(number);
  return std::nullopt;
}

Result<std::optional<Instant>> time_at(TopicRule const& rule, DevicePlan const& plan, dom::element root) {
  if (rule.time_path.empty() || plan.arrival == ArrivalTime::kAlways) return std::optional<Instant>{};
  auto const found = element_at(root, rule.time_path);
  if (!found) return wrong_at(rule.time_path, "missing");
  // As on things/{serial}/obs: it says that it does not know the time.
  if (found->is_null()) return std::optional<Instant>{};
  bool const counted = rule.time_format == TimeFormat::kUnixSeconds || rule.time_format == TimeFormat::kUnixMillis;
  Zone const* zone = rule.zone ? &*rule.zone : plan.zone ? &*plan.zone : nullptr;
  std::string_view text;
  double number = 0;
  Result<Instant> time = fail(Code::kInvalid, counted ? "a number expected" : "a text expected");
  if (found->get_string().get(text) == simdjson::SUCCESS) {
    if (means_no_value(text)) return std::optional<Instant>{};
    auto const in_text = counted ? number_of_text(text) : std::nullopt;
    if (!counted) time = read_device_time(text, zone);
    if (in_text) time = device_time_of_number(*in_text);
  } else if (found->get_double().get(number) == simdjson::SUCCESS && rule.time_format != TimeFormat::kRfc3339) {
    double const scale = rule.time_format == TimeFormat::kUnixSeconds ? 1000 : 1;
    if (!counted)
      time = device_time_of_number(number);
    else if (std::abs(number * scale) < 1e15)
      time = instant_of_millis(std::llround(number * scale));
    else
      time = fail(Code::kInvalid, "no time of this or the next century");
  }
  if (!time) return wrong_at(rule.time_path, time.error().sentence);
  return std::optional{*time};
}

Result<std::string> serial_at(TopicRule const& rule, std::string_view topic, dom::element root) {
  if (rule.serial_level) return std::string(split(topic, '/')[*rule.serial_level]);
  auto const found = value_at(root, rule.serial_path);
  if (!found) return wrong_at(rule.serial_path, "missing");
  if (auto const name = name_in(*found)) return *name;
  return wrong_at(rule.serial_path, "a text or a whole number expected");
}

/// The element of the rule's list whose member has the wanted value; nullopt: there is none.
std::optional<dom::element> chosen(dom::element root, MappedChannel const& mapped) {
  if (mapped.list.empty() && mapped.key.empty()) return root;
  dom::array list;
  auto const found = value_at(root, mapped.list);
  if (!found || found->get_array().get(list) != simdjson::SUCCESS) return std::nullopt;
  std::size_t looked_at = 0;
  for (dom::element const element : list) {
    if (++looked_at > kListElementsMax) return std::nullopt;
    dom::element member;
    if (element[mapped.key].get(member) != simdjson::SUCCESS) continue;
    if (name_in(member) == mapped.equals) return element;
  }
  return std::nullopt;
}

/// Where a value stands, for sentences.
std::string place_named(MappedChannel const& mapped) {
  if (mapped.key.empty()) return mapped.path;
  return fmt::format("{}[{}={}]{}", mapped.list, mapped.key, mapped.equals, mapped.path);
}

/// One message while it is read.
struct Mapped {
  DevicePlan const& plan;
  Instant received_at;
  DecodedMessage message = {};
  std::size_t hint = 0;

  void unreadable(std::string_view place, std::string_view given) {
    message.aside.fault(message.aside.unreadable, [&] { return fmt::format("{}: a number expected, not {}", place, given); });
  }

  [[nodiscard]] bool takes_words(MappedChannel const& mapped) {
    auto const* channel = plan.find(mapped.channel, hint);
    return channel != nullptr && channel->takes_words;
  }

  void repeated(MappedChannel const& mapped) {
    message.aside.fault(message.aside.repeated, [&] { return fmt::format("{}: named twice; the last one counts", place_named(mapped)); });
  }

  void text(MappedChannel const& mapped, std::string_view place, std::string_view given, bool numbers_in_text) {
    if (takes_words(mapped)) {
      auto const* channel = plan.find(mapped.channel, hint);
      if (trim(given).empty() || !DevicePlan::add_word(*channel, given, received_at, message.batch)) ++message.aside.missing;
    } else if (means_no_value(given)) {
      ++message.aside.missing;
    } else if (auto const number = numbers_in_text ? number_of_text(given) : std::nullopt) {
      add(mapped, place, *number);
    } else {
      unreadable(place, fmt::format("the text \"{}\"{}", repair_utf8(given.substr(0, 40)),
                                    number_of_text(given) ? " (numbers_in_text = true would allow it)" : ""));
    }
  }

  void value(MappedChannel const& mapped, dom::element given, bool numbers_in_text) {
    double number = 0;
    bool truth = false;
    std::string_view written;
    auto const place = place_named(mapped);
    bool const is_number = given.get_double().get(number) == simdjson::SUCCESS;
    if (takes_words(mapped) && (is_number || given.is_bool())) {
      auto const shown = simdjson::minify(given);
      message.aside.fault(message.aside.unreadable, [&] { return no_word(place, shown); });
    } else if (given.get_bool().get(truth) == simdjson::SUCCESS) {
      auto const* channel = plan.find(mapped.channel, hint);
      if (channel != nullptr && !channel->takes_truth) unreadable(place, truth ? "true" : "false");
      else add(mapped, place, truth ? 1 : 0);
    } else if (is_number) {
      add(mapped, place, number);
    } else if (given.get_string().get(written) == simdjson::SUCCESS) {
      text(mapped, place, written, numbers_in_text);
    } else {
      unreadable(place, given.is_array() ? "a list" : "an object");
    }
  }

  void add(MappedChannel const& mapped, std::string_view place, double number) {
    double const physical = number * mapped.scale + mapped.offset;
    if (!std::isfinite(physical)) return unreadable(place, "one so large");
    auto const* channel = plan.find(mapped.channel, hint);
    if (channel == nullptr) {
      message.aside.fault(message.aside.unknown, [&] {
        return fmt::format("{}: {} has no channel \"{}\"", place, plan.serial, mapped.channel);
      });
    } else if (!DevicePlan::add(*channel, means_no_value_on_the_wire(channel->rules, number, physical) ? number : physical, received_at,
                                message.batch)) {
      ++message.aside.missing;
    }
  }

  Result<DecodedMessage> finish(std::optional<Instant> time) {
    MADANG_CHECK(DevicePlan::check_something_was_said(message.aside, message.batch));
    plan.set_time(message, time, received_at);
    return std::move(message);
  }
};

Result<std::shared_ptr<DevicePlan const>> plan_of(std::string_view serial, PayloadDecoder& decoder) {
  auto plan = decoder.plan_of(serial);
  if (plan == nullptr) return fail(Code::kNotFound, fmt::format("no Thing has the serial \"{}\"", serial.substr(0, 80)));
  return plan;
}

bool parses(dom::parser& parser, std::string_view text, dom::element& root) {
  return parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS;
}

Result<DecodedMessage> decode_json(TopicRule const& rule, std::string_view topic, std::string_view text,
                                   PayloadDecoder& decoder, Instant received_at) {
  dom::parser parser;
  dom::element root;
  if (!parses(parser, text, root)) {
    if (auto const why = why_no_json(text)) return fail(Code::kInvalid, "payload: " + *why);
    auto const repaired = repaired_json(text);
    if (!repaired || !parses(parser, *repaired, root)) {
      if (auto fault = json_fault("payload", text)) return fail(*std::move(fault));
      return fail(Code::kInvalid, "payload: not JSON");
    }
  }
  if (!root.is_object() && !root.is_array()) return fail(Code::kInvalid, "payload: a JSON object or list expected");
  MADANG_TRY(auto const serial, serial_at(rule, topic, root));
  MADANG_TRY(auto const plan, plan_of(serial, decoder));
  MADANG_TRY(auto const time, time_at(rule, *plan, root));
  Mapped mapped{*plan, received_at};
  for (auto const& channel : rule.channels) {
    auto const within = chosen(root, channel);
    bool twice = false;
    auto const found = within ? value_at(*within, channel.path, &twice) : std::nullopt;
    if (twice) mapped.repeated(channel);
    if (found) mapped.value(channel, *found, rule.numbers_in_text);
  }
  return mapped.finish(time);
}

Result<DecodedMessage> decode_value(TopicRule const& rule, std::string_view topic, std::string_view text,
                                    PayloadDecoder& decoder, Instant received_at) {
  auto const levels = split(topic, '/');
  MADANG_TRY(auto const plan, plan_of(levels[*rule.serial_level], decoder));
  Mapped mapped{*plan, received_at};
  MappedChannel channel;
  channel.channel = rule.channel_level ? std::string(levels[*rule.channel_level]) : rule.channel;
  if (!rule.channels.empty()) {
    auto const known = std::ranges::find(rule.channels, channel.channel, rule.channel_level ? &MappedChannel::name
                                                                                             : &MappedChannel::channel);
    // A device says more about itself than a city wants to know.
    if (known == rule.channels.end()) return DecodedMessage{};
    channel = *known;
  }
  std::string_view given = trim(text);
  // What went through a JSON writer on its way: "21.5" in quotes.
  bool const in_quotes = given.size() > 1 && given.starts_with('"') && given.ends_with('"');
  if (in_quotes) given = trim(given.substr(1, given.size() - 2));
  bool const is_switch = given == "true" || given == "ON" || given == "false" || given == "OFF";
  if (is_switch && !mapped.takes_words(channel))
    mapped.add(channel, topic, given == "true" || given == "ON" ? 1 : 0);
  else
    mapped.text(channel, topic, given, true);
  return mapped.finish(std::nullopt);
}

}  // namespace

Result<DecodedMessage> decode_mapped(TopicRule const& rule, std::string_view topic, std::string_view payload,
                                     PayloadDecoder& decoder, Instant received_at) {
  if (rule.kind == PayloadKind::kIgnored) return DecodedMessage{};
  if (rule.kind == PayloadKind::kMadang)
    return decoder.decode(split(topic, '/')[*rule.serial_level], payload, received_at);
  if (payload.size() > kPayloadBytesMax)
    return fail(Code::kLimit, fmt::format("payload: {} bytes are above {}", payload.size(), kPayloadBytesMax));
  auto const text = without_wrapping(payload);
  auto message = rule.kind == PayloadKind::kValue ? decode_value(rule, topic, text, decoder, received_at)
                                                  : decode_json(rule, topic, text, decoder, received_at);
  if (message) decoder.count(message->aside);
  return message;
}

std::optional<std::string> serial_in(TopicRule const& rule, std::string_view topic, std::string_view payload) {
  if (rule.kind == PayloadKind::kMadang || rule.kind == PayloadKind::kValue) return std::string{split(topic, '/')[*rule.serial_level]};
  if (rule.kind == PayloadKind::kIgnored || payload.size() > kPayloadBytesMax) return std::nullopt;
  auto const text = without_wrapping(payload);
  dom::parser parser;
  dom::element root;
  if (!parses(parser, text, root)) {
    auto const repaired = repaired_json(text);
    if (!repaired || !parses(parser, *repaired, root)) return std::nullopt;
  }
  auto serial = serial_at(rule, topic, root);
  return serial ? std::optional(*std::move(serial)) : std::nullopt;
}

}  // namespace madang::sensing
