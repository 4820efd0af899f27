// Whether a station reports: one rule and one vocabulary for map, counts, lists, public pages, the crew's work list and
// every API. docs/control_room.md says the words to people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/quality.h"
#include "core/time.h"
#include "storage/observations/sign_of_life.h"
#include "storage/observations/store.h"

namespace madang::sensing {

/// Numbers go into the API's rows.
enum class ReportState : std::uint8_t {
  kReporting = 1,   ///< heard of within its time: see late_after
  kLate = 2,        ///< not heard of for longer
  kSilent = 3,      ///< not heard of for seven days
  kNeverHeard = 4,  ///< registered, and nothing has ever come
};
/// "reporting", "late", "silent", "never_heard".
std::string_view name_of(ReportState state);
/// none: no state is called so.
std::optional<ReportState> report_state_named(std::string_view name);

/// Stations by state; each has exactly one.
struct ReportCounts {
  std::size_t total = 0;
  std::size_t reporting = 0;
  std::size_t late = 0;
  std::size_t silent = 0;
  std::size_t never_heard = 0;

  void add(ReportState state);
  friend bool operator==(ReportCounts const&, ReportCounts const&) = default;
};

/// Three expected intervals, and at least ten minutes: a lost message or two is no news.
[[nodiscard]] Millis late_after(Millis interval);

/// `heard`: the arrival of the newest sign of life; kInstantMin: none ever.
[[nodiscard]] ReportState report_state(Instant heard, Millis interval, Instant at);

/// Whether the moment a value claims can be true: not before 2015, at most five minutes ahead of its arrival, and no test
/// doubts its clock. Another value must not become the newest.
[[nodiscard]] bool has_trusted_time(Instant phenomenon_time, Instant received_at, Quality quality);

/// The same for the store's own look at the newest.
[[nodiscard]] storage::Trust trusted_times();

using storage::sign_of_life_at;

}  // namespace madang::sensing
