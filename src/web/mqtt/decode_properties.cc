#include "web/mqtt/decode_properties.h"

#include <fmt/format.h>

#include "web/mqtt/limits.h"

namespace madang::web::mqtt {
namespace {

constexpr Carriers kSubscriptionIdentifierCarriers = carrier(PacketType::kPublish) | carrier(PacketType::kSubscribe);

void read_value(Reader& in, PropertyRow const& row, std::optional<std::uint8_t>& out) { out = in.byte(row.name); }
void read_value(Reader& in, PropertyRow const& row, std::optional<std::uint16_t>& out) { out = in.two_bytes(row.name); }
void read_value(Reader& in, PropertyRow const& row, std::optional<std::uint32_t>& out) {
  out = in.four_bytes(row.name);
}
void read_value(Reader& in, PropertyRow const& row, std::optional<std::string_view>& out) {
  out = row.shape == PropertyShape::kBytes ? in.binary(row.name) : in.text(row.name);
}

bool breaks_shape(PropertyShape shape, std::uint32_t value) {
  return (shape == PropertyShape::kFlag && value > 1) || (shape == PropertyShape::kNotZero && value == 0);
}
bool breaks_shape(PropertyShape, std::string_view) { return false; }

void read_row(Reader& in, PropertyRow const& row, Properties& out, std::size_t at) {
  std::visit(
      [&](auto member) {
        auto& value = out.*member;
        if (value) {
          in.refuse(Reason::kProtocolError, fmt::format("{} comes twice", row.name), at);
          return;
        }
        read_value(in, row, value);
        if (!in.failed() && breaks_shape(row.shape, *value))
          in.refuse(Reason::kProtocolError, fmt::format("{} {} is not allowed", row.name, *value), at);
      },
      row.member);
}

void read_subscription_identifier(Reader& in, Carriers packet, Properties& out, std::size_t at) {
  auto const id = in.variable("subscription identifier");
  if (in.failed()) return;
  if ((packet & kSubscriptionIdentifierCarriers) == 0)
    in.refuse(Reason::kProtocolError, "subscription identifier is not allowed here", at);
  else if (id == 0)
    in.refuse(Reason::kProtocolError, "subscription identifier is 0", at);
  else if (packet == carrier(PacketType::kSubscribe) && !out.subscription_identifiers.empty())
    in.refuse(Reason::kProtocolError, "subscription identifier comes twice", at);
  else if (out.subscription_identifiers.size() >= kUserPropertiesMax)
    in.refuse(Reason::kPacketTooLarge, "more subscription identifiers than 64", at);
  else
    out.subscription_identifiers.push_back(id);
}

void read_user_property(Reader& in, Properties& out, std::size_t at) {
  auto const name = in.text("user property name");
  auto const value = in.text("user property value");
  if (in.failed()) return;
  if (out.user_properties.size() >= kUserPropertiesMax)
    in.refuse(Reason::kPacketTooLarge, "more user properties than 64", at);
  else
    out.user_properties.emplace_back(name, value);
}

void read_one(Reader& in, Carriers packet, Properties& out) {
  auto const at = in.at();
  auto const id = in.byte("property");
  if (in.failed()) return;
  if (id == kSubscriptionIdentifierId) return read_subscription_identifier(in, packet, out, at);
  if (id == kUserPropertyId) return read_user_property(in, out, at);
  for (auto const& row : kPropertyTable) {
    if (row.id != id) continue;
    if ((row.carriers & packet) == 0)
      in.refuse(Reason::kProtocolError, fmt::format("{} is not allowed here", row.name), at);
    else
      read_row(in, row, out, at);
    return;
  }
  in.refuse(Reason::kMalformedPacket, fmt::format("property 0x{:02X} does not exist", id), at);
}

}  // namespace

Properties read_properties(Reader& reader, Carriers packet) {
  Properties out;
  auto const size = reader.variable("property length");
  auto const begin = reader.at();
  Reader in{reader.packet(), reader.take(size, "properties"), begin};
  while (!in.failed() && !in.ended()) read_one(in, packet, out);
  if (in.failed()) reader.fail_with(*in.error());
  return out;
}

}  // namespace madang::web::mqtt
