#include "situations/notices/dispatcher.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "runtime/log.h"
#include "situations/notices/limits.h"
#include "situations/notices/signature.h"
#include "storage/records/transactions.h"

namespace madang::situations::notices {
namespace {

/// Between two tries to write down what became of notices while the records are away.
constexpr Millis kRecordAgain{500};
constexpr Millis kMeasureEvery{5'000};
constexpr int kStopTurnsMax = 160;
/// How soon a server that has just got its lease begins to send.
constexpr Millis kLookForLease{100};

/// In [0, 1).
double chance() { return static_cast<double>(randombytes_uniform(1u << 24)) / static_cast<double>(1u << 24); }

std::size_t places_of(Channel channel) { return channel == Channel::kEmail ? kMailsInFlightMax : kWebhooksInFlightMax; }

std::string result_of(Outbox::Recorded const& r) {
  if (r.verdict == Verdict::kDelivered) return "delivered";
  if (r.given_up) return "given_up";
  return r.verdict == Verdict::kAgain ? "failed" : "refused";
}

/// The address itself is personal and stays out of the log.
void log_failure(Outcome const& o) {
  runtime::log_info("situations", "notice_not_taken",
                    {{"subscriber", o.notice.subscriber.value()}, {"attempt", o.notice.attempts + 1}, {"why", o.reason}});
}

}  // namespace

Dispatcher::Dispatcher(Needs needs, Options options)
    : needs_(needs), options_(std::move(options)), subscribers_store_(needs.records), outbox_(needs.records, options_.pace),
      transport_(options_.mail, options_.webhooks, options_.waits), thread_([this] { run(); }) {}

void Dispatcher::wake() {
  look_now_ = true;
  transport_.wake();
}

void Dispatcher::begin_to_stop() {
  stopping_ = true;
  transport_.wake();
}

void Dispatcher::stop() {
  begin_to_stop();
  if (thread_.joinable()) thread_.join();
}

void Dispatcher::run() {
  auto measure_at = Instant{};
  while (!stopping_) {
    auto const now = needs_.clock.now();
    bool const mine = may_send();
    // Also when the clock was set back: nobody waits longer than kLookEvery.
    if (mine && (look_now_.exchange(false) || now >= look_at_ || look_at_ > now + kLookEvery)) {
      look_at_ = now + kLookEvery;
      if (auto const sent = send_due(); !sent)
        runtime::log_warning("situations", "outbox_unreadable", {{"why", sent.error().sentence}});
    }
    if (now >= measure_at) {
      measure();
      measure_at = now + kMeasureEvery;
    }
    auto pause = ended_.empty() ? look_at_ - needs_.clock.now() : kRecordAgain;
    if (!mine) {
      look_now_ = true;  // whatever another server has sent meanwhile
      pause = kLookForLease;
    }
    record_outcomes(transport_.wait(std::clamp(pause, Millis{1}, kLookEvery)));
  }
  drain();
}

bool Dispatcher::may_send() {
  if (needs_.leases == nullptr) return true;
  auto const held = needs_.leases->held(options_.lease);
  if (held) holding_ = *held;
  return held.has_value();
}

void Dispatcher::drain() {
  auto const until = needs_.clock.tick() + kStopWait;
  // The turns end it where a test's clock stands still.
  for (int turn = 0; turn < kStopTurnsMax && needs_.clock.tick() < until; ++turn) {
    if (transport_.running() == 0 && ended_.empty()) return;
    record_outcomes(transport_.wait(Millis{50}));
  }
  if (transport_.running() > 0)
    runtime::log_info("situations", "notices_left_on_their_way", {{"count", transport_.running()}});
}

Result<void> Dispatcher::send_due() {
  storage::CallDeadline const brief(kRecordsWait);
  MADANG_TRY(auto const heads, outbox_.heads());
  if (heads.empty()) return {};
  MADANG_TRY(auto all, subscribers_store_.all());
  subscribers_.clear();
  for (auto& s : all) subscribers_.emplace(s.id, std::move(s));
  auto const now = needs_.clock.now();
  for (auto const& notice : heads) {
    if (busy_.contains(notice.subscriber)) continue;
    if (notice.due_at > now) {
      look_at_ = std::min(look_at_, notice.due_at);
      continue;
    }
    MADANG_CHECK(send_if_room(notice));
  }
  return {};
}

bool Dispatcher::has_place(bool failing) const {
  auto const places = places_of(options_.channel);
  return load_.all < places && (!failing || load_.failing < places / kFailingShare);
}

Result<void> Dispatcher::send_if_room(Notice const& notice) {
  auto const to = subscribers_.find(notice.subscriber);
  if (to == subscribers_.end() || to->second.channel != options_.channel) return {};
  bool const failing = notice.attempts > 0 || !to->second.tally.error.empty();
  if (!has_place(failing)) return {};
  auto const content = outbox_.content(notice.content);
  // Removed or superseded between the two reads.
  if (!content && content.error().code == Code::kNotFound) return {};
  if (!content) return fail(content.error());
  busy_.insert(notice.subscriber);
  in_flight_.emplace(notice.id, InFlight{failing, holding_.number});
  ++load_.all;
  if (failing) ++load_.failing;
  needs_.ledger.set_on_its_way(notice.id, true);
  send(notice, to->second, *content);
  return {};
}

void Dispatcher::send(Notice const& notice, Subscriber const& to, Content const& content) {
  if (to.channel == Channel::kWebhook) {
    auto const& body = to.filter.internal ? content.for_operators : content.for_public;
    transport_.start({.notice = notice,
                      .channel = to.channel,
                      .url = to.address,
                      .headers = {"Content-Type: application/json",
                                  fmt::format("Idempotency-Key: {}", notice.key),
                                  fmt::format("Madang-Event: {}", name_of(notice.event)),
                                  fmt::format("Madang-Signature: {}", signature_of(to.secret, needs_.clock.now(), body))},
                      .mail_from = {},
                      .mail_to = {},
                      .body = body});
    return;
  }
  if (options_.mail.url.empty()) {
    ended_.push_back({notice, Verdict::kAgain, "there is no mail server: mail.smtp_url is not set", {}});
    return;
  }
  auto letter = letter_of(options_.sender, needs_.messages, to, notice, content);
  if (!letter) {
    ended_.push_back({notice, Verdict::kRefused, letter.error().sentence, {}});
    return;
  }
  transport_.start({.notice = notice,
                    .channel = to.channel,
                    .url = {},
                    .headers = {},
                    .mail_from = options_.sender.from,
                    .mail_to = to.address,
                    .body = *std::move(letter)});
}

void Dispatcher::record_outcomes(std::vector<Outcome> outcomes) {
  for (auto& o : outcomes) {
    if (o.verdict != Verdict::kDelivered) log_failure(o);
    ended_.push_back(std::move(o));
  }
  if (ended_.empty()) return;
  if (auto const recorded = record(); !recorded)
    runtime::log_warning("situations", "outbox_unwritable", {{"why", recorded.error().sentence}});
}

/// What was sent under a lease that was lost since is another server's: it finds the notices pending, and sends them again under
/// the same keys.
void Dispatcher::drop_sent_under_lost_lease() {
  std::erase_if(ended_, [this](Outcome const& o) {
    auto const sent = in_flight_.find(o.notice.id);
    bool const is_mine = sent != in_flight_.end() && sent->second.number == holding_.number;
    if (!is_mine) release(o.notice);
    return !is_mine;
  });
}

void Dispatcher::release(Notice const& notice) {
  auto const sent = in_flight_.extract(notice.id);
  MADANG_ASSERT(!sent.empty());
  --load_.all;
  if (sent.mapped().failing) --load_.failing;
  busy_.erase(notice.subscriber);
  needs_.ledger.set_on_its_way(notice.id, false);
}

Result<void> Dispatcher::record() {
  storage::CallDeadline const brief(kRecordsWait);
  drop_sent_under_lost_lease();
  if (ended_.empty()) return {};
  bool is_lost = false;
  auto const confirm = [&](soci::session& sql) -> Result<void> {
    if (needs_.leases == nullptr) return {};
    auto confirmed = storage::events::confirm(sql, holding_);
    is_lost = !confirmed;
    return confirmed;
  };
  auto const recorded = outbox_.record(ended_, needs_.clock.now(), chance, confirm);
  if (!recorded && is_lost) {
    holding_ = {};
    drop_sent_under_lost_lease();
  }
  if (!recorded) return fail(recorded.error());
  for (auto const& r : *recorded) {
    release(r.notice);
    needs_.tallies.count(options_.channel, result_of(r));
    if (r.dropped > 0) needs_.tallies.count(options_.channel, "dropped", r.dropped);
  }
  ended_.clear();
  // Their next ones may be due.
  look_now_ = true;
  return {};
}

void Dispatcher::measure() {
  storage::CallDeadline const brief(kRecordsWait);
  if (auto const backlog = outbox_.backlog()) needs_.tallies.set_backlog(*backlog);
}

}  // namespace madang::situations::notices
