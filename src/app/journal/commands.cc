#include "app/journal/commands.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

#include "modules/city_directory.h"
#include "runtime/clock.h"
#include "storage/journal/journal.h"
#include "storage/journal/signer.h"
#include "storage/journal/verify.h"
#include "storage/records/unmigrated.h"

namespace madang::app {
namespace {

namespace fs = std::filesystem;
namespace journal = storage::journal;

/// A proof is far smaller; what is larger is another file.
constexpr std::size_t kProofFileMax = 2 << 20;

int exit_code_of(std::string_view what, Result<void> const& done) {
  if (done) return 0;
  fmt::print(stderr, "madang {}: {}\n", what, done.error().sentence);
  return 1;
}

/// Opens the records of a data directory, also while a server runs on it, and calls `work`.
enum class Use { kRead, kWrite };
Result<void> with_journal(JournalOptions const& options, std::function<Result<void>(storage::Records&)> const& work, Use use = Use::kRead) {
  MADANG_CHECK(modules::find_city(options.settings, options.data_directory, modules::CityNeed::kThere));
  runtime::SystemClock const clock;
  MADANG_TRY(auto records, storage::Records::open(modules::records_address_of(options.settings, options.data_directory), clock));
  if (use == Use::kRead) records = storage::unmigrated(std::move(records));
  MADANG_CHECK(journal::migrate(*records));
  return work(*records);
}

/// The key that was named, else the data directory's own, else none.
Result<std::optional<journal::Verifier>> trusted_key(JournalOptions const& options, storage::Records& records) {
  if (!options.key.empty()) {
    MADANG_TRY(auto key, journal::parse_verifier(options.key));
    return key;
  }
  auto const own = journal::SigningKey::read(options.data_directory);
  if (!own && own.error().code == Code::kNotFound) return std::nullopt;
  if (!own) return fail(own.error());
  MADANG_TRY(auto const origin, journal::origin(records));
  return own->verifier(origin);
}

Result<void> verify_journal(JournalOptions const& options) {
  return with_journal(options, [&](storage::Records& records) -> Result<void> {
    journal::VerifyOptions how;
    MADANG_TRY(how.trusted, trusted_key(options, records));
    how.remembered = journal::remembered_head(options.data_directory);
    MADANG_TRY(auto const report, journal::verify(records, how));
    if (!options.key.empty() && report.signed_entries == 0 && report.entries > 0)
      return fail(Code::kCorrupt, "journal: nothing is signed with that key");
    fmt::print("journal    {}\nentries    {}, all as they were written\n", report.origin, report.entries);
    fmt::print("root       {}\n", report.root);
    fmt::print("heads      {}, every signature and root fits\n", report.heads);
    if (report.commitments > 0) {
      fmt::print("personal   {} commitments, {} of them erased; the others open as promised\n", report.commitments, report.erased);
    }
    for (auto const& signer : report.signers) fmt::print("signer     {}\n", signer);
    auto const waiting = report.entries - report.signed_entries;
    if (!how.trusted) fmt::print("note       this data directory has no key: name the one that you trust with --key\n");
    if (waiting > 0) fmt::print("note       the last {} entries are not signed yet; a running server signs every minute\n", waiting);
    fmt::print("the journal is whole\n");
    return {};
  });
}

Result<std::string> read_proof(std::string const& name) {
  std::ifstream in(name, std::ios::binary);
  if (!in) return fail(Code::kNotFound, name + " cannot be read");
  std::error_code error;
  if (fs::file_size(name, error) > kProofFileMax && !error) return fail(Code::kLimit, name + " is too large to be a proof");
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<void> verify_proof(JournalOptions const& options) {
  MADANG_TRY(auto const text, read_proof(options.proof));
  std::optional<journal::Verifier> trusted;
  if (!options.key.empty()) {
    MADANG_TRY(trusted, journal::parse_verifier(options.key));
  }
  MADANG_TRY(auto const report, journal::check_proof(text, trusted));
  auto const& head = report.checkpoint;
  if (report.earlier) {
    fmt::print("proven     the {} entries of {} stand unchanged at the beginning of the {} of {}\n", report.earlier->size,
               format_instant(report.earlier->at), head.size, format_instant(head.at));
  } else {
    fmt::print("entry      {}\nproven     it stands in the journal {} of {} entries, signed {}\n", report.leaf, head.origin, head.size,
               format_instant(head.at));
  }
  fmt::print("root       {}\nsigned by  {}\n", journal::text_of(head.root), report.verifier);
  if (!trusted) fmt::print("note       that key came with the proof: compare it with the one that the city has published\n");
  return {};
}

/// Runs an export and prints its text.
int print_proof(std::string_view what, JournalOptions const& options,
                std::function<Result<std::string>(storage::Records&)> const& make) {
  return exit_code_of(what, with_journal(options, [&](storage::Records& records) -> Result<void> {
                  MADANG_TRY(auto const text, make(records));
                  fmt::print("{}\n", text);
                  return {};
                }));
}

void print_entry(journal::Entry const& entry) {
  fmt::print("{}\n", entry.leaf);
  for (auto const& opening : entry.openings) fmt::print("    {} = {}\n", opening.name, opening.data);
}

}  // namespace

int run_verify(JournalOptions const& options) {
  if (sodium_init() < 0) return exit_code_of("verify", fail(Code::kInternal, "the cryptographic library cannot be started"));
  return exit_code_of("verify", options.proof.empty() ? verify_journal(options) : verify_proof(options));
}

int list_journal(JournalOptions const& options) {
  return exit_code_of("journal list", with_journal(options, [&](storage::Records& records) -> Result<void> {
                  MADANG_TRY(auto const size, journal::entry_count(records));
                  for (auto from = std::max<std::int64_t>(0, size - options.count); from < size;) {
                    MADANG_TRY(auto const page, journal::entries(records, from, size - from));
                    if (page.empty()) return fail(Code::kCorrupt, fmt::format("journal: entry {} is missing", from));
                    for (auto const& entry : page) print_entry(entry);
                    from = page.back().position + 1;
                  }
                  return {};
                }));
}

int print_journal_key(JournalOptions const& options) {
  return exit_code_of("journal key", with_journal(options, [&](storage::Records& records) -> Result<void> {
                  MADANG_TRY(auto const key, journal::SigningKey::read(options.data_directory));
                  MADANG_TRY(auto const origin, journal::origin(records));
                  fmt::print("{}\n", key.verifier(origin).text());
                  return {};
                }));
}

int prove_entry(JournalOptions const& options) {
  return print_proof("journal prove", options,
                     [&](storage::Records& records) { return journal::export_entry(records, options.position); });
}

int prove_growth(JournalOptions const& options) {
  return print_proof("journal grown", options,
                     [&](storage::Records& records) { return journal::export_growth(records, options.position); });
}

int erase_from_journal(JournalOptions const& options) {
  return exit_code_of("journal erase", with_journal(options, [&](storage::Records& records) -> Result<void> {
                  runtime::SystemClock const clock;
                  MADANG_CHECK(records.transaction(
                      [&](soci::session& sql) { return journal::erase(sql, options.position, options.name, clock.now()); }));
                  fmt::print("\"{}\" of entry {} is erased; backups made before still hold it\n", options.name, options.position);
                  return {};
                }, Use::kWrite));
}

}  // namespace madang::app
