#include "situations/notices/outbox.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <map>

#include "core/text.h"
#include "situations/optional_instant.h"
#include "situations/notices/limits.h"
#include "situations/notices/subscriber_store.h"
#include "storage/records/bulk.h"

namespace madang::situations::notices {
namespace {

using storage::read_rows;
using Number = long long;
using Text = std::string;
using soci::into;
using soci::use;

/// 128 random bits as hex: unique also after the records went back to an old backup.
std::string new_key() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();
  return hex;
}

/// Frees a place by taking the oldest notice of the same Situation that is not on its way.
bool supersede(soci::session& sql, Number subscriber, Number situation, std::function<bool(std::int64_t)> const& on_its_way) {
  Number victim = 0;
  // Of a kind with the id in the text, because a statement with a bound number cannot be read row by row here.
  read_rows<Number>(sql,
                    fmt::format("SELECT id FROM notice_owed WHERE subscriber = {} AND situation = {} ORDER BY id",
                                subscriber, situation),
                    [&](Number id) {
                      if (victim == 0 && !on_its_way(id)) victim = id;
                    });
  if (victim == 0) return false;
  sql << "DELETE FROM notice_owed WHERE id = :id", use(victim, "id");
  sql << "UPDATE notice_subscriber SET superseded = superseded + 1 WHERE id = :id", use(subscriber, "id");
  return true;
}

/// Makes room for one more, or says that there is none.
bool has_room(soci::session& sql, Number pending, Recipient const& recipient, Number situation,
              std::function<bool(std::int64_t)> const& on_its_way, Losses& losses) {
  if (pending < static_cast<Number>(kPendingMax)) return true;
  Number const subscriber = recipient.subscriber.value();
  if (supersede(sql, subscriber, situation, on_its_way)) {
    losses.emplace_back(recipient.subscriber, Loss::kSuperseded);
    return true;
  }
  sql << "UPDATE notice_subscriber SET dropped = dropped + 1 WHERE id = :id", use(subscriber, "id");
  losses.emplace_back(recipient.subscriber, Loss::kDropped);
  return false;
}

Number insert_content(soci::session& sql, Content const& content) {
  Number const id = take_numbers(sql, "content", 1);
  sql << "INSERT INTO notice_content (id, for_public, for_operators) VALUES (:id, :for_public, :for_operators)",
      use(id, "id"), use(content.for_public, "for_public"), use(content.for_operators, "for_operators");
  return id;
}

void insert_notices(soci::session& sql, Number situation, Number content, std::span<Recipient const> recipients, Number at) {
  Number id = take_numbers(sql, "owed", recipients.size());
  storage::BulkInsert<Number, Number, Number, Number, Number, Text, Number, Number, Number> notices(
      sql, "notice_owed", "id, subscriber, situation, content, event, notice_key, owed_at, due_at, attempts");
  storage::BulkInsert<Number, Number> notified(sql, "notice_told", "situation, subscriber");
  for (auto const& recipient : recipients) {
    Number const subscriber = recipient.subscriber.value();
    notices.add(id++, subscriber, situation, content, static_cast<Number>(recipient.event), new_key(), at, at, 0);
    if (recipient.event == Event::kRaised) notified.add(situation, subscriber);
  }
  notices.flush();
  notified.flush();
}

/// Its words go with the last notice that has them.
void remove_notice(soci::session& sql, Notice const& notice) {
  Number const id = notice.id;
  Number const content = notice.content;
  Number others = 0;
  sql << "DELETE FROM notice_owed WHERE id = :id", use(id, "id");
  sql << "SELECT COUNT(*) FROM notice_owed WHERE content = :content", use(content, "content"), into(others);
  if (others == 0) sql << "DELETE FROM notice_content WHERE id = :content", use(content, "content");
}

void count(soci::session& sql, std::string const& column, SubscriberId subscriber) {
  Number const id = subscriber.value();
  sql << "UPDATE notice_subscriber SET " + column + " = " + column + " + 1 WHERE id = :id", use(id, "id");
}

void note_error(soci::session& sql, Outcome const& outcome, Instant now) {
  Number const id = outcome.notice.subscriber.value();
  Number const at = millis_of(now);
  auto const reason = repair_utf8(outcome.reason.substr(0, kReasonMax));
  sql << "UPDATE notice_subscriber SET error = :error, error_at = :error_at WHERE id = :id", use(reason, "error"),
      use(at, "error_at"), use(id, "id");
}

void note_delivered(soci::session& sql, Notice const& notice, Instant now) {
  Number const id = notice.subscriber.value();
  Number const at = millis_of(now);
  Number const never = kNever;
  sql << "UPDATE notice_subscriber SET delivered = delivered + 1, delivered_at = :delivered_at, error = '', error_at = :never"
         " WHERE id = :id", use(at, "delivered_at"), use(never, "never"), use(id, "id");
}

/// The receiver said that it wants nothing any more. How many were pending for it.
Number pause(soci::session& sql, Outcome const& outcome) {
  Number const id = outcome.notice.subscriber.value();
  auto const reason = repair_utf8(outcome.reason.substr(0, kReasonMax));
  Number waiting = 0;
  sql << "SELECT COUNT(*) FROM notice_owed WHERE subscriber = :id", use(id, "id"), into(waiting);
  sql << "UPDATE notice_subscriber SET paused = 1, paused_because = :because, dropped = dropped + :waiting WHERE id = :id",
      use(reason, "because"), use(waiting, "waiting"), use(id, "id");
  sql << "DELETE FROM notice_owed WHERE subscriber = :id", use(id, "id");
  sql << "DELETE FROM notice_told WHERE subscriber = :id", use(id, "id");
  sql << "UPDATE notice_number SET next = next + 1 WHERE name = 'version'";
  return waiting;
}

void postpone(soci::session& sql, Notice const& notice, Instant due) {
  Number const id = notice.id;
  Number const due_at = millis_of(due);
  sql << "UPDATE notice_owed SET attempts = attempts + 1, due_at = :due_at WHERE id = :id", use(due_at, "due_at"),
      use(id, "id");
}

}  // namespace

