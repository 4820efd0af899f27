// What changed in the registry, entry by entry: who keeps something made from it (a plan, an index, a page) brings that up to
// date by the single changes instead of making it anew at every write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "core/id.h"

namespace madang::city {

enum class EntryKind : std::uint8_t { kArea, kThing, kLocation, kSensor, kObservedProperty, kDatastream, kFeature };
constexpr EntryKind last_of(EntryKind) { return EntryKind::kFeature; }
/// "area", "thing", "location", "sensor", "observed_property", "datastream", "feature".
std::string_view name_of(EntryKind kind);

enum class Act : std::uint8_t {
  kMade,
  kEdited,
  kMoved,     ///< of a Thing: its places are others, or one of them lies elsewhere, or in another Area
  kRetired,   ///< of a Thing: out of service, with all that was measured
  kReturned,  ///< of a Thing: in service again
  kDeleted,
};
constexpr Act last_of(Act) { return Act::kDeleted; }
/// "made", "edited", "moved", "retired", "returned", "deleted".
std::string_view name_of(Act act);

/// What an entry's change shows through is told too: of a Location that is edited its Things have moved, of a Sensor its
/// Datastreams are edited.
struct Change {
  EntryKind kind = EntryKind::kThing;
  Act act = Act::kMade;
  std::int64_t id = 0;
  ThingId thing;  ///< itself, or the one a Datastream belongs to; else 0
};

/// How many changes there have been; 0: none is known yet.
using ChangeCursor = std::uint64_t;

struct Changes {
  std::vector<Change> changes;  ///< oldest first
  ChangeCursor cursor = 0;      ///< what to ask from the next time
  /// More has changed than is kept, or nothing was known: everything is to be read, and `changes` is empty.
  bool read_all_anew = false;

  [[nodiscard]] bool any_of(EntryKind kind) const;
};

/// The newest changes, bounded. Not synchronised.
class ChangeLog {
 public:
  explicit ChangeLog(std::size_t kept) : kept_(kept) {}

  void add(Change const& change);
  /// Anything may be another: whoever asks reads everything.
  void forget_all();
  /// From 1 on, so that a reader at 0 reads everything.
  [[nodiscard]] ChangeCursor cursor() const { return next_; }
  [[nodiscard]] Changes since(ChangeCursor cursor) const;

 private:
  std::size_t kept_;
  ChangeCursor next_ = 1;
  std::deque<Change> changes_;  ///< the last one is number next_ - 1
};

}  // namespace madang::city
