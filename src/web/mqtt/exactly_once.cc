// QoS 2 from a client (MQTT 5.0, 4.3.3): PUBREC says that the message is ours, which is true once the room above has accepted
// it; until PUBREL the same packet identifier is the same message. A session ends with its connection, so a client that comes
// again may bring a message twice: a reading with its own time is then the same reading.
#include "web/mqtt/session.h"

namespace madang::web::mqtt {

bool Session::is_new(Publish const& p) {
  if (p.qos != 2) return true;
  if (auto const known = exactly_once_.find(p.packet_id); known != exactly_once_.end()) {
    // One that still waits above is answered when it is accepted.
    if (known->second) send(Pubrec{.packet_id = p.packet_id, .properties = {}});
    return false;
  }
  if (exactly_once_.size() >= needs_.limits.exactly_once_max) {
    fail_with({Reason::kReceiveMaximumExceeded, "PUBLISH: too many messages of QoS 2 wait for their PUBREL"});
    return false;
  }
  exactly_once_.emplace(p.packet_id, false);
  return true;
}

void Session::mark_recorded(std::uint16_t packet_id, bool accepted) {
  // A refusal ends the exchange: the identifier is free again (4.3.3).
  if (accepted)
    exactly_once_.insert_or_assign(packet_id, true);
  else
    exactly_once_.erase(packet_id);
}

void Session::handle(Pubrel const& pubrel) {
  auto const known = exactly_once_.find(pubrel.packet_id);
  if (known != exactly_once_.end() && !known->second)
    return fail_with({Reason::kProtocolError, "PUBREL: before PUBREC"});
  Pubcomp pubcomp{.packet_id = pubrel.packet_id, .properties = {}};
  // Of an earlier connection, most likely: it must be answered all the same, or the client asks for ever.
  if (known == exactly_once_.end()) {
    tokens_ -= 1;  // else the PUBLISH has cost one
    pubcomp.reason = Reason::kPacketIdentifierNotFound;
  } else {
    exactly_once_.erase(known);
  }
  send(pubcomp);
}

}  // namespace madang::web::mqtt
