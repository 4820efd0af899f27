#include "situations/cap.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "situations/xml_text.h"

namespace madang::situations::cap {
namespace {

constexpr std::string_view kNamespace = "urn:oasis:names:tc:emergency:cap:1.2";
constexpr std::size_t kPolygonPairsMin = 4;

std::unexpected<Error> broken(std::string_view element, std::string_view rule) {
  return fail(Code::kInvalid, fmt::format("CAP {}: {}", element, rule));
}

/// YYYY-MM-DDThh:mm:ss and a numeric offset.
bool is_date_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00+00:00";
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool const digit = text[i] >= '0' && text[i] <= '9';
    bool const sign = text[i] == '+' || text[i] == '-';
    if (kShape[i] == '0' ? !digit : kShape[i] == '+' ? !sign : text[i] != kShape[i]) return false;
  }
  return true;
}

Result<void> check_word(std::string_view element, std::string_view text, std::initializer_list<std::string_view> allowed) {
  if (std::ranges::find(allowed, text) == allowed.end())
    return broken(element, fmt::format("\"{}\" is no value of the standard", text));
  return {};
}

Result<void> check_time(std::string_view element, std::string_view text, bool needed) {
  if (text.empty() && !needed) return {};
  if (!is_date_time(text)) return broken(element, "YYYY-MM-DDThh:mm:ss with a numeric offset expected");
  return {};
}

Result<void> check_polygon(Ring const& ring) {
  if (ring.size() < kPolygonPairsMin) return broken("polygon", "at least four pairs expected");
  if (ring.front() != ring.back()) return broken("polygon", "the first and the last pair must be the same");
  if (!std::ranges::all_of(ring, is_on_earth)) return broken("polygon", "a pair lies outside WGS 84");
  return {};
}

Result<void> check_area(Area const& area) {
  if (area.description.empty()) return broken("areaDesc", "missing");
  for (auto const& ring : area.polygons) MADANG_CHECK(check_polygon(ring));
  if (area.circle && (!is_on_earth(area.circle->centre) || !(area.circle->radius_km >= 0)))
    return broken("circle", "a point on the earth and a radius of 0 km or more expected");
  if (area.geocode.empty() != area.geocode_name.empty()) return broken("geocode", "valueName and value belong together");
  return {};
}

bool is_absolute(std::string_view uri) { return uri.contains("://"); }

Result<void> check_resource(Resource const& resource) {
  if (resource.description.empty()) return broken("resourceDesc", "missing");
  if (resource.mime_type.find('/') == std::string::npos) return broken("mimeType", "a type and a subtype expected");
  if (!is_absolute(resource.uri)) return broken("uri", "a full, absolute URI expected");
  return {};
}

Result<void> check_info(Info const& info) {
  if (info.event.empty()) return broken("event", "missing");
  MADANG_CHECK(check_word("category", info.category,
                          {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra",
                           "CBRNE", "Other"}));
  MADANG_CHECK(check_word("responseType", info.response_type,
                          {"", "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
                           "None"}));
  MADANG_CHECK(check_word("urgency", info.urgency, {"Immediate", "Expected", "Future", "Past", "Unknown"}));
  MADANG_CHECK(check_word("severity", info.severity, {"Extreme", "Severe", "Moderate", "Minor", "Unknown"}));
  MADANG_CHECK(check_word("certainty", info.certainty, {"Observed", "Likely", "Possible", "Unlikely", "Unknown"}));
  MADANG_CHECK(check_time("onset", info.onset, false));
  MADANG_CHECK(check_time("expires", info.expires, false));
  if (!info.web.empty() && !is_absolute(info.web)) return broken("web", "a full, absolute URI expected");
  for (auto const& parameter : info.parameters)
    if (parameter.name.empty()) return broken("parameter", "valueName is missing");
  for (auto const& resource : info.resources) MADANG_CHECK(check_resource(resource));
  return check_area(info.area);
}

std::string degrees(double value) {
  auto const text = fmt::format("{:.5f}", value);
  return text == "-0.00000" ? "0.00000" : text;
}

std::string pair_of(LatLon place) { return degrees(place.latitude) + "," + degrees(place.longitude); }

std::string polygon_text(Ring const& ring) {
  std::string out;
  for (auto const& place : ring) out += (out.empty() ? "" : " ") + pair_of(place);
  return out;
}

void write_pair(XmlText& xml, char const* element, std::string_view name, std::string_view value) {
  xml.open(element).element("valueName", name).element("value", value).close();
}

