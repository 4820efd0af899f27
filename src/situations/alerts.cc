#include "situations/alerts.h"

#include <fmt/format.h>
#include <sodium.h>
#include <soci/soci.h>

#include <array>

#include "runtime/log.h"
#include "situations/cap_message.h"
#include "storage/records/bulk.h"
#include "storage/records/records.h"

namespace madang::situations {
namespace {

using Number = long long;
using Text = std::string;
using soci::into;
using soci::use;

constexpr std::array kMigrations = {
    storage::Migration{
        "2026-11 keep published messages",
        "CREATE TABLE alert_message (situation BIGINT NOT NULL REFERENCES situation (id), version BIGINT NOT NULL,"
        " type SMALLINT NOT NULL, sender TEXT NOT NULL, identifier TEXT NOT NULL, sent TEXT NOT NULL,"
        " sent_at BIGINT NOT NULL, xml TEXT NOT NULL, PRIMARY KEY (situation, version))"},
};

/// Ascending.
std::vector<Published> published_of(soci::session& sql, SituationId id) {
  std::vector<Published> out;
  storage::read_rows<Number, Text, Text, Text>(
      sql,
      fmt::format("SELECT type, sender, identifier, sent FROM alert_message WHERE situation = {} ORDER BY version",
                  id.value()),
      [&](Number type, Text& sender, Text& identifier, Text& sent) {
        out.push_back({static_cast<MessageType>(type), {std::move(sender), std::move(identifier), std::move(sent)}});
      });
  return out;
}

void insert(soci::session& sql, Situations::Change const& change, MessageType type, cap::Message const& message,
            Text const& xml) {
  Number const situation = change.situation->id.value();
  Number const version = change.entry.number;
  Number const kind = static_cast<Number>(type);
  Number const sent_at = millis_of(change.entry.at);
  sql << "INSERT INTO alert_message (situation, version, type, sender, identifier, sent, sent_at, xml)"
         " VALUES (:situation, :version, :type, :sender, :identifier, :sent, :sent_at, :xml)",
      use(situation, "situation"), use(version, "version"), use(kind, "type"), use(message.sender, "sender"),
      use(message.identifier, "identifier"), use(message.sent, "sent"), use(sent_at, "sent_at"), use(xml, "xml");
}

class KeptAlerts final : public Alerts {
 public:
  KeptAlerts(Needs needs, Publisher publisher) : needs_(needs), publisher_(std::move(publisher)) {}

  Result<void> start() {
    if (sodium_init() < 0) return fail(Code::kInternal, "the cryptographic library cannot be started");
    if (!cap::is_restricted_text(publisher_.sender))
      return fail(Code::kInvalid, "cap.sender: no spaces, commas, '<' or '&' allowed, and not empty");
    if (auto const time = cap::date_time(Instant{}, publisher_.zone); !time) return fail(time.error());
    auto const& base = publisher_.base_address;
    if (!base.empty() && (base.find("://") == std::string::npos || base.ends_with('/')))
      return fail(Code::kInvalid, "public.base_address: https://HOST expected, without a slash at the end");
    MADANG_CHECK(needs_.records.migrate("alerts", kMigrations));
    needs_.situations.accompany(
        [this](soci::session& sql, Situations::Change const& change) { return publish(sql, change); });
    return {};
  }

  Result<std::string> xml(SituationId id, std::int64_t version) override {
    Number const situation = id.value();
    Number const number = version;
    Text found;
    auto const read = [&](soci::session& sql) -> Result<void> {
      sql << "SELECT xml FROM alert_message WHERE situation = :situation AND version = :version",
          use(situation, "situation"), use(number, "version"), into(found);
      return {};
    };
    MADANG_CHECK(needs_.records.read(read));
    if (found.empty()) return fail(Code::kNotFound, fmt::format("there is no message {} of situation {}", version, id.value()));
    return found;
  }

  Result<std::map<SituationId, Message>> newest(SituationId first, SituationId last) override {
    std::map<SituationId, Message> out;
    auto const read = [&](soci::session& sql) -> Result<void> {
      storage::read_rows<Number, Number, Number>(
          sql,
          fmt::format("SELECT m.situation, m.version, m.sent_at FROM alert_message m WHERE m.situation >= {} AND m.situation <= {}"
                      " AND m.version = (SELECT MAX(n.version) FROM alert_message n WHERE n.situation = m.situation)",
                      first.value(), last.value()),
          [&](Number situation, Number version, Number sent_at) {
            out[SituationId{situation}] = {version, instant_of_millis(sent_at)};
          });
      return {};
    };
    MADANG_CHECK(needs_.records.read(read));
    return out;
  }

 private:
  Result<void> publish(soci::session& sql, Situations::Change const& change) {
    auto const published = published_of(sql, change.situation->id);
    std::optional<MessageType> before;
    if (!published.empty()) before = published.back().type;
    auto const type = message_of(*change.situation, change.entry.kind, before);
    if (!type) return {};
    CapContext const context{needs_.city, needs_.messages, publisher_};
    MADANG_TRY(auto message, cap_message(*change.situation, change.entry, *type, context));
    if (*type != MessageType::kAlert) message.references = followed(published);
    auto const xml = cap::xml_of(message);
    if (!xml) {
      // What needs somebody must not be lost because it cannot be published.
      runtime::log_error("situations", "message_breaks_cap",
                         {{"situation", change.situation->id.value()}, {"why", xml.error().sentence}});
      return {};
    }
    insert(sql, change, *type, message, *xml);
    return {};
  }

  Needs const needs_;
  Publisher const publisher_;
};

}  // namespace

Result<std::unique_ptr<Alerts>> Alerts::open(Needs needs, Publisher publisher) {
  auto alerts = std::make_unique<KeptAlerts>(needs, std::move(publisher));
  MADANG_CHECK(alerts->start());
  return alerts;
}

}  // namespace madang::situations
