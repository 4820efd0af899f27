// Signs the journal's tree while it grows, with the data directory's own key, and remembers the newest head there too: who can
// change the records only cannot cut the journal short unseen.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/data_directory.h"
#include "storage/journal/checkpoint.h"
#include "storage/records/records.h"

namespace madang::storage::journal {

/// Not thread-safe: one job calls it.
class Signer {
 public:
  /// `records` (migrated), `directory` and `clock` outlive it.
  static Result<Signer> open(Records& records, runtime::DataDirectory const& directory, runtime::Clock const& clock);

  /// Signs what is new since the newest head, if there is something. kCorrupt: the journal did not grow from what this
  /// directory signed last; nothing is signed then.
  Result<void> sign_new();

  [[nodiscard]] Verifier verifier() const { return key_.verifier(origin_); }

 private:
  Signer(Records& records, runtime::DataDirectory const& directory, runtime::Clock const& clock, SigningKey key)
      : records_(records), directory_(directory), clock_(clock), key_(std::move(key)) {}

  Records& records_;
  runtime::DataDirectory const& directory_;
  runtime::Clock const& clock_;
  SigningKey key_;
  std::string origin_;
};

/// The newest head that a data directory remembers; an empty text where it has signed nothing.
std::string remembered_head(std::filesystem::path const& data_directory);

}  // namespace madang::storage::journal
