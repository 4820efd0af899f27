// All quality rules over all Datastreams: judges values as they come, in any order, keeps what each rule remembers, and
// knows at any time what ails which device. Without store, clock or threads: the same for live values, for history that
// is judged again, and for evaluation.
#pragma once

#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sensing/model/city_median.h"
#include "sensing/quality/health.h"
#include "sensing/quality/stream.h"
#include "storage/observations/observation.h"

namespace madang::sensing {

/// One line for the work list, before it becomes a sentence.
struct Finding {
  ThingId thing;
  DatastreamId stream;        ///< 0: the whole device
  Ailment ailment = Ailment::kLate;
  QualityTest test = QualityTest::kNone;
  Instant since;
  double share = 0;
  double number = 0;          ///< the value it is stuck at; the daily bias; hours the clock is off; the factor
  std::size_t channels = 0;   ///< of a device: how many are silent
  std::string unit = {};      ///< the symbol of the one that is none of the quantity's
};

/// Findings of a part of the city, channel by channel, and how many channels of each device speak.
struct CheckUp {
  std::vector<Finding> findings;
  std::unordered_map<ThingId, std::size_t> speaking;
};

struct RuleCounts {
  std::uint64_t judged = 0;
  std::uint64_t late = 0;     ///< among them: older than the newest, judged by the stateless rules only
  std::uint64_t gaps = 0;
  std::array<std::array<std::uint64_t, 3>, kQualityTests> by_test{};  ///< suspect, fail, missing
};

class QualityEngine {
 public:
  /// A sign of life from before anything else that is known of it.
  void note_sign_of_life(DatastreamId id, Instant when);
  /// New, or changed in the registry; what the rules remember stays.
  /// `known_since`: who is new has a while from then on before it is missed.
  /// What was remembered in another unit, of another quantity, or as real of what is simulated is forgotten; a place that is another changes who is near
  /// whom: take_changed_places().
  void plan(StreamPlan const& plan, Instant known_since = kInstantMin);
  /// Of whom it was since the last call.
  std::set<DatastreamId> take_forgotten() { return std::exchange(forgotten_, {}); }
  /// What was learned of it anew, elsewhere; nothing when it was forgotten once more meanwhile. How its clock goes stays.
  void restore(DatastreamId stream, StreamState const& learned);
  /// The same of how it follows the city alone, where more was learned than is known here; its own values went on here meanwhile.
  void restore_expectation(DatastreamId stream, StreamState const& learned);
  /// Among the streams numbered [begin, begin + count): whose values reach back much farther than what was learned of them beside the city, as after
  /// a history that came station by station. The store can tell more.
  [[nodiscard]] std::set<DatastreamId> find_unlearned(std::size_t begin, std::size_t count) const;
  /// Out of service: not judged, listed or anybody's neighbour. Where it is planned again it goes on as it was.
  void retire(DatastreamId stream);
  /// Whoever is planned and not among these.
  void retire_others(std::span<StreamPlan const> plans);
  /// Places at which somebody came, went or moved since the last call.
  std::vector<LatLon> take_changed_places() { return std::exchange(changed_places_, {}); }
  [[nodiscard]] bool knows(DatastreamId stream) const;
  [[nodiscard]] std::size_t size() const { return streams_.size(); }
  /// Its quantity stands in the table: only numbers are values of it.
  [[nodiscard]] bool is_measured(DatastreamId stream) const;
  /// Who may have neighbours, for neighbours_of(); what that found comes back by set_neighbours, also when others were
  /// planned in between. Without it no value is held against its neighbours.
  [[nodiscard]] std::vector<Site> sites() const;
  void set_neighbours(std::span<Site const> sites, std::span<Neighbours const> found);
  /// All three at once; after planning.
  void find_neighbours();

  /// All that are known by now were registered before: who of them was never heard of is missed at once, since nobody knows when.
  void expect_all();
  /// The records know since when it could have been heard of: it is missed as if this engine had been there.
  void expect_since(DatastreamId stream, Instant registered_at);
  /// The newest sign of life was a value dated ahead of its arrival, or one whose clock was known to be behind, before this engine began.
  void remember_clock(DatastreamId stream, Instant phenomenon_time, Instant received_at, Millis lag_usual);

