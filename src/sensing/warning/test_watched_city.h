// For tests: a city whose values go through the ingest to the early warning as it runs, and its Situations.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "embedded_locales.h"
#include "sensing/quality/quality.h"
#include "sensing/rules.h"
#include "sensing/test_city.h"
#include "sensing/warning/test_drawn_city.h"
#include "sensing/warning/test_situations.h"
#include "sensing/warning/warning.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {

inline constexpr int kSide = 5;

struct WatchedCity : TestCity {
  std::shared_ptr<QualityControl> checks;
  RecordedSituations situations;
  situations::Situations* told = &situations;
  runtime::Messages messages = must(runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
  std::vector<DatastreamId> streams;
  std::vector<DatastreamId> dust_streams;
  std::unique_ptr<EarlyWarning> warning;
  int step = 0;
  double sharp = 0;  ///< more at two close stations alone
  std::map<int, double> more;  ///< at single stations
  std::map<int, double> more_dust;  ///< and of PM10 alone
  std::size_t waiting_max = kObservationsWaitingMax;
  std::size_t streams_max = kStreamsMax;
  Millis late{0};  ///< values arrive so long after their time
  std::map<int, int> steps_late;  ///< by station: its values arrive so many steps after all others
  Instant start = clock.now();

  /// With `dust` every station measures PM10 as well.
  explicit WatchedCity(bool dust = false) {
    EXPECT_TRUE(city->import_areas(kTwoDistricts, 1).has_value());
    for (int i = 0; i < kSide * kSide; ++i) {
      std::string const serial = "S" + std::to_string(i);
      LatLon const place{37.55 + i / kSide * 400 / kMetresPerDegree, 126.95 + i % kSide * 400 / kMetresPerDegree / 0.793};
      if (dust) add(serial, place, {"pm25", "pm10"});
      else add(serial, place, {"pm25"});
      streams.push_back(stream(serial, "pm25"));
      if (dust) dust_streams.push_back(stream(serial, "pm10"));
    }
  }

  /// From now on every value is judged before it is stored.
  void judge_quality() {
    ingest->stop();
    checks = must(QualityControl::start({*city, store, clock, metrics, messages}));
    ingest = Ingest::start(store, clock, metrics, {.judge = [this](storage::Batch& batch) { checks->judge(batch); }});
  }
  void watch() {
    warning = must(EarlyWarning::start({*city, store, *ingest, *told, messages, clock, metrics, checks.get()},
                                       shipped_rules(), {.history = std::chrono::hours{12}, .waiting_max = waiting_max, .streams_max = streams_max}));
    warning->drain();
  }
  /// And four hours in which nothing happens.
  void watch_usual() {
    watch();
    run(120, 0);
  }
  /// The server ends and begins anew; the ingest with it, since its listeners stay.
  void restart() {
    ingest->stop();
    warning.reset();
    ingest = Ingest::start(store, clock, metrics, {});
    watch();
  }

  /// Nobody says anything for so many steps.
  void pass(int steps) {
    for (int n = 0; n < steps; ++n, ++step) {
      clock.advance(kStep);
      warning->drain();
    }
  }
  [[nodiscard]] static double at(std::map<int, double> const& all, int station) {
    auto const found = all.find(station);
    return found == all.end() ? 0 : found->second;
  }
  /// What all stations say in this step.
  [[nodiscard]] std::vector<storage::Observation> values(double plume, Quality quality) const {
    Instant const when = start + kStep * step;
    std::vector<storage::Observation> all;
    for (int i = 0; i < kSide * kSide; ++i) {
      double const far = std::hypot(i % kSide - 2, i / kSide - 2);
      double const tremble = std::sin(step * 2.1 + i * 1.7);
      bool const pair = i == 12 || i == 13;
      double const value = 20 + i % 3 + tremble + plume * std::exp(-far * far) + (pair ? sharp : 0) + at(more, i);
      all.push_back({streams[static_cast<std::size_t>(i)], when, value, when + late, quality});
      if (!dust_streams.empty()) all.push_back({dust_streams[static_cast<std::size_t>(i)], when, 2 * value + at(more_dust, i), when + late, quality});
    }
    return all;
  }

  void run(int steps, double plume, Quality quality = {QualityFlag::kGood, 0, 1}) {
    for (int n = 0; n < steps; ++n, ++step) {
      Instant const when = start + kStep * step;
      storage::Batch batch;
      batch.observations = arriving(values(plume, quality));
      ASSERT_TRUE(ingest->submit_and_wait(batch).has_value());
      clock.advance(when + late + kStep + std::chrono::seconds{20} - clock.now());
      warning->drain();
    }
  }
  /// Without what arrives later, and with what arrives now.
  std::vector<storage::Observation> arriving(std::vector<storage::Observation> said) {
    for (auto const& [station, steps] : steps_late) {
      auto const id = streams[static_cast<std::size_t>(station)];
      for (auto& o : said)
        if (o.datastream == id) on_their_way.emplace(step + steps, o);
      std::erase_if(said, [id](storage::Observation const& o) { return o.datastream == id; });
    }
    for (auto [o, end] = on_their_way.equal_range(step); o != end; ++o) {
      said.push_back(o->second);
      said.back().received_at = start + kStep * step;
    }
    on_their_way.erase(step);
    return said;
  }
  std::multimap<int, storage::Observation> on_their_way;  ///< by the step in which they arrive

  [[nodiscard]] std::set<std::string> keys() const {
    std::set<std::string> all;
    for (auto const& s : situations.raised())
      if (s.kind != "warning_blind") all.insert(s.key);
    return all;
  }
  /// Other causes than that the warning saw nothing.
  [[nodiscard]] std::vector<std::pair<std::string, situations::End>> ended() const {
    auto all = situations.ended();
    std::erase_if(all, [](auto const& each) { return each.first.starts_with("blind:"); });
    return all;
  }
  [[nodiscard]] std::vector<std::string> cleared() const {
    auto all = situations.cleared();
    std::erase_if(all, [](std::string const& key) { return key.starts_with("blind:"); });
    return all;
  }
};

/// Situations as the server keeps them, over the city's own records.
struct KeptCity : WatchedCity {
  std::unique_ptr<situations::Situations> kept;

