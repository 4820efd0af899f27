// Which stations belong together: neighbours that are up at the same time are one cause with one key while it lasts,
// wherever it drifts. A cause that comes back soon near where it was is the same one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sensing/warning/model.h"
#include "sensing/warning/neighbours.h"

namespace madang::sensing::warning {

inline constexpr std::int32_t kNoCause = -1;

/// What was learned of the end of a cause while it lasted.
struct CauseKnowledge {
  struct Back {
    std::uint32_t place = 0;
    Instant up_until;                  ///< when its last value of the excursion was measured
  };
  std::vector<Back> measured_back;     ///< stations that left it because their values said so, since the last one joined
  std::vector<std::uint32_t> unmeasured;  ///< stations that left it for another reason
  std::vector<std::uint32_t> outlasted;  ///< stations for which all of it had become usual
  std::optional<Instant> lone_since;   ///< the only one that is still heard has been confirmed by nobody since
};

struct Cause {
  std::string key;
  Instant since;
  Instant rose;                        ///< the last time that it began: `since`, unless it came back
  std::vector<std::uint32_t> members;  ///< places in the field
  std::vector<std::uint32_t> left;     ///< members that went in the step in which it ended
  bool left_to_one = false;            ///< it ended because one held it alone for too long
  bool joined = false;                 ///< it ended because it became part of an older one
  LatLon centre;                       ///< of the members, as long as there are some
  bool reported = false;
  std::size_t reported_members = 0;
  Severity reported_severity = Severity::kNotice;
  double score_max = 0;
  int steps_since_report = 0;
  bool adopted = false;                ///< it goes on with one of before, and with no other
  bool left_unheard = false;           ///< stations fell silent in it, and nobody can say that it is over where they stand
  CauseKnowledge end;
};

class Causes {
 public:
  /// What a detector knows of a station in this step.
  struct View {
    std::function<bool(std::uint32_t)> starts;   ///< enough to begin a cause
    std::function<bool(std::uint32_t)> joins;    ///< enough to belong to one near by, unless one alone holds that one
    std::function<bool(std::uint32_t)> is_back;  ///< belongs to none any more
    std::function<bool(std::uint32_t)> is_lost;  ///< not heard for so long that it counts as back, though nobody measured it
    std::function<bool(std::uint32_t)> is_outlasted;  ///< of those that are lost: what it says has become usual
    std::function<bool(std::uint32_t)> is_unheard;  ///< in as many steps as it takes to be back
    std::function<bool(std::uint32_t)> is_silent;   ///< has not spoken for as long as makes it lost
    std::function<Instant(std::uint32_t)> newest_value_at;  ///< when its newest value was measured
    std::function<Instant(std::uint32_t)> up_until;     ///< and the newest that said more than usual
    std::function<bool(std::uint32_t)> is_confirmed;  ///< by itself, or by another that is heard and up
    std::function<bool(std::uint32_t)> sustains; ///< a cause lasts by members of which this holds, and ends without any
    std::function<Instant(std::uint32_t)> onset;
    std::function<std::string(std::uint32_t)> name;  ///< of a new cause that this station begins
  };

  /// `starters`: stations for which `starts` holds, strongest first. Returns the keys of causes that ended or merged.
  std::vector<Cause> step(Instant now, Millis step, std::vector<std::uint32_t> const& starters, View const& view,
                          Neighbours const& neighbours, std::vector<Stream> const& streams);

  [[nodiscard]] std::vector<Cause>& open() { return open_; }
  [[nodiscard]] std::vector<Cause> const& open() const { return open_; }
  [[nodiscard]] bool has(std::uint32_t place) const { return place < cause_of_.size() && cause_of_[place] != kNoCause; }
  void resize(std::size_t stations) { cause_of_.resize(stations, kNoCause); }
  /// From before a restart. Unknown stations were left out by the caller.
  void adopt(Cause cause);
  /// The one that most of these stations belong to; nullptr: none of them belongs to any.
  [[nodiscard]] Cause* with_most_of(std::span<std::uint32_t const> places);
  /// It ended before a restart: what comes back near by soon goes on under its key.
  void remember_end(std::string key, Instant since, Instant at, LatLon centre);
  /// It is over, and need not be reported.
  void drop(Cause const& cause);
  /// After a replay: none is reported yet here. What ended in it is over, and nothing that rose later began with it.
  void mark_open_unreported() {
    for (auto& cause : open_) {
      cause.reported = false;
      cause.since = cause.rose;
    }
    ended_.clear();
  }

 private:
  struct Ended {
    std::string key;
    Instant since;
    Instant at;
    LatLon centre;
  };

  void drop_members_back(Instant now, Millis step, View const& view, Neighbours const& neighbours);
  [[nodiscard]] static bool lasts(Cause& cause, Instant now, View const& view);
  void grow(std::size_t cause, std::vector<std::uint32_t> frontier, View const& view, Neighbours const& neighbours);
  void merge_into(std::size_t older, std::size_t younger);
  Cause begin(std::uint32_t place, Instant now, View const& view, std::vector<Stream> const& streams);
  void renumber();

  std::vector<Cause> open_;
  std::vector<std::int32_t> cause_of_;  ///< per station, index into open_
  std::vector<Cause> merged_;
  std::vector<Ended> ended_;            ///< of the last minutes
};

}  // namespace madang::sensing::warning
