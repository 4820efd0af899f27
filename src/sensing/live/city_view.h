// NowView as it is inside this room: the registry's index and the latest values together.
#pragma once

#include <memory>

#include "sensing/live/now.h"
#include "sensing/live/stations.h"
#include "sensing/readings/latest_board.h"

namespace madang::sensing {

class CityView final : public NowView {
 public:
  explicit CityView(Needs needs);

  [[nodiscard]] CityNow city_now() const override;
  [[nodiscard]] Result<QuantityNow> quantity(std::string_view channel, std::optional<Instant> at) const override;

  /// The newest value of each at this moment, or at or before `at`; id 0 where there is none.
  [[nodiscard]] Result<std::vector<LatestValue>> newest(std::span<DatastreamId const> streams,
                                                        std::span<Millis const> intervals,
                                                        std::optional<Instant> at) const;

  [[nodiscard]] std::shared_ptr<StationIndex const> stations() const { return directory_.read(); }
  [[nodiscard]] LatestBoard& board() const { return *board_; }
  [[nodiscard]] Needs const& needs() const { return needs_; }
  /// Fills the board from the store and then follows the ingest.
  Result<void> seed();

 private:
  Needs needs_;
  StationDirectory directory_;
  /// Shared with the ingest's listener, which may outlive this view.
  std::shared_ptr<LatestBoard> board_ = std::make_shared<LatestBoard>();
};

}  // namespace madang::sensing
