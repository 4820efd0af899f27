#include "sensing/warning/rule_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/json_writer.h"
#include "runtime/refusal.h"
#include "sensing/warning/rules.h"
#include "storage/journal/journal.h"
#include "storage/records/bulk.h"
#include "storage/records/records.h"

namespace madang::sensing::warning {
namespace {

using Number = long long;
using soci::into;
using soci::use;

constexpr std::size_t kHistoryMax = 200;

constexpr std::array kMigrations = {
    storage::Migration{"2026-11 keep every version of the warning rules",
                       "CREATE TABLE warning_rules (version BIGINT NOT NULL PRIMARY KEY, since BIGINT NOT NULL,"
                       " author TEXT NOT NULL, note TEXT NOT NULL, rules TEXT NOT NULL)"},
};

Result<void> insert(soci::session& sql, RuleSet const& set) {
  Number const version = set.version;
  Number const since = millis_of(set.since);
  std::string const rules = json_of(set);
  sql << "INSERT INTO warning_rules (version, since, author, note, rules)"
         " VALUES (:version, :since, :author, :note, :rules)",
      use(version, "version"), use(since, "since"), use(set.author, "author"), use(set.note, "note"), use(rules, "rules");
  return {};
}

Result<void> record(soci::session& sql, RuleSet const& set, PartyId by) {
  JsonWriter facts;
  facts.begin_object();
  if (by) facts.field("by", by.value());
  facts.field("version", static_cast<std::int64_t>(set.version)).end_object();
  std::vector<storage::journal::Secret> secrets{{"actor", set.author}, {"note", set.note}};
  std::erase_if(secrets, [](auto const& secret) { return secret.data.empty(); });
  MADANG_CHECK(storage::journal::append(sql, {set.since, "rules_changed", facts.take(), std::move(secrets)}));
  return {};
}

/// As they are kept: what a method does not use is not.
bool same_rules(RuleSet const& a, RuleSet const& b) {
  return std::ranges::equal(a.rules, b.rules, {}, [](Rule const& r) { return json_of(r); }, [](Rule const& r) { return json_of(r); });
}

Number newest_version(soci::session& sql) {
  Number version = 0;
  sql << "SELECT COALESCE(MAX(version), 0) FROM warning_rules", into(version);
  return version;
}

}  // namespace

Result<RuleSet> RuleStore::in_force(Instant now) {
  MADANG_CHECK(records_.migrate("warning", kMigrations));
  MADANG_TRY(auto known, read("WHERE version = (SELECT MAX(version) FROM warning_rules)", true));
  RuleSet shipped = shipped_rules();
  // Rules that nobody changed follow the release; those of an operator stay.
  bool const follows = known.empty() || (known.front().author.empty() && !same_rules(known.front(), shipped));
  if (!follows) return std::move(known.front());
  shipped.version = known.empty() ? 1 : known.front().version + 1;
  shipped.since = now;
  return shipped;
}

Result<void> RuleStore::open(Instant now) {
  MADANG_CHECK(storage::journal::migrate(records_));
  MADANG_TRY(auto const set, in_force(now));
  return records_.transaction([&set](soci::session& sql) -> Result<void> {
    if (newest_version(sql) >= static_cast<Number>(set.version)) return {};
    return insert(sql, set);
  });
}

Result<std::vector<RuleSet>> RuleStore::read(std::string const& where, bool with_rules) {
  std::vector<RuleSet> found;
  auto const work = [&](soci::session& sql) -> Result<void> {
    std::optional<Error> failure;
    storage::read_rows<Number, Number, std::string, std::string, std::string>(
        sql, "SELECT version, since, author, note, rules FROM warning_rules " + where,
        [&](Number version, Number since, std::string& author, std::string& note, std::string& rules) {
          if (found.size() >= kHistoryMax || failure) return;
          RuleSet set;
          if (with_rules) {
            auto read = rule_set_of_json(rules);
            if (!read) {
              failure = read.error();
              return;
            }
            set = *std::move(read);
          }
          set.version = static_cast<std::uint32_t>(version);
          set.since = instant_of_millis(since);
          set.author = std::move(author);
          set.note = std::move(note);
          found.push_back(std::move(set));
        });
    if (failure) return fail(*failure);
    return {};
  };
  MADANG_CHECK(records_.read(work));
  return found;
}

Result<RuleSet> RuleStore::newest() {
  MADANG_TRY(auto found, read("WHERE version = (SELECT MAX(version) FROM warning_rules)", true));
  if (found.empty()) return runtime::refuse(Code::kNotFound, "refusal.rules.none");
  return std::move(found.front());
}

Result<RuleSet> RuleStore::version(std::uint32_t number) {
  MADANG_TRY(auto found, read(fmt::format("WHERE version = {}", number), true));
  if (found.empty()) return runtime::refuse_field(Code::kNotFound, "version", "refusal.rules.no_version", {{"version", std::to_string(number)}});
  return std::move(found.front());
}

Result<std::vector<RuleSet>> RuleStore::history() { return read("ORDER BY version DESC", false); }

Result<RuleSet> RuleStore::add(RuleSet set, std::uint32_t based_on, PartyId by) {
  MADANG_CHECK(check(set));
  auto const work = [&](soci::session& sql) -> Result<void> {
    auto const newest = newest_version(sql);
    if (newest != based_on) {
      return runtime::refuse_field(Code::kConflict, "version", "refusal.rules.changed",
                                   {{"now", std::to_string(newest)}, {"seen", std::to_string(based_on)}});
    }
    set.version = based_on + 1;
    MADANG_CHECK(insert(sql, set));
    return record(sql, set, by);
  };
  MADANG_CHECK(records_.transaction(work));
  return set;
}

}  // namespace madang::sensing::warning
