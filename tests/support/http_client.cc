#include "support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace madang::test {
namespace {

[[noreturn]] void give_up(std::string const& why) { throw std::runtime_error("http client: " + why); }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

template <typename Number>
Number number_of(std::string_view text, int base = 10) {
  Number value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{}) give_up("not a number: " + std::string{text});
  return value;
}

int connect_to(HttpTarget const& target) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  if (inet_pton(AF_INET, target.host.c_str(), &address.sin_addr) != 1) give_up("not an IPv4 address: " + target.host);
  int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) give_up("no socket");
  int const on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) {
    close(fd);
    give_up("nobody listens on port " + std::to_string(target.port));
  }
  return fd;
}

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

}  // namespace

/// The socket, with TLS around it when asked for.
class HttpClient::Wire {
 public:
  explicit Wire(HttpTarget const& target) : patience_(target.patience), fd_(connect_to(target)) {
    if (!target.tls) return;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!target.ca_file.empty()) {
      SSL_CTX_load_verify_locations(context_.get(), target.ca_file.c_str(), nullptr);
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    }
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), fd_);
    if (SSL_connect(session_.get()) != 1) give_up("the TLS handshake failed");
  }
  ~Wire() { close(fd_); }
  Wire(Wire const&) = delete;
  Wire& operator=(Wire const&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const sent = session_ ? SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()))
                                 : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) give_up("the server closed while we were sending");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void finish_sending() { shutdown(fd_, SHUT_WR); }

  /// nullopt: nothing came in time; empty: closed.
  std::optional<std::string> receive(std::chrono::milliseconds wait) {
    bool const pending = session_ && SSL_pending(session_.get()) > 0;
    pollfd watched{.fd = fd_, .events = POLLIN, .revents = 0};
    if (!pending && poll(&watched, 1, static_cast<int>(wait.count())) <= 0) return std::nullopt;
    std::array<char, 16 * 1024> bytes{};
    auto const got = session_ ? SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : recv(fd_, bytes.data(), bytes.size(), 0);
    return std::string(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  }

  [[nodiscard]] std::chrono::milliseconds patience() const { return patience_; }

 private:
  std::chrono::milliseconds patience_;
  int fd_;
  Context context_{nullptr, &SSL_CTX_free};
  Session session_{nullptr, &SSL_free};
};

std::string_view HttpAnswer::header(std::string_view lower_case_name) const {
  for (auto const& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

HttpClient::HttpClient(HttpTarget target) : wire_(std::make_unique<Wire>(target)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpAnswer HttpClient::request(std::string_view method, std::string_view target, HttpFields const& headers,
                               std::string_view body) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  for (auto const& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  text.append("\r\n").append(body);
  send_raw(text);
  return read_answer(method == "HEAD");
}

void HttpClient::send_raw(std::string_view bytes) { wire_->send(bytes); }

void HttpClient::finish_sending() { wire_->finish_sending(); }

void HttpClient::fill() {
  auto const bytes = wire_->receive(wire_->patience());
  if (!bytes) give_up("no answer within the client's patience");
  if (bytes->empty()) give_up("the server closed before its answer was complete; so far: " + buffer_);
  buffer_ += *bytes;
}

std::string HttpClient::line() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) fill();
  auto text = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return text;
}

std::string HttpClient::exactly(std::size_t bytes) {
  while (buffer_.size() < bytes) fill();
  auto text = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return text;
}

HttpAnswer HttpClient::read_head() {
  HttpAnswer answer;
  auto const status_line = line();
  if (!status_line.starts_with("HTTP/1.1 ")) give_up("not a status line: " + status_line);
  answer.status = number_of<int>(std::string_view{status_line}.substr(9, 3));
  for (auto text = line(); !text.empty(); text = line()) {
    auto const colon = text.find(':');
    if (colon == std::string::npos) give_up("not a header field: " + text);
    auto const value = text.find_first_not_of(' ', colon + 1);
    answer.headers.emplace_back(lower(text.substr(0, colon)), value == std::string::npos ? "" : text.substr(value));
  }
  return answer;
}

HttpAnswer HttpClient::read_answer(bool to_head) {
  auto answer = read_head();
  bool const no_body = to_head || answer.status < 200 || answer.status == 204 || answer.status == 304;
  if (no_body) return answer;
  if (answer.header("transfer-encoding") == "chunked") {
    for (;;) {
      auto const size = number_of<std::size_t>(line(), 16);
      answer.body += exactly(size);
      line();
      if (size == 0) return answer;
    }
  }
  answer.body = exactly(number_of<std::size_t>(answer.header("content-length")));
  return answer;
}

std::optional<std::string> HttpClient::read_some(std::chrono::milliseconds wait) {
  if (!buffer_.empty()) return std::exchange(buffer_, {});
  return wire_->receive(wait);
}

std::string HttpClient::read_to_end() {
  std::string all = std::exchange(buffer_, {});
  for (;;) {
    auto const bytes = wire_->receive(wire_->patience());
    if (!bytes) give_up("the server did not close the connection");
    if (bytes->empty()) return all;
    all += *bytes;
  }
}

EventClient::EventClient(HttpTarget target, std::string_view path, HttpFields const& headers)
    : client_(std::move(target)) {
  std::string text;
  text.append("GET ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n");
  for (auto const& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  client_.send_raw(text.append("\r\n"));
  auto const head = client_.read_head();
  if (head.status != 200) give_up("the event stream was refused with " + std::to_string(head.status));
}

std::optional<EventClient::Event> EventClient::next(std::chrono::milliseconds wait) {
  auto const until = std::chrono::steady_clock::now() + wait;
  for (;;) {
    if (auto const end = buffer_.find("\n\n"); end != std::string::npos) {
      auto const block = buffer_.substr(0, end + 1);
      buffer_.erase(0, end + 2);
      Event event;
      bool any = false;
      for (std::size_t at = 0; at < block.size();) {
        auto const stop = block.find('\n', at);
        auto const text = std::string_view{block}.substr(at, stop - at);
        at = stop + 1;
        if (text.starts_with(':')) ++comments_;
        if (text.starts_with("event: ")) event.name = text.substr(7);
        if (!text.starts_with("data: ")) continue;
        if (any) event.data += '\n';
        event.data += text.substr(6);
        any = true;
      }
      if (any) return event;
      continue;
    }
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (ended_ || left.count() <= 0) return std::nullopt;
    auto const bytes = client_.read_some(left);
    if (!bytes) return std::nullopt;
    if (bytes->empty()) ended_ = true;
    buffer_ += *bytes;
  }
}

}  // namespace madang::test
