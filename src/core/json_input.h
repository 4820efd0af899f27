// Reading JSON from outside with simdjson: the padded copy that its parsers need, and errors that name the byte.
// Include it in .cc files only: simdjson is a large header.
#pragma once

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang {

/// A copy of one text with simdjson's padding behind it; keeps its memory from text to text.
class PaddedJson {
 public:
  simdjson::padded_string_view assign(std::string_view text) {
    if (text.size() + simdjson::SIMDJSON_PADDING > capacity_) {
      capacity_ = text.size() * 2 + simdjson::SIMDJSON_PADDING;
      bytes_ = std::make_unique<char[]>(capacity_);
    }
    if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
    std::memset(bytes_.get() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    size_ = text.size();
    return simdjson::padded_string_view(bytes_.get(), size_, capacity_);
  }

  /// Of a place inside the copy; the end where it lies outside.
  [[nodiscard]] std::size_t offset_of(char const* place) const {
    bool const inside = place >= bytes_.get() && place <= bytes_.get() + size_;
    return inside ? static_cast<std::size_t>(place - bytes_.get()) : size_;
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

/// "body: not JSON at byte 17: ..."; `what` names the input.
inline Error json_error(std::string_view what, simdjson::error_code code, std::size_t byte) {
  return {Code::kInvalid, std::string(what) + ": not the expected JSON at byte " + std::to_string(byte) + ": " +
                              simdjson::error_message(code)};
}

/// The same for an on-demand document that stopped somewhere.
inline Error json_error(std::string_view what, simdjson::error_code code, PaddedJson const& text,
                        simdjson::ondemand::document& document) {
  char const* place = nullptr;
  if (document.current_location().get(place) != simdjson::SUCCESS) place = nullptr;
  return json_error(what, code, text.offset_of(place));
}

/// Whether a text is JSON at all: the first fault with its byte, or nothing. For a better sentence after something has
/// failed; it reads everything.
std::optional<Error> json_fault(std::string_view what, std::string_view text);

/// Nothing but white space follows what was read.
inline bool at_end(simdjson::ondemand::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace madang
