// Bytes from any client: first byte chooses the version, then packets until the bytes end. What is understood is
// written and read again, and must be the same; and a session must survive all of it, and hear nothing that is not its client's.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "web/mqtt/decode.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"
#include "web/mqtt/topic.h"
#include "web/mqtt/topics.h"

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

/// "all" writes every Thing; any other key, as the certificate, the Thing N1 alone.
class TwoKeys final : public web::Authenticator {
 public:
  Result<web::Principal> principal_of_key(std::string_view key) override {
    web::Principal who;
    who.kind = web::Principal::Kind::kDevice;
    who.name = key;
    if (key != "all") who.things.emplace_back("N1");
    return who;
  }
  Result<web::Principal> principal_of_session(std::string_view) override { return fail(Code::kUnauthorized, "no sessions here"); }
};

/// What docs/devices.md says of who may hear what, in words of its own.
bool may_hear(web::Principal const& who, std::string_view topic) {
  if (!who.things.empty()) return topic == "things/N1/obs";
  return topic == "things" || topic.starts_with("things/");
}

/// Some topics that the filter asks for: each wildcard stands for several texts.
std::vector<std::string> topics_of(std::string_view filter) {
  std::vector<std::string> topics(1);
  TopicLevels levels{filter};
  for (bool first = true; auto const level = levels.next(); first = false) {
    std::vector<std::string> longer;
    for (auto const& topic : topics) {
      auto const before = topic + (first ? "" : "/");
      if (*level == "#") longer.push_back(topic);
      auto const texts = *level == "+"   ? std::vector<std::string>{"N1", "N2", "things", "obs", ""}
                         : *level == "#" ? std::vector<std::string>{"x", "obs", "N2/obs", "things/N2/obs"}
                                         : std::vector<std::string>{std::string{*level}};
      for (auto const& text : texts) longer.push_back(before + text);
    }
    if (longer.size() > 1'000) longer.resize(1'000);
    topics = std::move(longer);
  }
  return topics;
}

/// The handler of the real listener, whose every grant is looked at.
class ChecksGrants final : public ListenerHandler {
 public:
  ChecksGrants() {
    using Who = TopicAccess::Who;
    auto const take = [](web::Principal const&, Message const&, Accepted accepted) { accepted({}); };
    if (!topics_.add({.pattern = "things/{thing}/obs", .publish = Who::kWriter, .subscribe = Who::kWriter, .handler = take})) std::abort();
    if (!topics_.add({.pattern = "things/#", .subscribe = Who::kWriter})) std::abort();
  }
  Result<web::Principal> authenticate(std::string_view username, std::string_view password, std::string_view certificate_name) override {
    auto found = handler_->authenticate(username, password, certificate_name);
    if (found) client = *found;
    return found;
  }
  bool may_publish(web::Principal const& who, std::string_view topic) override {
    bool const may = handler_->may_publish(who, topic);
    MADANG_ASSERT(!may || (may_hear(who, topic) && topic.ends_with("/obs")));
    return may;
  }
  bool may_subscribe(web::Principal const& who, std::string_view filter) override {
    bool const may = handler_->may_subscribe(who, filter);
    if (!may) return false;
    for (auto const& topic : topics_of(filter)) MADANG_ASSERT(topic_name_fault(topic) || !topic_matches(filter, topic) || may_hear(who, topic));
    return true;
  }
  bool somebody_may_publish(std::string_view topic) override { return handler_->somebody_may_publish(topic); }
  void publish(web::Principal const& who, Message message, Accepted accepted) override {
    handler_->publish(who, std::move(message), std::move(accepted));
  }

  web::Principal client;  ///< who came last

 private:
  Topics topics_;
  TwoKeys keys_;
  std::unique_ptr<ListenerHandler> handler_ = handler_of(topics_, keys_);
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

/// `may_get`: whether the client may be sent a message of this topic.
void check_session(std::string_view bytes, ListenerHandler& handler, auto const& may_get) {
  static runtime::Metrics metrics;
  static Counters counters{metrics};
  static runtime::ManualClock const clock{instant_of_millis(0)};
  static Limits const limits;
  auto const mailbox = std::make_shared<web::net::Mailbox<Letter>>([] {});
  Hub hub{limits, counters, clock};
  hub.set_mailboxes({mailbox});
  SessionNeeds const needs{hub, handler, clock, counters, limits, mailbox};
  for (auto const* topic : {"things", "things/N1/obs", "things/N2/obs", "things/N1/x", "thingsx", "lamps/N1/obs", "$SYS/N1/obs"})
    hub.forward(std::make_shared<Forwarded const>(Forwarded{Message{topic, "1", 1, true}, {}, {}, {}}));
  Session session{needs, Address{0, 1}, {.name = "N1"}};
  session.receive(bytes);
  std::vector<Letter> letters;
  for (mailbox->take(letters); !letters.empty(); letters.clear(), mailbox->take(letters)) {
    for (auto& letter : letters) {
      if (auto* answer = std::get_if<Answer>(&letter)) {
        if (answer->forward) hub.forward(answer->forward);
        session.answer(*answer);
      } else if (auto* delivery = std::get_if<Delivery>(&letter)) {
        MADANG_ASSERT(may_get(delivery->message->message.topic));
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
  static AcceptsAll accepts_all;
  check_session(bytes, accepts_all, [](std::string_view) { return true; });
  static ChecksGrants checks_grants;
  check_session(bytes, checks_grants, [](std::string_view topic) { return may_hear(checks_grants.client, topic); });
  return 0;
}
