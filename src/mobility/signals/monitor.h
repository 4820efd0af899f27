// Watches what a junction shows and says so when that is not what its plan allows. It shares no code with what steers: it reads the
// plan in its own way, keeps its own clock and judges nothing but aspects as they are seen, so that a fault in one is not the other's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mobility/signals/model.h"

namespace madang::mobility::signals {

class Monitor {
 public:
  /// Of a plan whose tables do not fit together it complains from the first look on.
  explicit Monitor(Plan const& plan);

  /// The first rule that was ever broken, with the groups' ids and milliseconds; none: all is well. `now` is monotonic; where it goes
  /// back no time has passed, and of what passes between two looks at most two seconds count. The first look must show all red, or
  /// all flashing or dark; since nobody knows who went before, all groups are taken to have gone until then. So it is to look when the
  /// kernel has started and not only after its first step.
  std::optional<std::string> watch(Millis now, std::vector<Aspect> const& shown);

  /// After a complaint was looked into, and whenever who steers begins anew.
  void begin_anew();

  [[nodiscard]] std::optional<std::string> const& complaint() const { return complaint_; }

 private:
  static constexpr std::size_t kMost = 64;
  using Set = std::uint64_t;  ///< of groups, a bit each
  struct Rules {
    std::string id;
    Millis green, yellow, red;  ///< at least; yellow exactly
    Set never = 0;              ///< must not be seen with this one, not even yellow
    Set goes_first = 0;         ///< this one gives way to them
    Set lets_first = 0;         ///< they give way to this one
    std::array<std::int32_t, kMost> after{};  ///< from the end of each other's green until this one's
  };
  struct Seen {
    Aspect aspect = Aspect::kRed;
    Millis same{0};        ///< for how long it has shown this
    Millis went{0};        ///< for how long it has let go, yielding or not
    Millis ended{0};       ///< how long ago it let go last
    Millis unyielding{0};  ///< how long ago it was kGreen last
  };

  void look(std::vector<Aspect> const& shown);
  void look_first(std::vector<Aspect> const& shown);
  [[nodiscard]] bool out_of_control(std::vector<Aspect> const& shown);
  void let_pass(Millis passed);
  void judge_lasting(std::size_t group, Aspect shown, Millis passed);
  void judge_change(std::size_t group, Aspect shown);
  void judge_end(std::size_t group, Aspect shown);
  void judge_begin(std::size_t group, Aspect shown);
  void judge_upgrade(std::size_t group);
  void judge_together(std::vector<Aspect> const& shown);
  void remember(std::size_t group, Aspect shown);
  void complain(std::string sentence);

  std::vector<Rules> rules_;
  std::vector<Seen> seen_;
  std::optional<std::string> complaint_;
  bool fits_ = true;
  bool has_begun_ = false;
  bool is_off_ = false;  ///< all flash or are dark
  Millis clock_{0};
};

}  // namespace madang::mobility::signals
