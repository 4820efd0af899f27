#include "mobility/traci/frames.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "mobility/traci/limits.h"

namespace madang::mobility::traci {
namespace {

enum Type : std::uint8_t {
  kPosition2d = 0x01,
  kPosition3d = 0x03,
  kColour = 0x11,
  kUnsignedByte = 0x07,
  kByte = 0x08,
  kInteger = 0x09,
  kDouble = 0x0B,
  kText = 0x0C,
  kTextList = 0x0E,
  kCompound = 0x0F,
  kDoubleList = 0x10,
};

// In both places: from the first moment, without an end.
constexpr double kAlways = -1073741824.0;
constexpr std::size_t kShortCommandMax = 255;
constexpr std::size_t kTextHeadBytes = 4;
constexpr std::size_t kDoubleBytes = 8;
constexpr std::uint8_t kDone = 0x00;
constexpr std::uint8_t kNotImplemented = 0x01;

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void FrameWriter::begin(Command id, std::size_t body_bytes) {
  if (frame_.empty()) frame_.resize(kFrameHeadBytes);
  auto const short_bytes = 2 + body_bytes;
  if (short_bytes <= kShortCommandMax) {
    byte(static_cast<std::uint8_t>(short_bytes));
  } else {
    byte(0);
    integer(static_cast<std::uint32_t>(short_bytes + kFrameHeadBytes));
  }
  byte(std::to_underlying(id));
  ++commands_;
}

void FrameWriter::integer(std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) byte(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
}

void FrameWriter::real(double value) {
  auto const bits = std::bit_cast<std::uint64_t>(value);
  integer(static_cast<std::uint32_t>(bits >> 32U));
  integer(static_cast<std::uint32_t>(bits));
}

void FrameWriter::text(std::string_view value) {
  integer(static_cast<std::uint32_t>(value.size()));
  frame_ += value;
}

FrameWriter& FrameWriter::get_version() {
  begin(Command::kGetVersion, 0);
  return *this;
}

FrameWriter& FrameWriter::set_order(std::int32_t order) {
  begin(Command::kSetOrder, 4);
  integer(static_cast<std::uint32_t>(order));
  return *this;
}

FrameWriter& FrameWriter::step(double until) {
  begin(Command::kStep, kDoubleBytes);
  real(until);
  return *this;
}

FrameWriter& FrameWriter::close() {
  begin(Command::kClose, 0);
  return *this;
}

void FrameWriter::set_signal(std::string_view signal, std::uint8_t what, std::string_view value) {
  begin(Command::kSetSignal, 1 + kTextHeadBytes + signal.size() + 1 + kTextHeadBytes + value.size());
  byte(what);
  text(signal);
  byte(kText);
  text(value);
}

FrameWriter& FrameWriter::set_state(std::string_view signal, std::string_view letters) {
  set_signal(signal, variable::kSignalState, letters);
  return *this;
}

FrameWriter& FrameWriter::set_program(std::string_view signal, std::string_view program) {
  set_signal(signal, variable::kSignalProgram, program);
  return *this;
}

FrameWriter& FrameWriter::subscribe(Command kind, std::string_view object, std::span<std::uint8_t const> variables) {
  MADANG_ASSERT(variables.size() <= kVariablesMax);
  begin(kind, 2 * kDoubleBytes + kTextHeadBytes + object.size() + 1 + variables.size());
  real(kAlways);
  real(kAlways);
  text(object);
  byte(static_cast<std::uint8_t>(variables.size()));
  for (auto const each : variables) byte(each);
  return *this;
}

std::string FrameWriter::take() {
  auto const total = static_cast<std::uint32_t>(frame_.size());
  for (std::size_t i = 0; i < kFrameHeadBytes && i < frame_.size(); ++i) {
    frame_[i] = static_cast<char>(static_cast<std::uint8_t>(total >> (24 - 8 * i)));
  }
  commands_ = 0;
  return std::exchange(frame_, {});
}

Result<std::size_t> frame_bytes(std::string_view first_four) {
  MADANG_ASSERT(first_four.size() == kFrameHeadBytes);
  std::size_t total = 0;
  for (char const c : first_four) total = total << 8U | static_cast<std::uint8_t>(c);
  if (total <= kFrameHeadBytes) return fail(Code::kCorrupt, fmt::format("TraCI: a frame of {} bytes holds no answer", total));
  if (total > kFrameBytesMax) {
    return fail(Code::kLimit, fmt::format("TraCI: a frame of {} bytes is above {}", total, kFrameBytesMax));
  }
  return total;
}

std::unexpected<Error> AnswerReader::fault(Code code, std::string_view what) const {
  return fail(code, fmt::format("TraCI: byte {} of the frame: {}", at_ + kFrameHeadBytes, what));
}

Result<std::string_view> AnswerReader::raw(std::size_t count, std::string_view what) {
  if (count > end_ - at_) return fault(Code::kCorrupt, fmt::format("{} needs {} bytes, and {} are left", what, count, end_ - at_));
  auto const found = bytes_.substr(at_, count);
  at_ += count;
  return found;
}

Result<std::uint8_t> AnswerReader::byte(std::string_view what) {
  MADANG_TRY(auto const found, raw(1, what));
  return static_cast<std::uint8_t>(found[0]);
}

Result<std::uint32_t> AnswerReader::integer(std::string_view what) {
  MADANG_TRY(auto const found, raw(4, what));
  std::uint32_t value = 0;
  for (char const c : found) value = value << 8U | static_cast<std::uint8_t>(c);
  return value;
}

Result<double> AnswerReader::real(std::string_view what) {
  MADANG_TRY(auto const found, raw(kDoubleBytes, what));
  std::uint64_t bits = 0;
  for (char const c : found) bits = bits << 8U | static_cast<std::uint8_t>(c);
  return std::bit_cast<double>(bits);
}

Result<std::string_view> AnswerReader::text(std::string_view what) {
  MADANG_TRY(auto const length, integer(what));
  if (length > kTextBytesMax) return fault(Code::kLimit, fmt::format("{} of {} bytes is above {}", what, length, kTextBytesMax));
  return raw(length, what);
}

Result<AnswerReader::Head> AnswerReader::head() {
  end_ = bytes_.size();
  auto const begin = at_;
  MADANG_TRY(std::size_t length, byte("the length of an answer"));
  if (length == 0) {
    MADANG_TRY(length, integer("the long length of an answer"));
  }
  MADANG_TRY(auto const id, byte("the kind of an answer"));
  if (length < at_ - begin || length > bytes_.size() - begin) {
    return fault(Code::kCorrupt, fmt::format("an answer of {} bytes does not fit into the {} that are left", length, bytes_.size() - begin));
  }
  end_ = begin + length;
  return Head{id, end_};
}

Result<void> AnswerReader::ends(Head const& head) {
  if (at_ != head.end) return fault(Code::kCorrupt, fmt::format("an answer has {} bytes more than it says", head.end - at_));
  end_ = bytes_.size();
  return {};
}

Result<Status> AnswerReader::status() {
  MADANG_TRY(auto const found, head());
  Status status{.command = found.id, .result = 0, .text = {}};
  MADANG_TRY(status.result, byte("how a command ended"));
  MADANG_TRY(status.text, text("the words for how a command ended"));
  MADANG_CHECK(ends(found));
  return status;
}

Result<void> AnswerReader::done(Command command) {
  MADANG_TRY(auto const answer, status());
  auto const asked = std::to_underlying(command);
  if (answer.command != asked) {
    return fault(Code::kCorrupt, fmt::format("the answer is of command 0x{:02X}, asked was 0x{:02X}", answer.command, asked));
  }
  if (answer.result == kDone) return {};
  auto const code = answer.result == kNotImplemented ? Code::kUnsupported : Code::kConflict;
  return fail(code, fmt::format("TraCI: command 0x{:02X} is refused: {}", asked, answer.text));
}

Result<Version> AnswerReader::version() {
  MADANG_TRY(auto const found, head());
  if (found.id != std::to_underlying(Command::kGetVersion)) return fault(Code::kCorrupt, "the answer is not the version");
  Version version;
  MADANG_TRY(auto const api, integer("the API's number"));
  MADANG_TRY(auto const name, text("the server's name"));
  MADANG_CHECK(ends(found));
  version.api = static_cast<std::int32_t>(api);
  version.name = name;
  return version;
}

Result<std::size_t> AnswerReader::subscriptions() {
  MADANG_TRY(std::size_t const count, integer("the number of subscriptions"));
  if (count > kSubscriptionsMax) return fault(Code::kLimit, fmt::format("{} subscriptions are above {}", count, kSubscriptionsMax));
  return count;
}

Result<void> AnswerReader::subscription(Subscription& into) {
  MADANG_TRY(auto const found, head());
  into.answer = found.id;
  MADANG_TRY(into.object, text("the id of an object"));
  MADANG_TRY(auto const count, byte("the number of variables"));
  into.values.resize(count);
  into.texts.clear();
  list_ = &into.texts;
  Result<void> read;
  for (std::size_t i = 0; i < into.values.size() && read; ++i) read = value(into.values[i]);
  list_ = nullptr;
  MADANG_CHECK(read);
  return ends(found);
}

Result<void> AnswerReader::value(Value& into) {
  MADANG_TRY(into.variable, byte("a variable"));
  MADANG_TRY(auto const result, byte("how a variable was read"));
  MADANG_TRY(auto const type, byte("the type of a variable"));
  into.known = result == kDone;
  into.refused = {};
  into.number = kNoNumber;
  if (into.known) {
    MADANG_TRY(into.number, number(type, 0));
    return {};
  }
  if (type != kText) return fault(Code::kCorrupt, fmt::format("a variable is refused by a value of type 0x{:02X}, which is no text", type));
  MADANG_TRY(into.refused, text("why a variable is refused"));
  return {};
}

Result<double> AnswerReader::number(std::uint8_t type, int depth) {
  switch (type) {
    case kUnsignedByte: {
      MADANG_TRY(auto const found, byte("a byte"));
      return static_cast<double>(found);
    }
    case kByte: {
      MADANG_TRY(auto const found, byte("a byte"));
      return static_cast<double>(static_cast<std::int8_t>(found));
    }
    case kInteger: {
      MADANG_TRY(auto const found, integer("a whole number"));
      return static_cast<double>(static_cast<std::int32_t>(found));
    }
    case kDouble: return real("a number");
    default: return skip_list(type, depth);
  }
}

// What is no number is gone over, so that what follows it can be read.
Result<double> AnswerReader::skip_list(std::uint8_t type, int depth) {
  if (depth >= kNestingMax) return fault(Code::kLimit, fmt::format("lists lie deeper in each other than {}", kNestingMax));
  switch (type) {
    case kPosition2d: MADANG_CHECK(raw(2 * kDoubleBytes, "a place")); return kNoNumber;
    case kPosition3d: MADANG_CHECK(raw(3 * kDoubleBytes, "a place")); return kNoNumber;
    case kColour: MADANG_CHECK(raw(4, "a colour")); return kNoNumber;
    case kText: MADANG_CHECK(text("a text")); return kNoNumber;
    case kTextList:
    case kDoubleList:
    case kCompound: break;
    default: return fault(Code::kUnsupported, fmt::format("a value of type 0x{:02X} is not known here", type));
  }
  MADANG_TRY(auto const count, integer("the length of a list"));
  if (count > kListItemsMax) return fault(Code::kLimit, fmt::format("a list of {} is above {}", count, kListItemsMax));
  for (std::uint32_t i = 0; i < count; ++i) {
    if (type == kTextList) {
      MADANG_TRY(auto const each, text("a text of a list"));
      if (list_ != nullptr) list_->push_back(each);
    } else if (type == kDoubleList) {
      MADANG_CHECK(raw(kDoubleBytes, "a number of a list"));
    } else {
      MADANG_TRY(auto const inner, byte("the type of an entry"));
      MADANG_CHECK(number(inner, depth + 1));
    }
  }
  return kNoNumber;
}

}  // namespace madang::mobility::traci
