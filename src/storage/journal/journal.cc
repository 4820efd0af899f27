#include "storage/journal/journal.h"

#include <fmt/format.h>
#include <sodium.h>
#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "storage/journal/commitment.h"
#include "storage/journal/limits.h"
#include "storage/journal/tables.h"

namespace madang::storage::journal {
namespace {

using Number = long long;
using soci::use;

constexpr std::array kMigrations = {
    Migration{"2026-11 keep a journal under a Merkle tree",
              "CREATE TABLE journal_state (id BIGINT NOT NULL PRIMARY KEY, origin TEXT NOT NULL, size BIGINT NOT NULL);"
              "CREATE TABLE journal_entry (position BIGINT NOT NULL PRIMARY KEY, leaf TEXT NOT NULL);"
              "CREATE TABLE journal_opening (position BIGINT NOT NULL REFERENCES journal_entry (position), name TEXT NOT NULL,"
              " salt TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (position, name));"
              "CREATE TABLE journal_node (id BIGINT NOT NULL PRIMARY KEY, hash TEXT NOT NULL);"
              "CREATE TABLE journal_signer (id TEXT NOT NULL PRIMARY KEY, verifier TEXT NOT NULL);"
              "CREATE TABLE journal_head (size BIGINT NOT NULL, signer TEXT NOT NULL REFERENCES journal_signer (id),"
              " note TEXT NOT NULL, PRIMARY KEY (size, signer))"},
};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kKindMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<void> check_facts(std::string const& facts) {
  if (facts.size() > kFactsMax) {
    return fail(Code::kLimit, fmt::format("facts: {} bytes are more than {}", facts.size(), kFactsMax));
  }
  if (auto fault = json_fault("facts", facts)) return fail(*std::move(fault));
  if (!trim(facts).starts_with('{')) return fail(Code::kInvalid, "facts: a JSON object is expected");
  return {};
}

Result<void> check_secrets(std::vector<Secret> const& secrets) {
  if (secrets.size() > kSecretsMax) {
    return fail(Code::kLimit, fmt::format("secrets: {} are more than {}", secrets.size(), kSecretsMax));
  }
  std::set<std::string_view> names;
  for (auto const& secret : secrets) {
    if (!is_name(secret.name)) return fail(Code::kInvalid, "secrets: \"" + secret.name + "\" is no name");
    if (!names.insert(secret.name).second) return fail(Code::kInvalid, "secrets: \"" + secret.name + "\" stands twice");
    if (secret.data.size() > kSecretMax) {
      return fail(Code::kLimit, fmt::format("{}: {} bytes are more than {}", secret.name, secret.data.size(), kSecretMax));
    }
    if (!is_utf8(secret.data) || secret.data.find('\0') != std::string::npos) {
      return fail(Code::kInvalid, secret.name + ": not UTF-8, or with a zero byte");
    }
  }
  return {};
}

std::string leaf_of(std::int64_t position, Event const& event, std::vector<std::string> const& salts) {
  JsonWriter out;
  out.begin_object().field("position", position).field("at", format_instant(event.at)).field("kind", event.kind);
  out.key("facts").raw(event.facts).key("commitments").begin_object();
  for (std::size_t i = 0; i < event.secrets.size(); ++i) {
    out.field(event.secrets[i].name, text_of(*commitment_of(salts[i], event.secrets[i].data)));
  }
  out.end_object().end_object();
  return out.take();
}

/// The new leaf's hash and those of the nodes that it completes; each needs one sibling that is stored already.
Result<void> write_nodes(soci::session& sql, std::int64_t position, Hash hash) {
  auto const node = stored_nodes(sql);
  for (int level = 0;; ++level) {
    Number const id = node_id(level, position >> level);
    auto const text = text_of(hash);
    sql << "INSERT INTO journal_node (id, hash) VALUES (:id, :hash)", use(id, "id"), use(text, "hash");
    if (((position >> level) & 1) == 0) return {};
    MADANG_TRY(auto const left, node(level, (position >> level) - 1));
    hash = hash_of_node(left, hash);
  }
}

}  // namespace

Result<void> migrate(Records& records) {
  MADANG_CHECK(records.migrate("journal", kMigrations));
  if (sodium_init() < 0) return fail(Code::kInternal, "the cryptographic library cannot be started");
  auto const name_it = [](soci::session& sql) -> Result<void> {
    Number known = 0;
    sql << "SELECT COUNT(*) FROM journal_state", soci::into(known);
    if (known > 0) return {};
    auto const origin = fmt::format("madang/journal/{:08x}{:08x}", randombytes_random(), randombytes_random());
    sql << "INSERT INTO journal_state (id, origin, size) VALUES (1, :origin, 0)", use(origin, "origin");
    return {};
  };
  auto named = records.transaction(name_it);
  // Two servers that start together on one database both see none; one of them names it.
  if (!named && named.error().code == Code::kConflict) named = records.transaction(name_it);
  return named;
}

Result<std::int64_t> append(soci::session& sql, Event const& event) {
  if (!is_name(event.kind)) return fail(Code::kInvalid, "kind: \"" + event.kind + "\" is no name");
  MADANG_CHECK(check_facts(event.facts));
  MADANG_CHECK(check_secrets(event.secrets));
  // Locks the row, so that two writers on one database never take the same position.
  sql << "UPDATE journal_state SET size = size + 1 WHERE id = 1";
  Number const position = size_of(sql) - 1;
  std::vector<std::string> salts;
  for (std::size_t i = 0; i < event.secrets.size(); ++i) salts.push_back(new_salt());
  auto const leaf = leaf_of(position, event, salts);
  sql << "INSERT INTO journal_entry (position, leaf) VALUES (:position, :leaf)", use(position, "position"), use(leaf, "leaf");
  for (std::size_t i = 0; i < event.secrets.size(); ++i) {
    sql << "INSERT INTO journal_opening (position, name, salt, data) VALUES (:position, :name, :salt, :data)",
        use(position, "position"), use(event.secrets[i].name, "name"), use(salts[i], "salt"), use(event.secrets[i].data, "data");
  }
  MADANG_CHECK(write_nodes(sql, position, hash_of_leaf(leaf)));
  return position;
}

Result<void> erase(soci::session& sql, std::int64_t position, std::string_view name, Instant now) {
  Number const at = position;
  std::string const wanted{name};
  Number known = 0;
  sql << "SELECT COUNT(*) FROM journal_opening WHERE position = :position AND name = :name", use(at, "position"),
      use(wanted, "name"), soci::into(known);
  if (known == 0) {
    return fail(Code::kNotFound, fmt::format("entry {} has nothing called \"{}\" that could be erased", position, name));
  }
  sql << "DELETE FROM journal_opening WHERE position = :position AND name = :name", use(at, "position"), use(wanted, "name");
  JsonWriter facts;
  facts.begin_object().field("position", position).field("name", name).end_object();
  MADANG_CHECK(append(sql, {.at = now, .kind = "opening_erased", .facts = facts.take()}));
  return {};
}

Result<std::string> origin(Records& records) {
  std::string name;
  auto const read = [&](soci::session& sql) -> Result<void> {
    name = origin_of(sql);
    return {};
  };
  MADANG_CHECK(records.read(read));
  return name;
}

Result<std::int64_t> entry_count(Records& records) {
  std::int64_t count = 0;
  auto const read = [&](soci::session& sql) -> Result<void> {
    count = size_of(sql);
    return {};
  };
  MADANG_CHECK(records.read(read));
  return count;
}

Result<std::vector<Entry>> entries(Records& records, std::int64_t from, std::int64_t limit) {
  std::vector<Entry> found;
  auto const read = [&](soci::session& sql) -> Result<void> {
    found = read_entries(sql, {from, from + std::clamp<std::int64_t>(limit, 0, kPage)});
    return {};
  };
  MADANG_CHECK(records.read(read));
  return found;
}

}  // namespace madang::storage::journal