  explicit KeptCity(bool dust = false) : WatchedCity(dust) { open(); }
  void open() {
    kept.reset();
    kept = must(situations::Situations::open({*records, *city, clock, metrics}, {}));
    told = kept.get();
  }
  /// The whole server, its Situations too.
  void restart_all() {
    ingest->stop();
    warning.reset();
    open();
    ingest = Ingest::start(store, clock, metrics, {});
    watch();
  }
  /// What was ever told of the air; that the history was too short at first is another matter.
  [[nodiscard]] std::vector<situations::SituationPtr> plumes(bool open_only) const {
    auto all = *kept->list({.open_only = open_only, .limit = 1'000});
    std::erase_if(all, [](situations::SituationPtr const& s) { return s->signal.kind != situations::kPlume; });
    return all;
  }
  [[nodiscard]] std::size_t ever() const { return plumes(false).size(); }
  void pass_time() { EXPECT_TRUE(kept->tick()); }
  /// Of all kinds but that the warning saw nothing.
  [[nodiscard]] std::vector<situations::SituationPtr> all(bool open_only) const {
    auto found = *kept->list({.open_only = open_only, .limit = 1'000});
    std::erase_if(found, [](situations::SituationPtr const& s) { return s->signal.kind == situations::kWarningBlind; });
    return found;
  }
  [[nodiscard]] std::string lines(SituationId id) const {
    std::string out;
    auto const timeline = *kept->timeline(id);
    for (auto const& line : timeline) out += (out.empty() ? "" : " ") + std::string{name_of(line.kind)};
    return out;
  }
};
}  // namespace madang::sensing::warning
