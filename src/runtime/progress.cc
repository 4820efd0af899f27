#include "runtime/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace madang::runtime {
namespace {

constexpr std::size_t kBarWidth = 24;
constexpr std::chrono::seconds kPlainEvery{10};

std::string time_left(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s left", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min left", seconds / 60);
  return fmt::format("{:.1f} h left", seconds / 3600);
}

/// Two digits are enough for a rate.
std::uint64_t rounded(double rate) {
  std::uint64_t step = 1;
  while (rate / static_cast<double>(step) >= 1000) step *= 10;
  return static_cast<std::uint64_t>(rate / static_cast<double>(step)) * step;
}

}  // namespace

std::string grouped(std::uint64_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string progress_line(ProgressState const& state, double seconds, bool bar) {
  std::string line{state.doing};
  double const share =
      state.total == 0 ? 0 : std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
  if (state.total > 0 && bar) {
    auto const full = static_cast<std::size_t>(share * kBarWidth);
    line += fmt::format("  [{}{}]", std::string(full, '#'), std::string(kBarWidth - full, ' '));
  }
  if (state.total > 0) line += fmt::format("  {:3.0f} %", share * 100);
  line += fmt::format("  {} {}", grouped(state.count), state.unit);
  if (seconds > 0.5 && state.count > 0)
    line += fmt::format("  {}/s", grouped(rounded(static_cast<double>(state.count) / seconds)));
  if (seconds > 0.5 && share > 0.01 && share < 1) line += "  " + time_left(seconds / share - seconds);
  return line;
}

Progress::Progress(Clock const& clock, std::FILE* out)
    : clock_(clock), out_(out), terminal_(::isatty(::fileno(out)) == 1), started_(clock.tick()), shown_(started_) {}

Progress::~Progress() { clear(); }

void Progress::show(ProgressState const& state) {
  auto const now = clock_.tick();
  if (!terminal_ && now - shown_ < kPlainEvery) return;
  shown_ = now;
  auto const line = progress_line(state, std::chrono::duration<double>(now - started_).count(), terminal_);
  fmt::print(out_, fmt::runtime(terminal_ ? "\r\x1B[K{}" : "{}\n"), line);
  std::fflush(out_);
  any_ = true;
}

void Progress::clear() {
  if (terminal_ && any_) fmt::print(out_, "\r\x1B[K");
  std::fflush(out_);
  any_ = false;
}

}  // namespace madang::runtime
