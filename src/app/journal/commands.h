// madang journal ..., madang verify: the journal read, proven and checked.
#pragma once

#include <filesystem>
#include <string>

#include "modules/ground.h"

namespace madang::app {

struct JournalOptions {
  std::filesystem::path data_directory;
  modules::GroundSettings settings;
  std::string proof;       ///< a file with an exported proof; empty: the data directory's journal
  std::string key;         ///< ORIGIN+ID+KEY; empty: the data directory's own
  std::int64_t position = 0;
  std::int64_t count = 20;
  std::string name;        ///< of what is erased
};

int run_verify(JournalOptions const& options);
int list_journal(JournalOptions const& options);
int print_journal_key(JournalOptions const& options);
int prove_entry(JournalOptions const& options);
int prove_growth(JournalOptions const& options);
int erase_from_journal(JournalOptions const& options);

}  // namespace madang::app
