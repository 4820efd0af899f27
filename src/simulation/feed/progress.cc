#include "simulation/feed/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace madang::simulation {
namespace {

constexpr std::chrono::milliseconds kBarPeriod{200};
constexpr std::chrono::seconds kLinePeriod{10};
constexpr std::size_t kBarWidth = 30;

double seconds_between(Tick from, Tick to) { return std::chrono::duration<double>(to - from).count(); }

std::string time_left(double seconds) {
  auto const whole = static_cast<int>(std::clamp(seconds, 0.0, 359'999.0));
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(runtime::Clock const& clock, std::string what, std::string unit, std::uint64_t total)
    : clock_(clock), what_(std::move(what)), unit_(std::move(unit)), total_(total),
      terminal_(isatty(STDOUT_FILENO) == 1), started_(clock.tick()), shown_(started_) {}

std::string Progress::line(std::uint64_t done, std::uint64_t made) const {
  double const seconds = std::max(0.001, seconds_between(started_, clock_.tick()));
  double const rate = static_cast<double>(made) / seconds;
  double const share = total_ == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
  auto const count = made == done ? fmt::format("{} of {}", with_thousands(done), with_thousands(total_)) : with_thousands(made);
  // 100 only where all of it is meant.
  std::string text = fmt::format("{:<12} {:>3.0f} %  {} {}, {}/s", what_, std::floor(share * 100), count, unit_,
                                 with_thousands(static_cast<std::uint64_t>(rate)));
  if (done > 0 && done < total_) text += ", " + time_left(static_cast<double>(total_ - done) * seconds / static_cast<double>(done)) + " left";
  if (!terminal_) return text;
  auto const full = static_cast<std::size_t>(share * kBarWidth);
  return "[" + std::string(full, '#') + std::string(kBarWidth - full, '.') + "] " + text;
}

void Progress::show(std::uint64_t done, std::uint64_t made) {
  Tick const now = clock_.tick();
  if (now - shown_ < (terminal_ ? std::chrono::milliseconds{kBarPeriod} : std::chrono::milliseconds{kLinePeriod})) return;
  shown_ = now;
  fmt::print("{}{}{}", terminal_ ? "\r" : "", line(done, made), terminal_ ? "\x1b[K" : "\n");
  std::fflush(stdout);
}

void Progress::finish(std::uint64_t done, std::uint64_t made) {
  fmt::print("{}{}{}\n", terminal_ ? "\r" : "", line(done, made), terminal_ ? "\x1b[K" : "");
  std::fflush(stdout);
}

std::string with_thousands(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3) {
    text.insert(static_cast<std::size_t>(place), ",");
  }
  return text;
}

}  // namespace madang::simulation
