// The kinds of Situations that Madang knows, in one table: the word for people, the category of CAP, and who may see
// them. Messages, pages, filters, rules and reports by hand all ask here.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::situations {

struct Kind {
  std::string_view name;      ///< "plume"
  std::string_view key;       ///< of its word in the catalogue; also CAP's event
  std::string_view category;  ///< CAP 1.2, 3.2.2
  bool internal = false;      ///< for operators only: never published, whatever a signal says
  bool by_hand = false;       ///< offered to operators who report something
};

/// In the order in which people are offered them.
std::span<Kind const> kinds();
/// nullptr: a word of another system, or of an older version; shown as "other".
Kind const* known_kind(std::string_view name);
/// The known one, else "other".
Kind const& kind_of(std::string_view name);
/// kInvalid, with all that are known, so that a misspelt filter is no filter that never fits.
Result<void> check_kind(std::string_view field, std::string_view name);

inline constexpr std::string_view kPlume = "plume";
inline constexpr std::string_view kHotSpot = "hot_spot";
inline constexpr std::string_view kHaze = "haze";
inline constexpr std::string_view kNoiseEvent = "noise_event";
inline constexpr std::string_view kNoiseLevel = "noise_level";
inline constexpr std::string_view kCrowdSurge = "crowd_surge";
inline constexpr std::string_view kHeat = "heat";
/// One station far above what it should say, and no neighbour confirms it: work for the crew.
inline constexpr std::string_view kDeviceSuspect = "device_suspect";
/// The same, but so large that it would be dangerous if it were true: operators look at once.
inline constexpr std::string_view kUnconfirmed = "unconfirmed";
/// The early warning judges nothing of a quantity: everything comes too late, the history is too short, nobody is heard.
inline constexpr std::string_view kWarningBlind = "warning_blind";

}  // namespace madang::situations
