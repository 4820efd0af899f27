// The bounds of what lies under every protocol.
#pragma once

#include <chrono>

namespace madang::web::net {

/// Connections that wait in the kernel to be accepted.
inline constexpr int kBacklog = 1024;
/// Until the next try, when there is no file descriptor left, most likely.
inline constexpr std::chrono::milliseconds kAcceptRetry{100};
/// Between looks whether certificate and key files are others by now.
inline constexpr std::chrono::milliseconds kTlsFilesLooked{10'000};

}  // namespace madang::web::net
