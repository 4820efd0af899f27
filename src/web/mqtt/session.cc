#include "web/mqtt/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/log.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/rights_watch.h"

namespace madang::web::mqtt {

Session::Session(SessionNeeds const& needs, Address address, net::Certificate certificate)
    : needs_(needs),
      address_(address),
      certificate_(std::move(certificate)),
      opened_at_(needs.clock.tick()),
      last_received_at_(opened_at_),
      tokens_(needs.limits.messages_burst_max),
      refilled_at_(opened_at_) {}

namespace {

/// What was sent to the wrong door, by its first bytes; empty: it may be MQTT.
std::string_view other_language(std::string_view bytes) {
  if (bytes.starts_with("\x16\x03")) return "it speaks TLS, and this port does not (tls.certificate_file turns it on)";
  for (std::string_view const method : {"GET /", "HEAD /", "POST /", "PUT /", "OPTIONS /"})
    if (bytes.starts_with(method)) return "it speaks HTTP, and this port is for MQTT";
  return {};
}

}  // namespace

std::size_t Session::receive(std::string_view bytes) {
  auto const now = needs_.clock.tick();
  refill(now);
  if (!connected_ && !ending_)
    if (auto const why = other_language(bytes); !why.empty()) fail_with({Reason::kProtocolError, std::string{why}});
  std::size_t used = 0;
  while (!ending_ && !paused()) {
    if (passed_over_) {
      auto const passed = pass_over(bytes.substr(used));
      used += passed;
      if (passed == 0) break;
      continue;
    }
    auto const frame = next_frame(bytes.substr(used), needs_.limits.packet_bytes_max);
    if (!frame) {
      bool more_needed = false;
      if (begin_passing_over(bytes.substr(used), more_needed)) continue;
      if (!more_needed) fail_with(frame.error());
      break;
    }
    if (!*frame) break;
    used += (*frame)->size;
    handle(**frame);
  }
  note_heard(used, bytes.size() - used, now);
  if (!ending_ && paused()) needs_.counters.pauses.Increment();
  return used;
}

/// A large packet may take longer than the keep alive on a slow line. Who is in the middle of it is there, unless hardly anything comes.
void Session::note_heard(std::size_t used, std::size_t unfinished, Tick now) {
  if (used == 0 && unfinished < unfinished_heard_ + kGrowthHeardBytes) return;
  last_received_at_ = now;
  unfinished_heard_ = unfinished;
}

void Session::handle(Frame const& frame) {
  if (connected_ == (frame.type == PacketType::kConnect))
    return fail_with({Reason::kProtocolError, connected_ ? "a second CONNECT" : fmt::format("{} before CONNECT",
                                                                                            name_of(frame.type))});
  if (!connected_) {
    connect_seen_ = true;
    version_ = frame.body.size() > 6 && frame.body[6] == 4 ? Version::k311 : Version::k5;
  }
  auto const packet = decode(frame, version_);
  if (!packet) return fail_with(packet.error());
  std::visit([this](auto const& p) { handle(p); }, *packet);
}

template <typename Unexpected>
void Session::handle(Unexpected const&) {
  fail_with({Reason::kProtocolError, "a packet that only a server sends"});
}

void Session::handle(Pingreq const&) {
  tokens_ -= 1;
  send(Pingresp{});
}

void Session::handle(Disconnect const& disconnect) {
  // Then it is none, and the will goes out (MQTT 5.0, 3.14.2.2.2).
  if (!asked_for_a_session_ && disconnect.properties.session_expiry_seconds.value_or(0) > 0)
    return fail_with({Reason::kProtocolError, "DISCONNECT: a session expiry interval, but CONNECT had none"});
  if (disconnect.reason == Reason::kSuccess) will_.reset();
  ending_ = true;
}

void Session::evict() {
  auto name = std::exchange(name_, {});
  // Now, and not when the old socket is closed at last: it would come after what a device that is back has said.
  if (will_) publish_will(std::move(name));
  if (ending_) return;
  needs_.counters.taken_over.Increment();
  // Two devices with the client identifier of a firmware's example throw each other out for ever.
  if (needs_.hub.log().once.first(session_name_, "taken over", needs_.clock.tick()))
    runtime::log_info("mqtt", "session_taken_over", {{"client", session_name_}});
  end_with(Reason::kSessionTakenOver, "the same client has connected again");
}

void Session::revoke(std::string_view why) {
  if (ending_) return;
  will_.reset();
  needs_.counters.rights_ended.Increment();
  runtime::log_warning("mqtt", "rights_ended", {{"client", session_name_}, {"why", why}});
  end_with(Reason::kNotAuthorized, why);
}

void Session::note_stalled() {
  needs_.counters.stalled.Increment();
  if (connected_ && needs_.hub.log().once.first(session_name_, "stalled", needs_.clock.tick()))
    runtime::log_info("mqtt", "client_takes_nothing", {{"client", session_name_}});
}

void Session::send_disconnect() {
  will_.reset();
  if (!ending_) end_with(Reason::kServerShuttingDown, "the server is going down");
}

void Session::sweep(Tick now) {
  if (ending_) return;
  if (!connected_ && now - opened_at_ > needs_.limits.connect_wait_max)
    return fail_with({Reason::kKeepAliveTimeout, "no CONNECT in time"});
  bool const rested = paused();
  refill(now);
  if (rested) last_received_at_ = now;  // We did not listen, so its silence is not its fault.
  if (silence_max_.count() == 0 || now - last_received_at_ <= silence_max_) return;
  needs_.counters.keep_alive_expired.Increment();
  end_with(Reason::kKeepAliveTimeout, fmt::format("silent for more than {} ms", silence_max_.count()));
}

void Session::refill(Tick now) {
  auto const seconds = std::chrono::duration<double>(now - refilled_at_).count();
  refilled_at_ = now;
  tokens_ = std::min(needs_.limits.messages_burst_max, tokens_ + seconds * needs_.limits.messages_per_second_max);
}

void Session::closed() {
  if (!connected_) return;
  connected_ = false;
  auto name = std::exchange(name_, {});
  needs_.hub.unsubscribe_all(filters_, address_);
  if (needs_.watch != nullptr) needs_.watch->remove(address_);
  if (will_) publish_will(std::move(name));
}

void Session::take_outbox(std::string& into, std::size_t bytes_max) {
  into.clear();
  if (outbox_.size() <= bytes_max) {
    into.swap(outbox_);
  } else {
    into.assign(outbox_, 0, bytes_max);
    outbox_.erase(0, bytes_max);
  }
  walked_.take(into.size());
}

bool Session::put_if_it_fits(Packet const& packet) {
  auto const begin = outbox_.size();
  encode(outbox_, packet, version_);
  if (outbox_.size() - begin <= client_packet_bytes_max_) return true;
  outbox_.resize(begin);
  return false;
}

void Session::send(Packet const& packet) {
  if (!put_if_it_fits(packet)) end_with(Reason::kPacketTooLarge, "the answer is larger than the client takes");
}

void Session::send_explained(Packet packet, std::string_view sentence) {
  auto const shown = v5() && problem_information_ ? reason_string_of(sentence) : std::string{};
  auto const explain = [&packet](std::optional<std::string_view> reason) {
    std::visit([&](auto& p) {
      if constexpr (requires { p.properties; }) p.properties.reason_string = reason;
    }, packet);
  };
  if (!shown.empty()) explain(shown);
  if (put_if_it_fits(packet)) return;
  explain(std::nullopt);
  put_if_it_fits(packet);
}

void Session::fail_with(ProtocolError const& error) {
  if (ending_) return;
  needs_.counters.protocol_errors.Increment();
  if (!connected_ && connect_seen_) return refuse_connect(error.reason, error.sentence);
  if (!connected_)
    log_refused_connect(error.reason, error.sentence);
  else if (needs_.hub.log().once.first(session_name_, error.sentence, needs_.clock.tick()))
    runtime::log_info("mqtt", "client_refused", {{"client", session_name_}, {"why", error.sentence}});
  end_with(error.reason, error.sentence);
}

void Session::end_with(Reason reason, std::string_view sentence) {
  if (connected_ && v5()) send_explained(Disconnect{.reason = reason, .properties = {}}, sentence);
  ending_ = true;
}

}  // namespace madang::web::mqtt
