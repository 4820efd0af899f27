#include "sensing/readings/payload.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/file_kind.h"
#include "core/json_input.h"
#include "core/text.h"
#include "sensing/limits.h"
#include "sensing/readings/device_time.h"
#include "sensing/readings/loose_json.h"
#include "sensing/sensing.h"

namespace madang::sensing {
namespace {

namespace json = simdjson::ondemand;
using storage::Batch;

/// `"a":1,`: no message holds more values than this lets in.
constexpr std::size_t kBytesOfValueMin = 6;

struct Scratch {
  json::parser parser;
  PaddedJson text;
  std::vector<std::uint32_t> places;  ///< of each channel in the batch, 1-based; 0: not named yet
};

/// One value as it stands in the message.
struct Given {
  enum class Kind { kNumber, kWord, kMissing, kUnreadable, kNoWord, kBroken };
  Kind kind = Kind::kBroken;
  double number = 0;
  std::string shown = {};      ///< of one that is not what the Datastream takes
  std::string_view word = {};  ///< until the next value is read
};

Given given_text(std::string_view text, PlannedChannel const& channel) {
  if (channel.takes_words) return trim(text).empty() ? Given{Given::Kind::kMissing} : Given{Given::Kind::kWord, 0, {}, text};
  if (means_no_value(text)) return {Given::Kind::kMissing};
  auto const number = channel.numbers_in_text ? number_of_text(text) : std::nullopt;
  if (number) return {Given::Kind::kNumber, *number};
  return {Given::Kind::kUnreadable, 0, fmt::format("the text \"{}\"", repair_utf8(text.substr(0, 40)))};
}

Given given_value(json::value value, PlannedChannel const& channel) {
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return {};
  double number = 0;
  bool truth = false;
  std::string_view text;
  switch (type) {
    case json::json_type::number:
      if (value.get_double().get(number) != simdjson::SUCCESS) return {};
      if (channel.takes_words) return {Given::Kind::kNoWord, 0, fmt::format("{}", number)};
      return {Given::Kind::kNumber, number};
    case json::json_type::boolean:
      if (value.get_bool().get(truth) != simdjson::SUCCESS) return {};
      if (channel.takes_words) return {Given::Kind::kNoWord, 0, truth ? "true" : "false"};
      if (!channel.takes_truth) return {Given::Kind::kUnreadable, 0, truth ? "true" : "false"};
      return {Given::Kind::kNumber, truth ? 1.0 : 0.0};
    case json::json_type::string:
      if (value.get_string().get(text) != simdjson::SUCCESS) return {};
      return given_text(text, channel);
    case json::json_type::null:
      if (value.is_null().get(truth) != simdjson::SUCCESS || !truth) return {};
      return {Given::Kind::kMissing};
    case json::json_type::object: return {Given::Kind::kUnreadable, 0, "an object"};
    case json::json_type::array: return {Given::Kind::kUnreadable, 0, "a list"};
  }
  return {};
}

/// The state of one message while it is read.
struct Reading {
  DevicePlan const& plan;
  Scratch& scratch;
  json::document& document;
  Instant received_at;
  DecodedMessage message = {};
  std::optional<Instant> time = {};
  bool not_json = false;  ///< why reading ended: the text, not what it says
  std::size_t hint = 0;
  std::size_t named = 0;

  std::unexpected<Error> broken(simdjson::error_code error) {
    not_json = true;
    return fail(json_error("payload", error, scratch.text, document));
  }

  Result<void> field(std::string_view name, json::value value) {
    if (name == "time") return read_time(value);
    auto& aside = message.aside;
    ++named;
    auto const* channel = plan.find(name, hint);
    if (channel == nullptr) {
      if (plan.ignore_unknown)
        ++aside.missing;
      else
        aside.fault(aside.unknown, [&] { return fmt::format("{}: {} has no such channel", shown_name(name), plan.serial); });
      return {};
    }
    auto const given = given_value(value, *channel);
    if (given.kind == Given::Kind::kBroken) return broken(simdjson::INCORRECT_TYPE);
    keep(*channel, given);
    return {};
  }

