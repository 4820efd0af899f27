#include "app/commands/waiting_work.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "core/text.h"

namespace madang::app {
namespace {

using simdjson::dom::element;

/// What is younger is on its way.
constexpr Millis kOnItsWay = std::chrono::minutes{1};
constexpr std::size_t kNamesShownMax = 5;

Finding unread() { return {false, "the server's answer is not understood", "is it of this version?"}; }

std::optional<element> parsed(simdjson::dom::parser& parser, std::string_view text) {
  element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  return root;
}

/// The value of a metric without labels.
std::optional<double> metric(std::string_view metrics, std::string_view name) {
  for (std::size_t at = 0; at < metrics.size();) {
    auto const end = std::min(metrics.find('\n', at), metrics.size());
    auto const line = metrics.substr(at, end - at);
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ' ') return parse_double(line.substr(name.size() + 1));
    at = end + 1;
  }
  return std::nullopt;
}

std::int64_t number_at(element row, std::string_view name) {
  std::int64_t value = 0;
  return row[name].get(value) == simdjson::SUCCESS ? value : 0;
}

std::string_view text_at(element row, std::string_view name) {
  std::string_view value;
  return row[name].get(value) == simdjson::SUCCESS ? value : std::string_view{};
}

/// "a; b; ..."
class Names {
 public:
  void add(std::string_view name) {
    if (++count_ > kNamesShownMax) return;
    shown_ += fmt::format("{}{}", shown_.empty() ? "" : "; ", name);
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::string text() const { return shown_ + (count_ > kNamesShownMax ? "; ..." : ""); }

 private:
  std::string shown_;
  std::size_t count_ = 0;
};

/// Without addresses, which are personal.
std::optional<Names> failing_subscribers(std::string_view subscribers) {
  simdjson::dom::parser parser;
  auto const root = parsed(parser, subscribers);
  simdjson::dom::array rows;
  if (!root || (*root)["subscribers"].get(rows) != simdjson::SUCCESS) return std::nullopt;
  Names names;
  for (auto const row : rows)
    if (auto const owed = number_at(row, "owed"); owed > 0)
      names.add(fmt::format("{} waits for {}{}", text_at(row, "name"), owed, text_at(row, "error").empty() ? "" : fmt::format(" ({})", text_at(row, "error"))));
  return names;
}

Finding unanswered(Error const& why) { return {false, why.sentence, "look again"}; }

Finding notices_of(WaitingAnswers const& answers, Instant now) {
  if (!answers.metrics) return unanswered(answers.metrics.error());
  if (answers.subscribers) return waiting_notices(*answers.metrics, *answers.subscribers, now);
  auto finding = waiting_notices(*answers.metrics, R"({"subscribers":[]})", now);
  finding.found += "; whose receivers fail is not known: " + answers.subscribers.error().sentence;
  if (finding.well) finding.mend = "look again";
  finding.well = false;
  return finding;
}

}  // namespace

std::vector<WaitingLine> waiting_work(WaitingAnswers const& answers, Instant now) {
  return {{"notices", notices_of(answers, now)},
          {"events", answers.handlers ? waiting_events(*answers.handlers, now) : unanswered(answers.handlers.error())},
          {"letters", answers.letters ? dead_letters(*answers.letters) : unanswered(answers.letters.error())}};
}

Finding waiting_notices(std::string_view metrics, std::string_view subscribers, Instant now) {
  auto const owed = metric(metrics, "madang_situations_notices_owed");
  auto const seconds = metric(metrics, "madang_situations_notices_oldest_owed_seconds");
  auto const names = failing_subscribers(subscribers);
  if (!owed || !seconds || !names) return unread();
  if (*owed == 0) return {.found = "no notice waits"};
  auto const age = Millis{std::llround(*seconds * 1'000)};
  auto const found = fmt::format("{:.0f} notices wait, the oldest since {}{}{}", *owed, format_instant(now - age), names->count() > 0 ? ": " : "",
                                 names->text());
  if (age <= kOnItsWay) return {.found = found + "; they are on their way"};
  return {false, found, "see whether the receiver and the mail server are there (docs/notices.md): what is a day old is given up; pause who is gone"};
}

Finding waiting_events(std::string_view handlers, Instant now) {
  simdjson::dom::parser parser;
  auto const root = parsed(parser, handlers);
  simdjson::dom::array rows;
  if (!root || (*root)["handlers"].get(rows) != simdjson::SUCCESS) return unread();
  Names names;
  std::int64_t waiting = 0;
  bool are_counted = true;
  std::int64_t oldest = millis_of(now);
  for (auto const row : rows) {
    std::int64_t since = 0;
    if (row["oldest"].get(since) != simdjson::SUCCESS) continue;  // all are done
    oldest = std::min(oldest, since);
    std::int64_t here = 0;
    bool const is_counted = row["waiting"].get(here) == simdjson::SUCCESS;
    waiting += here;
    are_counted = are_counted && is_counted;
    auto const held = number_at(row, "held_keys");
    names.add(fmt::format("{} {} since {}{}", text_at(row, "handler"), is_counted ? fmt::to_string(here) : "more than can be counted",
                          format_instant(instant_of_millis(since)), held > 0 ? fmt::format(", {} keys behind one that failed", held) : ""));
  }
  if (names.count() == 0) return {.found = "no event waits"};
  auto const found = fmt::format("{}{} events wait: {}", are_counted ? "" : "more than ", waiting, names.text());
  if (Millis{millis_of(now) - oldest} <= kOnItsWay) return {.found = found + "; they are on their way"};
  return {false, found, "what fails is tried again for about three hours and then waits for somebody: docs/events.md"};
}

Finding dead_letters(std::string_view letters) {
  simdjson::dom::parser parser;
  auto const root = parsed(parser, letters);
  simdjson::dom::array rows;
  if (!root || (*root)["letters"].get(rows) != simdjson::SUCCESS) return unread();
  if (rows.size() == 0) return {.found = "no dead letters"};
  Names names;
  std::int64_t oldest = INT64_MAX;
  for (auto const row : rows) {
    oldest = std::min(oldest, number_at(row, "failed_at"));
    names.add(fmt::format("{} of {}: {}", text_at(row, "topic"), text_at(row, "handler"), text_at(row, "why")));
  }
  std::string_view next;
  bool const more = (*root)["next"].get(next) == simdjson::SUCCESS;
  return {false,
          fmt::format("{}{} events failed too often and wait for somebody, the first since {}. {}", more ? "at least " : "", rows.size(),
                      format_instant(instant_of_millis(oldest)), names.text()),
          "mend the cause, then try them again or drop them: the page Health of the control room, or docs/events.md"};
}

}  // namespace madang::app
