// What a TraCI server answers, as one frame: whatever it is, reading it neither crashes nor goes past the end, and each fault names
// a place inside the frame. The first byte chooses which answer is expected.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mobility/traci/frames.h"
#include "mobility/traci/limits.h"

using namespace madang;
using namespace madang::mobility::traci;

namespace {

bool lies_in(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void read_subscriptions(AnswerReader& reader, std::string_view body) {
  Subscription one;
  while (!reader.at_end()) {
    if (!reader.subscription(one)) return;
    if (!lies_in(one.object, body) || one.values.size() > kVariablesMax) __builtin_trap();
    for (auto const& value : one.values) {
      if (!lies_in(value.refused, body)) __builtin_trap();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size < 1 + kFrameHeadBytes) return 0;
  std::string_view const text{reinterpret_cast<char const*>(data) + 1, size - 1};
  (void)frame_bytes(text.substr(0, kFrameHeadBytes));
  AnswerReader reader{text};
  switch (data[0] % 4) {
    case 0:
      while (auto const status = reader.status()) {
        if (!lies_in(status->text, text)) __builtin_trap();
      }
      break;
    case 1:
      if (reader.done(Command::kGetVersion)) (void)reader.version();
      break;
    case 2:
      if (reader.done(Command::kStep) && reader.subscriptions()) read_subscriptions(reader, text);
      break;
    default: read_subscriptions(reader, text); break;
  }
  return 0;
}