void write_area(XmlText& xml, Area const& area) {
  xml.open("area").element("areaDesc", area.description);
  for (auto const& ring : area.polygons) xml.element("polygon", polygon_text(ring));
  if (area.circle) xml.element("circle", fmt::format("{} {:.3f}", pair_of(area.circle->centre), area.circle->radius_km));
  if (!area.geocode.empty()) write_pair(xml, "geocode", area.geocode_name, area.geocode);
  xml.close();
}

void write_info(XmlText& xml, Info const& info) {
  xml.open("info").element("language", info.language).element("category", info.category).element("event", info.event);
  xml.optional_element("responseType", info.response_type).element("urgency", info.urgency);
  xml.element("severity", info.severity).element("certainty", info.certainty);
  xml.optional_element("onset", info.onset).optional_element("expires", info.expires);
  xml.optional_element("senderName", info.sender_name).optional_element("headline", info.headline);
  xml.optional_element("description", info.description).optional_element("instruction", info.instruction);
  xml.optional_element("web", info.web);
  for (auto const& parameter : info.parameters) write_pair(xml, "parameter", parameter.name, parameter.value);
  for (auto const& r : info.resources)
    xml.open("resource").element("resourceDesc", r.description).element("mimeType", r.mime_type).element("uri", r.uri).close();
  write_area(xml, info.area);
  xml.close();
}

std::string references_text(std::vector<Reference> const& references) {
  std::string out;
  for (auto const& r : references) out += fmt::format("{}{},{},{}", out.empty() ? "" : " ", r.sender, r.identifier, r.sent);
  return out;
}

}  // namespace

bool is_restricted_text(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == ',' || c == '<' || c == '&' || c == 0x7f;
  });
}

Result<std::string> date_time(Instant t, std::string const& zone) {
  auto const moment = std::chrono::floor<std::chrono::seconds>(t);
  std::chrono::seconds offset{0};
  try {
    offset = date::locate_zone(zone)->get_info(moment).offset;
  } catch (std::exception const&) {
    return fail(Code::kInvalid, fmt::format("zone: there is no time zone \"{}\"", zone));
  }
  auto const local = format_instant(std::chrono::time_point_cast<Millis>(moment + offset));
  auto const minutes = std::chrono::duration_cast<std::chrono::minutes>(std::chrono::abs(offset)).count();
  char const sign = offset > std::chrono::seconds{0} ? '+' : '-';
  return fmt::format("{}{}{:02}:{:02}", std::string_view{local}.substr(0, 19), sign, minutes / 60, minutes % 60);
}

Result<void> check(Message const& message) {
  constexpr std::string_view kRestricted = "no spaces, commas, '<' or '&' allowed, and not empty";
  if (!is_restricted_text(message.identifier)) return broken("identifier", kRestricted);
  if (!is_restricted_text(message.sender)) return broken("sender", kRestricted);
  MADANG_CHECK(check_time("sent", message.sent, true));
  MADANG_CHECK(check_word("status", message.status, {"Actual", "Exercise", "System", "Test", "Draft"}));
  MADANG_CHECK(check_word("msgType", message.type, {"Alert", "Update", "Cancel", "Ack", "Error"}));
  if (message.status == "Exercise" && message.note.empty()) return broken("note", "an exercise names itself here");
  bool const later = message.type == "Update" || message.type == "Cancel";
  if (later && message.references.empty()) return broken("references", "an update or cancellation names what it follows");
  for (auto const& r : message.references)
    if (!is_restricted_text(r.sender) || !is_restricted_text(r.identifier) || !is_date_time(r.sent))
      return broken("references", "sender,identifier,sent expected");
  for (auto const& info : message.infos) MADANG_CHECK(check_info(info));
  return {};
}

Result<std::string> xml_of(Message const& message) {
  MADANG_CHECK(check(message));
  XmlText xml;
  xml.open("alert").attribute("xmlns", kNamespace);
  xml.element("identifier", message.identifier).element("sender", message.sender).element("sent", message.sent);
  xml.element("status", message.status).element("msgType", message.type).element("scope", "Public");
  xml.optional_element("note", message.note).optional_element("references", references_text(message.references));
  xml.optional_element("incidents", message.incidents);
  for (auto const& info : message.infos) write_info(xml, info);
  xml.close();
  return xml.take();
}

}  // namespace madang::situations::cap
