// NowView as it is inside this room: the registry's index and the latest values together.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sensing/live/now.h"
#include "sensing/live/past_answers.h"
#include "sensing/live/stations.h"
#include "sensing/readings/latest_board.h"

namespace madang::sensing {

/// Of one station, by the best of its fitted channels, or of one of them.
struct StationReport {
  ReportState state = ReportState::kNeverHeard;
  Instant heard{kInstantMin};     ///< the last moment at which it was alive
  bool speaks = false;            ///< it has sent something within its time, be it of use or not
  bool delivers = false;          ///< and that was stored
  Instant spoke{kInstantMin};     ///< when its newest message came
  Instant delivered{kInstantMin}; ///< when the newest one came that was stored
  Instant measured{kInstantMin};  ///< its newest value with a time that can be believed
  /// What the clock of its newest message said, where that cannot be believed; kInstantMin: it can.
  Instant claimed{kInstantMin};
};
[[nodiscard]] StationReport report_of(LatestValue const& latest, Millis interval, Instant at);
/// The report of a station with one more of its channels.
void merge(StationReport& station, StationReport const& channel);

/// In which unit a Datastream's values are shown, and how they get there.
struct ShownUnit {
  UnitConversion conversion;
  std::string symbol;
  bool foreign = false;  ///< its own, which is none of the quantity's: it is neither judged nor counted with the others
};
ShownUnit shown_unit_of(StationIndex const& index, city::Datastream const& d);

class CityView final : public NowView {
 public:
  explicit CityView(Needs needs);

  [[nodiscard]] CityNow city_now() const override;
  void mark_spoke(ThingId thing, Instant when) override;
  [[nodiscard]] ReportCounts report_counts() const override;
  [[nodiscard]] Result<QuantityNow> quantity(std::string_view channel, std::optional<Instant> at) const override;
  /// Of a moment that was asked about a moment ago the same answer.
  [[nodiscard]] Result<std::shared_ptr<QuantityNow const>> past_quantity(std::string_view channel, Instant at) const;
  /// Whether that one will be answered from memory. Quick.
  [[nodiscard]] bool knows_past(std::string_view channel, Instant at) const { return past_.knows(channel, at, needs_.city.change_cursor()); }

  /// The newest value of each at this moment, or at or before `at`; id 0 where there is none. In the past nobody knows
  /// any more what came when: a value counts as heard of when it was measured. kUnavailable: reading took longer than kPastReadMax.
  [[nodiscard]] Result<std::vector<LatestValue>> newest(std::span<DatastreamId const> streams,
                                                        std::optional<Instant> at) const;

  [[nodiscard]] std::shared_ptr<StationIndex const> stations() const { return directory_.read(); }
  /// In the index's order; none for a station without a fitted channel: what measures nothing is not missed.
  [[nodiscard]] std::vector<std::optional<StationReport>> reports(StationIndex const& index, Instant at) const;
  /// What is shown of a stream at `at`.
  [[nodiscard]] static StationValue shown(StreamRef const& ref, LatestValue const& latest, Instant at);
  [[nodiscard]] LatestBoard& board() const { return *board_; }
  [[nodiscard]] Needs const& needs() const { return needs_; }
  /// Fills the board from the store and then follows the ingest.
  Result<void> seed();

 private:
  [[nodiscard]] Result<LatestValue> newest_before(DatastreamId stream, Instant at, Tick deadline) const;

  Needs needs_;
  StationDirectory directory_;
  mutable PastAnswers past_;
  /// Shared with the ingest's listener, which may outlive this view.
  std::shared_ptr<LatestBoard> board_ = std::make_shared<LatestBoard>();
};

}  // namespace madang::sensing
