#include "web/mqtt/client_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/log.h"
#include "web/mqtt/encode.h"

namespace madang::web::mqtt {
namespace {

constexpr std::uint16_t kSubscribePacketId = 65'535;  // never given to a message
constexpr std::size_t kOutboxBytesMax = 256 * 1024;   // above, messages wait in the queue instead
constexpr Millis kLasting{10'000};

}  // namespace

ClientSession::ClientSession(ClientOptions const& options, std::size_t window, OnIncoming on_incoming)
    : options_(options), window_max_(window), on_incoming_(std::move(on_incoming)) {}

void ClientSession::begin(Tick now) {
  end();
  ++connection_;
  begun_at_ = last_received_at_ = pinged_at_ = now;
  keep_alive_ = std::chrono::seconds{options_.keep_alive_seconds};
  Connect connect;
  connect.version = version_;
  connect.clean_start = options_.clean_start;
  connect.keep_alive_seconds = options_.keep_alive_seconds;
  connect.client_id = options_.client_id;
  if (!options_.username.empty()) connect.username = options_.username;
  if (!options_.password.empty()) connect.password = options_.password;
  // 3.1.1 knows no password without a user name (3.1.2-22).
  if (connect.password && !connect.username && version_ == Version::k311) connect.username = "";
  if (options_.session_expiry_seconds > 0 && !options_.clean_start)
    connect.properties.session_expiry_seconds = options_.session_expiry_seconds;
  connect.properties.receive_maximum = std::max<std::uint16_t>(options_.receive_maximum, 1);
  connect.properties.packet_bytes_max = static_cast<std::uint32_t>(kClientPacketBytesMax);
  encode(outbox_, connect, version_);
}

void ClientSession::end() {
  outbox_.clear();
  fault_.reset();
  changed_version_ = accepted_ = ready_ = progressed_ = false;
  sent_ = 0;  // Their packet identifiers stay: they are sent again, in order.
  unanswered_first_ += unanswered_.size();
  unanswered_.clear();
}

void ClientSession::send_disconnect() {
  if (accepted_) encode(outbox_, Disconnect{}, version_);
}

void ClientSession::fail_with(Code code, std::string sentence) {
  if (!fault_) fault_ = Error{code, std::move(sentence)};
}

std::size_t ClientSession::receive(std::string_view bytes, Tick now) {
  last_received_at_ = now;
  std::size_t used = 0;
  while (!fault_ && !paused()) {
    auto const frame = next_frame(bytes.substr(used), kClientPacketBytesMax);
    if (!frame) fail_with(Code::kInvalid, frame.error().sentence);
    if (!frame || !*frame) break;
    used += (*frame)->size;
    auto const packet = decode(**frame, version_);
    if (!packet)
      fail_with(Code::kInvalid, packet.error().sentence);
    else if (accepted_ == std::holds_alternative<Connack>(*packet))
      fail_with(Code::kInvalid, accepted_ ? "a second CONNACK" : "something else before CONNACK");
    else
      std::visit([this](auto const& p) { handle(p); }, *packet);
  }
  return used;
}

template <typename Unexpected>
void ClientSession::handle(Unexpected const&) {
  fail_with(Code::kInvalid, "a packet that a broker does not send, or that belongs to QoS 2");
}

void ClientSession::handle(Connack const& connack) {
  if (connack.code == 0) {
    accepted_ = true;
    session_present_ = connack.session_present;
    auto const& p = connack.properties;
    window_ = std::min<std::size_t>(window_max_, p.receive_maximum.value_or(65'535));
    packet_bytes_max_ = p.packet_bytes_max.value_or(UINT32_MAX);
    if (p.server_keep_alive_seconds) keep_alive_ = std::chrono::seconds{*p.server_keep_alive_seconds};
    return options_.subscriptions.empty() ? become_ready() : subscribe();
  }
  auto const reason = static_cast<Reason>(connack.code);
  if (version_ == Version::k5 && (reason == Reason::kUnsupportedProtocolVersion || connack.code == 1)) {
    version_ = Version::k311;
    changed_version_ = true;
    return fail_with(Code::kUnsupported, "the broker does not speak MQTT 5");
  }
  if (version_ == Version::k311) {
    auto const code = connack.code == 4 || connack.code == 5 ? Code::kUnauthorized : Code::kUnavailable;
    return fail_with(code, fmt::format("the broker refuses with return code {}", connack.code));
  }
  fail_with(code_of(reason), fmt::format("the broker refuses: {} {}", text_of(reason),
                                         connack.properties.reason_string.value_or("")));
}

void ClientSession::subscribe() {
  Subscribe subscribe;
  subscribe.packet_id = kSubscribePacketId;
  for (auto const& [filter, qos] : options_.subscriptions) {
    SubscribeFilter one;
    one.filter = filter;
    one.qos = std::min<std::uint8_t>(qos, 1);
    one.retain_handling = 1;  // After a reconnect only what is new.
    subscribe.filters.push_back(one);
  }
  encode(outbox_, subscribe, version_);
}

void ClientSession::handle(Suback const& suback) {
  for (std::size_t i = 0; i < suback.codes.size() && i < options_.subscriptions.size(); ++i) {
    if (suback.codes[i] < 0x80) continue;
    runtime::log_error("mqtt", "subscription_refused",
                       {{"filter", options_.subscriptions[i].first},
                        {"why", text_of(static_cast<Reason>(suback.codes[i]))}});
  }
  become_ready();
}

void ClientSession::become_ready() {
  ready_ = true;
  send_outgoing();
}

void ClientSession::handle(Disconnect const& disconnect) {
  fail_with(code_of(disconnect.reason), fmt::format("the broker ends the connection: {} {}", text_of(disconnect.reason),
                                                    disconnect.properties.reason_string.value_or("")));
}

void ClientSession::handle(Publish const& p) {
  if (p.qos > 1) return fail_with(Code::kUnsupported, "PUBLISH: QoS 2 was not subscribed");
  unanswered_.push_back({p.packet_id, false});
  Receipt const receipt{connection_, unanswered_first_ + unanswered_.size() - 1};
  on_incoming_(Message{std::string{p.topic}, std::string{p.payload}, p.qos, p.retain}, receipt);
}

void ClientSession::answer(Receipt receipt, Result<void> const& result) {
  if (receipt.connection != connection_ || receipt.number < unanswered_first_) return;
  auto const at = receipt.number - unanswered_first_;
  if (at >= unanswered_.size()) return;
  if (!result && unanswered_[at].packet_id != 0)
    return fail_with(result.error().code, fmt::format("a message was not accepted: {}", result.error().sentence));
  unanswered_[at].answered = true;
  // PUBACKs go out in the order of the messages (4.6.0-2), so one waits for those before it.
  while (!unanswered_.empty() && unanswered_.front().answered) {
    if (auto const id = unanswered_.front().packet_id; id != 0)
      encode(outbox_, Puback{.packet_id = id, .properties = {}}, version_);
    unanswered_.pop_front();
    ++unanswered_first_;
    progressed_ = true;
  }
}

void ClientSession::publish(Outgoing outgoing) {
  if (outgoing.message.qos == 0 && !ready_)
    return outgoing.accepted(fail(Code::kUnavailable, "not connected to the broker"));
  outgoing_.push_back(std::move(outgoing));
  if (ready_) send_outgoing();
}

bool ClientSession::give_packet_id(Outgoing& outgoing) {
  if (outgoing.packet_id != 0) return true;
  std::uint16_t next = static_cast<std::uint16_t>(last_packet_id_ + 1);
  if (next == 0 || next == kSubscribePacketId) next = 1;
  // Identifiers in flight follow each other, so the next one can only meet the oldest.
  if (sent_ > 0 && outgoing_.front().packet_id == next) return false;
  outgoing.packet_id = last_packet_id_ = next;
  return true;
}

void ClientSession::send_outgoing() {
  while (sent_ < outgoing_.size() && sent_ < window_ && outbox_.size() < kOutboxBytesMax) {
    auto& next = outgoing_[sent_];
    bool const again = next.packet_id != 0;
    if (next.message.qos > 0 && !give_packet_id(next)) return;
    Publish publish;
    publish.topic = next.message.topic;
    publish.payload = next.message.payload;
    publish.qos = next.message.qos;
    publish.retain = next.message.retain;
    publish.duplicate = again && session_present_;
    publish.packet_id = next.packet_id;
    auto const begin = outbox_.size();
    bool const fits = encode_publish(outbox_, publish, {}, version_) <= packet_bytes_max_;
    if (!fits) outbox_.resize(begin);
    if (fits && next.message.qos > 0) {
      ++sent_;
      continue;
    }
    auto accepted = std::move(next.accepted);
    outgoing_.erase(outgoing_.begin() + static_cast<std::ptrdiff_t>(sent_));
    accepted(fits ? Result<void>{} : fail(Code::kLimit, fmt::format("message is above the broker's {} bytes",
                                                                    packet_bytes_max_)));
  }
}

void ClientSession::handle(Puback const& puback) {
  auto const end = outgoing_.begin() + static_cast<std::ptrdiff_t>(sent_);
  auto const found = std::find_if(outgoing_.begin(), end, [&](Outgoing const& o) {
    return o.packet_id == puback.packet_id;
  });
  if (found == end) return;
  auto accepted = std::move(found->accepted);
  outgoing_.erase(found);
  --sent_;
  progressed_ = true;
  if (static_cast<std::uint8_t>(puback.reason) < 0x80)
    accepted({});
  else
    accepted(fail(code_of(puback.reason), fmt::format("the broker refuses the message: {} {}", text_of(puback.reason),
                                                      puback.properties.reason_string.value_or(""))));
  send_outgoing();
}

void ClientSession::sweep(Tick now) {
  if (fault_) return;
  if (!ready_) {
    if (now - begun_at_ > kClientConnectWaitMax) fail_with(Code::kUnavailable, "the broker does not answer");
    return;
  }
  if (now - begun_at_ > kLasting) progressed_ = true;
  send_outgoing();
  if (keep_alive_.count() == 0) return;
  if (paused()) last_received_at_ = now;  // We did not listen, so the silence is ours.
  if (now - last_received_at_ > keep_alive_ * 3 / 2) return fail_with(Code::kUnavailable, "the broker is silent");
  if (now - pinged_at_ < keep_alive_ / 2) return;
  pinged_at_ = now;
  encode(outbox_, Pingreq{}, version_);
}

void ClientSession::fail_all(Error const& error) {
  for (auto all = std::exchange(outgoing_, {}); auto& outgoing : all) outgoing.accepted(fail(error));
  sent_ = 0;
}

}  // namespace madang::web::mqtt
