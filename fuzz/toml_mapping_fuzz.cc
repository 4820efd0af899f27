// Mapping files of an import: no crash, and what is accepted names its serial, its time and some channel.
#include <cstdint>
#include <string_view>

#include "sensing/import/mapping.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  if (auto const mapping = madang::sensing::parse_mapping(text, "mapping.toml")) {
    if (!mapping->serial.given() || mapping->time.empty() || mapping->channels.empty()) __builtin_trap();
    (void)mapping->pattern.read("2026-11-24 05:30", mapping->zone);
  }
  return 0;
}
