#include "web/http/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace madang::web {
namespace {

/// The header lines of one request, as libcurl wants them.
class HeaderLines {
 public:
  HeaderLines() = default;
  ~HeaderLines() { curl_slist_free_all(lines_); }
  HeaderLines(HeaderLines const&) = delete;
  HeaderLines& operator=(HeaderLines const&) = delete;
  void add(std::string const& line) {
    auto* const longer = curl_slist_append(lines_, line.c_str());
    MADANG_ASSERT(longer != nullptr);
    lines_ = longer;
  }
  [[nodiscard]] curl_slist* get() const { return lines_; }

 private:
  curl_slist* lines_ = nullptr;
};

}  // namespace

struct HttpClient::Connection {
  CURL* easy = curl_easy_init();
  std::array<char, CURL_ERROR_SIZE> details{};
  std::size_t bytes_max = 0;
  ClientResponse response;
  bool too_long = false;

  Connection() { MADANG_ASSERT(easy != nullptr); }
  ~Connection() { curl_easy_cleanup(easy); }
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) {
    MADANG_ASSERT(curl_easy_setopt(easy, option, value) == CURLE_OK);
  }

  static std::size_t take_header(char const* bytes, std::size_t size, std::size_t count, void* self) {
    auto& response = static_cast<Connection*>(self)->response;
    std::string_view const line{bytes, size * count};
    // Each answer begins with its status line: what an interim one (100, 103) said does not count.
    if (line.starts_with("HTTP/")) response.headers.clear();
    if (auto const colon = line.find(':'); colon != std::string_view::npos)
      response.headers.emplace_back(ascii_lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
    return line.size();
  }

  static std::size_t take_body(char const* bytes, std::size_t size, std::size_t count, void* self) {
    auto& c = *static_cast<Connection*>(self);
    c.too_long = c.response.body.size() + size * count > c.bytes_max;
    if (c.too_long) return 0;
    c.response.body.append(bytes, size * count);
    return size * count;
  }

  /// Nothing of the last request stays but the connection itself.
  void begin(Options const& options) {
    curl_easy_reset(easy);
    response = {};
    too_long = false;
    details[0] = '\0';
    bytes_max = options.response_bytes_max;
    set(CURLOPT_ERRORBUFFER, details.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.wait.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, std::max(1L, static_cast<long>(options.wait.count() / 1000)));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.response_bytes_max));
    set(CURLOPT_HEADERFUNCTION, &Connection::take_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Connection::take_body);
    set(CURLOPT_WRITEDATA, this);
  }
};

std::string_view ClientResponse::header(std::string_view name) const {
  auto const found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

Result<HttpClient> HttpClient::to(std::string_view base_url, Options options) {
  static CURLcode const kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  MADANG_ASSERT(kStarted == CURLE_OK);
  auto const scheme = base_url.find("://");
  if (!base_url.starts_with("http://") && !base_url.starts_with("https://"))
    return fail(Code::kInvalid, fmt::format("\"{}\": a URL such as http://127.0.0.1:8080 expected", base_url));
  auto const root = base_url.substr(0, base_url.find('/', scheme + 3));
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> const url{curl_url(), &curl_url_cleanup};
  if (curl_url_set(url.get(), CURLUPART_URL, std::string{root}.c_str(), 0) != CURLUE_OK)
    return fail(Code::kInvalid, fmt::format("\"{}\": a host and a port expected", base_url));
  auto prefix = base_url.substr(root.size());
  if (prefix.find_first_of("?# ") != std::string_view::npos)
    return fail(Code::kInvalid, fmt::format("\"{}\": a URL without query, fragment or spaces expected", base_url));
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  return HttpClient{std::string{root}, std::string{prefix}, std::move(options)};
}

HttpClient::HttpClient(std::string base_url, std::string prefix, Options options)
    : base_url_(std::move(base_url)), prefix_(std::move(prefix)), options_(std::move(options)), connection_(std::make_unique<Connection>()) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&& other) noexcept = default;

Result<ClientResponse> HttpClient::send(std::string_view method, std::string_view target, std::string_view body,
                                        std::string_view content_type) {
  auto& c = *connection_;
  c.begin(options_);
  std::string const verb{method};
  std::string const path = prefix_ + std::string{target};
  HeaderLines lines;
  lines.add("Expect:");  // no waiting for "100 Continue"
  lines.add(content_type.empty() ? std::string{"Content-Type:"} : fmt::format("Content-Type: {}", content_type));
  if (!options_.bearer_key.empty()) lines.add(fmt::format("Authorization: Bearer {}", options_.bearer_key));
  c.set(CURLOPT_URL, base_url_.c_str());
  c.set(CURLOPT_REQUEST_TARGET, path.c_str());
  c.set(CURLOPT_HTTPHEADER, lines.get());
  if (method == "HEAD") {
    c.set(CURLOPT_NOBODY, 1L);
  } else if (method != "GET" || !body.empty()) {
    c.set(CURLOPT_POST, 1L);
    c.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    c.set(CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    c.set(CURLOPT_CUSTOMREQUEST, verb.c_str());
  }
  auto const code = curl_easy_perform(c.easy);
  if (c.too_long || code == CURLE_FILESIZE_EXCEEDED)
    return fail(Code::kLimit, fmt::format("the answer is above {} bytes", options_.response_bytes_max));
  if (code != CURLE_OK) {
    auto const* const words = c.details[0] != '\0' ? c.details.data() : curl_easy_strerror(code);
    return fail(Code::kUnavailable, fmt::format("{}: {}", base_url_, words));
  }
  long status = 0;
  curl_easy_getinfo(c.easy, CURLINFO_RESPONSE_CODE, &status);
  c.response.status = static_cast<int>(status);
  return std::move(c.response);
}

}  // namespace madang::web
