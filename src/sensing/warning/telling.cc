#include "sensing/warning/telling.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <set>
#include <tuple>
#include <utility>

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

}  // namespace

Telling::Telling(Needs needs)
    : needs_(needs),
      told_(needs.metrics.counter("madang_warning_findings_total", "What the early warning raised or cleared")),
      refused_(needs.metrics.counter("madang_warning_refused_total", "Findings that could not be kept as Situations")) {}

void Telling::go_on_with(std::vector<Continued> const& all, RuleSet const& rules) {
  rules_ = rules;
  causes_.forget();
  left_alone_.clear();
  for (auto const& each : all) {
    auto const& signal = each.situation->signal;
    auto const severity_max = each.situation->severity_max;
    if (each.goes_on()) causes_.adopt(signal, severity_max);
    else if (each.stood == Before::Stood::kCleared) causes_.adopt_resting(signal, shown_until(*each.situation), severity_max);
  }
  for (auto const& each : all) {
    // It is seen again: nothing may end it as gone.
    if (each.goes_on() && each.stood == Before::Stood::kCleared) raise(each.situation->signal);
    if (each.goes_on()) end_parts(each);
    else if (each.stood == Before::Stood::kSettled) clear(each.situation->signal.key);
    else if (each.stood == Before::Stood::kOpen) end(each.situation->signal.key, end_of(each.parts.front().adoption));
  }
}

void Telling::remember(std::vector<situations::SituationPtr> const& ended) {
  for (auto const& s : ended | std::views::reverse) {
    if (s->signal.source != kSource || situations::is_open(s->state) || s->signal.facts.quantities.empty()) continue;
    causes_.remember(s->signal, shown_until(*s), s->severity_max);
  }
}

void Telling::end_parts(Continued const& continued) {
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
  // What somebody settled is told to nobody.
  if (!left || settled) return;
  left->ended_parts = std::move(ended);
  raise_cause(*std::move(left));
}

void Telling::tell(std::vector<Finding> findings, Engine const& engine) {
  // In the order of time, since an hour that comes at once may hold an event and its end; of one step what is over first, that of
  // single stations before what they may be part of, then in the order of the rules, so that particles give a new plume its key,
  // then what became part of another.
  auto const rank = [](Finding const& f) {
    if (!f.is_over()) return 2;
    return f.over == Finding::Over::kJoined ? 3 : f.what == Finding::What::kClear ? 1 : 0;
  };
  std::ranges::stable_sort(findings, {}, [&](Finding const& f) { return std::tuple(f.at, rank(f), f.rule); });
  for (auto const& finding : findings) tell_one(finding, engine);
  tell_all_pending();
  if (!causes_.has_resting()) return;
  std::set<std::string, std::less<>> open;
  for (auto const& s : needs_.situations.open_of(kSource)) open.insert(s->signal.key);
  causes_.rest_only([&open](std::string_view key) { return open.contains(key); });
}

void Telling::pay_what_is_owed() {
  for (auto const& key : std::exchange(clears_owed_, {})) clear(key);
  for (auto const& [key, why] : std::exchange(ends_owed_, {})) end(key, why);
}

void Telling::tell_one(Finding const& finding, Engine const& engine) {
  if (finding.is_over()) {
    auto part = causes_.clear(finding.key, finding.at);
    auto const why = end_of(finding.over);
    if (part.still) {
      bool const open = why != situations::End::kGone && why != situations::End::kJoined;
      if (why == situations::End::kUnconfirmed) left_alone_[part.key].push_back({finding.rule, finding.streams});
      if (open) part.still->ended_parts.push_back(ended_part(finding, engine, needs_.messages));
      pend(*std::move(part.still));
      return;
    }
    // What was left for a moment, while its parts ended one after the other, is told to nobody.
    tell_pending(part.key);
    auto const left = left_alone_.extract(part.key);
    if (why != situations::End::kGone) return end(part.key, why);
    auto const shows = [&engine](LeftAlone const& each) {
      return std::ranges::any_of(each.streams, [&](std::uint32_t stream) { return engine.shows(each.rule, stream); });
    };
    // Nobody is told that it is over while one station still measures some of it.
    bool const shown = part.lone_left || (!left.empty() && std::ranges::any_of(left.mapped(), shows));
    if (shown) return end(part.key, situations::End::kUnconfirmed);
    return clear(part.key);
  }
  auto part = part_of(finding, engine, needs_.city, causes_.part(finding.key));
  if (causes_.is_told_already(part, finding.at)) return;
  auto raised = causes_.raise(std::move(part));
  for (auto const& key : raised.absorbed) {
    pending_.erase(key);
    if (auto left = left_alone_.extract(key); !left.empty()) {
      auto& all = left_alone_[raised.whole.key];
      all.insert(all.end(), left.mapped().begin(), left.mapped().end());
    }
    end(key, situations::End::kJoined);
  }
  pend(std::move(raised.whole)).only_left = false;
}

/// All that one judgement finds of a cause is told as one report.
Telling::Waiting& Telling::pend(situations::Signal whole) {
  auto& waiting = pending_[whole.key];
  auto ended = std::move(waiting.whole.ended_parts);
  waiting.whole = std::move(whole);
  waiting.whole.ended_parts.insert(waiting.whole.ended_parts.begin(), ended.begin(), ended.end());
  return waiting;
}

void Telling::tell_pending(std::string const& key) {
  auto waiting = pending_.extract(key);
  if (!waiting.empty() && !waiting.mapped().only_left) raise_cause(std::move(waiting.mapped().whole));
}

void Telling::tell_all_pending() {
  for (auto& [key, waiting] : std::exchange(pending_, {})) raise_cause(std::move(waiting.whole));
}

void Telling::raise_cause(situations::Signal signal) {
  put_words(signal, rules_, {needs_.city, needs_.messages});
  raise(std::move(signal));
}

void Telling::raise(situations::Signal signal) {
  auto const key = signal.key;
  auto const raised = needs_.situations.raise(std::move(signal));
  if (raised) return told_.Increment();
  // Lasting causes are told again after some steps, so nothing is kept here.
  refused_.Increment();
  runtime::log_error("warning", "not_raised", {{"key", key}, {"reason", raised.error().sentence}});
}

void Telling::end(std::string const& key, situations::End why) {
  auto const ended = needs_.situations.end(kSource, key, why);
  if (ended) return told_.Increment();
  refused_.Increment();
  runtime::log_error("warning", "not_ended", {{"key", key}, {"reason", ended.error().sentence}});
  if (ends_owed_.size() < kCausesMax) ends_owed_.insert_or_assign(key, why);
}

void Telling::clear(std::string const& key) {
  auto const cleared = needs_.situations.clear(kSource, key);
  if (cleared) return told_.Increment();
  refused_.Increment();
  runtime::log_error("warning", "not_cleared", {{"key", key}, {"reason", cleared.error().sentence}});
  if (clears_owed_.size() < kCausesMax) clears_owed_.push_back(key);
}

}  // namespace madang::sensing::warning