  /// Sets the quality of each unless somebody else gave one (a flag without a rule version). `skip` marks those that
  /// hold no number. Judged in the order of time, whatever the order is they come in: values of a step that come together are held against their
  /// own median and their neighbours at that time, also those of days.
  void judge(std::span<storage::Observation> values, std::span<bool const> skip = {});
  /// Later opinions since the last call.
  std::vector<Revision> take_revisions();
  [[nodiscard]] std::uint64_t revisions_dropped() const { return revisions_dropped_; }

  /// What ails the streams numbered [begin, begin + count), in the order they were planned; channel by channel, see
  /// by_device.
  void check_up(Instant now, std::size_t begin, std::size_t count, CheckUp& out) const;
  [[nodiscard]] RuleCounts const& counts() const { return counts_; }
  /// Counters only; used after warming up.
  void forget_counts() { counts_ = {}; }
  /// What was learned of it until now were means of hours: they say nothing about its clock, and hardly tell how far single
  /// values lie from what is expected.
  void forget_means(DatastreamId stream);
  [[nodiscard]] Stream const* find(DatastreamId stream) const;

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  using Turns = std::span<std::uint32_t const>;  ///< which of the values are judged, one after the other

  [[nodiscard]] std::uint32_t place_of(DatastreamId stream) const;
  std::uint32_t place_for(DatastreamId stream, Instant known_since);
  std::uint32_t group_of(StreamPlan const& plan, Millis interval);
  void put_in_order_of_time(std::span<storage::Observation const> values);
  [[nodiscard]] std::size_t count_together(std::span<storage::Observation const> values, Turns turns) const;
  void judge_together(std::span<storage::Observation> values, std::span<bool const> skip, Turns turns);
  Quality judge_one(Stream& stream, Judged const& v, Quality alone);
  /// The city's median, where a value at rest is only natural when the city is near rest too.
  std::optional<double> city_at_rest(Stream const& stream, Judged const& v);
  Quality judge_in_city(Stream& stream, Judged const& v, bool good);
  /// A wrong unit is one device's; what a neighbour feels too stands in the air.
  [[nodiscard]] bool is_felt_near_by(Stream const& stream, Judged const& v) const;
  /// How far the neighbours are from what they should say, the middle of them; none where too few speak.
  [[nodiscard]] std::optional<double> residual_near_by(Stream const& stream, Judged const& v) const;
  /// What the neighbours share is the air of the place and no drift.
  Quality judge_drift_here(Stream& stream, Judged const& v) const;
  /// Alone: far from every neighbour, and none of them feels a part of it.
  [[nodiscard]] Quality judge_neighbours(Stream const& stream, Judged const& v) const;
  void count(Quality quality);
  /// 100,000 Datastreams do not fit into a cache, but a batch says which come next.
  void prefetch(std::span<storage::Observation const> values, Turns turns, std::size_t n) const;

  std::vector<std::uint32_t> places_;  ///< by Datastream id
  std::vector<Stream> streams_;
  std::vector<std::optional<LatLon>> points_;
  std::unordered_map<DatastreamId, std::uint32_t> out_of_service_;  ///< places of those out of service
  std::vector<LatLon> changed_places_;
  std::set<DatastreamId> forgotten_;
  std::vector<CityMedian> medians_;    ///< by group
  std::map<std::pair<std::string, bool>, std::uint32_t> groups_;  ///< by channel, and whether it is simulated
  SentinelSets sentinels_;
  std::vector<Revision> revisions_;
  std::uint64_t revisions_dropped_ = 0;
  RuleCounts counts_;
  // Scratch of judge.
  std::vector<Quality> alone_;
  std::vector<std::uint32_t> in_time_;
  std::vector<std::pair<Instant, std::uint32_t>> minutes_;
};

/// Whether a later opinion counts against what is stored: a worse one always, a better one where the value was only
/// waiting for the next.
[[nodiscard]] bool replaces(Revision const& revision, Quality stored);

/// One line where a whole device is silent or its clock is wrong; worst first.
std::vector<Finding> by_device(CheckUp const& check_up);

}  // namespace madang::sensing
