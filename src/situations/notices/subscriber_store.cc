#include "situations/notices/subscriber_store.h"

#include <array>

#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/optional_instant.h"
#include "situations/notices/limits.h"
#include "storage/records/bulk.h"
#include "storage/records/rows.h"

namespace madang::situations::notices {
namespace {

using Number = long long;
using Text = std::string;
using soci::into;
using soci::use;

constexpr std::array kNoticeMigrations = {
    storage::Migration{
        "2026-11 keep subscribers and the notices they are owed",
        "CREATE TABLE notice_subscriber (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, channel SMALLINT NOT NULL,"
        " address TEXT NOT NULL, secret TEXT NOT NULL, language TEXT NOT NULL, severity_min SMALLINT NOT NULL,"
        " kinds TEXT NOT NULL, areas TEXT NOT NULL, internal SMALLINT NOT NULL, paused SMALLINT NOT NULL,"
        " paused_because TEXT NOT NULL, created_at BIGINT NOT NULL, delivered BIGINT NOT NULL, failed BIGINT NOT NULL,"
        " refused BIGINT NOT NULL, given_up BIGINT NOT NULL, superseded BIGINT NOT NULL, dropped BIGINT NOT NULL,"
        " delivered_at BIGINT NOT NULL, error TEXT NOT NULL, error_at BIGINT NOT NULL);"
        "CREATE TABLE notice_content (id BIGINT NOT NULL PRIMARY KEY, for_public TEXT NOT NULL, for_operators TEXT NOT NULL);"
        "CREATE TABLE notice_owed (id BIGINT NOT NULL PRIMARY KEY, subscriber BIGINT NOT NULL, situation BIGINT NOT NULL,"
        " content BIGINT NOT NULL, event SMALLINT NOT NULL, notice_key TEXT NOT NULL UNIQUE, owed_at BIGINT NOT NULL,"
        " due_at BIGINT NOT NULL, attempts BIGINT NOT NULL);"
        "CREATE INDEX notice_owed_by_subscriber ON notice_owed (subscriber, id);"
        "CREATE INDEX notice_owed_by_content ON notice_owed (content);"
        "CREATE TABLE notice_told (situation BIGINT NOT NULL, subscriber BIGINT NOT NULL, PRIMARY KEY (situation, subscriber));"
        "CREATE TABLE notice_number (name TEXT NOT NULL PRIMARY KEY, next BIGINT NOT NULL);"
        "INSERT INTO notice_number (name, next) VALUES ('subscriber', 1);"
        "INSERT INTO notice_number (name, next) VALUES ('content', 1);"
        "INSERT INTO notice_number (name, next) VALUES ('owed', 1);"
        "INSERT INTO notice_number (name, next) VALUES ('version', 1)"},
    storage::Migration{"2026-11 write every time that never was alike",  // as OptionalInstant does
                       "UPDATE notice_subscriber SET delivered_at = 9007199254740991 WHERE delivered_at = 0;"
                       "UPDATE notice_subscriber SET error_at = 9007199254740991 WHERE error_at = 0"},
};

std::string joined(std::vector<std::string> const& words) {
  std::string out;
  for (auto const& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::vector<std::string> words_in(Text const& text) {
  std::vector<std::string> words;
  for (auto const word : split(text, ' '))
    if (!word.empty()) words.emplace_back(word);
  return words;
}

std::string joined(std::vector<AreaId> const& areas) {
  std::string out;
  for (auto const area : areas) out += (out.empty() ? "" : " ") + std::to_string(area.value());
  return out;
}

std::vector<AreaId> areas_of(Text const& text) {
  std::vector<AreaId> areas;
  for (auto const& word : words_in(text))
    if (auto const id = parse_int(word)) areas.emplace_back(*id);
  return areas;
}

struct SubscriberRow {
  SubscriberId id;
  std::string name;
  Channel channel = Channel::kEmail;
  std::string address, secret, language;
  Severity severity_min = Severity::kNotice;
  std::string kinds, areas;  ///< with spaces between
  bool internal = false, paused = false;
  std::string paused_because;
  Instant created_at;
  std::int64_t delivered = 0, failed = 0, refused = 0, given_up = 0, superseded = 0, dropped = 0;
  OptionalInstant delivered_at;
  std::string error;
  OptionalInstant error_at;
};
using R = SubscriberRow;
using storage::column;
constexpr auto kSubscribers = storage::table<R>(
    "notice_subscriber", storage::key("id", &R::id), column("name", &R::name), column("channel", &R::channel),
    column("address", &R::address), column("secret", &R::secret), column("language", &R::language),
    column("severity_min", &R::severity_min), column("kinds", &R::kinds), column("areas", &R::areas), column("internal", &R::internal),
    column("paused", &R::paused), column("paused_because", &R::paused_because), column("created_at", &R::created_at),
    column("delivered", &R::delivered), column("failed", &R::failed), column("refused", &R::refused), column("given_up", &R::given_up),
    column("superseded", &R::superseded), column("dropped", &R::dropped), column("delivered_at", &R::delivered_at),
    column("error", &R::error), column("error_at", &R::error_at));

SubscriberRow row_of(SubscriberId id, Subscriber const& s) {
  return {.id = id,
          .name = s.name,
          .channel = s.channel,
          .address = s.address,
          .secret = s.secret,
          .language = s.language,
          .severity_min = s.filter.severity_min,
          .kinds = joined(s.filter.kinds),
          .areas = joined(s.filter.areas),
          .internal = s.filter.internal,
          .paused = s.paused,
          .paused_because = s.paused_because,
          .created_at = s.created_at,
          .delivered_at = {},
          .error = {},
          .error_at = {}};
}

Subscriber subscriber_of(SubscriberRow&& row, std::int64_t owed) {
  Subscriber s;
  s.id = row.id;
  s.name = std::move(row.name);
  s.channel = row.channel;
  s.address = std::move(row.address);
  s.secret = std::move(row.secret);
  s.language = std::move(row.language);
  s.filter = {row.severity_min, words_in(row.kinds), areas_of(row.areas), row.internal};
  s.paused = row.paused;
  s.paused_because = std::move(row.paused_because);
  s.created_at = row.created_at;
  s.tally = {owed,          row.delivered,       row.failed,           row.refused,     row.given_up, row.superseded,
             row.dropped,   row.delivered_at.at, std::move(row.error), row.error_at.at};
  return s;
}

void bump(soci::session& sql) { sql << "UPDATE notice_number SET next = next + 1 WHERE name = 'version'"; }

Result<void> check_room(soci::session& sql, Subscriber const& s) {
  MADANG_TRY(auto const all, storage::count(sql, kSubscribers));
  if (all >= static_cast<std::int64_t>(kSubscribersMax))
    return runtime::refuse(Code::kLimit, "refusal.subscriber.full", {{"max", all}});
  MADANG_TRY(auto const same, storage::count(sql, kSubscribers,
                                             {"WHERE channel = :channel AND address = :address AND internal = :internal",
                                              {{"channel", s.channel}, {"address", s.address}, {"internal", s.filter.internal}}}));
  if (same > 0) return runtime::refuse_field(Code::kConflict, "address", "refusal.subscriber.twice");
  return {};
}

/// What an operator can change; what was counted meanwhile stays.
Result<void> update(soci::session& sql, Subscriber const& s) {
  MADANG_TRY(auto const changed,
             storage::execute(sql,
                              "UPDATE notice_subscriber SET name = :name, address = :address, secret = :secret, language = :language,"
                              " severity_min = :severity_min, kinds = :kinds, areas = :areas, internal = :internal, paused = :paused,"
                              " paused_because = :because WHERE id = :id",
                              {{"name", s.name},
                               {"address", s.address},
                               {"secret", s.secret},
                               {"language", s.language},
                               {"severity_min", s.filter.severity_min},
                               {"kinds", joined(s.filter.kinds)},
                               {"areas", joined(s.filter.areas)},
                               {"internal", s.filter.internal},
                               {"paused", s.paused},
                               {"because", s.paused_because},
                               {"id", s.id}}));
  if (changed == 0) return runtime::refuse(Code::kNotFound, "refusal.subscriber.none", {{"id", std::to_string(s.id.value())}});
  bump(sql);
  return {};
}

void forget_told(soci::session& sql, Number id) {
  sql << "DELETE FROM notice_told WHERE subscriber = :id", use(id, "id");
}

}  // namespace

Result<void> migrate(storage::Records& records) {
  MADANG_CHECK(storage::journal::migrate(records));
  return records.migrate("notices", kNoticeMigrations);
}

std::int64_t take_numbers(soci::session& sql, std::string const& name, std::size_t count) {
  Number next = 0;
  auto const taken = static_cast<Number>(count);
  sql << "UPDATE notice_number SET next = next + :taken WHERE name = :name", use(taken, "taken"), use(name, "name");
  sql << "SELECT next FROM notice_number WHERE name = :name", use(name, "name"), into(next);
  return next - taken;
}

std::map<std::int64_t, std::int64_t> pending_by_subscriber(soci::session& sql) {
  std::map<std::int64_t, std::int64_t> counts;
  storage::read_rows<Number, Number>(sql, "SELECT subscriber, COUNT(*) FROM notice_owed GROUP BY subscriber",
                                     [&](Number subscriber, Number count) { counts[subscriber] = count; });
  return counts;
}

std::int64_t subscribers_version(soci::session& sql) {
  Number version = 0;
  sql << "SELECT next FROM notice_number WHERE name = 'version'", into(version);
  return version;
}

Result<std::vector<Subscriber>> read_subscribers(soci::session& sql) {
  auto const pending = pending_by_subscriber(sql);
  std::vector<Subscriber> all;
  MADANG_CHECK(storage::for_each(sql, kSubscribers, {"ORDER BY id"}, [&](SubscriberRow&& row) {
    auto const waiting = pending.find(row.id.value());
    all.push_back(subscriber_of(std::move(row), waiting == pending.end() ? 0 : waiting->second));
  }));
  return all;
}

Result<std::vector<Subscriber>> SubscriberStore::all() {
  std::vector<Subscriber> all;
  MADANG_CHECK(records_.read([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(all, read_subscribers(sql));
    return {};
  }));
  return all;
}

Result<Subscriber> SubscriberStore::find(SubscriberId id) {
  MADANG_TRY(auto subscribers, all());
  for (auto& s : subscribers)
    if (s.id == id) return std::move(s);
  return runtime::refuse(Code::kNotFound, "refusal.subscriber.none", {{"id", std::to_string(id.value())}});
}

Result<SubscriberId> SubscriberStore::add(Subscriber const& subscriber, Act const& act) {
  Number id = 0;
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(check_room(sql, subscriber));
    id = take_numbers(sql, "subscriber", 1);
    MADANG_CHECK(storage::insert(sql, kSubscribers, row_of(SubscriberId{id}, subscriber)));
    bump(sql);
    return record_act(sql, act, "subscriber_added", "subscriber", id, {{"address", subscriber.address}});
  };
  MADANG_CHECK(records_.transaction(work));
  return SubscriberId{id};
}

Result<void> SubscriberStore::change(Subscriber const& subscriber, Act const& act) {
  return records_.transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(update(sql, subscriber));
    auto const record = [&] {
      return record_act(sql, act, "subscriber_changed", "subscriber", subscriber.id.value(), {{"address", subscriber.address}});
    };
    if (!subscriber.paused) return record();
    Number const id = subscriber.id.value();
    sql << "UPDATE notice_subscriber SET dropped = dropped + (SELECT COUNT(*) FROM notice_owed WHERE subscriber = :id)"
           " WHERE id = :id2", use(id, "id"), use(id, "id2");
    sql << "DELETE FROM notice_owed WHERE subscriber = :id", use(id, "id");
    // Who comes back hears first of what is open then.
    forget_told(sql, id);
    return record();
  });
}

Result<void> SubscriberStore::remove(SubscriberId id, Act const& act) {
  Number const number = id.value();
  return records_.transaction([&](soci::session& sql) -> Result<void> {
    Number count = 0;
    sql << "SELECT COUNT(*) FROM notice_subscriber WHERE id = :id", use(number, "id"), into(count);
    if (count == 0) return runtime::refuse(Code::kNotFound, "refusal.subscriber.none", {{"id", std::to_string(number)}});
    sql << "DELETE FROM notice_owed WHERE subscriber = :id", use(number, "id");
    forget_told(sql, number);
    sql << "DELETE FROM notice_subscriber WHERE id = :id", use(number, "id");
    bump(sql);
    return record_act(sql, act, "subscriber_removed", "subscriber", number);
  });
}

}  // namespace madang::situations::notices
