#include "sensing/readings/payload.h"

#include <fmt/format.h>

#include <bitset>

#include "core/json_input.h"
#include "sensing/limits.h"
#include "sensing/readings/device_plan.h"
#include "sensing/sensing.h"

namespace madang::sensing {
namespace {

namespace json = simdjson::ondemand;
using storage::Batch;

struct Scratch {
  json::parser parser;
  PaddedJson text;
};

std::unexpected<Error> bad_channel(PlannedChannel const& channel, Scratch& scratch, json::document& document) {
  char const* place = nullptr;
  if (document.current_location().get(place) != simdjson::SUCCESS) place = nullptr;
  return fail(Code::kInvalid, fmt::format("{}: a number, true, false or null expected near byte {}", channel.name,
                                          scratch.text.offset_of(place)));
}

/// nullopt: null, so nothing was measured.
Result<std::optional<double>> read_number(json::value value, PlannedChannel const& channel, Scratch& scratch,
                                          json::document& document) {
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return bad_channel(channel, scratch, document);
  if (type == json::json_type::number) {
    double number = 0;
    if (value.get_double().get(number) != simdjson::SUCCESS) return bad_channel(channel, scratch, document);
    return number;
  }
  if (type == json::json_type::boolean) {
    bool truth = false;
    if (value.get_bool().get(truth) != simdjson::SUCCESS) return bad_channel(channel, scratch, document);
    return truth ? 1.0 : 0.0;
  }
  bool is_null = false;
  if (type == json::json_type::null && value.is_null().get(is_null) == simdjson::SUCCESS && is_null) {
    return std::optional<double>{};
  }
  return bad_channel(channel, scratch, document);
}

/// The state of one message while it is read.
struct Reading {
  DevicePlan const& plan;
  Scratch& scratch;
  json::document& document;
  Instant received_at;
  Batch batch;
  std::optional<Instant> time;
  std::bitset<kChannelsPerMessageMax> seen;
  std::size_t hint = 0;
  std::size_t skipped = 0;
  std::size_t named = 0;

  Result<void> field(std::string_view name, json::value value) {
    if (name == "time") return read_time(value);
    ++named;
    auto const* channel = plan.find(name, hint);
    if (channel == nullptr) {
      if (plan.ignore_unknown) {
        ++skipped;
        return {};
      }
      return fail(Code::kInvalid, fmt::format("{}: {} has no such channel", name.substr(0, 80), plan.serial));
    }
    auto const index = static_cast<std::size_t>(channel - plan.channels.data());
    if (seen.test(index)) return fail(Code::kInvalid, fmt::format("{}: named twice", name));
    seen.set(index);
    MADANG_TRY(auto const number, read_number(value, *channel, scratch, document));
    // The time may follow the channels, so it is filled in at the end.
    if (!number || !DevicePlan::add(*channel, *number, {}, received_at, batch)) ++skipped;
    return {};
  }

  Result<void> read_time(json::value value) {
    if (time) return fail(Code::kInvalid, "time: named twice");
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) {
      return fail(Code::kInvalid, "time: a text like \"2026-11-24T05:30:00Z\" expected");
    }
    MADANG_TRY(time, parse_instant(text));
    return {};
  }

  void finish() {
    Instant const when = time.value_or(received_at);
    bool const late_enough = when <= received_at + kFutureMax;
    for (auto& o : batch.observations) {
      o.phenomenon_time = when;
      if (!late_enough && counts(o.quality.flag)) {
        o.quality = {QualityFlag::kSuspect, static_cast<std::uint8_t>(QualityTest::kTiming), kRuleVersion};
      }
    }
  }
};

Result<void> read_fields(Reading& reading) {
  json::object object;
  if (auto const error = reading.document.get_object().get(object)) {
    return fail(json_error("payload", error, reading.scratch.text, reading.document));
  }
  for (auto entry : object) {
    json::field field;
    if (auto const error = std::move(entry).get(field)) {
      return fail(json_error("payload", error, reading.scratch.text, reading.document));
    }
    std::string_view name;
    if (auto const error = field.unescaped_key().get(name)) {
      return fail(json_error("payload", error, reading.scratch.text, reading.document));
    }
    MADANG_CHECK(reading.field(name, field.value()));
  }
  if (!at_end(reading.document)) return fail(Code::kInvalid, "payload: more follows after the JSON object");
  if (reading.named == 0) return fail(Code::kInvalid, "payload: names no channel");
  return {};
}

Result<Batch> decode_with(DevicePlan const& plan, std::string_view payload, Instant received_at,
                          prometheus::Counter* skipped_total) {
  thread_local Scratch scratch;
  if (payload.size() > kPayloadBytesMax) {
    return fail(Code::kLimit, fmt::format("payload: {} bytes are above {}", payload.size(), kPayloadBytesMax));
  }
  if (plan.channels.size() > kChannelsPerMessageMax) {
    return fail(Code::kLimit, fmt::format("{}: {} channels are above {}", plan.serial, plan.channels.size(),
                                          kChannelsPerMessageMax));
  }
  json::document document;
  if (auto const error = scratch.parser.iterate(scratch.text.assign(payload)).get(document)) {
    return fail(json_error("payload", error, 0));
  }
  Reading reading{plan, scratch, document, received_at, {}, {}, {}, 0, 0, 0};
  reading.batch.observations.reserve(plan.channels.size());
  MADANG_CHECK(read_fields(reading));
  reading.finish();
  if (skipped_total != nullptr && reading.skipped > 0) skipped_total->Increment(static_cast<double>(reading.skipped));
  return std::move(reading.batch);
}

std::unexpected<Error> unknown_serial(std::string_view serial) {
  return fail(Code::kNotFound, fmt::format("no Thing has the serial \"{}\"", serial.substr(0, 80)));
}

}  // namespace

PayloadDecoder::PayloadDecoder(city::City const& city, runtime::Metrics* metrics) : city_(city) {
  if (metrics == nullptr) return;
  skipped_total_ = &metrics->counter("madang_sensing_values_skipped_total",
                                     "null values, sentinels and values of channels that are unknown or not fitted");
}

PayloadDecoder::~PayloadDecoder() = default;

std::shared_ptr<DevicePlan const> PayloadDecoder::plan_of(std::string_view serial) {
  auto const version = city_.version();
  {
    std::shared_lock const lock(mutex_);
    auto const found = version_ == version ? plans_.find(serial) : plans_.end();
    if (found != plans_.end()) return found->second;
  }
  auto plan = make_plan(city_, serial);
  if (plan == nullptr) return nullptr;
  std::scoped_lock const lock(mutex_);
  if (version_ != version) {
    plans_.clear();
    version_ = version;
  }
  plans_.insert_or_assign(std::string(serial), plan);
  return plan;
}

Result<Batch> PayloadDecoder::decode(std::string_view serial, std::string_view payload, Instant received_at) {
  auto const plan = plan_of(serial);
  if (plan == nullptr) return unknown_serial(serial);
  return decode_with(*plan, payload, received_at, skipped_total_);
}

Result<Batch> decode_device_payload(city::City const& city, std::string_view serial, std::string_view payload,
                                    Instant received_at) {
  auto const plan = make_plan(city, serial);
  if (plan == nullptr) return unknown_serial(serial);
  return decode_with(*plan, payload, received_at, nullptr);
}

}  // namespace madang::sensing
