#include "evaluation/quality_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "sensing/quantities.h"

namespace madang::evaluation {
namespace {

using sensing::QualityTest;
using simulation::Fault;
using simulation::FaultKind;

/// Flags further apart belong to two alarms.
constexpr Millis kSameAlarm = std::chrono::hours{12};
/// A rule may go on for so long after its fault has ended.
constexpr Millis kAfter = std::chrono::hours{3};
constexpr Millis kAfterDrift = std::chrono::hours{48};
/// After so long the next values have said whether a jump was a spike, and the jobs have written it.
constexpr Millis kSettled = std::chrono::minutes{16};
constexpr std::size_t kNotesMax = 40;

std::string_view channel_name(int channel) {
  return channel < 0 ? "the device" : sensing::city_node_quantities()[static_cast<std::size_t>(channel)].channel;
}

bool is_flagged(Quality q) {
  return q.flag == QualityFlag::kSuspect || q.flag == QualityFlag::kFail || q.flag == QualityFlag::kMissing;
}

double hours(Millis time) { return static_cast<double>(time.count()) / 3'600'000; }

bool is_device_fault(FaultKind kind) { return kind == FaultKind::kSilence || kind == FaultKind::kClock; }
bool is_by_value(FaultKind kind) { return kind == FaultKind::kSpikes || kind == FaultKind::kSentinel; }

std::optional<FaultKind> kind_of(QualityTest test) {
  switch (test) {
    case QualityTest::kFlatLine:
    case QualityTest::kNotFitted: return FaultKind::kStuck;
    case QualityTest::kSpike: return FaultKind::kSpikes;
    case QualityTest::kSentinel: return FaultKind::kSentinel;
    case QualityTest::kScale: return FaultKind::kScale;
    case QualityTest::kDrift: return FaultKind::kDrift;
    case QualityTest::kTiming:
    case QualityTest::kClock: return FaultKind::kClock;
    default: return std::nullopt;
  }
}

/// 0: below the size around which it is drawn.
std::size_t half_of(Fault const& fault) { return fault.about != 0 && simulation::relative_size(fault) < 1 ? 0 : 1; }

}  // namespace

QualityScore::QualityScore(std::span<Fault const> faults, std::size_t nodes, Needs needs)
    : faults_(faults), needs_(std::move(needs)), of_node_(nodes, -1), found_(faults.size()) {
  for (std::size_t i = 0; i < faults.size(); ++i) {
    of_node_[faults[i].node] = static_cast<int>(i);
    if (!is_by_value(faults[i].kind)) ++of[static_cast<std::size_t>(faults[i].kind)].faults[half_of(faults[i])];
  }
}

void QualityScore::count_value(std::size_t node, std::size_t channel, Instant when, storage::Observation const& o) {
  ++values;
  auto const index = fault_of_node(node);
  Fault const* truth = index < 0 ? nullptr : &faults_[static_cast<std::size_t>(index)];
  if (truth == nullptr) ++clean_values;
  bool const touched = truth != nullptr && truth->channel == static_cast<int>(channel) && is_by_value(truth->kind) &&
                       needs_.touched(*truth, when);
  if (!touched && !is_flagged(o.quality)) return;
  Waiting const value{o.datastream, o.phenomenon_time, when, node, channel};
  auto const test = static_cast<QualityTest>(o.quality.reason);
  // A jump waits for the next value; a spike that looked good may still be called one.
  if (test == QualityTest::kRate || (touched && truth->kind == FaultKind::kSpikes && test != QualityTest::kSpike)) {
    waiting_.push_back(value);
    return;
  }
  if (touched) judge_touched(*truth, o.quality);
  if (is_flagged(o.quality)) count_flag(value, o.quality);
}

void QualityScore::settle(Instant now) {
  auto const ready = std::ranges::find_if(waiting_, [&](Waiting const& w) { return now - w.when < kSettled; });
  for (auto w = waiting_.begin(); w != ready; ++w) {
    auto const quality = needs_.stored(w->stream, w->stored_at);
    auto const index = fault_of_node(w->node);
    Fault const* truth = index < 0 ? nullptr : &faults_[static_cast<std::size_t>(index)];
    bool const touched = truth != nullptr && truth->channel == static_cast<int>(w->channel) && is_by_value(truth->kind) &&
                         needs_.touched(*truth, w->when);
    if (touched) judge_touched(*truth, quality);
    if (is_flagged(quality)) count_flag(*w, quality);
  }
  waiting_.erase(waiting_.begin(), ready);
}

/// A single value that a fault has made.
void QualityScore::judge_touched(Fault const& truth, Quality q) {
  auto& score = of[static_cast<std::size_t>(truth.kind)];
  auto const half = half_of(truth);
  ++score.faults[half];
  if (!is_flagged(q)) return;
  ++score.found[half];
  if (kind_of(static_cast<QualityTest>(q.reason)) == truth.kind) ++score.named[half];
  if (score.delays.size() < 1'000'000) score.delays.push_back(0);
}

void QualityScore::count_flag(Waiting const& v, Quality q) {
  auto const test = static_cast<QualityTest>(q.reason);
  auto const index = fault_of_node(v.node);
  if (index < 0) ++on_clean[q.reason];
  auto const named = kind_of(test);
  if (named && is_by_value(*named)) {
    auto& score = of[static_cast<std::size_t>(*named)];
    Fault const* truth = index < 0 ? nullptr : &faults_[static_cast<std::size_t>(index)];
    bool const right = truth != nullptr && truth->kind == *named && truth->channel == static_cast<int>(v.channel) && needs_.touched(*truth, v.when);
    ++score.alarms;
    score.right += right ? 1 : 0;
    if (!right)
      note(fmt::format("no {} at {} ({})", simulation::name_of(*named), channel_name(static_cast<int>(v.channel)),
                       truth == nullptr ? "nothing wrong there" : fmt::format("{} of {}", simulation::name_of(truth->kind), channel_name(truth->channel))));
  }
  find(v.node, v.channel, v.when, test);
}

void QualityScore::count_silence(std::size_t node, Instant when) { alarm(node, 0, when, FaultKind::kSilence); }

void QualityScore::find(std::size_t node, std::size_t channel, Instant when, QualityTest test) {
  auto const index = fault_of_node(node);
  auto const named = kind_of(test);
  if (index >= 0) {
    Fault const& truth = faults_[static_cast<std::size_t>(index)];
    auto& found = found_[static_cast<std::size_t>(index)];
    bool const here = is_device_fault(truth.kind) ? named == truth.kind : truth.channel == static_cast<int>(channel);
    if (truth.when.contains(when) && !is_by_value(truth.kind) && here && !found.any) {
      found.any = true;
      auto& score = of[static_cast<std::size_t>(truth.kind)];
      ++score.found[half_of(truth)];
      score.delays.push_back(static_cast<double>((when - truth.when.from).count()) / 60'000);
    }
  }
  if (named && !is_by_value(*named)) alarm(node, channel, when, *named);
}

void QualityScore::alarm(std::size_t node, std::size_t channel, Instant when, FaultKind named) {
  auto const place = is_device_fault(named) ? std::size_t{0} : channel;
  auto const key = (node * simulation::kChannelCount + place) * simulation::kFaultKinds + static_cast<std::size_t>(named);
  auto const [last, fresh] = quiet_.try_emplace(key, when);
  bool const again = !fresh && when - last->second <= kSameAlarm;
  last->second = when;
  auto const index = fault_of_node(node);
  Fault const* truth = index < 0 ? nullptr : &faults_[static_cast<std::size_t>(index)];
  auto const after = named == FaultKind::kDrift ? kAfterDrift : kAfter;
  // A device that jumped has a bias that moved: the rule that says so is right, too.
  bool const same = truth != nullptr && (truth->kind == named || (named == FaultKind::kDrift && truth->kind == FaultKind::kJump));
  bool const right = same && (is_device_fault(named) || truth->channel == static_cast<int>(channel)) &&
                     truth->when.from <= when && when < truth->when.to + after;
  auto& score = of[static_cast<std::size_t>(named)];
  if (!again) {
    ++score.alarms;
    score.right += right ? 1 : 0;
    if (!right)
      note(fmt::format("no {} at {} ({})", simulation::name_of(named), channel_name(static_cast<int>(channel)),
                       truth == nullptr ? "nothing wrong there"
                                        : fmt::format("{} of {}, size {:.4g}, begun {:.1f} hours before, over for {:.1f}", simulation::name_of(truth->kind),
                                                      channel_name(truth->channel), truth->size, hours(when - truth->when.from), hours(when - truth->when.to))));
  }
  if (!right || truth->kind != named) return;
  auto& done = found_[static_cast<std::size_t>(index)];
  if (!done.named) ++score.named[half_of(*truth)];
  done.named = true;
  if (named == FaultKind::kSilence && !done.any) {
    ++score.found[half_of(*truth)];
    score.delays.push_back(static_cast<double>((when - truth->when.from).count()) / 60'000);
    done.any = true;
  }
}

void QualityScore::finish() {
  settle(kInstantMax);
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    auto const& truth = faults_[i];
    if (is_by_value(truth.kind) || found_[i].any || half_of(truth) == 0) continue;
    note(fmt::format("missed: {} of {}, {:.1f} hours, size {:.4g}", simulation::name_of(truth.kind), channel_name(truth.channel),
                     static_cast<double>(truth.when.length().count()) / 3'600'000, truth.size));
  }
  for (auto const& [text, count] : note_counts_) notes.push_back(count > 1 ? fmt::format("{} ({} times)", text, count) : text);
}

void QualityScore::note(std::string text) {
  if (note_counts_.size() < kNotesMax || note_counts_.contains(text)) ++note_counts_[std::move(text)];
}

}  // namespace madang::evaluation
