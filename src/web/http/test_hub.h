// A hub of live topics on a clock that tests move.
#pragma once

#include <gtest/gtest.h>

#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "support/event_sink.h"
#include "web/http/event_hub.h"

namespace madang::web {

struct HubTest : testing::Test {
  using Sink = test::EventSink;

  runtime::ManualClock clock{instant_of_millis(1'750'000'000'000)};
  runtime::Metrics metrics;
  EventHub hub{clock, metrics};
};

}  // namespace madang::web