  void keep(PlannedChannel const& channel, Given const& given) {
    auto& aside = message.aside;
    auto& observations = message.batch.observations;
    auto& place = scratch.places[static_cast<std::size_t>(&channel - plan.channels.data())];
    if (given.kind == Given::Kind::kUnreadable) {
      aside.fault(aside.unreadable, [&] { return fmt::format("{}: a number expected, not {}", channel.name, given.shown); });
    } else if (given.kind == Given::Kind::kNoWord) {
      aside.fault(aside.unreadable, [&] { return no_word(channel.name, given.shown); });
    } else if (given.kind == Given::Kind::kMissing) {
      ++aside.missing;
    } else if (!add(channel, given)) {
      ++aside.missing;
    } else if (place == 0) {
      place = static_cast<std::uint32_t>(observations.size());
    } else {
      replace(place - 1);
      aside.fault(aside.repeated, [&] { return fmt::format("{}: named twice; the last one counts", channel.name); });
    }
  }

  bool add(PlannedChannel const& channel, Given const& given) {
    return given.kind == Given::Kind::kWord ? DevicePlan::add_word(channel, given.word, received_at, message.batch)
                                            : DevicePlan::add(channel, given.number, received_at, message.batch);
  }

  /// Puts the last observation, with its word, into the place of an earlier one.
  void replace(std::uint32_t place) {
    auto& [observations, details] = message.batch;
    auto const last = static_cast<std::uint32_t>(observations.size() - 1);
    observations[place] = observations.back();
    observations.pop_back();
    std::erase_if(details, [place](auto const& detail) { return detail.first == place; });
    for (auto& detail : details)
      if (detail.first == last) detail.first = place;
    std::ranges::sort(details, {}, [](auto const& detail) { return detail.first; });
  }

  /// An element of a list, with its time.
  void take(DecodedMessage element, std::size_t number) {
    auto& to = message.batch.observations;
    auto const before = static_cast<std::uint32_t>(to.size());
    for (auto& [place, detail] : element.batch.details) message.batch.details.emplace_back(before + place, std::move(detail));
    to.insert(to.end(), element.batch.observations.begin(), element.batch.observations.end());
    auto& aside = message.aside;
    if (aside.why.empty() && !element.aside.why.empty()) aside.why = fmt::format("element {}: {}", number, element.aside.why);
    aside.unknown += element.aside.unknown;
    aside.unreadable += element.aside.unreadable;
    aside.repeated += element.aside.repeated;
    aside.missing += element.aside.missing;
    message.dated_by_arrival = message.dated_by_arrival || element.dated_by_arrival;
  }

  Result<void> read_time(json::value value) {
    if (plan.arrival == ArrivalTime::kAlways) return {};
    if (time) message.aside.fault(message.aside.repeated, [] { return std::string{"time: named twice; the last one counts"}; });
    json::json_type type{};
    if (auto const error = value.type().get(type)) return broken(error);
    if (type == json::json_type::null) {
      bool null = false;
      if (value.is_null().get(null) != simdjson::SUCCESS || !null) return broken(simdjson::N_ATOM_ERROR);
      return {};
    }
    if (type == json::json_type::number) {
      double number = 0;
      if (auto const error = value.get_double().get(number)) return broken(error);
      MADANG_TRY(time, device_time_of_number(number));
      return {};
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS)
      return fail(Code::kInvalid, "time: a text like \"2026-11-24T05:30:00Z\" or a number since 1970 expected");
    if (means_no_value(text)) return {};
    MADANG_TRY(time, read_device_time(text, plan.zone ? &*plan.zone : nullptr));
    return {};
  }

