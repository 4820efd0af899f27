// The face of situations: whoever finds that something needs somebody raises it here, operators work it, and
// everybody who wants to know is told. Every change is one durable transaction with its line in the timeline.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "situations/model.h"
#include "web/html/navigation.h"
#include "web/http/http.h"

namespace soci {
class session;
}
namespace madang::storage {
class Records;
}
namespace madang::web {
class EventHub;
}

namespace madang::situations {

/// The source of what an operator reports by hand.
inline constexpr std::string_view kOperatorSource = "operator";

/// Who acts: an operator, and which version they saw.
struct Actor {
  PartyId party;
  std::string name;
  std::optional<std::int64_t> seen_version = {};  ///< given and passed since: kConflict
  bool is_program = false;  ///< showed a key: what it reports is told every kUpdateEvery, of a person at once
};

struct ListQuery {
  bool open_only = false;        ///< in the order of need (rules.h); otherwise the newest first
  bool public_only = false;
  std::optional<Interval> when = {};  ///< alive at some moment of it
  std::size_t limit = 200;       ///< at most kListMax; of open ones any
  std::optional<SituationId> before = {};  ///< the last one of the page before: only those that follow it
};

using SituationPtr = std::shared_ptr<Situation const>;

/// Thread-safe. Reads come from memory for open ones, from the records for ended ones.
class Situations {
 public:
  struct Options {
    Millis keep_firing{5 * 60'000};      ///< a cause reported gone must stay gone so long before its Situation resolves
    Millis escalate_after{10 * 60'000};  ///< unacknowledged for so long: escalated; then each time again
    int escalations_max = 3;
  };
  struct Needs {
    storage::Records& records;
    city::City const& city;
    runtime::Clock const& clock;
    runtime::Metrics& metrics;
  };
  static Result<std::unique_ptr<Situations>> open(Needs needs, Options options);
  virtual ~Situations() = default;

  // For detectors.
  /// New, or another report of an open one with the same source and key. Returns its id. A report of one that somebody
  /// ended by hand, no more severe than before, changes nothing and gives that one's id: of a dismissed one for a day, of
  /// a resolved one for as long as the cause lasts, that is until clear() or a day without a report. What one station
  /// showed alone is news again when others confirm it. So a detector keeps
  /// its cause and goes on reporting; it need not forget it. What a report changes that people must know is durable at
  /// once with its timeline line; fresh words and values within some seconds. kInvalid, kLimit (limits.h): the sentence
  /// names the field.
  virtual Result<SituationId> raise(Signal signal) = 0;
  /// A report by hand: as raise(), with who says it in timeline and journal, and its words stand at once. Of a person its severity too,
  /// and what somebody ended under its key keeps nobody quiet; a program that repeats its key is quiet then, as a detector is. Where one is
  /// open under the same key, `may_change` is asked about that one before anything changes: kForbidden. kConflict: a person's is of
  /// another kind or elsewhere than that one, and names no version of it; or `by.seen_version` has passed.
  using MayChange = std::function<bool(Situation const&)>;
  virtual Result<SituationId> report(Signal signal, Actor const& by, MayChange const& may_change) = 0;
  /// The cause is gone. Resolves after keep_firing unless it is raised again. Silence of the sensors is no such
  /// report: who hears nothing says nothing. No-op when there is no open one.
  virtual Result<void> clear(std::string_view source, std::string_view key) = 0;
  /// Ends it at once. kRuleOff, kUnheard, kJoined, kUnconfirmed, kUsual: for another reason than that the cause is gone; timeline, pages,
  /// messages and notices say which. kGone: it is certain, so that nothing need be waited for. No-op when there is no open one.
  virtual Result<void> end(std::string_view source, std::string_view key, End why) = 0;
  /// The open ones of a source, so that a detector goes on after a restart.
  [[nodiscard]] virtual std::vector<SituationPtr> open_of(std::string_view source) const = 0;
  /// Those that somebody ended by hand and whose cause was not reported gone since: a detector goes on with these too
  /// after a restart where it still sees them, so that it reports them under the same key; the others it clears.
  [[nodiscard]] virtual std::vector<SituationPtr> settled_of(std::string_view source) const = 0;

  // For operators. kNotFound; kConflict when the state does not allow it, or `by.seen_version` has passed.
  virtual Result<SituationPtr> acknowledge(SituationId id, Actor const& by) = 0;
  virtual Result<SituationPtr> act(SituationId id, Actor const& by, std::string note) = 0;
  /// `to` of party 0: nobody takes care of it any more.
  virtual Result<SituationPtr> assign(SituationId id, Actor const& by, Actor const& to) = 0;
  virtual Result<SituationPtr> note(SituationId id, Actor const& by, std::string text) = 0;
  virtual Result<SituationPtr> resolve(SituationId id, Actor const& by, std::string reason) = 0;
  /// kInvalid without a reason.
  virtual Result<SituationPtr> dismiss(SituationId id, Actor const& by, std::string reason) = 0;

  virtual Result<Silence> silence(Silence silence) = 0;
  virtual Result<void> end_silence(std::int64_t id, Actor const& by) = 0;
  [[nodiscard]] virtual std::vector<Silence> silences() const = 0;

  // For everybody who reads.
  virtual Result<std::vector<SituationPtr>> list(ListQuery const& query) = 0;
  virtual Result<SituationPtr> find(SituationId id) = 0;
  virtual Result<std::vector<Entry>> timeline(SituationId id) = 0;
  /// Those that were open at `at`, as they were shown then, in the order of need of then.
  virtual Result<std::vector<SituationPtr>> open_at(Instant at) = 0;

  /// Keep-firing, escalation and the end of silences; called once a second by a job, by tests with their own clock.
  virtual Result<void> tick() = 0;

  /// Told after each durable change, in order, on the changing thread; must be quick and must change nothing here.
  struct Change {
    SituationPtr situation;
    Entry entry;
    /// An operator resolved or dismissed it: situation->signal.source and key name the cause.
    [[nodiscard]] bool is_end_by_hand() const {
      return (entry.kind == Entry::Kind::kResolved || entry.kind == Entry::Kind::kDismissed) &&
             situation->ended_by == End::kOperator;
    }
  };
  using Listener = std::function<void(Change const&)>;
  virtual void listen(Listener listener) = 0;
  /// Runs inside the transaction of each change, so that what is due because of it (notices) is durable with it.
  using TransactionHook = std::function<Result<void>(soci::session&, Change const&)>;
  virtual void add_transaction_hook(TransactionHook hook) = 0;
};

/// Who the city is, for pages and CAP.
struct Publisher {
  city::Name city;
  std::string zone;          ///< IANA
  std::string base_address;  ///< "https://city.example", without a slash at the end; empty: feeds have relative links, CAP messages none
  std::string sender;        ///< CAP's sender, "madang@city.example"
};

/// /api/v1/situations..., /alerts..., as docs/situations_api.md says. All outlive the routes.
class Alerts;  // situations/alerts.h

struct RouteNeeds {
  Situations& situations;
  Alerts& alerts;
  city::City const& city;
  storage::Records& records;  ///< who is an operator
  runtime::Messages const& messages;
  modules::Permissions const& permissions;  ///< how somebody is told what he lacks
  runtime::Clock const& clock;
  web::EventHub& events;
  Publisher publisher;
  web::Navigation const* navigation = nullptr;  ///< without it pages have no links to others
};
web::Routes routes(RouteNeeds needs);

}  // namespace madang::situations
