// A signed tree head: C2SP's tlog-checkpoint in a signed note, so that tools for transparency logs read it. The bytes stand in
// docs/formats/journal.md.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "runtime/data_directory.h"
#include "storage/journal/merkle.h"

namespace madang::storage::journal {

/// What a city says of its journal at one moment.
struct Checkpoint {
  std::string origin;  ///< which journal
  std::int64_t size = 0;
  Hash root{};
  Instant at;
};

/// With whose key a note must be signed: "ORIGIN+ID+KEY", the form of signed notes.
struct Verifier {
  std::string origin;
  std::array<unsigned char, 32> key{};

  /// Eight hexadecimal digits that follow from origin and key.
  [[nodiscard]] std::string id() const;
  [[nodiscard]] std::string text() const;
};

/// kInvalid: not of that form, or the id does not follow from the rest.
Result<Verifier> parse_verifier(std::string_view text);

/// What the note says, whoever signed it. kInvalid: not a checkpoint of a Madang journal.
Result<Checkpoint> read_checkpoint(std::string_view note);
/// The same, where that key signed it. kCorrupt: no signature of that key, or one that does not fit.
Result<Checkpoint> open_checkpoint(std::string_view note, Verifier const& verifier);

/// Ed25519. Lives in DATA/journal_key, which only the server's user may read.
class SigningKey {
 public:
  /// Makes the key when there is none. kCorrupt: the file holds no key; it is never overwritten.
  static Result<SigningKey> open(runtime::DataDirectory const& directory);
  /// Of a data directory that may be in use. kNotFound: it has never signed.
  static Result<SigningKey> read(std::filesystem::path const& data_directory);

  [[nodiscard]] Verifier verifier(std::string const& origin) const;
  [[nodiscard]] std::string sign(Checkpoint const& checkpoint) const;

 private:
  SigningKey() = default;
  static SigningKey of_seed(std::array<unsigned char, 32> const& seed);

  std::array<unsigned char, 32> public_{};
  std::array<unsigned char, 64> secret_{};
};

}  // namespace madang::storage::journal
