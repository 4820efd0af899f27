#include "situations/retention.h"

#include <chrono>
#include <string>
#include <vector>

#include "runtime/log.h"
#include "situations/optional_instant.h"
#include "situations/limits.h"
#include "situations/model.h"
#include "situations/rows.h"
#include "storage/records/records.h"
#include "storage/records/rows.h"

namespace madang::situations {
namespace {

constexpr Millis kIdleFor = std::chrono::hours{24};

struct EndRow {
  SituationId id;
  Instant ended_at;
};
constexpr auto kEnds = storage::table<EndRow>("situation", storage::key("id", &EndRow::id), storage::column("ended_at", &EndRow::ended_at));

/// What of a line somebody who looks back must not be told wrongly: how severe it was, who had it, and whether the public saw it.
struct LineRow {
  std::int64_t version = 0;
  Severity severity = Severity::kNotice;
  State state = State::kFiring;
  bool is_public = false, silenced = false;
  [[nodiscard]] bool says_the_same(LineRow const& other) const {
    return severity == other.severity && state == other.state && is_public == other.is_public && silenced == other.silenced;
  }
};
constexpr auto kLines = storage::table<LineRow>("situation_past", storage::key("version", &LineRow::version),
                                                storage::column("severity", &LineRow::severity), storage::column("state", &LineRow::state),
                                                storage::column("is_public", &LineRow::is_public),
                                                storage::column("silenced", &LineRow::silenced));

/// The first, those with which one of these changed (the worst is among them), and the last, by version: "1,2,5".
std::string kept_of(std::vector<LineRow> const& lines) {
  std::string kept;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    bool const is_end = i == 0 || i + 1 == lines.size();
    if (is_end || !lines[i].says_the_same(lines[i - 1])) kept += (kept.empty() ? "" : ",") + std::to_string(lines[i].version);
  }
  return kept;
}

/// How many lines went. A message tells a version: those that tell what is kept stay, and so do the first and the last of them.
Result<std::int64_t> shorten_one(soci::session& sql, SituationId id) {
  MADANG_TRY(auto const lines, storage::select(sql, kLines, {"WHERE id = :id ORDER BY version", {{"id", id}}}));
  auto const kept = kept_of(lines);
  if (kept.empty()) return 0;
  MADANG_TRY(auto const past, storage::execute(sql, "DELETE FROM situation_past WHERE id = :id AND version NOT IN (" + kept + ")", {{"id", id}}));
  MADANG_TRY(auto const messages,
             storage::execute(sql,
                              "DELETE FROM alert_message WHERE situation = :id AND version NOT IN (" + kept + ")"
                              " AND version > (SELECT MIN(first.version) FROM alert_message first WHERE first.situation = :first)"
                              " AND version < (SELECT MAX(last.version) FROM alert_message last WHERE last.situation = :last)",
                              {{"id", id}, {"first", id}, {"last", id}}));
  return past + messages;
}

}  // namespace

Result<void> Retention::shorten() {
  auto const now = clock_.now();
  if (keep_ == Millis::zero() || now < idle_until_) return {};
  std::vector<EndRow> ended;
  MADANG_CHECK(records_.read([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(ended, storage::select(sql, kEnds,
                                      {"WHERE ended_at < :before AND (ended_at > :after OR (ended_at = :same AND id > :id))"
                                       " ORDER BY ended_at, id LIMIT :most",
                                       {{"before", now - keep_}, {"after", ended_to_}, {"same", ended_to_}, {"id", id_to_}, {"most", kShortenedMax}}}));
    return {};
  }));
  std::int64_t gone = 0;
  // Each on its own: where the records are slow, or one cannot be shortened, what was done before stays done.
  for (auto const& each : ended) {
    std::int64_t lines = 0;
    MADANG_CHECK(records_.transaction([&](soci::session& sql) -> Result<void> {
      MADANG_TRY(lines, shorten_one(sql, each.id));
      return {};
    }));
    gone += lines;
    ended_to_ = each.ended_at;
    id_to_ = each.id.value();
  }
  if (gone > 0) runtime::log_info("situations", "past_shortened", {{"situations", ended.size()}, {"lines", gone}});
  if (ended.size() < kShortenedMax) {
    idle_until_ = now + kIdleFor;
    ended_to_ = Instant{};
    id_to_ = 0;
  }
  return {};
}

}  // namespace madang::situations
