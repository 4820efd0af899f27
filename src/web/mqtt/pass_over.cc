// A PUBLISH above the packet limit. 3.1.1 cannot tell the limit, and many clients of version 5 do not look at it: closing would
// make them send the same bytes first for ever. So they are passed over, and the message is refused like any other that
// can never be taken.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "web/mqtt/session.h"

namespace madang::web::mqtt {
namespace {

std::size_t two_bytes(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at])) << 8 | static_cast<std::uint8_t>(bytes[at + 1]);
}

}  // namespace

/// False and `more_needed`: topic and packet identifier are not there yet. False alone: the packet is no such thing.
bool Session::begin_passing_over(std::string_view bytes, bool& more_needed) {
  bool const publish = static_cast<std::uint8_t>(bytes[0]) >> 4 == static_cast<unsigned>(PacketType::kPublish);
  auto const qos = static_cast<std::uint8_t>(static_cast<std::uint8_t>(bytes[0]) >> 1 & 3);
  if (!connected_ || !publish || qos == 3) return false;
  auto const frame = next_frame(bytes, kPassedOverBytesMax);
  if (!frame) return false;
  std::size_t head = 1;
  std::size_t length = 0;
  for (unsigned shift = 0; head < bytes.size() && head <= 4; shift += 7) {
    auto const b = static_cast<std::uint8_t>(bytes[head++]);
    length |= std::size_t{b & 0x7FU} << shift;
    if ((b & 0x80) == 0) break;
  }
  auto const size = head + length;
  more_needed = bytes.size() < head + 2;
  if (more_needed) return false;
  auto const topic_size = two_bytes(bytes, head);
  auto const id_at = head + 2 + topic_size;
  if (size < id_at + 2) return false;
  more_needed = bytes.size() < id_at + 2;
  if (more_needed) return false;
  auto const topic = repair_utf8(bytes.substr(head + 2, std::min(topic_size, kTopicBytesMax)));
  passed_over_ = PassedOver{size, static_cast<std::uint16_t>(qos > 0 ? two_bytes(bytes, id_at) : 0), qos,
                            fmt::format("topic \"{}\": a message of {} bytes is above {}", topic, size,
                                        needs_.limits.packet_bytes_max)};
  return true;
}

std::size_t Session::pass_over(std::string_view bytes) {
  auto const passed = std::min(bytes.size(), passed_over_->bytes_left);
  passed_over_->bytes_left -= passed;
  if (passed_over_->bytes_left > 0) return passed;
  auto const whole = *std::exchange(passed_over_, std::nullopt);
  tokens_ -= 1;
  if (whole.packet_id == 0 && whole.qos > 0)
    fail_with({Reason::kProtocolError, "PUBLISH: packet identifier is 0"});
  else
    refuse_publish(whole.packet_id, whole.qos, Error{Code::kLimit, whole.why});
  return passed;
}

}  // namespace madang::web::mqtt
