// Plans step by step: what SUMO's own users found in theirs after vehicles had met (README.md, "What the checks know").
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "mobility/network/checks.h"
#include "mobility/network/constants.h"

namespace madang::mobility::network {
namespace {

bool is_green(char letter) { return letter == 'g' || letter == 'G'; }
bool is_yellow(char letter) { return letter == 'y' || letter == 'Y'; }
bool is_red(char letter) { return letter == 'r' || letter == 'R'; }
/// Also after a stop, while the light flashes, and while it is off.
bool lets_go(char letter) { return is_green(letter) || std::string_view{"sSoO"}.find(letter) != std::string_view::npos; }

class PlanCheck {
 public:
  PlanCheck(Network const& network, Signal const& signal, FixedPlan const& plan, std::vector<std::string>& faults)
      : network_(network), signal_(signal), plan_(plan), faults_(faults) {}

  void run() {
    for (std::size_t step = 0; step < plan_.steps.size(); ++step)
      if (plan_.steps[step].millis <= 0) report(fmt::format("step {} has no length", step));
    for (std::size_t head = 0; head < signal_.heads.size(); ++head) {
      if (signal_.heads[head].empty()) continue;
      check_greens(head);
      if (walks(head)) check_clearance(head);
      else check_yellow(head);
    }
    check_goes();
  }

 private:
  [[nodiscard]] char letter(std::size_t step, std::size_t head) const {
    return plan_.steps[step % plan_.steps.size()].state[head];
  }
  [[nodiscard]] bool walks(std::size_t head) const {
    return std::ranges::all_of(signal_.heads[head], [&](auto movement) {
      auto const& lane = network_.lanes[network_.movements[movement].from];
      return lane.on_foot && !lane.motor && !lane.buses;
    });
  }
  void report(std::string const& what) { faults_.push_back(fmt::format("signal \"{}\", plan \"{}\": {}", signal_.id, plan_.id, what)); }

  void check_greens(std::size_t head);
  void check_yellow(std::size_t head);
  void check_clearance(std::size_t head);
  void check_goes();
  /// Calls with each head of this signal that lets a foe of the head go, and the two that meet.
  template <typename Call>
  void each_foe(std::size_t head, Call const& call) const;

  Network const& network_;
  Signal const& signal_;
  FixedPlan const& plan_;
  std::vector<std::string>& faults_;
};

template <typename Call>
void PlanCheck::each_foe(std::size_t head, Call const& call) const {
  std::set<std::uint32_t> told;
  for (auto const movement : signal_.heads[head]) {
    for (auto const foe : network_.movements[movement].foes) {
      auto const& other = network_.movements[foe];
      if (other.signal == kNone || &network_.signals[other.signal] != &signal_ || other.head == head) continue;
      if (told.insert(other.head).second) call(other.head, movement, foe);
    }
  }
}

/// Of two foes at most one may have the green that gives way to nobody, and not each may give way to the other.
void PlanCheck::check_greens(std::size_t head) {
  each_foe(head, [&](std::uint32_t other, MovementIndex movement, MovementIndex foe) {
    if (other < head) return;
    auto const& yields_to = network_.movements[movement].yields_to;
    auto const& yields_back = network_.movements[foe].yields_to;
    bool const mutual = std::ranges::find(yields_to, foe) != yields_to.end() && std::ranges::find(yields_back, movement) != yields_back.end();
    auto const ways = fmt::format("({}, {})", way_of(network_, movement), way_of(network_, foe));
    for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
      char const one = letter(step, head);
      char const two = letter(step, other);
      if (one == 'G' && two == 'G') return report(fmt::format("step {} shows green to heads {} and {}, which meet {}", step, head, other, ways));
      if (one == 'g' && two == 'g' && mutual) return report(fmt::format("step {} lets heads {} and {} wait for each other {}", step, head, other, ways));
    }
  });
}

/// Once round the plan: each green must end in yellow that stands long enough and ends in red.
void PlanCheck::check_yellow(std::size_t head) {
  for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
    if (!is_green(letter(step, head)) || is_green(letter(step + 1, head))) continue;
    auto const next = (step + 1) % plan_.steps.size();
    if (is_red(letter(next, head))) return report(fmt::format("head {} goes from green to red at step {} without yellow", head, next));
    std::int64_t yellow = 0;
    std::size_t after = step + 1;
    for (; after <= step + plan_.steps.size() && is_yellow(letter(after, head)); ++after)
      yellow += plan_.steps[after % plan_.steps.size()].millis;
    if (after == step + 1) continue;
    if (is_green(letter(after, head)))
      return report(fmt::format("head {} goes from yellow back to green at step {}", head, after % plan_.steps.size()));
    if (yellow < kYellowMinMillis)
      return report(fmt::format("head {} shows yellow for {} ms, less than {}", head, yellow, kYellowMinMillis));
  }
}

/// Who just began to cross must not meet a foe that starts in the very step in which walking ends.
void PlanCheck::check_clearance(std::size_t head) {
  each_foe(head, [&](std::uint32_t other, MovementIndex movement, MovementIndex foe) {
    for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
      bool const ends = is_green(letter(step, head)) && !is_green(letter(step + 1, head));
      bool const starts = !is_green(letter(step, other)) && is_green(letter(step + 1, other));
      if (!ends || !starts) continue;
      report(fmt::format("at step {} {} has just begun to cross on foot and {} starts, with no time to clear",
                         (step + 1) % plan_.steps.size(), way_of(network_, movement), way_of(network_, foe)));
      return;
    }
  });
}

void PlanCheck::check_goes() {
  for (std::size_t head = 0; head < signal_.heads.size(); ++head) {
    if (signal_.heads[head].empty()) continue;
    if (std::ranges::any_of(plan_.steps, [&](auto const& step) { return lets_go(step.state[head]); })) continue;
    report(fmt::format("no step lets head {} go ({})", head, way_of(network_, signal_.heads[head].front())));
  }
}

}  // namespace

std::vector<std::string> faults_of_plans(Network const& network, Signal const& signal) {
  std::vector<std::string> faults;
  if (signal.plans.empty()) faults.push_back(fmt::format("signal \"{}\" has no plan", signal.id));
  for (auto const& plan : signal.plans) {
    auto const odd = std::ranges::find_if(plan.steps, [&](auto const& step) { return step.state.size() != signal.heads.size(); });
    if (odd != plan.steps.end() || plan.steps.empty())
      faults.push_back(fmt::format("signal \"{}\", plan \"{}\": has no steps, or one with another number of letters than heads", signal.id, plan.id));
    else
      PlanCheck(network, signal, plan, faults).run();
  }
  return faults;
}

}  // namespace madang::mobility::network
