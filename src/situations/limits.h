// The largest of everything that is reported, kept and shown. Whatever is above is refused with Code::kLimit.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace madang::situations {

// One report.
inline constexpr std::size_t kWordMax = 128;           ///< bytes of source, key, kind, group, rule, channel, unit, role
inline constexpr std::size_t kTextMax = 4'096;         ///< bytes of a text in one language, of a note or reason
inline constexpr std::size_t kLanguagesMax = 8;        ///< of one text
inline constexpr std::size_t kQuantitiesMax = 16;      ///< of the facts of one cause
inline constexpr std::size_t kPartMembersMax = 64;     ///< stations named of one quantity
inline constexpr std::size_t kEvidenceStreamsMax = 64;
inline constexpr std::size_t kEvidenceValuesMax = 240; ///< of one stream: eight hours of one value in two minutes
inline constexpr double kRadiusMax = 100'000;          ///< metres
/// 2000-01-01: a number of seconds, taken for milliseconds, is a day of January 1970.
inline constexpr Instant kSinceFirst{Millis{946'684'800'000}};
inline constexpr Millis kSinceAheadMax = std::chrono::minutes{5};  ///< clocks of those that report differ

// All of them.
inline constexpr std::size_t kOpenMax = 5'000;         ///< open at once
inline constexpr std::size_t kListMax = 1'000;         ///< of one answer
inline constexpr std::size_t kPagesReadMax = 4;        ///< of kListMax each, for one answer to who sees some Areas only
inline constexpr std::size_t kTimelineMax = 5'000;     ///< lines of one Situation that can be read
inline constexpr std::size_t kTimelineUpdatesMax = 1'000;  ///< lines that reports alone may write; then only its end
inline constexpr Millis kPastReadPlainly = std::chrono::days{3};  ///< looking back farther waits in the queue of scans
inline constexpr std::size_t kSilencesMax = 1'000;
inline constexpr std::size_t kTickMax = 500;           ///< changes in one tick; the rest follows a second later
inline constexpr std::size_t kTogetherMax = 50;        ///< of these in one transaction

// Of what other servers on the same records have written.
inline constexpr std::size_t kReadAnewMax = 1'000;      ///< Situations read one by one; of more, all that is open is read anew
inline constexpr std::size_t kAskedTogether = 100;     ///< Situations in one query
inline constexpr std::int64_t kCaughtUpLinesMax = 16;  ///< lines of one Situation that listeners are told at once, the newest
inline constexpr int kOvertakenMax = 8;                ///< tries of one change

inline constexpr std::size_t kShortenedMax = 50;       ///< of those that ended long ago, in one turn of the job
inline constexpr Millis kShortenEvery = std::chrono::minutes{1};

// Live.
inline constexpr std::size_t kLiveSnapshotBytes = 160 * 1024;  ///< below what a listener's queue takes

// CAP and feeds.
inline constexpr std::size_t kOutlineRingsMax = 16;
inline constexpr std::size_t kOutlinePairsMax = 200;   ///< of all polygons of a message together
inline constexpr std::size_t kReferencesMax = 50;      ///< earlier messages named, the newest
inline constexpr Millis kAlertLife = std::chrono::hours{24};    ///< a message expires; kReaffirmEvery is half of it
inline constexpr Millis kCancelLife = std::chrono::hours{1};
inline constexpr Millis kEndedShownFor = std::chrono::days{7};  ///< on the public page and in the feed
inline constexpr std::size_t kFeedEntriesMax = 100;
inline constexpr std::size_t kEndedListMax = 300;      ///< ended ones that the public page goes back to
inline constexpr std::size_t kPagePiecesBytes = 34'000;  ///< of warnings on a page of at most 50 KB

// Pictures.
inline constexpr std::size_t kPictureAreasMax = 60;     ///< outlines of Areas around
inline constexpr std::size_t kPicturePlacesMax = 2'400;  ///< of all outlines together: about 25 KB
inline constexpr std::size_t kPictureLabelsMax = 30;    ///< values written beside marks
inline constexpr std::size_t kPictureMarksMax = 400;    ///< places with streams
inline constexpr std::size_t kPictureLinesMax = 12;     ///< of text below the map

// How reports become changes.
inline constexpr Millis kUpdateEvery = std::chrono::minutes{10};    ///< new words of a lasting cause
inline constexpr Millis kReaffirmEvery = std::chrono::hours{12};    ///< a public one says that it still lasts
inline constexpr Millis kDismissedFor = std::chrono::hours{24};     ///< a dismissed cause stays quiet
inline constexpr Millis kSettledFor = std::chrono::hours{24};       ///< without a report a cause resolved by hand is over
inline constexpr Millis kProgramPause = std::chrono::hours{1};     ///< after it, what a program reports under a resolved key is new
inline constexpr Millis kSettledSavedEvery = std::chrono::minutes{10}; ///< that it still lasts, to the records
inline constexpr std::size_t kSettledMax = 5'000;      ///< causes that somebody ended by hand and that last
inline constexpr double kRenamedBeyond = 1'500;        ///< metres: a cause that has moved so far gets the name of where it is
inline constexpr Millis kFreshSavedEvery = std::chrono::seconds{10};  ///< values of lasting causes, to the records

}  // namespace madang::situations
