// History judged again with the rules of today: channel by channel, in order of time, as if the values came in now.
#include <algorithm>
#include <map>

#include "sensing/quality/engine.h"
#include "sensing/quality/plans.h"
#include "sensing/quality/quality.h"
#include "sensing/quality/revisions.h"
#include "sensing/quality/warm_up.h"

namespace madang::sensing {
namespace {

using storage::Observation;

/// Above so many waiting opinions those that are older than any flat line are written.
constexpr std::size_t kOpinionsMax = 8'000'000;
constexpr Millis kOpinionsKept = std::chrono::days{6};

/// Opinions of one channel that wait to be written, since later ones may still change them.
class Opinions {
 public:
  Opinions(storage::ObservationStore& store, RerunSummary& summary) : store_(store), summary_(summary) {}

  void add(Observation const& stored, Quality judged) {
    streams_[stored.datastream].push_back({stored.phenomenon_time, stored.quality, judged});
    newest_ = std::max(newest_, stored.phenomenon_time);
    ++waiting_;
  }

  /// A later opinion reaches back over values that wait here.
  Result<void> revise(Revision const& r) {
    if (r.when.from < written_until_) {
      MADANG_TRY(auto const changed, revise_stored(store_, r.stream, std::span{&r, 1}));
      summary_.changed += changed;
    }
    auto const found = streams_.find(r.stream);
    if (found == streams_.end()) return {};
    auto& all = found->second;
    auto it = std::ranges::lower_bound(all, r.when.from, {}, &Opinion::when);
    for (; it != all.end() && it->when < r.when.to; ++it)
      if (replaces(r, it->now)) it->now = r.quality;
    return {};
  }

  /// Writes what no later opinion will reach, when there is much.
  Result<void> relieve() { return waiting_ > kOpinionsMax ? write(newest_ - kOpinionsKept) : Result<void>{}; }

  Result<void> write(Instant until) {
    for (auto& [stream, all] : streams_) {
      auto const end = std::ranges::lower_bound(all, until, {}, &Opinion::when);
      std::vector<storage::Judgement> changed;
      for (auto const& o : std::span{all.begin(), end}) {
        ++summary_.values;
        ++by_test_[o.now.flag == QualityFlag::kGood || o.now.flag == QualityFlag::kUnknown ? 0 : o.now.reason];
        if (o.now != o.before) changed.push_back({o.when, o.now});
      }
      waiting_ -= static_cast<std::size_t>(end - all.begin());
      all.erase(all.begin(), end);
      if (changed.empty()) continue;
      MADANG_TRY(auto const count, store_.rejudge(stream, changed));
      summary_.changed += count;
    }
    written_until_ = until;
    return {};
  }

  /// The next channel has its own times.
  Result<void> next_channel() {
    MADANG_CHECK(write(kInstantMax));
    streams_.clear();
    written_until_ = newest_ = kInstantMin;
    return {};
  }

  void finish() {
    for (auto const& [test, count] : by_test_)
      if (test != 0) summary_.flagged.emplace_back(static_cast<QualityTest>(test), count);
  }

 private:
  struct Opinion {
    Instant when;
    Quality before;
    Quality now;
  };
  storage::ObservationStore& store_;
  RerunSummary& summary_;
  std::map<DatastreamId, std::vector<Opinion>> streams_;
  std::map<std::uint8_t, std::uint64_t> by_test_;
  std::size_t waiting_ = 0;
  Instant newest_{kInstantMin};
  Instant written_until_{kInstantMin};
};

Result<void> rerun_channel(QualityEngine& engine, storage::ObservationStore& store, RerunOptions const& options,
                           std::span<StreamPlan const* const> plans, Opinions& opinions) {
  std::vector<Observation> before;
  auto const judge_slice = [&](std::vector<Observation>& values) -> Result<void> {
    before = values;
    for (auto& o : values)
      if (o.quality.rule_version != 0) o.quality = {};
    engine.judge(values);
    for (std::size_t i = 0; i < values.size(); ++i) opinions.add(before[i], values[i].quality);
    for (auto& r : engine.take_revisions()) {
      r.when.from = std::max(r.when.from, options.when.from);
      MADANG_CHECK(opinions.revise(r));
    }
    return opinions.relieve();
  };
  MADANG_CHECK(each_slice(store, plans, options.when, true, judge_slice));
  return opinions.next_channel();
}

}  // namespace

Result<RerunSummary> rerun_quality(city::City const& city, storage::ObservationStore& store, RerunOptions const& options) {
  RerunSummary summary;
  auto plans = all_plans(city);
  if (!options.channel.empty()) std::erase_if(plans, [&](StreamPlan const& p) { return p.channel != options.channel; });
  if (plans.empty() && !options.channel.empty())
    return fail(Code::kNotFound, "no Datastream has the channel \"" + options.channel + "\"");
  Opinions opinions(store, summary);
  for (auto const& channel : by_channel(plans)) {
    QualityEngine engine;
    std::vector<StreamPlan> own;
    own.reserve(channel.size());
    for (auto const* plan : channel) own.push_back(*plan);
    for (auto const& plan : own) engine.plan(plan);
    engine.find_neighbours();
    if (options.when.from > kInstantMin) MADANG_CHECK(warm_up(engine, store, own, options.when.from));
    MADANG_CHECK(rerun_channel(engine, store, options, channel, opinions));
    summary.datastreams += channel.size();
    if (options.progress) options.progress(summary.values);
  }
  opinions.finish();
  return summary;
}

}  // namespace madang::sensing
