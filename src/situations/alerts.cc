#include "situations/alerts.h"

#include <sodium.h>

#include <array>

#include "runtime/log.h"
#include "runtime/refusal.h"
#include "situations/cap_message.h"
#include "storage/records/records.h"
#include "storage/records/rows.h"

namespace madang::situations {
namespace {

/// One table in two parts: many are looked at, and of one the text.
struct MessageRow {
  SituationId situation;
  std::int64_t version = 0;
  MessageType type = MessageType::kAlert;
  std::string sender, identifier, sent;  ///< as the message says them
  Instant sent_at;
};
constexpr auto kMessages = storage::table<MessageRow>(
    "alert_message", storage::key("situation", &MessageRow::situation), storage::key("version", &MessageRow::version),
    storage::column("type", &MessageRow::type), storage::column("sender", &MessageRow::sender),
    storage::column("identifier", &MessageRow::identifier), storage::column("sent", &MessageRow::sent),
    storage::column("sent_at", &MessageRow::sent_at));
struct TextRow {
  SituationId situation;
  std::int64_t version = 0;
  std::string xml;
};
constexpr auto kTexts = storage::table<TextRow>("alert_message", storage::key("situation", &TextRow::situation),
                                                storage::key("version", &TextRow::version), storage::column("xml", &TextRow::xml));

constexpr std::array kAlertMigrations = {
    storage::Migration{
        "2026-11 keep published messages",
        "CREATE TABLE alert_message (situation BIGINT NOT NULL REFERENCES situation (id), version BIGINT NOT NULL,"
        " type SMALLINT NOT NULL, sender TEXT NOT NULL, identifier TEXT NOT NULL, sent TEXT NOT NULL,"
        " sent_at BIGINT NOT NULL, xml TEXT NOT NULL, PRIMARY KEY (situation, version))"},
};

/// Ascending.
Result<std::vector<Published>> published_of(soci::session& sql, SituationId id) {
  std::vector<Published> out;
  MADANG_CHECK(storage::for_each(sql, kMessages, {"WHERE situation = :id ORDER BY version", {{"id", id}}}, [&](MessageRow&& row) {
    out.push_back({row.type, {std::move(row.sender), std::move(row.identifier), std::move(row.sent)}});
  }));
  return out;
}

Result<void> insert(soci::session& sql, Situations::Change const& change, MessageType type, cap::Message const& message,
                    std::string const& xml) {
  MADANG_CHECK(storage::execute(sql,
                                "INSERT INTO alert_message (situation, version, type, sender, identifier, sent, sent_at, xml)"
                                " VALUES (:situation, :version, :type, :sender, :identifier, :sent, :sent_at, :xml)",
                                {{"situation", change.situation->id},
                                 {"version", change.entry.number},
                                 {"type", type},
                                 {"sender", message.sender},
                                 {"identifier", message.identifier},
                                 {"sent", message.sent},
                                 {"sent_at", change.entry.at},
                                 {"xml", xml}}));
  return {};
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
    MADANG_CHECK(needs_.records.migrate("alerts", kAlertMigrations));
    needs_.situations.add_transaction_hook(
        [this](soci::session& sql, Situations::Change const& change) { return publish(sql, change); });
    return {};
  }

  Result<std::string> xml(SituationId id, std::int64_t version) override {
    std::optional<TextRow> found;
    MADANG_CHECK(needs_.records.read([&](soci::session& sql) -> Result<void> {
      MADANG_TRY(found, storage::find(sql, kTexts, id, version));
      return {};
    }));
    if (!found) return runtime::refuse(Code::kNotFound, "refusal.alert.no_version", {{"version", std::to_string(version)}, {"id", std::to_string(id.value())}});
    return std::move(found->xml);
  }

  Result<std::map<SituationId, Message>> newest(SituationId first, SituationId last) override {
    std::map<SituationId, Message> out;
    auto const read = [&](soci::session& sql) -> Result<void> {
      return storage::for_each(sql, kMessages,
                               {"WHERE situation >= :first AND situation <= :last AND version = (SELECT MAX(newer.version)"
                                " FROM alert_message newer WHERE newer.situation = alert_message.situation)",
                                {{"first", first}, {"last", last}}},
                               [&](MessageRow&& row) { out[row.situation] = {row.version, row.sent_at}; });
    };
    MADANG_CHECK(needs_.records.read(read));
    return out;
  }

 private:
  Result<void> publish(soci::session& sql, Situations::Change const& change) {
    MADANG_TRY(auto const published, published_of(sql, change.situation->id));
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
    return insert(sql, change, *type, message, *xml);
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
