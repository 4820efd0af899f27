#include "storage/journal/journal.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <span>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "storage/journal/commitment.h"
#include "storage/journal/limits.h"
#include "storage/journal/tables.h"

namespace madang::storage::journal {
namespace {

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

Result<State> state_of(Records& records) {
  State state;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(state, read_state(sql));
    return {};
  };
  MADANG_CHECK(records.read(read));
  return state;
}

/// The new leaf's hash and those of the nodes that it completes; each needs one sibling that is stored already.
Result<void> write_nodes(soci::session& sql, std::int64_t position, Hash hash) {
  auto const node = stored_nodes(sql);
  for (int level = 0;; ++level) {
    MADANG_CHECK(insert(sql, kNodes, {node_id(level, position >> level), text_of(hash)}));
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
    MADANG_TRY(auto const known, count(sql, kStates));
    if (known > 0) return {};
    return insert(sql, kStates, {1, fmt::format("madang/journal/{:08x}{:08x}", randombytes_random(), randombytes_random()), 0});
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
  MADANG_CHECK(execute(sql, "UPDATE journal_state SET size = size + 1 WHERE id = 1"));
  MADANG_TRY(auto const state, read_state(sql));
  auto const position = state.size - 1;
  std::vector<std::string> salts;
  std::vector<StoredOpening> openings;
  for (auto const& [name, data] : event.secrets) {
    salts.push_back(new_salt());
    openings.push_back({position, name, salts.back(), data});
  }
  auto const leaf = leaf_of(position, event, salts);
  MADANG_CHECK(insert(sql, kEntries, {position, leaf}));
  MADANG_CHECK(insert_all(sql, kOpenings, std::span<StoredOpening const>{openings}));
  MADANG_CHECK(write_nodes(sql, position, hash_of_leaf(leaf)));
  return position;
}

Result<void> erase(soci::session& sql, std::int64_t position, std::string_view name, Instant now) {
  MADANG_TRY(auto const was_there, storage::erase(sql, kOpenings, position, name));
  if (!was_there) {
    return fail(Code::kNotFound, fmt::format("entry {} has nothing called \"{}\" that could be erased", position, name));
  }
  JsonWriter facts;
  facts.begin_object().field("position", position).field("name", name).end_object();
  MADANG_CHECK(append(sql, {.at = now, .kind = "opening_erased", .facts = facts.take()}));
  return {};
}

Result<std::string> origin(Records& records) {
  MADANG_TRY(auto state, state_of(records));
  return std::move(state.origin);
}

Result<std::int64_t> entry_count(Records& records) {
  MADANG_TRY(auto const state, state_of(records));
  return state.size;
}

namespace {

using Read = Result<std::vector<Entry>> (*)(soci::session&, Positions);

Result<std::vector<Entry>> page(Records& records, std::int64_t from, std::int64_t limit, Read read_page) {
  auto const count = std::clamp<std::int64_t>(limit, 0, kPage);
  auto const end = from > std::numeric_limits<std::int64_t>::max() - count ? std::numeric_limits<std::int64_t>::max() : from + count;
  std::vector<Entry> found;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(found, read_page(sql, {from, end}));
    return {};
  };
  MADANG_CHECK(records.read(read));
  return found;
}

}  // namespace

Result<std::vector<Entry>> entries(Records& records, std::int64_t from, std::int64_t limit) { return page(records, from, limit, read_entries); }

Result<std::vector<Entry>> leaves(Records& records, std::int64_t from, std::int64_t limit) { return page(records, from, limit, read_leaves); }

}  // namespace madang::storage::journal
