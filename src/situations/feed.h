// The Atom feed of what the public is told (RFC 4287). Pure but for names of Areas.
#pragma once

#include <span>
#include <string>

#include "situations/alerts.h"
#include "situations/situations.h"

namespace madang::situations {

struct FeedEntry {
  SituationPtr situation;
  Alerts::Message message;  ///< its newest
};

struct FeedNeeds {
  runtime::Messages const& messages;
  Publisher const& publisher;
  std::string language;     ///< "en" or "ko"
};

/// Newest message first. An entry was updated when its newest message was sent: numbers that move in its summary from minute to minute
/// are no update (RFC 4287, 4.2.15, leaves that to the publisher), or readers would show it anew each minute. An empty feed was updated
/// at `now`.
std::string atom_feed(std::span<FeedEntry const> entries, FeedNeeds const& needs, Instant now);

/// "situation-7-1764421380000": the same as long as it lasts and after a restart, and never that of another one, also when
/// a restored server gives its number again.
std::string situation_name(Situation const& s);
/// RFC 4151: "tag:madang@city.example,2026:situation-7-1764421380000", stable whatever the server's address becomes.
std::string tag_uri(std::string const& sender, std::string_view what);

}  // namespace madang::situations
