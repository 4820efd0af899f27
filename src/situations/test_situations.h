// What tests of this room share: signals, records in a folder of their own, a city with nested Areas.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "web/http/event_hub.h"
#include "situations/situations.h"
#include "storage/records/records.h"

namespace madang::situations {

inline city::Name both(std::string en, std::string ko) { return {{{"en", std::move(en)}, {"ko", std::move(ko)}}}; }

inline Signal plume(std::string key = "station-7", Severity severity = Severity::kCaution) {
  Signal s;
  s.source = "sensing.warning";
  s.key = std::move(key);
  s.kind = "plume";
  s.rule = "pm25-residual";
  s.rule_version = 3;
  s.severity = severity;
  s.headline = both("Fine dust is rising near Sangam", "상암 부근에서 초미세먼지가 늘고 있습니다");
  s.description = both("Three stations measure more than usual.", "세 측정소의 값이 평소보다 높습니다.");
  s.instruction = both("Close windows.", "창문을 닫아 주십시오.");
  s.place = LatLon{37.58, 126.88};
  s.is_public = true;
  s.since = *parse_instant("2026-11-26T05:00:00Z");
  s.evidence.reason = both("12 µg/m³ above the usual", "평소보다 12 µg/m³ 높음");
  s.evidence.score = 8.5;
  s.evidence.threshold = 5;
  s.evidence.streams.push_back({DatastreamId{41}, ThingId{7}, "pm25", "µg/m³", "cause", LatLon{37.58, 126.88}, 21.5,
                                {{*parse_instant("2026-11-26T05:00:00Z"), 40.25, QualityFlag::kGood}}});
  return s;
}

/// With numbers, as the early warning raises it.
inline Signal counted_plume(std::int64_t stations, double value, std::string key = "station-7") {
  Signal s = plume(std::move(key));
  auto const at = *parse_instant("2026-11-26T05:00:00Z");
  s.facts.stations = stations;
  s.facts.quantities.push_back({.part = s.key,
                                .rule = s.rule,
                                .severity = s.severity,
                                .channel = "pm25",
                                .name = both("PM2.5", "초미세먼지"),
                                .unit = "µg/m³",
                                .stations = stations,
                                .value = value,
                                .expected = 21,
                                .peak = value,
                                .city = 20,
                                .at = at,
                                .peak_at = at,
                                .since = at});
  s.description = both(std::to_string(static_cast<int>(value)) + " now", std::to_string(static_cast<int>(value)));
  s.evidence.streams.front().values = {{at, value, QualityFlag::kGood}};
  return s;
}

/// A district and a neighbourhood inside it.
constexpr auto kDistrict = R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"W",
  "name":"마포구","name_eng":"Mapo-gu"},"geometry":{"type":"Polygon","coordinates":[[[126.8,37.5],[127,37.5],[127,37.6],
  [126.8,37.6],[126.8,37.5]]]}}]})";
constexpr auto kNeighbourhood = R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"W1",
  "name":"상암동","name_eng":"Sangam-dong"},"geometry":{"type":"Polygon","coordinates":[[[126.86,37.56],[126.9,37.56],
  [126.9,37.59],[126.86,37.59],[126.86,37.56]]]}}]})";

/// Records, city and Situations in a fresh folder, on a clock that the test moves.
class SituationsTest : public ::testing::Test {
 protected:
  SituationsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang-situations-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    records = *storage::Records::open("sqlite:" + folder + "/records.db", clock);
    city = *city::City::open(*records, clock);
    EXPECT_TRUE(city->import_areas(kDistrict, 1));
    EXPECT_TRUE(city->import_areas(kNeighbourhood, 2));
    reopen();
  }
  ~SituationsTest() override {
    situations.reset();
    city.reset();
    records.reset();
    std::filesystem::remove_all(folder);
  }

  void reopen() {
    situations.reset();
    situations = *Situations::open({.records = *records, .city = *city, .clock = clock, .metrics = metrics}, {});
  }
  SituationId raise(Signal signal) {
    auto const id = situations->raise(std::move(signal));
    EXPECT_TRUE(id) << id.error().sentence;
    return id.value_or(SituationId{});
  }
  SituationPtr find(SituationId id) { return *situations->find(id); }
  void pass(Millis time) {
    clock.advance(time);
    EXPECT_TRUE(situations->tick());
  }
  std::string kinds(SituationId id) {
    std::string out;
    auto const timeline = situations->timeline(id);
    for (auto const& entry : *timeline) out += (out.empty() ? "" : " ") + std::string{name_of(entry.kind)};
    return out;
  }

  std::string folder;
  runtime::ManualClock clock{*parse_instant("2026-11-26T05:03:00Z")};
  runtime::Metrics metrics;
  web::EventHub event_hub{clock, metrics};
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::City> city;
  std::unique_ptr<Situations> situations;
  Actor const kim{.party = PartyId{1}, .name = "kim"};
};

}  // namespace madang::situations