std::vector<SubscriberId> notified_of(soci::session& sql, SituationId situation) {
  std::vector<SubscriberId> notified;
  read_rows<Number>(sql, fmt::format("SELECT subscriber FROM notice_told WHERE situation = {}", situation.value()),
                    [&](Number subscriber) { notified.emplace_back(subscriber); });
  return notified;
}

Losses enqueue(soci::session& sql, SituationId situation, Content const& content, std::span<Recipient const> recipients, Instant now,
           std::function<bool(std::int64_t)> const& on_its_way) {
  Losses losses;
  auto counts = pending_by_subscriber(sql);
  std::vector<Recipient> room;
  for (auto const& recipient : recipients)
    if (has_room(sql, counts[recipient.subscriber.value()], recipient, situation.value(), on_its_way, losses)) room.push_back(recipient);
  if (!room.empty()) insert_notices(sql, situation.value(), insert_content(sql, content), room, millis_of(now));
  return losses;
}

void forget(soci::session& sql, SituationId situation) {
  Number const id = situation.value();
  sql << "DELETE FROM notice_told WHERE situation = :situation", use(id, "situation");
}

Result<std::vector<Notice>> Outbox::heads() {
  std::vector<Notice> heads;
  MADANG_CHECK(records_.read([&](soci::session& sql) -> Result<void> {
    read_rows<Number, Number, Number, Number, Number, Text, Number, Number, Number>(
        sql,
        "SELECT o.id, o.subscriber, o.situation, o.content, o.event, o.notice_key, o.owed_at, o.due_at, o.attempts"
        " FROM notice_subscriber s JOIN notice_owed o"
        " ON o.id = (SELECT MIN(h.id) FROM notice_owed h WHERE h.subscriber = s.id) ORDER BY o.due_at, o.id",
        [&](Number id, Number subscriber, Number situation, Number content, Number event, Text& key, Number owed_at,
            Number due_at, Number attempts) {
          heads.push_back({id, SubscriberId{subscriber}, SituationId{situation}, content, static_cast<Event>(event),
                           std::move(key), instant_of_millis(owed_at), instant_of_millis(due_at),
                           static_cast<int>(attempts)});
        });
    return {};
  }));
  return heads;
}

Result<Content> Outbox::content(std::int64_t id) {
  Content content;
  bool found = false;
  MADANG_CHECK(records_.read([&](soci::session& sql) -> Result<void> {
    Number const number = id;
    sql << "SELECT for_public, for_operators FROM notice_content WHERE id = :id", use(number, "id"),
        into(content.for_public), into(content.for_operators);
    found = sql.got_data();
    return {};
  }));
  if (!found) return fail(Code::kNotFound, fmt::format("the words {} of a notice are gone", id));
  return content;
}

Result<std::vector<Outbox::Recorded>> Outbox::record(std::span<Outcome const> outcomes, Instant now,
                                                     std::function<double()> const& chance, storage::Records::Work const& confirm) {
  std::vector<Recorded> recorded;
  auto const work = [&](soci::session& sql) -> Result<void> {
    recorded.clear();
    for (auto const& o : outcomes) {
      bool const late = o.verdict == Verdict::kAgain && given_up(pace_, o.notice, now);
      recorded.push_back({o.notice, o.verdict, late, 0});
      if (o.verdict == Verdict::kDelivered) {
        note_delivered(sql, o.notice, now);
        remove_notice(sql, o.notice);
        continue;
      }
      note_error(sql, o, now);
      if (o.verdict == Verdict::kAgain && !late) {
        count(sql, "failed", o.notice.subscriber);
        postpone(sql, o.notice, now + backoff(pace_, o.notice.attempts + 1, chance(), o.retry_after));
        continue;
      }
      count(sql, late ? "given_up" : "refused", o.notice.subscriber);
      remove_notice(sql, o.notice);
      if (o.verdict == Verdict::kGone) recorded.back().dropped = pause(sql, o);
    }
    return confirm ? confirm(sql) : Result<void>{};
  };
  MADANG_CHECK(records_.transaction(work));
  return recorded;
}

Result<Backlog> Outbox::backlog() {
  Backlog backlog;
  MADANG_CHECK(records_.read([&](soci::session& sql) -> Result<void> {
    Number count = 0;
    Number oldest = 0;
    sql << "SELECT COUNT(*), COALESCE(MIN(owed_at), 0) FROM notice_owed", into(count), into(oldest);
    backlog.pending = count;
    if (count > 0) backlog.oldest = instant_of_millis(oldest);
    return {};
  }));
  return backlog;
}

Result<void> Outbox::prune() {
  return records_.transaction([](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM notice_content WHERE id NOT IN (SELECT content FROM notice_owed)";
    return {};
  });
}

}  // namespace madang::situations::notices
