// Bytes from any client: first byte chooses the version, then packets until the bytes end. What is understood is
// written and read again, and must be the same; and a session must survive all of it.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "web/mqtt/decode.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"

namespace {

using namespace madang;
using namespace madang::web::mqtt;

class AcceptsAll final : public ListenerHandler {
 public:
  Result<web::Principal> authenticate(std::string_view, std::string_view, std::string_view) override {
    return web::Principal{};
  }
  bool may_publish(web::Principal const&, std::string_view) override { return true; }
  bool may_subscribe(web::Principal const&, std::string_view) override { return true; }
  bool somebody_may_publish(std::string_view) override { return true; }
  void publish(web::Principal const&, Message, Accepted accepted) override { accepted({}); }
};

void check_round_trip(std::string_view bytes, Version version) {
  while (true) {
    auto const frame = next_frame(bytes, 1 << 16);
    if (!frame || !*frame) return;
    bytes.remove_prefix((*frame)->size);
    auto const packet = decode(**frame, version);
    if (!packet) continue;
    std::string again;
    encode(again, *packet, version);
    auto const again_frame = next_frame(again, SIZE_MAX);
    MADANG_ASSERT(again_frame && *again_frame && (*again_frame)->size == again.size());
    auto const again_packet = decode(**again_frame, version);
    MADANG_ASSERT(again_packet && *again_packet == *packet);
  }
}

void check_session(std::string_view bytes) {
  static runtime::Metrics metrics;
  static Counters counters{metrics};
  static runtime::ManualClock const clock{instant_of_millis(0)};
  static AcceptsAll handler;
  static Limits const limits;
  auto const mailbox = std::make_shared<web::net::Mailbox<Letter>>([] {});
  Hub hub{limits, counters};
  hub.set_mailboxes({mailbox});
  SessionNeeds const needs{hub, handler, clock, counters, limits, mailbox};
  Session session{needs, Address{0, 1}, {}};
  session.receive(bytes);
  std::vector<Letter> letters;
  for (mailbox->take(letters); !letters.empty(); letters.clear(), mailbox->take(letters)) {
    for (auto& letter : letters) {
      if (auto* answer = std::get_if<Answer>(&letter)) {
        if (answer->forward) hub.forward(answer->forward);
        session.answer(*answer);
      } else if (auto* delivery = std::get_if<Delivery>(&letter)) {
        session.deliver(std::move(*delivery));
      } else if (std::holds_alternative<RetainedSlice>(letter)) {
        session.end_slice();
      }
    }
  }
  session.closed();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view bytes{reinterpret_cast<char const*>(data), size};
  if (bytes.empty()) return 0;
  auto const version = (bytes[0] & 1) != 0 ? Version::k5 : Version::k311;
  bytes.remove_prefix(1);
  check_round_trip(bytes, version);
  check_session(bytes);
  return 0;
}
