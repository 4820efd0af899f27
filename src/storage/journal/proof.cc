// Proofs as files: written from the stored tree, checked without it.
#include <fmt/format.h>
#include <simdjson.h>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "storage/journal/commitment.h"
#include "storage/journal/limits.h"
#include "storage/journal/tables.h"
#include "storage/journal/verify.h"

namespace madang::storage::journal {
namespace {

using simdjson::dom::element;

constexpr std::string_view kFormat = "madang journal proof 1";

Result<StoredHead> signed_head(soci::session& sql) {
  MADANG_TRY(auto head, newest_head(sql));
  if (!head) return fail(Code::kNotFound, "the journal has not been signed yet; the running server does that every minute");
  return *std::move(head);
}

Result<std::string> verifier_of(soci::session& sql, StoredHead const& head) {
  MADANG_TRY(auto const signer, find(sql, kSigners, head.signer));
  if (signer) return signer->verifier;
  return fail(Code::kCorrupt, "journal: the key of the head of " + std::to_string(head.size) + " entries is missing");
}

void write_path(JsonWriter& out, Path const& path) {
  out.key("path").begin_array();
  for (auto const& hash : path) out.value(text_of(hash));
  out.end_array();
}

Result<std::string> entry_proof(soci::session& sql, std::int64_t position, Shown shown) {
  MADANG_TRY(auto const head, signed_head(sql));
  if (position < 0 || position >= head.size) {
    return fail(Code::kNotFound, fmt::format("entry {} is not among the {} that are signed", position, head.size));
  }
  Positions const which{position, position + 1};
  MADANG_TRY(auto const found, shown == Shown::kEverything ? read_entries(sql, which) : read_leaves(sql, which));
  if (found.empty()) return fail(Code::kCorrupt, fmt::format("journal: entry {} is missing", position));
  MADANG_TRY(auto const path, inclusion_path(position, head.size, stored_nodes(sql)));
  MADANG_TRY(auto const verifier, verifier_of(sql, head));
  JsonWriter out;
  out.begin_object().field("format", kFormat).field("verifier", verifier).field("checkpoint", head.note);
  out.field("position", position);
  if (shown == Shown::kHash)
    out.field("leaf_hash", text_of(hash_of_leaf(found.front().leaf)));
  else
    out.field("leaf", found.front().leaf);
  out.key("openings").begin_array();
  if (shown == Shown::kEverything) {
    for (auto const& opening : found.front().openings)
      out.begin_object().field("name", opening.name).field("salt", opening.salt).field("data", opening.data).end_object();
  }
  out.end_array();
  write_path(out, path);
  out.end_object();
  return out.take();
}

Result<std::string> growth_proof(soci::session& sql, std::int64_t from_size) {
  MADANG_TRY(auto const head, signed_head(sql));
  MADANG_TRY(auto const earlier, head_of_size(sql, from_size));
  if (!earlier) return fail(Code::kNotFound, fmt::format("no head of {} entries has been signed", from_size));
  MADANG_TRY(auto const path, consistency_path(from_size, head.size, stored_nodes(sql)));
  MADANG_TRY(auto const verifier, verifier_of(sql, head));
  MADANG_TRY(auto const earlier_verifier, verifier_of(sql, *earlier));
  JsonWriter out;
  out.begin_object().field("format", kFormat).field("verifier", verifier).field("checkpoint", head.note);
  out.field("earlier_verifier", earlier_verifier).field("earlier", earlier->note);
  write_path(out, path);
  out.end_object();
  return out.take();
}

Result<std::string> text_at(element const& from, std::string_view key) {
  std::string_view text;
  if (from[key].get(text) != simdjson::SUCCESS) return fail(Code::kInvalid, fmt::format("proof: \"{}\" is missing or no text", key));
  return std::string{text};
}

Result<Path> path_of(element const& from) {
  simdjson::dom::array steps;
  if (from["path"].get(steps) != simdjson::SUCCESS) return fail(Code::kInvalid, "proof: \"path\" is missing or no list");
  if (steps.size() > kPathMax) return fail(Code::kLimit, fmt::format("proof: a path of more than {} hashes", kPathMax));
  Path path;
  for (auto const step : steps) {
    std::string_view text;
    auto const hash = step.get(text) == simdjson::SUCCESS ? hash_of_text(text) : std::nullopt;
    if (!hash) return fail(Code::kInvalid, fmt::format("proof: step {} of the path is no SHA-256 in base64", path.size()));
    path.push_back(*hash);
  }
  return path;
}

Result<std::vector<Opening>> openings_of(element const& from) {
  simdjson::dom::array list;
  if (from["openings"].get(list) != simdjson::SUCCESS) return fail(Code::kInvalid, "proof: \"openings\" is missing or no list");
  if (list.size() > kSecretsMax) return fail(Code::kLimit, fmt::format("proof: more than {} openings", kSecretsMax));
  std::vector<Opening> openings;
  for (element const each : list) {
    Opening opening;
    MADANG_TRY(opening.name, text_at(each, "name"));
    MADANG_TRY(opening.salt, text_at(each, "salt"));
    MADANG_TRY(opening.data, text_at(each, "data"));
    openings.push_back(std::move(opening));
  }
  return openings;
}

/// The trusted key, or the one that the proof brings.
Result<Verifier> key_for(element const& proof, std::string_view member, std::optional<Verifier> const& trusted) {
  if (trusted) return *trusted;
  MADANG_TRY(auto const text, text_at(proof, member));
  return parse_verifier(text);
}

Result<void> check_growth_proof(element const& proof, Path const& path, std::optional<Verifier> const& trusted, ProofReport& report) {
  MADANG_TRY(auto const note, text_at(proof, "earlier"));
  MADANG_TRY(auto const verifier, key_for(proof, "earlier_verifier", trusted));
  MADANG_TRY(report.earlier, open_checkpoint(note, verifier));
  auto const& [from, to] = std::pair{*report.earlier, report.checkpoint};
  if (from.origin != to.origin) return fail(Code::kCorrupt, "proof: the two heads are of two journals");
  if (proves_growth(from.size, to.size, from.root, path, to.root)) return {};
  return fail(Code::kCorrupt, fmt::format("proof: the tree of {} entries did not grow from the one of {}", to.size, from.size));
}

Result<void> check_entry_proof(element const& proof, Path const& path, ProofReport& report) {
  std::int64_t position = -1;
  if (proof["position"].get(position) != simdjson::SUCCESS) return fail(Code::kInvalid, "proof: \"position\" is missing or no number");
  bool const has_leaf = proof["leaf"].error() == simdjson::SUCCESS;
  MADANG_TRY(auto const shown, text_at(proof, has_leaf ? "leaf" : "leaf_hash"));
  auto const hash = has_leaf ? std::optional{hash_of_leaf(shown)} : hash_of_text(shown);
  if (!hash) return fail(Code::kInvalid, "proof: \"leaf_hash\" is no SHA-256 in base64");
  MADANG_TRY(auto const openings, openings_of(proof));
  auto const& tree = report.checkpoint;
  if (!proves_inclusion(position, {0, tree.size}, *hash, path, tree.root)) {
    return fail(Code::kCorrupt, fmt::format("proof: what stands here is not entry {} of the signed tree of {}", position, tree.size));
  }
  if (!has_leaf) return {};
  report.leaf = shown;
  return check_openings(report.leaf, position, openings);
}

}  // namespace

Result<std::string> export_entry(Records& records, std::int64_t position, Shown shown) {
  std::string text;
  auto const write = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(text, entry_proof(sql, position, shown));
    return {};
  };
  MADANG_CHECK(records.read(write));
  return text;
}

