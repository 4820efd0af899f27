// Stored bytes of the observation store: chunk bodies, summaries, log records. Whatever they are, decoding
// neither crashes nor reads past the end. The first byte chooses; the seal is made right, so that the inside is reached.
#include <cstddef>
#include <cstdint>
#include <string>

#include "storage/observations/codec/checksum.h"
#include "storage/observations/codec/chunk_codec.h"
#include "storage/observations/codec/int_column.h"
#include "storage/observations/codec/log_codec.h"

using namespace madang;
using namespace madang::storage;

namespace {

std::string sealed(ByteSpan bytes, std::uint64_t seed) {
  ByteWriter out;
  out.raw(bytes.data(), bytes.size());
  seal(out, seed);
  return out.take();
}

void column_comes_back(ByteSpan bytes) {
  std::vector<std::int64_t> values(bytes.size() / 8);
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * 8);
  ByteWriter out;
  write_ints(out, values);
  if (plan_ints(values).size != out.size()) __builtin_trap();
  seal(out, 0);
  ByteReader in(unseal(bytes_of(out.str()), 0));
  std::vector<std::int64_t> back(values.size());
  read_ints(in, back);
  if (!in.ok() || back != values) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0 || size > 64 * 1024) return 0;
  ByteSpan const bytes{data + 1, size - 1};
  DatastreamId const stream{1};
  Columns columns;
  switch (data[0] % 5) {
    case 0: (void)decode_body(bytes_of(sealed(bytes, 1 << 8 | 'V')), stream, {}, 0, {}, columns); break;
    case 1: {
      // Half the input is the values, half the shared moments.
      auto const body = sealed(bytes.first(bytes.size() / 2), 1 << 8 | 'V');
      auto const moments = sealed(bytes.subspan(bytes.size() / 2), 7 << 8 | 'M');
      (void)decode_body(bytes_of(body), stream, bytes_of(moments), 7, {}, columns);
      break;
    }
    case 2: {
      std::vector<Bucket> rollup;
      (void)decode_summary(bytes_of(sealed(bytes, 1 << 8 | 'S')), stream, 0, &rollup);
      break;
    }
    case 3: (void)decode_log(bytes_of(sealed(bytes, 9)), 9); break;
    default: column_comes_back(bytes); break;
  }
  return 0;
}
