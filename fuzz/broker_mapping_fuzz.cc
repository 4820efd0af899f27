// A broker's mapping file, and, behind a zero byte, a message that its rules read.
#include <cstdint>
#include <string_view>

#include "fuzz_city.h"
#include "sensing/readings/broker_mapping.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  static fuzz::FuzzCity const city;
  static sensing::PayloadDecoder decoder(city, nullptr);
  std::string_view const all(reinterpret_cast<char const*>(data), size);
  auto const cut = all.find('\0');
  auto const mapping = sensing::BrokerMapping::parse(all.substr(0, cut), "fuzz.toml");
  if (!mapping || cut == std::string_view::npos) return 0;
  auto const* rule = mapping->rule_of("lora/N1/up");
  if (rule == nullptr) return 0;
  auto const now = instant_of_millis(1'800'000'000'000);
  auto const message = sensing::decode_mapped(*rule, "lora/N1/up", all.substr(cut + 1), decoder, now);
  if (message) {
    for (auto const& o : message->batch.observations) MADANG_ASSERT(o.datastream.value() >= 1);
  }
  return 0;
}
