// Walks the bytes of one packet. The first fault sticks, with its place; later reads give zeros, so a decoder
// reads all its fields in a row and looks once at the end. Internal to the codec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "web/mqtt/reason.h"

namespace madang::web::mqtt {

class Reader {
 public:
  /// `packet` names it in sentences; `start` is where `bytes` begin within the packet's body.
  Reader(std::string_view packet, std::string_view bytes, std::size_t start = 0)
      : packet_(packet), bytes_(bytes), start_(start) {}

  std::uint8_t byte(std::string_view what);
  std::uint16_t two_bytes(std::string_view what);
  std::uint32_t four_bytes(std::string_view what);
  /// At most four bytes of seven bits each, in the shortest form.
  std::uint32_t variable(std::string_view what);
  std::string_view binary(std::string_view what);
  /// UTF-8 without U+0000.
  std::string_view text(std::string_view what);
  std::string_view take(std::size_t count, std::string_view what);
  std::string_view remaining();

  [[nodiscard]] std::size_t at() const { return start_ + at_; }
  [[nodiscard]] bool ended() const { return at_ == bytes_.size(); }
  [[nodiscard]] std::string_view packet() const { return packet_; }

  /// "CONNECT: <sentence> at byte 12". Only the first counts.
  void refuse(Reason reason, std::string_view sentence, std::size_t at);
  void refuse(Reason reason, std::string_view sentence) { refuse(reason, sentence, at()); }
  void must_end();
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] std::optional<ProtocolError> const& error() const { return error_; }
  void fail_with(ProtocolError error) {
    if (!error_) error_ = std::move(error);
  }

 private:
  std::string_view packet_;
  std::string_view bytes_;
  std::size_t start_ = 0;
  std::size_t at_ = 0;
  std::optional<ProtocolError> error_;
};

}  // namespace madang::web::mqtt
