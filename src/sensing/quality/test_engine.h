// For tests: one engine with a few Datastreams, and values given one by one.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sensing/quality/engine.h"

namespace madang::sensing {

struct TestEngine {
  static constexpr Millis kInterval = std::chrono::minutes{2};
  QualityEngine engine;
  Instant now = parse_instant("2026-11-02T00:00:00Z").value();

  DatastreamId add(std::string channel, std::int64_t number = 1, LatLon place = {37.55, 126.95}, Millis interval = kInterval) {
    DatastreamId const id{number};
    engine.plan({id, ThingId{number}, std::move(channel), interval, place, 0, 0, true});
    return id;
  }

  /// At `now`, which moves on by `step` afterwards.
  Quality give(DatastreamId id, double value, Millis step = kInterval) {
    auto const q = give_at(id, value, now, now + std::chrono::seconds{1});
    now += step;
    return q;
  }
  Quality give_at(DatastreamId id, double value, Instant when, Instant received) {
    std::vector<storage::Observation> values{{id, when, value, received, {}}};
    engine.judge(values);
    return values[0].quality;
  }
  /// The flag's and the test's name: "suspect rate".
  static std::string text(Quality q) {
    return std::string{name_of(q.flag)} + ' ' + std::string{name_of(static_cast<QualityTest>(q.reason))};
  }
  std::string said(DatastreamId id, double value, Millis step = kInterval) { return text(give(id, value, step)); }

  std::vector<Finding> findings() const {
    CheckUp out;
    engine.check_up(now, 0, engine.size(), out);
    return by_device(out);
  }
};

}  // namespace madang::sensing
