#include "web/http/client.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "core/text.h"

namespace madang::web {
namespace {

constexpr std::size_t kHeaderLineMax = 16 * 1024;
constexpr std::size_t kHeaderLinesMax = 200;

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::unexpected<Error> broken(std::string_view what) {
  return fail(Code::kUnavailable, fmt::format("the connection broke while {}: {}", what, std::strerror(errno)));
}

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const {
  auto const found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

Result<HttpClient> HttpClient::to(std::string_view base_url, Options options) {
  constexpr std::string_view kScheme = "http://";
  if (!base_url.starts_with(kScheme))
    return fail(Code::kInvalid, fmt::format("\"{}\": a URL such as http://127.0.0.1:8080 expected", base_url));
  auto authority = base_url.substr(kScheme.size());
  authority = authority.substr(0, authority.find('/'));
  std::string_view port = "80";
  if (auto const colon = authority.rfind(':'); colon != std::string_view::npos && authority.back() != ']') {
    port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  if (authority.empty() || !parse_int(port))
    return fail(Code::kInvalid, fmt::format("\"{}\": a host and a port expected", base_url));
  return HttpClient{std::string{authority}, std::string{port}, std::move(options)};
}

HttpClient::~HttpClient() { close(); }

HttpClient::HttpClient(HttpClient&& other) noexcept
    : host_(std::move(other.host_)), port_(std::move(other.port_)), options_(std::move(other.options_)),
      socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

void HttpClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  received_.clear();
}

Result<void> HttpClient::connect() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (int const error = getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found); error != 0)
    return fail(Code::kUnavailable, fmt::format("{}:{}: {}", host_, port_, gai_strerror(error)));
  for (auto const* address = found; address != nullptr && socket_ < 0; address = address->ai_next) {
    int const candidate = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (candidate >= 0 && ::connect(candidate, address->ai_addr, address->ai_addrlen) == 0)
      socket_ = candidate;
    else if (candidate >= 0)
      ::close(candidate);
  }
  freeaddrinfo(found);
  if (socket_ < 0) return fail(Code::kUnavailable, fmt::format("{}:{}: {}", host_, port_, std::strerror(errno)));
  int const yes = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  timeval const wait{.tv_sec = options_.wait.count() / 1000, .tv_usec = options_.wait.count() % 1000 * 1000};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  return {};
}

Result<ClientResponse> HttpClient::send(std::string_view method, std::string_view target, std::string_view body,
                                        std::string_view content_type) {
  std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\n", method, target, host_, port_);
  if (!options_.bearer_key.empty()) request += fmt::format("Authorization: Bearer {}\r\n", options_.bearer_key);
  if (!content_type.empty()) request += fmt::format("Content-Type: {}\r\n", content_type);
  if (!body.empty() || method != "GET") request += fmt::format("Content-Length: {}\r\n", body.size());
  request += "\r\n";
  request += body;
  bool const kept = socket_ >= 0;
  if (!kept) MADANG_CHECK(connect());
  auto response = [&]() -> Result<ClientResponse> {
    MADANG_CHECK(write(request));
    return read_response(method == "HEAD");
  }();
  if (response) return response;
  bool const silent = received_.empty();
  close();
  if (!kept || !silent) return response;
  MADANG_CHECK(connect());
  MADANG_CHECK(write(request));
  return read_response(method == "HEAD");
}

Result<void> HttpClient::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    auto const wrote = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return broken("sending");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<void> HttpClient::read_more() {
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    auto const got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) return fail(Code::kUnavailable, "the server closed the connection");
    if (got < 0) return broken("waiting for the answer");
    received_.append(buffer.data(), static_cast<std::size_t>(got));
    return {};
  }
}

Result<std::string> HttpClient::take_line() {
  for (;;) {
    if (auto const end = received_.find("\r\n"); end != std::string::npos) {
      auto line = received_.substr(0, end);
      received_.erase(0, end + 2);
      return line;
    }
    if (received_.size() > kHeaderLineMax) return fail(Code::kLimit, "a header line of the answer is too long");
    MADANG_CHECK(read_more());
  }
}

Result<void> HttpClient::take_bytes(std::size_t count, std::string& out) {
  if (out.size() + count > options_.response_bytes_max)
    return fail(Code::kLimit, fmt::format("the answer is above {} bytes", options_.response_bytes_max));
  while (received_.size() < count) MADANG_CHECK(read_more());
  out.append(received_, 0, count);
  received_.erase(0, count);
  return {};
}

Result<ClientResponse> HttpClient::read_response(bool head) {
  ClientResponse response;
  do {
    MADANG_TRY(auto const status, take_line());
    auto const code = status.size() >= 12 ? parse_int(std::string_view{status}.substr(9, 3)) : std::nullopt;
    if (!status.starts_with("HTTP/1.") || !code)
      return fail(Code::kUnavailable, fmt::format("not an HTTP answer: \"{}\"", status.substr(0, 60)));
    response.status = static_cast<int>(*code);
    response.headers.clear();
    for (;;) {
      MADANG_TRY(auto const line, take_line());
      if (line.empty()) break;
      auto const colon = line.find(':');
      if (colon == std::string::npos || response.headers.size() >= kHeaderLinesMax)
        return fail(Code::kUnavailable, "the header of the answer is malformed or too long");
      response.headers.emplace_back(lower_case(std::string_view{line}.substr(0, colon)),
                                    trim(std::string_view{line}.substr(colon + 1)));
    }
  } while (response.status == 100);
  MADANG_CHECK(read_body(response, head));
  if (lower_case(response.header("connection")) == "close") close();
  return response;
}

Result<void> HttpClient::read_body(ClientResponse& response, bool head) {
  if (head || response.status == 204 || response.status == 304) return {};
  if (lower_case(response.header("transfer-encoding")) == "chunked") return read_chunks(response.body);
  if (auto const length = parse_int(response.header("content-length")); length && *length >= 0)
    return take_bytes(static_cast<std::size_t>(*length), response.body);
  while (read_more()) {
    if (received_.size() > options_.response_bytes_max) return fail(Code::kLimit, "the answer is too long");
  }
  response.body = std::move(received_);
  close();
  return {};
}

Result<void> HttpClient::read_chunks(std::string& body) {
  for (;;) {
    MADANG_TRY(auto const line, take_line());
    std::size_t size = 0;
    auto const [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (error != std::errc{} || end == line.data()) return fail(Code::kUnavailable, "a chunk of the answer is malformed");
    MADANG_CHECK(take_bytes(size, body));
    MADANG_TRY(auto const after, take_line());
    if (size == 0 && after.empty()) return {};
    if (!after.empty()) return fail(Code::kUnavailable, "a chunk of the answer is malformed");
  }
}

}  // namespace madang::web
