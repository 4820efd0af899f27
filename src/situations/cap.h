// A message of the Common Alerting Protocol 1.2 (OASIS Standard CAP-v1.2-os, 1 July 2010) as plain data, and its XML.
// Names and order of the fields are the standard's (section 3.2), so that it can be read beside it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/geo.h"
#include "core/time.h"

namespace madang::situations::cap {

struct Circle {
  LatLon centre;
  double radius_km = 0;
};

struct Area {
  std::string description;       ///< areaDesc, needed
  std::vector<Ring> polygons;    ///< each closed, at least four pairs
  std::optional<Circle> circle;
  std::string geocode_name;      ///< valueName and value; both or none
  std::string geocode;
};

struct Parameter {
  std::string name;
  std::string value;
};

/// What adds to the words, at an address of its own (3.2.3).
struct Resource {
  std::string description;       ///< resourceDesc, needed
  std::string mime_type;         ///< needed
  std::string uri;               ///< full and absolute
};

struct Info {
  std::string language;          ///< RFC 3066: "ko-KR"
  std::string category;          ///< "Env", "Safety", ...
  std::string event;
  std::string response_type;     ///< empty, or "AllClear", ...
  std::string urgency;           ///< "Immediate", "Expected", "Future", "Past", "Unknown"
  std::string severity;          ///< "Extreme", "Severe", "Moderate", "Minor", "Unknown"
  std::string certainty;         ///< "Observed", "Likely", "Possible", "Unlikely", "Unknown"
  std::string onset;             ///< DateTime, as date_time() writes it; empty: not stated
  std::string expires;
  std::string sender_name;
  std::string headline;
  std::string description;
  std::string instruction;
  std::string web;
  std::vector<Parameter> parameters;
  std::vector<Resource> resources;
  Area area;
};

/// An earlier message.
struct Reference {
  std::string sender;
  std::string identifier;
  std::string sent;
};

struct Message {
  std::string identifier;        ///< unique for the sender
  std::string sender;
  std::string sent;
  std::string status = "Actual"; ///< or "Exercise", ...
  std::string type = "Alert";    ///< or "Update", "Cancel", ...
  std::string note;              ///< what an exercise is, why a message is cancelled
  std::vector<Reference> references;
  std::string incidents;         ///< messages of one cause share it
  std::vector<Info> infos;
};

/// "2026-11-26T14:05:00+09:00" in an IANA zone: seconds, and a numeric offset always; UTC is "-00:00", never "Z"
/// (3.2.1, note of the DateTime data type). kInvalid: no such zone.
Result<std::string> date_time(Instant t, std::string const& zone);

/// Every rule of the standard that a message of ours could break. kInvalid names the element.
Result<void> check(Message const& message);
/// Checked first.
Result<std::string> xml_of(Message const& message);

/// Spaces, commas, '<' and '&' are forbidden in identifier and sender.
bool is_restricted_text(std::string_view text);

}  // namespace madang::situations::cap
