// A small blocking HTTP/1.1 client for tests: one keep-alive connection, plain or TLS, raw bytes when a test wants to
// be rude, and a reader of server-sent events. Failures throw std::runtime_error, which fails the test that asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace madang::test {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 0;
  HttpFields headers;  ///< names in lower case
  std::string body;    ///< without chunk framing, still compressed if the server compressed it

  /// Empty when it is not there.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

struct HttpTarget {
  std::uint16_t port = 0;
  bool tls = false;
  std::string host = "127.0.0.1";
  std::string ca_file = {};  ///< empty: the certificate is not checked
  std::chrono::seconds patience{30};
};

class HttpClient {
 public:
  explicit HttpClient(HttpTarget target);
  explicit HttpClient(std::uint16_t port) : HttpClient(HttpTarget{.port = port}) {}
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Sends the request with Host and (for a body) Content-Length, and reads the answer.
  HttpAnswer request(std::string_view method, std::string_view target, HttpFields const& headers = {},
                     std::string_view body = {});
  HttpAnswer get(std::string_view target, HttpFields const& headers = {}) { return request("GET", target, headers); }
  HttpAnswer post(std::string_view target, std::string_view body, HttpFields const& headers = {}) {
    return request("POST", target, headers, body);
  }

  // For tests of the protocol itself.
  void send_raw(std::string_view bytes);
  /// Sends nothing more, and still reads. Without TLS only.
  void finish_sending();
  /// The next answer; after HEAD there is no body to wait for. 100 Continue counts as an answer.
  HttpAnswer read_answer(bool to_head = false);
  /// Waits until the server closes; returns what came before. Throws when it does not.
  std::string read_to_end();
  /// Bytes of the body as they come, for streams. Empty: closed. nullopt: nothing within `wait`.
  std::optional<std::string> read_some(std::chrono::milliseconds wait);
  /// Only the head of an answer.
  HttpAnswer read_head();

 private:
  class Wire;
  std::string line();
  std::string exactly(std::size_t bytes);
  void fill();

  std::unique_ptr<Wire> wire_;
  std::string buffer_;
};

/// Listens to server-sent events.
class EventClient {
 public:
  /// Throws unless the answer is 200.
  EventClient(HttpTarget target, std::string_view path, HttpFields const& headers = {});
  EventClient(std::uint16_t port, std::string_view path) : EventClient(HttpTarget{.port = port}, path) {}

  struct Event {
    std::string name;
    std::string data;
  };
  /// The next event; comments are skipped. nullopt: the stream ended, or nothing came within `wait`.
  std::optional<Event> next(std::chrono::milliseconds wait = std::chrono::seconds{30});
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::size_t comments() const { return comments_; }

 private:
  HttpClient client_;
  std::string buffer_;
  std::size_t comments_ = 0;
  bool ended_ = false;
};

}  // namespace madang::test
