// What the journal takes at most.
#pragma once

#include <cstddef>
#include <cstdint>

namespace madang::storage::journal {

inline constexpr std::size_t kKindMax = 64;              ///< bytes
inline constexpr std::size_t kFactsMax = 16 * 1024;      ///< bytes of JSON
inline constexpr std::size_t kSecretsMax = 16;           ///< per event
inline constexpr std::size_t kSecretMax = 64 * 1024;     ///< bytes
inline constexpr std::size_t kProofTextMax = 1 << 20;    ///< bytes of an exported proof
inline constexpr std::size_t kCheckpointMax = 4 * 1024;  ///< bytes
inline constexpr std::size_t kPathMax = 128;             ///< hashes of one proof; 2^63 entries need 126
inline constexpr std::int64_t kPage = 512;               ///< entries read at once

}  // namespace madang::storage::journal
