// Whether the early warning sees anything: a quantity of which nothing is judged is no quiet one, and somebody must know.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensing/warning/engine.h"

namespace madang::sensing::warning {

/// Why nothing is judged.
enum class Blind : std::uint8_t {
  kLate = 1,  ///< all values come after their step was judged, or all of a noticeable share of the streams
  kHistory,   ///< most stations are known too short
  kSilent,    ///< no station is heard
  kUnit,      ///< of no station is the unit one of the quantity's
  kRoom,      ///< more streams than can be watched: of some of the quantity nothing is judged
};
/// "late", "history", "silent", "unit", "room": also the end of the catalogue's keys "warning.blind.*" and of the cause's key.
std::string_view name_of(Blind why);

/// All quantities that one reason holds for.
struct Blindness {
  Blind why = Blind::kLate;
  std::vector<std::string> channels;  ///< sorted
  std::size_t streams = 0;
  Instant since;
  /// Those among them of which simulated stations are judged: it holds of the real ones alone.
  std::vector<std::string> simulated_seen = {};
  friend bool operator==(Blindness const&, Blindness const&) = default;
};

/// How many streams of each quantity state a unit that is none of it, where no other stream of it can be judged.
using OnlyForeign = std::map<std::string, std::size_t, std::less<>>;
/// How many streams of each quantity found no room in the engine.
using CrowdedOut = std::map<std::string, std::size_t, std::less<>>;

class Sightedness {
 public:
  explicit Sightedness(Instant start) : start_(start) {}
  /// From now on; what the registry says.
  void set_foreign(Instant now, OnlyForeign const& foreign);
  void set_crowded_out(Instant now, CrowdedOut const& out);
  /// What is blind at `now`, for so long that it must be said. Quantities without any stream are not looked for.
  std::vector<Blindness> find_blind(Instant now, std::span<Engine::Sight const> sights);
  /// Since the start it has been seen that what `key` ("blind:late") says does not hold of this channel. False: not known yet.
  [[nodiscard]] bool sees(std::string_view key, std::string const& channel) const;
  /// A new engine counts anew, and has replayed the past: that is no sight of what comes now.
  void restart_counts(Instant now, std::span<Engine::Sight const> sights);

 private:
  struct Channel {
    std::uint64_t accepted = 0, late = 0;  ///< counted at the last look
    std::size_t streams = 0, speaking = 0, known = 0, stopped = 0, only_late = 0;
    /// What is still to come of usual values comes from these; where all have stopped, nothing comes.
    [[nodiscard]] bool are_most_known() const { return 2 * known >= (speaking > stopped ? speaking - stopped : speaking); }
    Millis step{0};                     ///< the longest
    Instant accepted_at, late_at;      ///< the last look that saw some; 0: none did
    Instant share_late_at;              ///< the first of the last looks that saw so many only late; 0: the last one did not
    Instant known_at;                   ///< the last look at which most were known
    Instant first_seen;
  };
  /// Streams of a quantity that say nothing, whatever comes from them.
  struct Unheard {
    std::size_t streams = 0;
    Instant first_seen;
  };
  using ByQuantity = std::map<std::string, Unheard, std::less<>>;
  void count(Instant now, std::span<Engine::Sight const> sights);
  void set(ByQuantity& known, Instant now, std::map<std::string, std::size_t, std::less<>> const& found) const;
  [[nodiscard]] static std::optional<Blindness> lasting(Blind why, ByQuantity const& unheard, Instant now);
  Channel& channel(Instant now, std::string const& name);
  [[nodiscard]] static bool is_all_late(Channel const& c, Instant now);
  [[nodiscard]] static bool holds(Blind why, Channel const& c, Instant now, Instant& since);

  Instant start_;
  std::map<std::string, Channel> channels_;
  ByQuantity foreign_;
  ByQuantity crowded_out_;
};

}  // namespace madang::sensing::warning
