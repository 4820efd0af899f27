// One suite for everything that stands behind storage::ObservationStore. A store takes part by a maker:
// INSTANTIATE_TEST_SUITE_P(name, observation_store, testing::Values(MakeStore{...})).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "runtime/clock.h"
#include "storage/observations/store.h"

namespace madang::storage::test {

struct MakeStore {
  std::string name;
  /// A fresh, empty store; `folder` is an empty directory that lives as long as the test.
  std::function<std::unique_ptr<ObservationStore>(runtime::Clock const& clock, std::string const& folder)> make;
  friend void PrintTo(MakeStore const& maker, std::ostream* out) { *out << maker.name; }
};

/// Of every Datastream of the contract.
inline constexpr FeatureId kDefaultFeature{77};
inline Instant const kNoon = *parse_instant("2026-11-24T12:00:00Z");

class observation_store : public testing::TestWithParam<MakeStore> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// One number, durable; the test fails when it is refused.
  Appended::Entry put(std::int64_t stream, Instant when, double value, QualityFlag flag = QualityFlag::kGood);
  std::vector<double> values(std::int64_t stream, Interval when, ReadOptions options = {});

  runtime::ManualClock clock_{kNoon};
  std::string folder_;
  std::unique_ptr<ObservationStore> store_;
};

inline Observation number(std::int64_t stream, Instant when, double value, QualityFlag flag = QualityFlag::kGood) {
  Observation o;
  o.datastream = DatastreamId{stream};
  o.phenomenon_time = when;
  o.value = value;
  o.received_at = when + Millis{250};
  o.quality = {flag, 0, 1};
  return o;
}

inline ObservationDetail text_result(std::string text) {
  ObservationDetail detail;
  detail.result_kind = ObservationDetail::ResultKind::kText;
  detail.result = std::move(text);
  return detail;
}

inline constexpr Interval kAlways{kInstantMin, kInstantMax};

}  // namespace madang::storage::test
