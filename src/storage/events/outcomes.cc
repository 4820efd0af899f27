// What became of a batch, written down in one transaction: the place, the keys that wait, the dead letters.
#include <map>
#include <string>

#include "core/text.h"
#include "storage/events/plan.h"

namespace madang::storage::events {
namespace {

class OutcomeRecorder {
 public:
  OutcomeRecorder(soci::session& sql, Handler const& handler, Pace const& pace, EventId place, Instant now)
      : sql_(sql), handler_(handler), pace_(pace), place_(place), now_(now) {}

  Result<Tally> operator()(std::vector<Outcome> const& outcomes) {
    MADANG_CHECK(execute(sql_, "UPDATE event_handler SET place = :place WHERE name = :name AND place < :before",
                         {{"place", place_}, {"name", handler_.name}, {"before", place_}}));
    // Of a key that waits the last outcome counts: those before it were done, or it would not have been its turn.
    std::map<std::string, Outcome const*> last;
    for (auto const& outcome : outcomes) {
      count(outcome);
      if (outcome.task.origin == Origin::kDead) MADANG_CHECK(record_dead(outcome));
      else if (outcome.task.origin == Origin::kHeld || !outcome.is_done) last[outcome.task.event.key] = &outcome;
    }
    for (auto const& [key, outcome] : last) MADANG_CHECK(record_key(*outcome));
    return tally_;
  }

 private:
  void count(Outcome const& outcome) { ++(outcome.is_done ? tally_.done : tally_.failed); }

  Result<void> record_key(Outcome const& outcome) {
    auto const& event = outcome.task.event;
    if (outcome.is_done) return release_next(event);
    auto const attempts = outcome.task.attempts + 1;
    if (attempts >= pace_.attempts_max) {
      MADANG_TRY(auto const dead, storage::count(sql_, kDeadLetters, {"WHERE handler = :handler", {{"handler", handler_.name}}}));
      if (dead < kDeadLettersMax) return make_dead_letter(outcome, attempts);
    }
    return upsert(sql_, kHeldKeys, HeldRow{handler_.name, event.key, event.id, attempts, now_ + wait_after(pace_, attempts), shortened(outcome.sentence)});
  }

  Result<void> make_dead_letter(Outcome const& outcome, std::int64_t attempts) {
    ++tally_.dead;
    MADANG_CHECK(upsert(sql_, kDeadLetters, DeadRow{handler_.name, outcome.task.event.id, attempts, now_, shortened(outcome.sentence), false}));
    return release_next(outcome.task.event);
  }

  /// The next event of the key has its turn; none: the key waits no longer.
  Result<void> release_next(Event const& event) {
    MADANG_TRY(auto const next,
               select(sql_, kEvents, {"WHERE topic = :topic AND event_key = :key AND id > :event AND id <= :place ORDER BY id LIMIT 1",
                                      {{"topic", event.topic}, {"key", event.key}, {"event", event.id}, {"place", place_}}}));
    if (!next.empty()) return upsert(sql_, kHeldKeys, HeldRow{handler_.name, event.key, next.front().id, 0, now_, ""});
    MADANG_CHECK(erase(sql_, kHeldKeys, handler_.name, event.key));
    return {};
  }

  Result<void> record_dead(Outcome const& outcome) {
    auto const id = outcome.task.event.id;
    if (outcome.is_done) {
      MADANG_CHECK(erase(sql_, kDeadLetters, handler_.name, id));
      return {};
    }
    // An operator may have dropped it meanwhile; then there is nothing to write.
    MADANG_CHECK(execute(sql_, "UPDATE event_dead SET again = 0, attempts = attempts + 1, died_at = :now, sentence = :sentence"
                               " WHERE handler = :handler AND event = :event",
                         {{"now", now_}, {"sentence", shortened(outcome.sentence)}, {"handler", handler_.name}, {"event", id}}));
    return {};
  }

  static std::string shortened(std::string sentence) {
    std::erase(sentence, '\0');  // what no text column takes
    return repair_utf8(sentence.substr(0, kSentenceMax));
  }

  soci::session& sql_;
  Handler const& handler_;
  Pace const& pace_;
  EventId const place_;
  Instant const now_;
  Tally tally_;
};

}  // namespace

Result<Tally> record_outcomes(soci::session& sql, Handler const& handler, Pace const& pace, EventId place, std::vector<Outcome> const& outcomes, Instant now) {
  return OutcomeRecorder{sql, handler, pace, place, now}(outcomes);
}

}  // namespace madang::storage::events
