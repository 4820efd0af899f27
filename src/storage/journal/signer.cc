#include "storage/journal/signer.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "storage/journal/tables.h"

namespace madang::storage::journal {
namespace {

constexpr char const* kHeadName = "journal_head";

/// What was signed last must still be the beginning of the journal.
Result<void> check_growth(soci::session& sql, Checkpoint const& last, State const& now) {
  auto const changed = [&](std::string const& what) {
    return fail(Code::kCorrupt, fmt::format("journal: {}; see `madang verify`, and move {} away from the data directory only if "
                                            "these records are meant to be here", what, kHeadName));
  };
  if (now.origin != last.origin) return changed(fmt::format("the records hold {}, this data directory signed {}", now.origin, last.origin));
  if (now.size < last.size) return changed(fmt::format("{} entries were signed and {} are left", last.size, now.size));
  MADANG_TRY(auto const root, root_of(last.size, stored_nodes(sql)));
  if (root != last.root) return changed(fmt::format("the first {} entries are not those that were signed", last.size));
  return {};
}

}  // namespace

std::string remembered_head(std::filesystem::path const& data_directory) {
  std::ifstream in(data_directory / kHeadName, std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<Signer> Signer::open(Records& records, runtime::DataDirectory const& directory, runtime::Clock const& clock) {
  MADANG_TRY(auto key, SigningKey::open(directory));
  Signer signer(records, directory, clock, std::move(key));
  MADANG_TRY(signer.origin_, origin(records));
  return signer;
}

Result<void> Signer::sign_new() {
  std::string signed_note;
  auto const sign = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const state, read_state(sql));
    auto const size = state.size;
    if (auto const note = remembered_head(directory_.path()); !note.empty()) {
      MADANG_TRY(auto const last, read_checkpoint(note));
      MADANG_CHECK(check_growth(sql, last, state));
      if (last.size == size) return {};
    }
    auto const id = verifier().id();
    if (size == 0) return {};
    MADANG_TRY(auto const head, find(sql, kHeads, size, id));
    if (head) {
      signed_note = head->note;  // the last run ended before it was remembered
      return {};
    }
    MADANG_TRY(auto const root, root_of(size, stored_nodes(sql)));
    signed_note = key_.sign({origin_, size, root, clock_.now()});
    return write_head(sql, {size, id, signed_note}, verifier().text());
  };
  MADANG_CHECK(records_.transaction(sign));
  if (signed_note.empty()) return {};
  return directory_.write_file(kHeadName, signed_note);
}

}  // namespace madang::storage::journal
