// What waits in a running server, for `madang doctor`: notices, events, dead letters, messages of devices without a Thing. Reads the
// server's answers; asks nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace madang::app {

/// One line of the report.
struct Finding {
  bool well = true;
  std::string found;
  std::string mend = {};  ///< what to do; empty: nothing
};

/// What the server answered, or why it did not: each by itself, so that one of them hides nothing of the others.
struct WaitingAnswers {
  Result<std::string> metrics;      ///< /metrics
  Result<std::string> subscribers;  ///< GET /api/v1/subscribers
  Result<std::string> handlers;     ///< GET /api/v1/events/handlers
  Result<std::string> letters;      ///< GET /api/v1/events/dead
};
struct WaitingLine {
  std::string_view what;
  Finding finding;
};
std::vector<WaitingLine> waiting_work(WaitingAnswers const& answers, Instant now);

/// From /metrics (how many, since when) and GET /api/v1/subscribers (whose receiver fails).
Finding waiting_notices(std::string_view metrics, std::string_view subscribers, Instant now);
/// From GET /api/v1/events/handlers.
Finding waiting_events(std::string_view handlers, Instant now);
/// From GET /api/v1/events/dead.
Finding dead_letters(std::string_view letters);

}  // namespace madang::app
