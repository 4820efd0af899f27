// The bodies that operators' programs post: reports, deeds and silences. Whatever comes, it is refused by name or read.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "situations/codec.h"
#include "situations/requests.h"
#include "situations/rules.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  std::string_view const body{reinterpret_cast<char const*>(data), size};
  (void)situations::parse_deed(body);
  auto const now = instant_of_millis(1'790'000'000'000);
  if (auto const silence = situations::parse_silence(body, now)) (void)situations::check(*silence);
  auto report = situations::parse_report(body);
  if (!report) return 0;
  auto& signal = report->signal;
  signal.source = "operator";
  signal.key = "k";
  if (!situations::check(signal)) return 0;
  // What is accepted survives the way through the records.
  situations::Signal again;
  MADANG_ASSERT(situations::read_signal(situations::json_of(signal), again).has_value());
  MADANG_ASSERT(again.headline == signal.headline);
  MADANG_ASSERT(again.place == signal.place);
  MADANG_ASSERT(again.whole_city == signal.whole_city);
  return 0;
}
