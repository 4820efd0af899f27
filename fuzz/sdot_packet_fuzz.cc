// Device packets: no crash, and what is accepted is whole: its fields cover the packet.
#include <cstdint>
#include <string_view>

#include "sensing/import/local_time.h"
#include "sensing/import/sdot_packet.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  if (auto const packet = madang::sensing::decode_sdot_packet(text)) {
    std::size_t covered = 0;
    for (auto const& field : packet->fields) covered += field.text.size();
    if (covered > text.size() || packet->serial.empty()) __builtin_trap();
  }
  (void)madang::sensing::read_sdot_time(text);
  (void)madang::sensing::read_sdot_hour(text);
  return 0;
}
