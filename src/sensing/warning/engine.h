// The early warning as a pure stream: values go in, findings come out. It reads no clock and does no I/O: whoever feeds
// it says when a step is over. Memory grows with the number of streams, and of
// streams that stand beside others at the slower ones' pace up to a bound.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "sensing/indices/calendar.h"
#include "sensing/warning/detector.h"
#include "sensing/warning/field.h"
#include "sensing/warning/levels.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

/// What heat is felt with.
inline constexpr std::string_view kHumidity = "humidity";

class Engine {
 public:
  struct Options {
    double alarms_per_day = 5;  ///< false ones over the whole city
    indices::Calendar calendar;
    /// So long after its end a step of streams that deliver at once still takes values, at most as long as the step itself.
    Millis lateness{0};
    std::size_t streams_max = kStreamsMax;
  };
  Engine(RuleSet rules, Options options);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  /// Streams that no rule looks at are taken too. kLimit above streams_max. Numbers count from 0.
  Result<std::uint32_t> add(Stream const& stream);
  /// The registry says something else of it. True: of its values nothing is known any more, since they are in another unit or come
  /// at another pace; teach it anew.
  bool change(std::uint32_t stream, Stream const& now);
  /// That would move it among others while something that it began is open here. An engine that inherits goes on with it.
  [[nodiscard]] bool would_end_what_is_open(std::uint32_t stream, Stream const& now) const;
  /// It is not watched any more; what it began is over.
  void remove(std::uint32_t stream);
  /// A value whose flag counts, or that is doubtful but plausible: the flag goes with it. One of a step that is over, or
  /// too far ahead, is counted and dropped. False: that was so.
  bool observe(std::uint32_t stream, Instant when, double value, QualityFlag flag = QualityFlag::kGood);
  /// A later opinion on values that were given: one that fails counts as never said, and what it began is over.
  void revise(std::uint32_t stream, Interval when, QualityFlag flag);
  /// Closes all steps that are over at `now`, and late values with them. Of streams that deliver late also those that
  /// nearly all have left behind.
  std::vector<Finding> advance(Instant now);

  /// Mean values of a past hour that begins at `hour`, by stream: baselines are warm before the first value comes.
  struct HourMean {
    std::uint32_t stream = 0;
    float mean = 0;
  };
  void teach(Instant hour, std::span<HourMean const> means);
  /// Goes on with what another engine knew of the same streams under the same rules, whatever their pace was there: what was
  /// judged is not judged again when its values are replayed. True when that is so of all streams and rules.
  bool inherit(Engine const& before);
  /// The same of one stream, beside the median of its like in that hour (none: too few spoke), each in the rules' unit.
  void teach(std::uint32_t stream, Instant hour, std::optional<double> city, double mean);
  /// What is open counts as not reported, so that it is at the next step, suspects are looked for anew: after a replay of the recent past.
  void mark_open_unreported();
  /// Goes on with a part of a cause of before a restart, where most of its stations are: one cause stands in one detector.
  Adoption adopt(Before const& before);

  [[nodiscard]] RuleSet const& rules() const { return rules_; }
  [[nodiscard]] Stream const& stream(std::uint32_t index) const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::uint64_t late() const;
  /// What is kept of witnesses: the most that one field keeps, in values.
  [[nodiscard]] std::size_t witness_slots() const;
  /// Memory of all values kept of witnesses.
  [[nodiscard]] std::size_t witness_bytes() const;
  [[nodiscard]] std::vector<situations::EvidenceValue> recent(std::uint32_t stream) const;
  [[nodiscard]] std::vector<situations::EvidenceValue> recent_medians(std::uint32_t stream) const;
  /// Of every detector that runs: its rule, step and where it stands.
  struct Standing {
    std::uint32_t rule = 0;
    std::string rule_id;
    std::uint32_t rules_version = 0;  ///< of the rules that it runs under
    Millis step{0};
    std::size_t streams = 0;
    double threshold = 0;
    std::size_t open = 0;
  };
  [[nodiscard]] std::vector<Standing> standing() const;
  /// What each field of values sees, since the beginning.
  struct Sight {
    std::string channel;
    bool simulated = false;     ///< its streams are
    Millis step{0};
    std::size_t streams = 0;
    std::uint64_t accepted = 0; ///< values
    std::uint64_t late = 0;     ///< of steps that were over, or too far ahead
    std::size_t speaking = 0;   ///< streams heard lately
    std::size_t only_late = 0;  ///< of which nothing but late values came for a while; filled in by who knows how late each delivers
    std::size_t known = 0;      ///< among them those whose usual values are known; all, where only levels look
    std::size_t stopped = 0;    ///< the same: those whose usual values are not known, and of which no more come
  };
  [[nodiscard]] std::vector<Sight> sight() const;
  /// As this rule sees it, an excursion of it lasts, whoever else was part of it.
  [[nodiscard]] bool shows(std::string_view rule, DatastreamId stream) const;
  /// nullptr when the rule does not run at this step length.
  [[nodiscard]] Detector const* detector(std::string_view rule, Millis step) const;

 private:
  struct Part;  ///< a field with the detectors and levels over it
  struct Place {
    std::uint32_t part = 0;
    std::uint32_t place = 0;
  };

  Part& part_of(std::string_view channel, Stream const& stream, Millis step);
  Place place_in_part(std::uint32_t index, Stream const& stream);
  [[nodiscard]] bool stays(std::uint32_t stream, Stream const& now) const;
  void close(Part& part, std::vector<Finding>& out);
  /// Streams of quicker parts stand beside the neighbours that wait longer or speak more seldom, so that these are not judged
  /// as if they were alone.
  void place_witnesses();
  void place_witnesses(std::uint32_t part, std::span<std::uint32_t const> quicker, std::span<LatLon const> about);
  bool add_witness(std::uint32_t part, std::uint32_t stream);
  /// Who stands around this one may need other witnesses.
  void mark_changed_around(std::uint32_t stream);
  void remove_from_all_places(std::uint32_t stream);
  /// Its own place first, then those where it is a witness.
  template <typename Visit>
  void for_each_place(std::uint32_t stream, Visit const& visit) const {
    visit(places_[stream], true);
    auto const beside = witness_places_.find(stream);
    if (beside == witness_places_.end()) return;
    for (Place const place : beside->second) visit(place, false);
  }
  [[nodiscard]] Place nearest_place(std::uint32_t stream, Part const& part) const;
  void catch_up(Part& part, Instant now, std::vector<Finding>& out);
  [[nodiscard]] bool is_open(std::string_view key) const;
  void add_detectors(Part& part);
  void attach_levels(Part& part);
  [[nodiscard]] std::vector<Part*> in_order_of_wait() const;

  RuleSet rules_;
  Options options_;
  std::optional<Instant> now_;  ///< of the newest advance
  std::vector<std::unique_ptr<Part>> parts_;
  std::vector<std::unique_ptr<Levels>> levels_;  ///< of each rule one of real streams, and one of simulated ones where there are some
  std::vector<Place> places_;
  std::unordered_map<std::uint32_t, std::vector<Place>> witness_places_;  ///< by stream: where it is a witness
  std::size_t removed_ = 0;     ///< of `places_`
  struct Spot {
    std::uint32_t part = 0;
    std::optional<LatLon> place;
  };
  std::vector<Spot> changed_spots_;   ///< where a stream began, moved or ended since witnesses were placed
};

/// "pm25" of "pm25", "pm25_hourly", "pm25_daily" and "pm25_2min".
std::string_view base_channel(std::string_view channel);

}  // namespace madang::sensing::warning
