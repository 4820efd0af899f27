#include "situations/notices/subscriber_store.h"

#include <fmt/format.h>

#include <array>

#include "core/text.h"
#include "situations/notices/limits.h"
#include "storage/records/bulk.h"

namespace madang::situations::notices {
namespace {

using storage::read_rows;
using Number = long long;
using Text = std::string;
using soci::into;
using soci::use;

constexpr std::array kMigrations = {
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
};

std::string joined(std::vector<std::string> const& words) {
  std::string out;
  for (auto const& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::vector<std::string> words_of(Text const& text) {
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
  for (auto const& word : words_of(text))
    if (auto const id = parse_int(word)) areas.emplace_back(*id);
  return areas;
}

std::optional<Instant> time_of(Number millis) {
  return millis == 0 ? std::nullopt : std::optional{instant_of_millis(millis)};
}

/// What an operator can change, as columns.
struct Row {
  Number channel, severity_min, internal, paused, created_at;
  Text kinds, areas;
  explicit Row(Subscriber const& s)
      : channel(static_cast<Number>(s.channel)), severity_min(static_cast<Number>(s.filter.severity_min)),
        internal(s.filter.internal ? 1 : 0), paused(s.paused ? 1 : 0), created_at(millis_of(s.created_at)),
        kinds(joined(s.filter.kinds)), areas(joined(s.filter.areas)) {}
};

void bump(soci::session& sql) { sql << "UPDATE notice_number SET next = next + 1 WHERE name = 'version'"; }

Result<void> check_room(soci::session& sql, Subscriber const& s) {
  Number count = 0;
  sql << "SELECT COUNT(*) FROM notice_subscriber", into(count);
  if (count >= static_cast<Number>(kSubscribersMax))
    return fail(Code::kLimit, fmt::format("there are {} subscribers already, the most that are kept", count));
  Row const row(s);
  sql << "SELECT COUNT(*) FROM notice_subscriber WHERE channel = :channel AND address = :address AND internal = :internal",
      use(row.channel, "channel"), use(s.address, "address"), use(row.internal, "internal"), into(count);
  if (count > 0) return fail(Code::kConflict, "address: it is a subscriber already; change that one's filter");
  return {};
}

void insert(soci::session& sql, Number id, Subscriber const& s) {
  Row const row(s);
  sql << "INSERT INTO notice_subscriber (id, name, channel, address, secret, language, severity_min, kinds, areas,"
         " internal, paused, paused_because, created_at, delivered, failed, refused, given_up, superseded, dropped,"
         " delivered_at, error, error_at) VALUES (:id, :name, :channel, :address, :secret, :language, :severity_min,"
         " :kinds, :areas, :internal, :paused, :because, :created_at, 0, 0, 0, 0, 0, 0, 0, '', 0)",
      use(id, "id"), use(s.name, "name"), use(row.channel, "channel"), use(s.address, "address"),
      use(s.secret, "secret"), use(s.language, "language"), use(row.severity_min, "severity_min"),
      use(row.kinds, "kinds"), use(row.areas, "areas"), use(row.internal, "internal"), use(row.paused, "paused"),
      use(s.paused_because, "because"), use(row.created_at, "created_at");
}

Result<void> update(soci::session& sql, Subscriber const& s) {
  Row const row(s);
  Number const id = s.id.value();
  Number count = 0;
  sql << "SELECT COUNT(*) FROM notice_subscriber WHERE id = :id", use(id, "id"), into(count);
  if (count == 0) return fail(Code::kNotFound, fmt::format("there is no subscriber {}", id));
  sql << "UPDATE notice_subscriber SET name = :name, address = :address, secret = :secret, language = :language,"
         " severity_min = :severity_min, kinds = :kinds, areas = :areas, internal = :internal, paused = :paused,"
         " paused_because = :because WHERE id = :id",
      use(s.name, "name"), use(s.address, "address"), use(s.secret, "secret"), use(s.language, "language"),
      use(row.severity_min, "severity_min"), use(row.kinds, "kinds"), use(row.areas, "areas"),
      use(row.internal, "internal"), use(row.paused, "paused"), use(s.paused_because, "because"), use(id, "id");
  bump(sql);
  return {};
}

void forget_told(soci::session& sql, Number id) {
  sql << "DELETE FROM notice_told WHERE subscriber = :id", use(id, "id");
}

}  // namespace

Result<void> migrate(storage::Records& records) {
  MADANG_CHECK(storage::journal::migrate(records));
  return records.migrate("notices", kMigrations);
}

std::int64_t take_numbers(soci::session& sql, std::string const& name, std::size_t count) {
  Number next = 0;
  auto const taken = static_cast<Number>(count);
  sql << "UPDATE notice_number SET next = next + :taken WHERE name = :name", use(taken, "taken"), use(name, "name");
  sql << "SELECT next FROM notice_number WHERE name = :name", use(name, "name"), into(next);
  return next - taken;
}

std::int64_t subscribers_version(soci::session& sql) {
  Number version = 0;
  sql << "SELECT next FROM notice_number WHERE name = 'version'", into(version);
  return version;
}

std::vector<Subscriber> read_subscribers(soci::session& sql) {
  std::vector<Subscriber> all;
  read_rows<Number, Text, Number, Text, Text, Text, Number, Text, Text, Number, Number, Text, Number, Number, Number,
            Number, Number, Number, Number, Number, Text, Number, Number>(
      sql,
      "SELECT s.id, s.name, s.channel, s.address, s.secret, s.language, s.severity_min, s.kinds, s.areas, s.internal,"
      " s.paused, s.paused_because, s.created_at, s.delivered, s.failed, s.refused, s.given_up, s.superseded, s.dropped,"
      " s.delivered_at, s.error, s.error_at, (SELECT COUNT(*) FROM notice_owed o WHERE o.subscriber = s.id)"
      " FROM notice_subscriber s ORDER BY s.id",
      [&](Number id, Text& name, Number channel, Text& address, Text& secret, Text& language, Number severity_min,
          Text& kinds, Text& areas, Number internal, Number paused, Text& because, Number created_at, Number delivered,
          Number failed, Number refused, Number given_up, Number superseded, Number dropped, Number delivered_at,
          Text& error, Number error_at, Number owed) {
        Subscriber s;
        s.id = SubscriberId{id};
        s.name = std::move(name);
        s.channel = static_cast<Channel>(channel);
        s.address = std::move(address);
        s.secret = std::move(secret);
        s.language = std::move(language);
        s.filter = {static_cast<Severity>(severity_min), words_of(kinds), areas_of(areas), internal != 0};
        s.paused = paused != 0;
        s.paused_because = std::move(because);
        s.created_at = instant_of_millis(created_at);
        s.tally = {owed, delivered, failed, refused, given_up, superseded, dropped, time_of(delivered_at),
                   std::move(error), time_of(error_at)};
        all.push_back(std::move(s));
      });
  return all;
}

Result<std::vector<Subscriber>> SubscriberStore::all() {
  std::vector<Subscriber> all;
  MADANG_CHECK(records_.read([&](soci::session& sql) -> Result<void> {
    all = read_subscribers(sql);
    return {};
  }));
  return all;
}

Result<Subscriber> SubscriberStore::find(SubscriberId id) {
  MADANG_TRY(auto subscribers, all());
  for (auto& s : subscribers)
    if (s.id == id) return std::move(s);
  return fail(Code::kNotFound, fmt::format("there is no subscriber {}", id.value()));
}

Result<SubscriberId> SubscriberStore::add(Subscriber const& subscriber, Act const& act) {
  Number id = 0;
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(check_room(sql, subscriber));
    id = take_numbers(sql, "subscriber", 1);
    insert(sql, id, subscriber);
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
    if (count == 0) return fail(Code::kNotFound, fmt::format("there is no subscriber {}", number));
    sql << "DELETE FROM notice_owed WHERE subscriber = :id", use(number, "id");
    forget_told(sql, number);
    sql << "DELETE FROM notice_subscriber WHERE id = :id", use(number, "id");
    bump(sql);
    return record_act(sql, act, "subscriber_removed", "subscriber", number);
  });
}

}  // namespace madang::situations::notices
