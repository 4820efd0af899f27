// One cause is one Situation: smoke raises particles and gases alike and heats the air, noise is heard at several
// stations, and each is found by a detector of its own. What stands close together goes under the key of the oldest, is of the
// kind of the worst, and has the numbers and the evidence of all. The quantity told first leads the words while it lasts and is not
// shown by far fewer stations than another, so that what was told is compared with its like; it began when the first of it did. What one station shows alone is taken into what others
// confirm near by, but leads neither its words nor its numbers, and ties no two causes together.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geo.h"
#include "situations/model.h"

namespace madang::sensing::warning {

/// Parts are signals without words (part_of), and so is what is made of them. Not thread-safe. At most kCausesMax causes
/// and kPartsMax parts of one; more stand alone.
class SharedCauses {
 public:
  /// A cause that stands already, from before a restart: all its parts. In the order in which they were reported. `severity_max`: how it
  /// stood worst.
  void adopt(situations::Signal const& whole, situations::Severity severity_max = {});
  /// One that is over, and whose Situation waits whether it stays so: what rises near by is the same one.
  void adopt_dormant(situations::Signal const& whole, Instant over, situations::Severity severity_max = {});
  /// Of causes that are over only those stay dormant whose Situation is still open.
  [[nodiscard]] bool has_dormant() const { return !dormant_.empty(); }
  void drop_dormant_unless(std::function<bool(std::string_view key)> const& is_open);
  /// One whose Situation is over since `over`, by the time of its values: who delivers late may show it still for as long as values
  /// may come late.
  void remember(situations::Signal const& whole, Instant over, situations::Severity severity_max = {});
  /// This part shows, as of `measured`, no more than what was reported of a cause that is over by now, at its worst: nothing of it is to be
  /// reported. What lasts longer, is more severe, is real where that was an exercise, or means a device at fault, is news.
  [[nodiscard]] bool is_reported_already(situations::Signal const& part, Instant measured) const;
  /// What a part was at its last report; nullptr: it is new. Valid until the next change.
  [[nodiscard]] situations::Signal const* part(std::string_view key) const;

  struct Raised {
    situations::Signal whole;           ///< the cause that the part belongs to, ready for its words
    std::vector<std::string> absorbed;  ///< keys of causes that turned out to be part of it: End::kJoined
  };
  Raised raise(situations::Signal part);

  struct Lone {
    std::string rule;
    std::vector<DatastreamId> streams;
  };
  struct Cleared {
    std::string key;                          ///< of the cause
    std::optional<situations::Signal> still;  ///< what is left of it; none: it is over
    std::vector<Lone> lone_left;              ///< but for what one station shows alone, which goes on as a matter of its own
  };
  /// `over`: the time of the values that showed it.
  Cleared clear(std::string_view part_key, Instant over = {});
  /// The same of a part of this very cause.
  Cleared clear(std::string_view key, std::string_view part_key);
  /// Of a cause by its own key; empty: there is none. An Engine knows parts only.
  [[nodiscard]] std::vector<std::string> parts_of(std::string_view key) const;
  /// Those that are adopted again go on with what they were.
  void forget();

 private:
  using Parts = std::map<std::string, situations::Signal, std::less<>>;
  using All = std::map<std::string, Parts, std::less<>>;
  /// What was told of a cause and stays while it lasts, so that one number is compared with the next and a beginning is one.
  struct Told {
    std::string channel;         ///< of the quantity that speaks for all; empty: nothing was told
    Instant since = kInstantMax;
    bool confirmed = false;      ///< what one station showed alone began when it did
    void add(Told const& more);
  };
  /// How a cause stood worst: each of all that were ever part of it, and all together; and what was told.
  struct Worst {
    Parts parts;
    situations::Severity severity_max = {};
    Told told;
    void add(situations::Signal const& part);
    void add(Worst const& more);
  };
  [[nodiscard]] static Told told_of(situations::Signal const& whole);
  [[nodiscard]] All::iterator cause_with(std::string_view part_key);
  [[nodiscard]] static situations::Signal whole(std::string const& key, Parts const& parts, std::string_view told);
  /// The cause as it is reported, and remembered as told.
  situations::Signal tell(std::string const& key, Parts const& parts);
  Cleared clear_in(All::iterator cause, std::string_view part_key, Instant over);
  void set_dormant(std::string const& key, Parts::node_type part, Instant over);
  [[nodiscard]] Worst worst_before(std::string const& key, Parts const& parts, situations::Severity severity_max) const;
  void add_past(std::string key, Parts parts, Worst worst, Instant over);
  std::vector<std::string> absorb(std::string& key, situations::Signal const& part, bool unreported);
  void absorb_those(bool confirmed, std::string& key, situations::Signal const& part, bool& unreported, std::vector<std::string>& absorbed);
  [[nodiscard]] std::string key_for(situations::Signal const& part) const;
  std::vector<std::string> absorb_into_nearest(std::string& key, situations::Signal const& part, bool unreported);

  All causes_;   ///< by the key under which they were first reported
  struct Over {
    Parts parts;
    Worst worst;
    Instant over;  ///< by the time of the values; 0: not known
  };
  std::map<std::string, Over, std::less<>> dormant_;  ///< over, as they last stood, while their Situations wait whether it stays so
  struct Past {
    std::string key;
    Parts parts;   ///< as they stood last
    Worst worst;
    Instant over;
  };
  std::vector<Past> past_;  ///< over for good, the newest last, at most kCausesMax
  std::map<std::string, Worst, std::less<>> worst_;         ///< of causes_
  std::map<std::string, Worst, std::less<>> worst_before_;  ///< of those that were forgotten
  std::map<std::string, std::uint64_t, std::less<>> report_order_;  ///< which of causes_ was reported before which
  std::uint64_t next_report_ = 0;
};

}  // namespace madang::sensing::warning
