// Proofs, heads and keys of a journal, as a stranger hands them in. No crash; what is accepted is written again as it was read.
#include <cstdint>
#include <string_view>

#include "storage/journal/verify.h"

namespace journal = madang::storage::journal;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  (void)journal::check_proof(text, std::nullopt);
  (void)journal::read_checkpoint(text);
  if (auto const verifier = journal::parse_verifier(text)) {
    if (verifier->text() != text) __builtin_trap();
  }
  return 0;
}
