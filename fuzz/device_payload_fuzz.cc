// Device messages: whatever is accepted belongs to the device's own Datastreams.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "fuzz_city.h"
#include "sensing/sensing.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  static fuzz::FuzzCity const city;
  std::string_view const payload(reinterpret_cast<char const*>(data), size);
  auto const batch = sensing::decode_device_payload(city, "N1", payload, instant_of_millis(1'800'000'000'000));
  if (batch) {
    for (auto const& o : batch->observations) {
      MADANG_ASSERT(std::isfinite(o.value) && o.datastream.value() >= 1 && o.datastream.value() <= 2);
    }
  }
  return 0;
}
