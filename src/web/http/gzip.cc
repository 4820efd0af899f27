#include "web/http/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "core/text.h"
#include "runtime/refusal.h"
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

/// Which of its formats zlib shall expect.
int window_of(std::string_view bytes, Coding coding) {
  if (coding == Coding::kGzip) return kGzipWindow;
  auto const byte = [bytes](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  bool const zlib = (byte(0) & 0x0fU) == 8 && (byte(0) * 256 + byte(1)) % 31 == 0;  // RFC 1950, 2.2
  return zlib ? 15 : -15;
}

/// Tape tools and some writers fill up with zeros; gzip itself passes over them.
bool is_padding(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

bool is_compressible(std::string_view content_type) {
  auto const mime = trim(content_type.substr(0, content_type.find(';')));
  return mime.starts_with("text/") || mime.ends_with("json") || mime.ends_with("xml") || mime.ends_with("javascript");
}

}  // namespace

std::string gzip(std::string_view bytes) {
  thread_local Deflater deflater;
  return deflater.pack(bytes);
}

std::optional<Coding> coding_of(std::string_view content_encoding) {
  auto const coding = trim(content_encoding);
  if (coding.empty() || same_name(coding, "identity")) return Coding::kIdentity;
  if (same_name(coding, "gzip") || same_name(coding, "x-gzip")) return Coding::kGzip;
  if (same_name(coding, "deflate")) return Coding::kDeflate;
  return std::nullopt;
}

Result<std::string> unpack(std::string_view bytes, Coding coding, std::size_t bytes_max, Room const& room) {
  if (coding == Coding::kIdentity) return std::string{bytes};
  auto const name = coding == Coding::kGzip ? "gzip" : "deflate";
  z_stream stream{};
  if (inflateInit2(&stream, window_of(bytes, coding)) != Z_OK) return fail(Code::kInternal, fmt::format("{}: no memory", name));
  std::unique_ptr<z_stream, decltype(&inflateEnd)> const guard(&stream, &inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  // `out` is the room, of which `used` bytes are filled: it grows only when it is full, however many members come.
  std::string out;
  std::size_t used = 0;
  for (;;) {
    if (used == out.size()) {
      auto const size = std::min(bytes_max + 1, std::max<std::size_t>(4 * 1024, used * 2));
      if (room && !room(size)) return runtime::refuse(Code::kUnavailable, "refusal.busy.large");
      out.resize(size);
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(out.size() - used);
    int const outcome = inflate(&stream, Z_NO_FLUSH);
    used = out.size() - stream.avail_out;
    if (used > bytes_max) return fail(Code::kLimit, fmt::format("{}: unpacks to more than {} bytes", name, bytes_max));
    auto const place = bytes.size() - stream.avail_in;
    if (outcome == Z_STREAM_END) {
      auto const rest = bytes.substr(place);
      if (is_padding(rest)) {
        out.resize(used);
        return out;
      }
      if (coding != Coding::kGzip || !rest.starts_with("\x1f\x8b"))
        return fail(Code::kCorrupt, fmt::format("{}: something else follows from byte {}", name, place));
      inflateReset(&stream);
      continue;
    }
    if (outcome != Z_OK) return fail(Code::kCorrupt, fmt::format("{}: broken near byte {}", name, place));
    if (stream.avail_in == 0 && stream.avail_out > 0)
      return fail(Code::kCorrupt, fmt::format("{}: ends after {} bytes, before it is complete", name, bytes.size()));
  }
}

std::optional<Response> unpack_body(Request& request, Coding coding, std::size_t bytes_max, Room const& room) {
  if (coding == Coding::kIdentity) return std::nullopt;
  auto plain = unpack(request.body, coding, bytes_max, room);
  if (!plain) {
    auto error = std::move(plain).error();
    if (error.code == Code::kCorrupt) error.code = Code::kInvalid;  // the client's fault, not the disk's
    if (error.code != Code::kUnavailable) error.sentence = "content-encoding: " + error.sentence;
    return error_response(error);
  }
  request.body = *std::move(plain);
  erase_field(request.headers, "content-encoding");
  return std::nullopt;
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
  if (response.status == 206 || response.content) return;  // a part is one of the bytes as they are
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
    erase_field(response.headers, "accept-ranges");  // packed anew for each answer
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
