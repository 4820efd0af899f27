#include "evaluation/quality_score.h"

#include <fmt/format.h>

#include <optional>

#include "sensing/quantities.h"

namespace madang::evaluation {
namespace {

using sensing::QualityTest;

/// Flags further apart belong to two alarms.
constexpr Millis kSameAlarm = std::chrono::hours{12};
/// A rule may go on for so long after its fault has ended.
constexpr Millis kAfter = std::chrono::hours{3};
constexpr Millis kAfterDrift = std::chrono::hours{48};

constexpr std::size_t kNotesMax = 24;

std::string_view channel_name(std::size_t channel) { return sensing::city_node_quantities()[channel].channel; }

bool is_flagged(Quality q) {
  return q.flag == QualityFlag::kSuspect || q.flag == QualityFlag::kFail || q.flag == QualityFlag::kMissing;
}

bool is_device_fault(Fault fault) { return fault == Fault::kDropout || fault == Fault::kClock; }
bool is_by_value(Fault fault) { return fault == Fault::kSpike || fault == Fault::kSentinel; }

std::optional<Fault> fault_of(QualityTest test) {
  switch (test) {
    case QualityTest::kFlatLine:
    case QualityTest::kNotFitted: return Fault::kStuck;
    case QualityTest::kSpike:
    case QualityTest::kRate: return Fault::kSpike;
    case QualityTest::kSentinel: return Fault::kSentinel;
    case QualityTest::kScale: return Fault::kScale;
    case QualityTest::kDrift: return Fault::kDrift;
    case QualityTest::kTiming:
    case QualityTest::kClock: return Fault::kClock;
    default: return std::nullopt;
  }
}

}  // namespace

QualityScore::QualityScore(std::uint64_t seed, std::vector<Injection>& injections, std::size_t nodes, Millis step)
    : seed_(seed), step_(step), injections_(injections), of_node_(nodes, -1), detected_(injections.size()) {
  for (std::size_t i = 0; i < injections.size(); ++i) {
    of_node_[injections[i].node] = static_cast<int>(i);
    if (!is_by_value(injections[i].fault)) ++of[static_cast<std::size_t>(injections[i].fault)].faults;
  }
}

Injection* QualityScore::injection_of(std::size_t node) {
  return of_node_[node] < 0 ? nullptr : &injections_[static_cast<std::size_t>(of_node_[node])];
}

void QualityScore::take(std::size_t node, Instant when, std::span<storage::Observation const> observations) {
  auto const* truth = injection_of(node);
  values += observations.size();
  if (truth == nullptr) clean_values += observations.size();
  for (std::size_t c = 0; c < observations.size(); ++c) {
    auto const& o = observations[c];
    auto const test = static_cast<QualityTest>(o.quality.reason);
    bool const touched = truth != nullptr && truth->channel == c && is_by_value(truth->fault) && is_touched(seed_, *truth, when);
    if (touched) ++of[static_cast<std::size_t>(truth->fault)].faults;
    if (!is_flagged(o.quality)) continue;
    if (test == QualityTest::kRate) {
      auto const id = o.datastream.value();
      if (auto const open = pending_.find(id); open != pending_.end()) settle(open->second);
      pending_[id] = {o.phenomenon_time, node, c};
      continue;
    }
    if (truth == nullptr) ++on_clean[o.quality.reason];
    if (touched) flagged_value(o.datastream, when, truth, true, fault_of(test).value_or(Fault::kDrift));
    else if (test == QualityTest::kSentinel) flagged_value(o.datastream, when, truth, false, Fault::kSentinel);
    flagged(node, c, when, test);
  }
}

void QualityScore::flagged_value(DatastreamId stream, Instant when, Injection const* truth, bool touched, Fault named) {
  if (touched && !counted_.emplace(stream.value(), when).second) return;
  if (touched) {
    auto& score = of[static_cast<std::size_t>(truth->fault)];
    ++score.found;
    if (named == truth->fault) ++score.named;
    if (score.delays.size() < 1'000'000) score.delays.push_back(0);
  }
  if (!is_by_value(named)) return;
  auto& score = of[static_cast<std::size_t>(named)];
  ++score.alarms;
  if (touched && truth->fault == named) ++score.right;
  else if (truth != nullptr)
    note(fmt::format("no {} ({} of {})", name_of(named), name_of(truth->fault), channel_name(truth->channel)));
}

/// A jump that stayed one.
void QualityScore::settle(Pending const& p) {
  auto const* truth = injection_of(p.node);
  if (truth == nullptr) ++on_clean[static_cast<std::size_t>(QualityTest::kSpike)];
  bool const touched = truth != nullptr && truth->channel == p.channel && is_by_value(truth->fault) && is_touched(seed_, *truth, p.when);
  flagged_value(stream_id(p.node, p.channel), p.when, truth, touched, Fault::kSpike);
  flagged(p.node, p.channel, p.when, QualityTest::kSpike);
}

void QualityScore::take(std::vector<sensing::Revision> const& revisions) {
  for (auto const& r : revisions) {
    if (!r.better && r.quality.reason == static_cast<std::uint8_t>(QualityTest::kSpike)) take_burst(r);
    auto const open = pending_.find(r.stream.value());
    if (!r.better || open == pending_.end() || open->second.when != r.when.from) continue;
    if (is_flagged(r.quality)) settle(open->second);
    pending_.erase(open);
  }
}

/// Values that were taken for a level and were spikes.
void QualityScore::take_burst(sensing::Revision const& r) {
  auto const index = static_cast<std::size_t>(r.stream.value() - 1);
  for (auto when = r.when.from; when < r.when.to; when += step_)
    settle({when, index / simulation::kChannelCount, index % simulation::kChannelCount});
}

void QualityScore::take_silence(std::size_t node, Instant when) {
  alarm(node, 0, when, Fault::kDropout);
}

void QualityScore::flagged(std::size_t node, std::size_t channel, Instant when, QualityTest test) {
  if (auto* truth = injection_of(node); truth != nullptr && truth->when.contains(when) && !is_by_value(truth->fault)) {
    auto& found = detected_[static_cast<std::size_t>(of_node_[node])][0];
    bool const here = is_device_fault(truth->fault) ? fault_of(test) == truth->fault : truth->channel == channel;
    if (here && !found) {
      found = true;
      auto& score = of[static_cast<std::size_t>(truth->fault)];
      ++score.found;
      score.delays.push_back(static_cast<double>((when - truth->when.from).count()) / 60'000);
    }
  }
  auto const named = fault_of(test);
  if (named && !is_by_value(*named)) alarm(node, channel, when, *named);
}

void QualityScore::alarm(std::size_t node, std::size_t channel, Instant when, Fault named) {
  auto const place = is_device_fault(named) ? std::size_t{0} : channel;
  auto const key = (node * simulation::kChannelCount + place) * kFaults + static_cast<std::size_t>(named);
  auto const [last, fresh] = quiet_.try_emplace(key, when);
  bool const again = !fresh && when - last->second <= kSameAlarm;
  last->second = when;
  auto* truth = injection_of(node);
  auto const after = named == Fault::kDrift ? kAfterDrift : kAfter;
  bool const right = truth != nullptr && truth->fault == named && (is_device_fault(named) || truth->channel == channel) &&
                     truth->when.from <= when && when < truth->when.to + after;
  auto& score = of[static_cast<std::size_t>(named)];
  if (!again) {
    ++score.alarms;
    if (right) ++score.right;
    if (!right)
      note(fmt::format("no {} at {} of station {} ({}), {}", name_of(named), channel_name(channel), node,
                       truth == nullptr ? "nothing wrong there" : fmt::format("{} of {}", name_of(truth->fault), channel_name(truth->channel)),
                       format_instant(when)));
  }
  if (!right) return;
  auto& done = detected_[static_cast<std::size_t>(of_node_[node])];
  if (!done[1]) ++score.named;
  done[1] = true;
  if (named == Fault::kDropout && !done[0]) {
    ++score.found;
    score.delays.push_back(static_cast<double>((when - truth->when.from).count()) / 60'000);
    done[0] = true;
  }
}

void QualityScore::finish() {
  for (auto const& [stream, p] : pending_) settle(p);
  pending_.clear();
  for (std::size_t i = 0; i < injections_.size(); ++i) {
    auto const& truth = injections_[i];
    if (is_by_value(truth.fault) || detected_[i][0]) continue;
    note(fmt::format("missed: {} of {}, {:.1f} hours, size {:.4g}, stuck at {:.4g}", name_of(truth.fault), channel_name(truth.channel),
                     static_cast<double>(truth.when.length().count()) / 3'600'000, truth.size, truth.frozen));
  }
}

void QualityScore::note(std::string text) {
  if (notes.size() < kNotesMax) notes.push_back(std::move(text));
}

}  // namespace madang::evaluation
