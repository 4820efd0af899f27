#include "sensing/warning/reporter.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <set>
#include <tuple>
#include <utility>

#include "core/geo.h"
#include "runtime/log.h"
#include "sensing/quantity_names.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/signals.h"

namespace madang::sensing::warning {
namespace {

/// Why a cause ends that no detector goes on with.
situations::End end_of(Adoption adoption) {
  switch (adoption) {
    case Adoption::kNoRule: return situations::End::kRuleOff;
    case Adoption::kElsewhere: return situations::End::kJoined;
    case Adoption::kGoesOn:
    case Adoption::kOver:
    case Adoption::kNoStations: break;
  }
  return situations::End::kUnheard;
}

/// kGone: it was measured to be over.
situations::End end_of(Finding::Over over) {
  switch (over) {
    case Finding::Over::kBack: break;
    case Finding::Over::kSilent: return situations::End::kUnheard;
    case Finding::Over::kJoined: return situations::End::kJoined;
    case Finding::Over::kUnconfirmed: return situations::End::kUnconfirmed;
    case Finding::Over::kUsual: return situations::End::kUsual;
  }
  return situations::End::kGone;
}

situations::PartEnd ended_part(Finding const& finding, Engine const& engine, runtime::Messages const& messages) {
  situations::PartEnd part{engine.rules().rules[finding.rule].channel, {}, end_of(finding.over)};
  part.name = quantity_names(messages, part.channel);
  return part;
}

/// A rule and those of its stations in reach of the cause that show this quantity now: the timeline does not say which they were.
std::pair<std::string, std::vector<DatastreamId>> shown_near(situations::Signal const& signal, std::string_view channel, Engine const& engine) {
  std::pair<std::string, std::vector<DatastreamId>> found;
  if (!signal.place) return found;
  for (auto const& rule : engine.rules().rules) {
    if (!rule.enabled || rule.channel != channel) continue;
    for (std::uint32_t number = 0; number < engine.size(); ++number) {
      auto const& stream = engine.stream(number);
      bool const near = stream.placed && distance_metres(stream.place, *signal.place) <= signal.radius + rule.radius;
      if (near && engine.shows(rule.id, stream.datastream)) found.second.push_back(stream.datastream);
    }
    if (found.second.empty()) continue;
    found.first = rule.id;
    return found;
  }
  return found;
}

}  // namespace

Reporter::Reporter(Needs needs)
    : needs_(needs),
      kept_(needs.metrics.counter("madang_warning_findings_total", "What the early warning raised or cleared")),
      refused_(needs.metrics.counter("madang_warning_refused_total", "Findings that could not be kept as Situations")) {}

void Reporter::continue_causes(std::vector<Continued> const& all, RuleSet const& rules) {
  rules_ = rules;
  causes_.forget();
  std::erase_if(still_shown_, [&all](auto const& each) {
    return std::ranges::none_of(all, [&each](Continued const& c) { return c.goes_on() && c.situation->signal.key == each.first; });
  });
  for (auto const& each : all) {
    auto const& signal = each.situation->signal;
    auto const severity_max = each.situation->severity_max;
    if (each.goes_on()) causes_.adopt(signal, severity_max);
    else if (each.stood == Before::Stood::kCleared) causes_.adopt_dormant(signal, shown_until(*each.situation), severity_max);
  }
  for (auto const& each : all) {
    // It is seen again: nothing may end it as gone.
    if (each.goes_on() && each.stood == Before::Stood::kCleared) raise(each.situation->signal);
    if (each.goes_on()) end_parts(each);
    else if (each.stood == Before::Stood::kSettled) clear(each.situation->signal.key);
    else if (each.stood == Before::Stood::kOpen) end(each.situation->signal.key, end_of(each.parts.front().adoption));
  }
}

void Reporter::remember(std::vector<situations::SituationPtr> const& ended) {
  for (auto const& s : ended | std::views::reverse) {
    if (s->signal.source != kSource || situations::is_open(s->state) || s->signal.facts.quantities.empty()) continue;
    causes_.remember(s->signal, shown_until(*s), s->severity_max);
  }
}

void Reporter::restore_ended_parts(std::vector<Continued> const& all, Engine const& engine) {
  for (auto const& each : all) {
    if (!each.goes_on()) continue;
    auto const timeline = needs_.situations.timeline(each.situation->id);
    if (!timeline) {
      runtime::log_error("warning", "timeline_unread", {{"key", each.situation->signal.key}, {"reason", timeline.error().sentence}});
      continue;
    }
    auto const& signal = each.situation->signal;
    for (auto const& line : *timeline)
      for (auto const& part : line.ended_parts) {
        StillShown known{{}, {}, part.why};
        if (part.why == situations::End::kUnconfirmed) std::tie(known.rule, known.streams) = shown_near(signal, part.channel, engine);
        bool const shown = part.why == situations::End::kUsual || !known.streams.empty();
        if (shown && still_shown_[signal.key].size() < kPartsMax) still_shown_[signal.key].push_back(std::move(known));
      }
  }
}

void Reporter::end_parts(Continued const& continued) {
  bool const settled = continued.stood == Before::Stood::kSettled;
  std::optional<situations::Signal> left;
  std::vector<situations::PartEnd> ended;
  for (auto const& part : continued.parts) {
    if (part.adoption == Adoption::kGoesOn) continue;
    auto cleared = causes_.clear(continued.situation->signal.key, part.key);
    // What is left was shown by one station alone, and goes on as its own matter.
    if (!cleared.still && settled) return clear(cleared.key);
    if (!cleared.still) return end(cleared.key, end_of(part.adoption));
    left = std::move(cleared.still);
    if (part.adoption != Adoption::kOver) ended.push_back({part.channel, part.name, end_of(part.adoption)});
  }
  // What somebody settled is reported to nobody.
  if (!left || settled) return;
  left->ended_parts = std::move(ended);
  raise_cause(*std::move(left));
}

void Reporter::report(std::vector<Finding> findings, Engine const& engine) {
  // In the order of time, since an hour that comes at once may hold an event and its end; of one step what is over first, that of
  // single stations before what they may be part of, then in the order of the rules, so that particles give a new plume its key,
  // then what became part of another.
  auto const rank = [](Finding const& f) {
    if (!f.is_over()) return 2;
    return f.over == Finding::Over::kJoined ? 3 : f.what == Finding::What::kClear ? 1 : 0;
  };
  std::ranges::stable_sort(findings, {}, [&](Finding const& f) { return std::tuple(f.at, rank(f), f.rule); });
  for (auto const& finding : findings) report_finding(finding, engine);
  raise_all_pending();
  if (!causes_.has_dormant()) return;
  std::set<std::string, std::less<>> open;
  for (auto const& s : needs_.situations.open_of(kSource)) open.insert(s->signal.key);
  causes_.drop_dormant_unless([&open](std::string_view key) { return open.contains(key); });
}

void Reporter::retry_refused_ends() {
  for (auto const& key : std::exchange(clears_due_, {})) clear(key);
  for (auto const& [key, why] : std::exchange(ends_due_, {})) end(key, why);
}

void Reporter::report_finding(Finding const& finding, Engine const& engine) {
  if (finding.is_over()) {
    auto part = causes_.clear(finding.key, finding.at);
    auto why = end_of(finding.over);
    if (part.still) {
      bool const open = why != situations::End::kGone && why != situations::End::kJoined;
      remember_ended_part(part.key, finding, engine);
      if (open) part.still->ended_parts.push_back(ended_part(finding, engine, needs_.messages));
      add_pending(*std::move(part.still));
      return;
    }
    // What was left for a moment, while its parts ended one after the other, is reported to nobody.
    raise_pending(part.key);
    auto const shown = still_shown_.extract(part.key);
    if (why == situations::End::kGone && !shown.empty()) why = end_of_last_part(shown.mapped(), part, engine);
    else if (why == situations::End::kGone) why = end_of_last_part({}, part, engine);
    return why == situations::End::kGone ? clear(part.key) : end(part.key, why);
  }
  auto part = part_of(finding, engine, needs_.city, causes_.part(finding.key));
  if (causes_.is_reported_already(part, finding.at)) return;
  auto raised = causes_.raise(std::move(part));
  for (auto const& key : raised.absorbed) {
    pending_.erase(key);
    if (auto shown = still_shown_.extract(key); !shown.empty()) {
      auto& all = still_shown_[raised.whole.key];
      all.insert(all.end(), shown.mapped().begin(), shown.mapped().end());
    }
    end(key, situations::End::kJoined);
  }
  add_pending(std::move(raised.whole)).only_left = false;
}

void Reporter::remember_ended_part(std::string const& key, Finding const& finding, Engine const& engine) {
  StillShown part{engine.rules().rules[finding.rule].id, {}, end_of(finding.over)};
  if (part.why != situations::End::kUnconfirmed && part.why != situations::End::kUsual) return;
  for (auto const stream : finding.streams) part.streams.push_back(engine.stream(stream).datastream);
  if (part.streams.empty()) return;
  auto& all = still_shown_[key];
  if (all.size() < kPartsMax) all.push_back(std::move(part));
}

situations::End Reporter::end_of_last_part(std::vector<StillShown> const& parts, SharedCauses::Cleared const& cleared, Engine const& engine) {
  auto const shows = [&engine](StillShown const& each) {
    return each.streams.empty() || std::ranges::any_of(each.streams, [&](DatastreamId id) { return engine.shows(each.rule, id); });
  };
  auto const is_shown_as = [&](situations::End why) {
    return std::ranges::any_of(parts, [&](StillShown const& each) { return each.why == why && shows(each); });
  };
  auto const is_heard = [&engine](SharedCauses::Lone const& lone) {
    return std::ranges::any_of(lone.streams, [&](DatastreamId id) { return engine.shows(lone.rule, id); });
  };
  if (std::ranges::any_of(cleared.lone_left, is_heard) || is_shown_as(situations::End::kUnconfirmed)) return situations::End::kUnconfirmed;
  if (is_shown_as(situations::End::kUsual)) return situations::End::kUsual;
  // Where it was shown alone nobody is heard any more.
  return cleared.lone_left.empty() ? situations::End::kGone : situations::End::kUnheard;
}

/// All that one judgement finds of a cause is one report.
Reporter::PendingReport& Reporter::add_pending(situations::Signal whole) {
  auto& pending = pending_[whole.key];
  auto ended = std::move(pending.whole.ended_parts);
  pending.whole = std::move(whole);
  pending.whole.ended_parts.insert(pending.whole.ended_parts.begin(), ended.begin(), ended.end());
  return pending;
}

void Reporter::raise_pending(std::string const& key) {
  auto pending = pending_.extract(key);
  if (!pending.empty() && !pending.mapped().only_left) raise_cause(std::move(pending.mapped().whole));
}

void Reporter::raise_all_pending() {
  for (auto& [key, pending] : std::exchange(pending_, {})) raise_cause(std::move(pending.whole));
}

void Reporter::raise_cause(situations::Signal signal) {
  put_words(signal, rules_, {needs_.city, needs_.messages});
  raise(std::move(signal));
}

void Reporter::raise(situations::Signal signal) {
  auto const key = signal.key;
  auto const raised = needs_.situations.raise(std::move(signal));
  if (raised) return kept_.Increment();
  // Lasting causes are reported again after some steps, so nothing is kept here.
  refused_.Increment();
  runtime::log_error("warning", "not_raised", {{"key", key}, {"reason", raised.error().sentence}});
}

void Reporter::end(std::string const& key, situations::End why) {
  auto const ended = needs_.situations.end(kSource, key, why);
  if (ended) return kept_.Increment();
  refused_.Increment();
  runtime::log_error("warning", "not_ended", {{"key", key}, {"reason", ended.error().sentence}});
  if (ends_due_.size() < kCausesMax) ends_due_.insert_or_assign(key, why);
}

void Reporter::clear(std::string const& key) {
  auto const cleared = needs_.situations.clear(kSource, key);
  if (cleared) return kept_.Increment();
  refused_.Increment();
  runtime::log_error("warning", "not_cleared", {{"key", key}, {"reason", cleared.error().sentence}});
  if (clears_due_.size() < kCausesMax) clears_due_.push_back(key);
}

}  // namespace madang::sensing::warning
