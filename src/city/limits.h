// The largest of everything in the registry. Whatever is above is refused with Code::kLimit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace madang::city {

inline constexpr std::size_t kSerialMax = 128;          ///< bytes
inline constexpr std::size_t kChannelMax = 64;          ///< bytes
inline constexpr std::size_t kLanguagesMax = 32;        ///< texts of one Name
inline constexpr std::size_t kTextMax = 4'096;          ///< bytes of a name, description, unit
inline constexpr std::size_t kPropertiesMax = 65'536;   ///< bytes of a properties object
inline constexpr std::size_t kGeometryMax = 1'048'576;  ///< bytes of a Location's or Feature's GeoJSON
inline constexpr std::size_t kChannelsPerSensorMax = 1'024;
inline constexpr std::size_t kSentinelsPerChannelMax = 64;  ///< numbers that mean "no value"
inline constexpr std::size_t kDatastreamsPerThingMax = 1'024;
inline constexpr std::size_t kLocationsPerThingMax = 256;
inline constexpr std::size_t kThingsPerCallMax = 100'000;
/// An observation's id is Datastream (27 bits) * 2^26 + arrival number.
inline constexpr std::int64_t kDatastreamsMax = (std::int64_t{1} << 27) - 1;

// What changed, and what was before.
inline constexpr std::size_t kChangesKept = 65'536;      ///< in memory; who is farther behind reads all anew
inline constexpr std::int64_t kRegistryWritesKept = 1'000;         ///< of which others read what changed; behind more they read everything
inline constexpr std::size_t kRegistryChangesReadMax = 10'000;    ///< entries read one by one; more are read with everything
inline constexpr std::size_t kClosedStreamsKept = 65'536;  ///< deleted Datastreams that readings may still be on their way to
inline constexpr std::size_t kActsPerWriteMax = 1'000;   ///< edits and deletions in one write
inline constexpr std::size_t kHistoryPerEntryMax = 1'000;  ///< the oldest goes first; the journal keeps that it was
inline constexpr std::size_t kDeletedDatastreamsShownMax = 1'000;  ///< of one Thing, the oldest
inline constexpr std::size_t kHistoryBytesMax = 4u << 20;  ///< of what entries said, in one answer; one act at least

/// A write that fails on a registry that was read within this is not to be tried again; it reads nothing anew either.
inline constexpr Millis kRegistryJustRead{60'000};

inline constexpr Millis kStoreSeenEvery{60'000};  ///< a server writes down that its data directory is at work

// GeoJSON of Areas.
inline constexpr std::size_t kAreaFileMax = 128u << 20;  ///< bytes
inline constexpr std::size_t kAreasMax = 100'000;
inline constexpr std::size_t kAreaVerticesMax = 4'000'000;  ///< of one file
inline constexpr std::size_t kAreaNotesMax = 20;  ///< sentences about one file that are kept
inline constexpr int kAreaLevelMax = 9;

// Rights.
inline constexpr std::size_t kKeyNameMax = 128;        ///< bytes
inline constexpr std::size_t kKeyThingsMax = 10'000;   ///< serials in one key's scope
inline constexpr std::size_t kLoginNameMax = 128;      ///< bytes
inline constexpr std::size_t kPasswordMin = 10;        ///< characters
inline constexpr std::size_t kPasswordMax = 1'024;     ///< bytes
inline constexpr std::size_t kSessionsPerPartyMax = 50;  ///< logged in at once; the oldest goes first
inline constexpr std::size_t kSessionsKnownMax = 50'000;  ///< held in memory; the others are read when they are used
inline constexpr std::size_t kStrangersKnownMax = 10'000;  ///< tokens known to be nobody's
inline constexpr Millis kSessionLookUpMax{500};           ///< for the records to answer who a login is
inline constexpr Millis kSessionsPause{1'000};            ///< before they are asked again when they did not
inline constexpr Millis kKeyLookUpMax{500};               ///< the same, whether an unknown key was made by another process
inline constexpr Millis kKeysPause{1'000};
inline constexpr Millis kKeysWatchMax{1'500};             ///< for the records to answer whether others changed keys, or sessions
inline constexpr Millis kSessionEndsKept{3'600'000};      ///< in which another server hears of them
inline constexpr std::size_t kSessionEndsReadMax = 10'000;
inline constexpr Millis kSessionLength{12 * 3'600'000};
inline constexpr std::size_t kPartyNameMax = 256;      ///< bytes
inline constexpr std::size_t kRoleNameMax = 64;
inline constexpr std::size_t kRolePermissionsMax = 256;
inline constexpr std::size_t kPartiesPerPageMax = 1'000;
inline constexpr std::size_t kPartyHistoryMax = 10'000;  ///< roles and memberships of one party that are shown
inline constexpr std::size_t kLoginTriesMax = 10;      ///< wrong passwords from one address within the window
/// The same for one login, from whatever addresses: more, since anybody can use them up for somebody else.
inline constexpr std::size_t kTriesOfOneLoginMax = 50;
inline constexpr Millis kLoginPlaceKept{30 * 24 * 3'600'000LL};  ///< an address from which a login was let in; others' guesses do not lock it out there
inline constexpr Millis kLoginWindow{5 * 60'000};
inline constexpr std::size_t kLoginAddressesMax = 10'000;  ///< addresses remembered, and logins

}  // namespace madang::city
