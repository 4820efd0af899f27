// All values of one channel at one step length: the running step, the next one (values may come early), the recent
// past as evidence, and the city's median.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/time.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

inline constexpr float kNoValue = std::numeric_limits<float>::quiet_NaN();

class Field {
 public:
  Field(std::string channel, Millis step) : channel_(std::move(channel)), step_(step) {}

  /// `index` is the engine's number of the stream. Returns its place here.
  std::uint32_t add(std::uint32_t index, Stream const& stream);
  /// False: too late or too early for the steps that are open.
  bool observe(std::uint32_t place, Instant when, double value);
  /// The first step that is not closed yet begins here; steps before are passed over without being judged.
  void start_at(Instant when);

  /// Closes the running step: computes the median, which the detectors then read with the values. After they did, `turn`.
  void close();
  void turn();

  [[nodiscard]] std::string const& channel() const { return channel_; }
  [[nodiscard]] Millis step() const { return step_; }
  [[nodiscard]] bool started() const { return number_ >= 0; }
  [[nodiscard]] Instant step_begin() const { return Instant{step_ * number_}; }
  [[nodiscard]] Instant step_end() const { return Instant{step_ * (number_ + 1)}; }
  [[nodiscard]] std::size_t size() const { return streams_.size(); }
  [[nodiscard]] std::vector<Stream> const& streams() const { return streams_; }
  [[nodiscard]] std::vector<std::uint32_t> const& indices() const { return indices_; }
  [[nodiscard]] std::span<float const> values() const { return now_; }
  /// The last one within three steps, however it is silent since; NaN: none.
  [[nodiscard]] float fresh(std::uint32_t place) const;
  [[nodiscard]] double median() const { return median_; }
  [[nodiscard]] bool has_median() const { return has_median_; }
  [[nodiscard]] std::size_t present() const { return present_; }
  /// Newest last; a step without a value is left out.
  [[nodiscard]] std::vector<situations::EvidenceValue> recent(std::uint32_t place) const;
  [[nodiscard]] std::vector<situations::EvidenceValue> recent_medians() const;

 private:
  [[nodiscard]] std::int64_t last_closed() const { return closed_ ? number_ : number_ - 1; }

  std::string channel_;
  Millis step_;
  std::int64_t number_ = -1;  ///< of the running step
  std::vector<Stream> streams_;
  std::vector<std::uint32_t> indices_;
  std::vector<float> now_;
  std::vector<float> next_;
  std::vector<float> history_;  ///< kHistorySteps per stream, a ring by step number
  std::vector<float> medians_ = std::vector<float>(kHistorySteps, kNoValue);
  std::vector<float> scratch_;
  double median_ = 0;
  bool has_median_ = false;
  bool closed_ = false;  ///< the running step's values stand in the history already
  std::size_t present_ = 0;
};

/// With fewer values at once there is no median of a city.
inline constexpr std::size_t kMedianLeast = 5;

}  // namespace madang::sensing::warning
