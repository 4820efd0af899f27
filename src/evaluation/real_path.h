// The path of a value through the real rooms, in one process and on a simulated clock: ingest with the quality control,
// observations, early warning, Situations. What an evaluation measures is what the server does, joints included.
//
// The observations are in memory and forgotten after some hours, or on disk where the server is to be restarted; records are
// a SQLite file in a temporary folder.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "sensing/quality/quality.h"
#include "sensing/sensing.h"
#include "sensing/warning/warning.h"
#include "simulation/simulation.h"
#include "situations/situations.h"
#include "storage/observations/store.h"
#include "storage/records/records.h"

namespace madang::evaluation {

class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> make();
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  TemporaryDirectory() = default;
  std::filesystem::path path_;
};

class RealPath {
 public:
  struct Options {
    Instant begin;
    Millis step{120'000};
    double alarms_per_day = 5;
    double fixed_threshold = 0;  ///< of all detectors, to see what the budget would give; 0: from the budget
    std::vector<simulation::Channel> channels;
    bool on_disk = false;        ///< observations in the embedded store, so that a restart finds them
    std::function<void(std::span<storage::StoredObservation const>)> listener = {};  ///< every durable batch
  };
  static Result<std::unique_ptr<RealPath>> open(simulation::CityPlan const& plan, Options options);
  ~RealPath();

  /// Stores values that have come until `now`, and returns when the early warning has judged them.
  Result<void> send(std::vector<storage::Observation> values, Instant now);
  /// What the server's jobs do: later opinions are written, causes that stay away end.
  Result<void> run_jobs();
  /// The server stops and starts again at `now`, with what stands on disk. Only where observations do.
  Result<void> restart(Instant now);

  [[nodiscard]] DatastreamId stream(std::size_t node, simulation::Channel channel) const {
    return streams_[node][simulation::index_of(channel)];
  }
  /// Which node and channel a Datastream is.
  struct Origin {
    std::uint32_t node = 0;
    std::uint32_t channel = 0;
  };
  [[nodiscard]] Origin origin(DatastreamId stream) const { return origins_[static_cast<std::size_t>(stream.value())]; }
  [[nodiscard]] std::optional<std::uint32_t> node_of(ThingId thing) const;
  [[nodiscard]] Result<std::vector<situations::SituationPtr>> open_situations() const;
  [[nodiscard]] Result<situations::SituationPtr> situation(SituationId id) const { return situations_->find(id); }
  [[nodiscard]] std::vector<sensing::WorkItem> work_list() const { return quality_->work_list(); }
  /// As a reader of the store sees it now; unknown where it was forgotten.
  [[nodiscard]] Quality stored_quality(DatastreamId stream, Instant when);
  [[nodiscard]] std::vector<std::string> standing() const;
  [[nodiscard]] storage::StoreStatistics statistics() { return store_->statistics(); }

 private:
  explicit RealPath(TemporaryDirectory folder, Options options);
  Result<void> open_stores();
  Result<void> open_rooms();
  void close();
  Result<void> register_city(simulation::CityPlan const& plan);

  TemporaryDirectory folder_;
  Options options_;
  runtime::ManualClock clock_;
  std::unique_ptr<runtime::Metrics> metrics_;
  std::optional<runtime::Messages> messages_;
  std::unique_ptr<storage::Records> records_;
  std::unique_ptr<city::City> city_;
  std::unique_ptr<storage::ObservationStore> store_;
  std::unique_ptr<situations::Situations> situations_;
  std::shared_ptr<sensing::QualityControl> quality_;
  std::unique_ptr<sensing::Ingest> ingest_;
  std::unique_ptr<sensing::warning::EarlyWarning> warning_;
  sensing::warning::RuleSet rules_;
  std::vector<std::array<DatastreamId, simulation::kChannelCount>> streams_;
  std::vector<Origin> origins_;
  std::vector<std::uint32_t> nodes_;  ///< by Thing id
  int jobs_ = 0;
};

}  // namespace madang::evaluation
