// An SQLite VFS for tests, over the system's: a disk that loses what was not synced when the process dies,
// and a disk that is full.
#pragma once

#include <cstdint>

namespace madang::test {

/// Unsynced writes stay in this process's memory; now and then a part of one reaches the file early, as a
/// real system may do. SIGKILL is then a power loss.
inline constexpr char const* kLossyVfs = "madang-lossy";
/// Writes through, but all files together never hold more than the quota.
inline constexpr char const* kQuotaVfs = "madang-quota";

/// Call once per process.
void register_test_vfs(std::uint64_t seed);
void set_quota(std::uint64_t bytes);
[[nodiscard]] std::uint64_t bytes_used();

}  // namespace madang::test