Result<std::string> export_growth(Records& records, std::int64_t from_size) {
  std::string text;
  auto const write = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(text, growth_proof(sql, from_size));
    return {};
  };
  MADANG_CHECK(records.read(write));
  return text;
}

Result<std::string> newest_checkpoint(Records& records) {
  std::string note;
  MADANG_CHECK(records.read([&note](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const head, signed_head(sql));
    note = head.note;
    return {};
  }));
  return note;
}

Result<ProofReport> check_proof(std::string_view text, std::optional<Verifier> const& trusted) {
  if (text.size() > kProofTextMax) return fail(Code::kLimit, fmt::format("proof: more than {} bytes", kProofTextMax));
  if (auto wrong = json_fault("proof", text)) return fail(*std::move(wrong));
  simdjson::dom::parser parser;
  element proof;
  if (parser.parse(text.data(), text.size()).get(proof) != simdjson::SUCCESS) return fail(Code::kInvalid, "proof: no JSON");
  MADANG_TRY(auto const format, text_at(proof, "format"));
  if (format != kFormat) return fail(Code::kInvalid, fmt::format("proof: \"format\" is not \"{}\"", kFormat));
  ProofReport report;
  MADANG_TRY(auto const note, text_at(proof, "checkpoint"));
  MADANG_TRY(auto const verifier, key_for(proof, "verifier", trusted));
  MADANG_TRY(report.checkpoint, open_checkpoint(note, verifier));
  report.verifier = verifier.text();
  MADANG_TRY(auto const path, path_of(proof));
  if (proof["earlier"].error() == simdjson::SUCCESS)
    MADANG_CHECK(check_growth_proof(proof, path, trusted, report));
  else
    MADANG_CHECK(check_entry_proof(proof, path, report));
  return report;
}

}  // namespace madang::storage::journal
