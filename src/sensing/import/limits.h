// Named maxima of import: everything that reads a file from outside stays below them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace madang::sensing {

/// Observations of one durable batch.
inline constexpr std::size_t kImportBatchMax = 20'000;
/// Things made in one transaction.
inline constexpr std::size_t kImportThingsMax = 200;
/// Bytes of one file after decompression (a city's year of two-minute values is about 40 GB in daily files).
inline constexpr std::uint64_t kImportTextBytesMax = 16ULL << 30U;
/// Lines kept in the rejects file; further ones are only counted.
inline constexpr std::size_t kRejectsMax = 1'000'000;
/// Different serials in one import.
inline constexpr std::size_t kImportSerialsMax = 200'000;
/// Bytes of a device packet.
inline constexpr std::size_t kPacketBytesMax = 1024;
/// Bytes of a mapping file.
inline constexpr std::size_t kMappingBytesMax = 1 << 20;
/// Channels of a mapping file.
inline constexpr std::size_t kMappingChannelsMax = 200;
/// Bytes of a serial.
inline constexpr std::size_t kSerialBytesMax = 64;

}  // namespace madang::sensing
