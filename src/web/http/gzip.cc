#include "web/http/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <memory>

#include "core/text.h"
#include "web/http/fields.h"
#include "web/http/limits.h"

namespace madang::web {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 32 KiB window, gzip header

/// One per thread: setting up zlib costs more than a small body.
class Deflater {
 public:
  Deflater() {
    // Level 5: within 3 % of the default's size at half its time on JSON.
    ready_ = deflateInit2(&stream_, 5, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    MADANG_ASSERT(ready_);
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(Deflater const&) = delete;
  Deflater& operator=(Deflater const&) = delete;

  std::string pack(std::string_view bytes) {
    deflateReset(&stream_);
    std::string out(deflateBound(&stream_, bytes.size()), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    int const outcome = deflate(&stream_, Z_FINISH);
    MADANG_ASSERT(outcome == Z_STREAM_END);
    out.resize(out.size() - stream_.avail_out);
    return out;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

bool is_compressible(std::string_view content_type) {
  auto const mime = trim(content_type.substr(0, content_type.find(';')));
  return mime.starts_with("text/") || mime.ends_with("json") || mime.ends_with("xml") || mime.ends_with("javascript");
}

}  // namespace

std::string gzip(std::string_view bytes) {
  thread_local Deflater deflater;
  return deflater.pack(bytes);
}

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return fail(Code::kInternal, "gzip: no memory");
  std::unique_ptr<z_stream, decltype(&inflateEnd)> const guard(&stream, &inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  for (;;) {
    auto const before = out.size();
    auto const room = std::min(bytes_max + 1, std::max<std::size_t>(4 * 1024, before * 2));
    out.resize(room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(room - before);
    int const outcome = inflate(&stream, Z_NO_FLUSH);
    out.resize(room - stream.avail_out);
    if (out.size() > bytes_max) return fail(Code::kLimit, fmt::format("gzip: unpacks to more than {} bytes", bytes_max));
    if (outcome == Z_STREAM_END) return out;
    if (outcome != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0))
      return fail(Code::kCorrupt, fmt::format("gzip: broken near byte {}", bytes.size() - stream.avail_in));
  }
}

bool accepts_gzip(std::string_view accept_encoding) {
  for (auto const item : split(accept_encoding, ',')) {
    auto const coding = trim(item.substr(0, item.find(';')));
    if (coding != "gzip" && coding != "*") continue;
    auto const parameter = item.find("q=");
    if (parameter == std::string_view::npos) return true;
    auto const weight = parse_double(trim(item.substr(parameter + 2)));
    return weight && *weight > 0;
  }
  return false;
}

void negotiate_encoding(Response& response, bool client_accepts_gzip) {
  auto const* const packed = field_named(response.headers, "content-encoding");
  bool const fixed = !response.static_body.empty();
  std::string_view const bytes = fixed ? response.static_body : std::string_view{response.body};
  if (packed == nullptr) {
    if (!is_compressible(response.content_type) || bytes.size() < kGzipBytesMin) return;
    response.headers.emplace_back("vary", "accept-encoding");
    if (!client_accepts_gzip || bytes.size() > kGzipBytesMax) return;
    response.body = gzip(bytes);
    response.static_body = {};
    response.headers.emplace_back("content-encoding", "gzip");
  } else if (*packed == "gzip") {
    response.headers.emplace_back("vary", "accept-encoding");
    if (client_accepts_gzip || bytes.empty()) return;
    auto plain = gunzip(bytes, kGzipBytesMax);
    if (!plain) return;
    response.body = *std::move(plain);
    response.static_body = {};
    erase_field(response.headers, "content-encoding");
  }
}

}  // namespace madang::web
