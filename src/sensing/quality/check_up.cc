// From what the rules remember to what ails a device.
#include <algorithm>
#include <map>
#include <set>

#include "sensing/quality/engine.h"
#include "sensing/quality/own_tests.h"
#include "sensing/reporting.h"

namespace madang::sensing {
namespace {

double hours_of_millis(std::int64_t millis) { return static_cast<double>(millis) / 3'600'000; }

class Examination {
 public:
  Examination(Stream const& stream, Instant now, CheckUp& out) : stream_(stream), s_(stream.state), now_(now), out_(out) {}

  void run() {
    if (!stream_.fitted || !stream_.in_service) return;  // known: no work
    if (s_.not_fitted) return add(Ailment::kNotFitted, QualityTest::kNotFitted, s_.first, 0, 1);
    if (s_.last_sign_of_life == kInstantMin) {
      if (stream_.known_since > kInstantMin && (!stream_.is_new || now_ - stream_.known_since > stream_.gap()))
        // Who was registered before that was kept has been missed since nobody knows when.
        add(Ailment::kNeverHeard, QualityTest::kNone, stream_.is_new ? stream_.known_since : kInstantMin, 0, 0);
      return;
    }
    auto const age = now_ - s_.last_sign_of_life;
    auto const state = report_state(s_.last_sign_of_life, stream_.interval, now_);
    if (state == ReportState::kSilent) return add(Ailment::kSilent, QualityTest::kNone, s_.last_sign_of_life, hours_of_millis(age.count()), 0);
    if (state == ReportState::kLate) return add(Ailment::kLate, QualityTest::kNone, s_.last_sign_of_life, hours_of_millis(age.count()), 0);
    ++out_.speaking[stream_.thing];
    if (s_.clock_wrong) add(Ailment::kClock, QualityTest::kClock, s_.clock_since, hours_of_millis(s_.lag_last), 1);
    if (s_.stuck) add(Ailment::kStuck, QualityTest::kFlatLine, s_.still_since, static_cast<double>(s_.still), 1);
    if (s_.bias.drifting) add(Ailment::kDrifting, QualityTest::kDrift, s_.bias.since, static_cast<double>(s_.bias.last), 1);
    if (s_.wrong_scale) {
      add(Ailment::kOutOfRange, QualityTest::kScale, s_.factor_since, kUnitFactors[static_cast<std::uint8_t>(s_.factor)], 1);
    } else if (s_.out_of_range.high) {
      add(Ailment::kOutOfRange, QualityTest::kGrossRange, s_.out_of_range.since, 0, share_so_far(s_.out_of_range, stream_.share_weight));
    }
    if (s_.suspect.high)
      add(Ailment::kSuspect, QualityTest::kRate, s_.suspect.since, 0, share_so_far(s_.suspect, stream_.share_weight));
  }

 private:
  void add(Ailment ailment, QualityTest test, Instant since, double number, double share) {
    out_.findings.push_back({stream_.thing, stream_.id, ailment, test, since, share, number, 1});
  }

  Stream const& stream_;
  StreamState const& s_;
  Instant now_;
  CheckUp& out_;
};

bool is_silence(Finding const& f) { return f.ailment == Ailment::kSilent || f.ailment == Ailment::kLate; }

/// The line of the whole device: it was heard of last when its last channel was.
void merge(std::map<ThingId, Finding>& devices, Finding const& f) {
  auto const [at, made] = devices.try_emplace(f.thing, f);
  auto& device = at->second;
  device.stream = DatastreamId{};
  if (made) return;
  ++device.channels;
  device.ailment = std::max(device.ailment, f.ailment);
  bool const later = is_silence(f) ? f.since > device.since : f.since < device.since;
  if (!later) return;
  device.since = f.since;
  device.number = f.number;
}

}  // namespace

void QualityEngine::check_up(Instant now, std::size_t begin, std::size_t count, CheckUp& out) const {
  auto const end = std::min(streams_.size(), begin + count);
  for (auto i = begin; i < end; ++i) Examination(streams_[i], now, out).run();
}

std::vector<Finding> by_device(CheckUp const& check_up) {
  std::map<ThingId, Finding> silent;
  std::map<ThingId, Finding> clocks;
  std::map<ThingId, Finding> unheard;  // a channel without values beside others that have some is none's work
  std::set<ThingId> heard;
  std::vector<Finding> out;
  for (auto const& f : check_up.findings) {
    if (f.ailment == Ailment::kNeverHeard) {
      if (!check_up.speaking.contains(f.thing)) merge(unheard, f);
      continue;
    }
    heard.insert(f.thing);
    if (is_silence(f) && !check_up.speaking.contains(f.thing)) {
      merge(silent, f);
    } else if (f.ailment == Ailment::kClock) {
      merge(clocks, f);
    } else {
      out.push_back(f);
    }
  }
  for (auto const& [thing, f] : silent) out.push_back(f);
  for (auto const& [thing, f] : clocks) out.push_back(f);
  for (auto const& [thing, f] : unheard)
    if (!heard.contains(thing)) out.push_back(f);
  std::ranges::sort(out, [](Finding const& a, Finding const& b) {
    return std::tie(a.ailment, a.since, a.thing, a.stream) < std::tie(b.ailment, b.since, b.thing, b.stream);
  });
  return out;
}

}  // namespace madang::sensing