  static std::string shown_name(std::string_view name) { return repair_utf8(name.substr(0, 80)); }
};

Result<void> read_object(Reading& reading, json::object object) {
  for (auto entry : object) {
    json::field field;
    if (auto const error = std::move(entry).get(field)) return reading.broken(error);
    std::string_view name;
    if (auto const error = field.unescaped_key().get(name)) return reading.broken(error);
    MADANG_CHECK(reading.field(name, field.value()));
  }
  return {};
}

Result<void> check_end(Reading& reading) {
  if (at_end(reading.document)) return {};
  reading.not_json = true;
  return fail(Code::kInvalid, "payload: more follows after the JSON");
}

Result<void> read_fields(Reading& reading) {
  json::object object;
  json::json_type type{};
  if (reading.document.type().get(type) == simdjson::SUCCESS && type != json::json_type::object) {
    reading.not_json = true;  // such as single quotes around it all
    return fail(Code::kInvalid, "payload: an object such as {\"pm25\":12.5} expected, or a list of them");
  }
  if (auto const error = reading.document.get_object().get(object)) return reading.broken(error);
  MADANG_CHECK(read_object(reading, object));
  MADANG_CHECK(check_end(reading));
  if (reading.named == 0) return fail(Code::kInvalid, "payload: names no channel");
  return DevicePlan::check_something_was_said(reading.message.aside, reading.message.batch);
}

/// What a device kept while it was offline comes as a list: each element is a message of its own, and a bad one costs itself alone.
Result<void> read_list(Reading& whole) {
  json::array list;
  if (auto const error = whole.document.get_array().get(list)) return whole.broken(error);
  auto& aside = whole.message.aside;
  std::size_t number = 0;
  for (auto entry : list) {
    ++number;
    json::object object;
    json::value value;
    if (auto const error = std::move(entry).get(value)) return whole.broken(error);
    json::json_type type{};
    if (auto const error = value.type().get(type)) return whole.broken(error);
    if (type != json::json_type::object) {
      aside.fault(aside.unreadable, [number] { return fmt::format("element {}: an object expected", number); });
      continue;
    }
    if (auto const error = value.get_object().get(object)) return whole.broken(error);
    whole.scratch.places.assign(whole.plan.channels.size(), 0);
    Reading one{whole.plan, whole.scratch, whole.document, whole.received_at};
    auto const read = read_object(one, object);
    whole.not_json = one.not_json;
    if (!read && one.not_json) return read;
    if (!read) {
      aside.fault(aside.unreadable, [&] { return fmt::format("element {}: {}", number, read.error().sentence); });
      continue;
    }
    whole.plan.set_time(one.message, one.time, whole.received_at);
    whole.take(std::move(one.message), number);
  }
  MADANG_CHECK(check_end(whole));
  if (number == 0) return fail(Code::kInvalid, "payload: an empty list");
  return DevicePlan::check_something_was_said(aside, whole.message.batch);
}

/// `not_json`: it is the text that could not be read.
Result<DecodedMessage> read_message(DevicePlan const& plan, std::string_view text, Instant received_at, bool& not_json) {
  thread_local Scratch scratch;
  scratch.places.assign(plan.channels.size(), 0);
  json::document document;
  if (auto const error = scratch.parser.iterate(scratch.text.assign(text)).get(document)) {
    not_json = true;
    return fail(json_error("payload", error, 0));
  }
  Reading reading{plan, scratch, document, received_at};
  reading.message.batch.observations.reserve(std::min(plan.channels.size(), text.size() / kBytesOfValueMin + 1));
  bool const is_list = text.starts_with('[');
  auto const read = is_list ? read_list(reading) : read_fields(reading);
  not_json = reading.not_json;
  if (!read) return fail(read.error());
  if (!is_list) plan.set_time(reading.message, reading.time, received_at);
  return std::move(reading.message);
}

Result<DecodedMessage> decode_with(DevicePlan const& plan, std::string_view payload, Instant received_at) {
  if (payload.size() > kPayloadBytesMax)
    return fail(Code::kLimit, fmt::format("payload: {} bytes are above {}", payload.size(), kPayloadBytesMax));
  auto const text = without_wrapping(payload);
  if (text.empty()) return fail(Code::kInvalid, "payload: empty");
  bool not_json = false;
  auto message = read_message(plan, text, received_at, not_json);
  if (message || !not_json) return message;
  if (auto const why = why_no_json(text)) return fail(Code::kInvalid, "payload: " + *why);
  if (auto fault = json_fault("payload", text)) message = fail(*std::move(fault));
  auto const repaired = repaired_json(text);
  if (!repaired) return message;
  auto second = read_message(plan, *repaired, received_at, not_json);
  // What is wrong with the text as it came is more use than what is wrong with ours.
  return second || !not_json ? std::move(second) : std::move(message);
}

std::unexpected<Error> unknown_serial(std::string_view serial) {
  return fail(Code::kNotFound, fmt::format("no Thing has the serial \"{}\"", serial.substr(0, 80)));
}

}  // namespace

struct PayloadDecoder::Counters {
  explicit Counters(runtime::Metrics& m)
      : skipped(m.counter("madang_sensing_values_skipped_total",
                          "null values and values of channels that are not fitted or to be ignored")),
        unknown(set_aside(m, "unknown_channel")), unreadable(set_aside(m, "unreadable")), repeated(set_aside(m, "repeated")) {}

