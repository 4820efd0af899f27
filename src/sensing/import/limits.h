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
/// A packed file may unpack to so many times its size beyond the first bytes; real readings stay below 50.
inline constexpr std::uint64_t kUnpackedRatioMax = 250;
inline constexpr std::uint64_t kUnpackedFreeBytes = 64ULL << 20U;
/// Lines above a header that are looked through for it.
inline constexpr std::size_t kHeaderLinesMax = 20;
/// Lines that a mapping may skip.
inline constexpr std::size_t kSkipLinesMax = 1000;
/// Lines kept in the rejects file; further ones are only counted.
inline constexpr std::size_t kRejectsMax = 1'000'000;
/// Places set aside that the summary tells one by one; the rejects have all.
inline constexpr std::size_t kPlaceNotesMax = 5;
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
