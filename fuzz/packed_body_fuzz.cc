// A packed request body: no crash, never more bytes than the limit, and what is packed again unpacks to the same. The
// first byte chooses the coding.
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "web/http/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang::web;
  if (size == 0) return 0;
  constexpr std::size_t kMax = 64 * 1024;
  std::string_view const bytes(reinterpret_cast<char const*>(data + 1), size - 1);
  auto const coding = data[0] % 2 == 0 ? Coding::kGzip : Coding::kDeflate;
  auto const plain = unpack(bytes, coding, kMax);
  if (!plain) return 0;
  MADANG_ASSERT(plain->size() <= kMax);
  auto const again = gunzip(gzip(*plain), kMax);
  MADANG_ASSERT(again && *again == *plain);
  return 0;
}