  static prometheus::Counter& set_aside(runtime::Metrics& m, char const* reason) {
    return m.counter("madang_sensing_values_set_aside_total",
                     "values of device and broker messages that were not stored, while the rest of their message was",
                     {{"reason", reason}});
  }

  prometheus::Counter& skipped;
  prometheus::Counter& unknown;
  prometheus::Counter& unreadable;
  prometheus::Counter& repeated;
};

PayloadDecoder::PayloadDecoder(city::City const& city, runtime::Metrics* metrics)
    : city_(city), counters_(metrics == nullptr ? nullptr : std::make_unique<Counters>(*metrics)), changes_(city) {}

PayloadDecoder::~PayloadDecoder() = default;

bool PayloadDecoder::waits_for_registration(std::string_view serial, Code refused) {
  if (refused != Code::kInvalid) return refused == Code::kNotFound;
  auto const plan = plan_of(serial);
  return plan != nullptr && plan->channels.empty();
}

void PayloadDecoder::count(SetAside const& aside) {
  if (counters_ == nullptr) return;
  if (aside.missing > 0) counters_->skipped.Increment(static_cast<double>(aside.missing));
  if (aside.faults() == 0) return;
  counters_->unknown.Increment(static_cast<double>(aside.unknown));
  counters_->unreadable.Increment(static_cast<double>(aside.unreadable));
  counters_->repeated.Increment(static_cast<double>(aside.repeated));
}

void PayloadDecoder::follow_registry() {
  runtime::WriteLock const lock(mutex_);
  auto const changes = changes_.read();
  if (changes.read_all_anew) {
    plans_.clear();
    serials_.clear();
  }
  for (auto const& change : changes.changes) {
    auto const serial = serials_.find(change.thing);
    if (serial == serials_.end()) continue;
    plans_.erase(serial->second);
    serials_.erase(serial);
  }
}

std::shared_ptr<DevicePlan const> PayloadDecoder::plan_of(std::string_view serial) {
  city::ChangeCursor as_of = 0;
  for (bool current = false; !current;) {
    runtime::ReadLock lock(mutex_);
    current = changes_.is_current();
    as_of = changes_.cursor();
    auto const found = current ? plans_.find(serial) : plans_.end();
    if (found != plans_.end()) return found->second;
    lock.unlock();
    if (!current) follow_registry();
  }
  auto plan = make_plan(city_, serial);
  if (plan == nullptr) return nullptr;
  // What changed while it was made may be about it.
  runtime::WriteLock const lock(mutex_);
  if (changes_.cursor() != as_of) return plan;
  plans_.insert_or_assign(std::string(serial), plan);
  serials_.insert_or_assign(plan->thing, std::string(serial));
  return plan;
}

Result<DecodedMessage> PayloadDecoder::decode(std::string_view serial, std::string_view payload, Instant received_at) {
  auto const plan = plan_of(serial);
  if (plan == nullptr) return unknown_serial(serial);
  auto message = decode_with(*plan, payload, received_at);
  if (message) count(message->aside);
  return message;
}

Result<Batch> decode_device_payload(city::City const& city, std::string_view serial, std::string_view payload,
                                    Instant received_at) {
  auto const plan = make_plan(city, serial);
  if (plan == nullptr) return unknown_serial(serial);
  MADANG_TRY(auto message, decode_with(*plan, payload, received_at));
  return std::move(message.batch);
}

}  // namespace madang::sensing
