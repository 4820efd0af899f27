// The outbox: which notices are pending for whom, durable with the change that it tells of. SQL through SOCI in the subset of SQLite and
// PostgreSQL. A delivered notice leaves it in the same transaction in which its subscriber's tally counts it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "situations/notices/model.h"
#include "situations/notices/rules.h"
#include "storage/records/records.h"

namespace madang::situations::notices {

/// The words of a change in both audiences' versions: the JSON `S` of docs/situations_api.md.
struct Content {
  std::string for_public;
  std::string for_operators;
};
/// One subscriber and what it is notified of.
struct Recipient {
  SubscriberId subscriber;
  Event event = Event::kRaised;
};
/// What a full queue costs.
enum class Loss : std::uint8_t { kSuperseded, kDropped };
using Losses = std::vector<std::pair<SubscriberId, Loss>>;

/// Inside the transaction of a change; all throw what SOCI throws.
std::vector<SubscriberId> notified_of(soci::session& sql, SituationId situation);
/// Puts them into the outbox. A subscriber with kPendingMax pending already loses its oldest notice of the same Situation
/// (unless `on_its_way` says that it is being delivered) to the newer one, else the new one is dropped; both are counted.
Losses enqueue(soci::session& sql, SituationId situation, Content const& content, std::span<Recipient const> recipients, Instant now,
           std::function<bool(std::int64_t)> const& on_its_way);
/// The Situation is over: nobody needs to be remembered.
void forget(soci::session& sql, SituationId situation);

/// The outbox as metrics and operators see it.
struct Backlog {
  std::int64_t pending = 0;
  std::optional<Instant> oldest;
};

/// Thread-safe as far as Records is.
class Outbox {
 public:
  Outbox(storage::Records& records, Pace pace) : records_(records), pace_(pace) {}

  /// The oldest notice of every subscriber that has one pending, due or not, soonest first: later ones wait behind it, so
  /// that everybody hears in order.
  Result<std::vector<Notice>> heads();
  Result<Content> content(std::int64_t id);
  /// Delivered and refused ones leave; others wait longer, or are given up. `chance` in [0, 1) spreads retries. `confirm` comes last
  /// in the transaction, and its error undoes all.
  struct Recorded {
    Notice notice;
    Verdict verdict = Verdict::kAgain;
    bool given_up = false;
    std::int64_t dropped = 0;  ///< others that were pending for a subscriber that wants nothing any more
  };
  Result<std::vector<Recorded>> record(std::span<Outcome const> outcomes, Instant now, std::function<double()> const& chance,
                                       storage::Records::Work const& confirm = {});
  Result<Backlog> backlog();
  /// Words that no notice needs any more: of paused and removed subscribers, and of superseded notices.
  Result<void> prune();

 private:
  storage::Records& records_;
  Pace const pace_;
};

}  // namespace madang::situations::notices
