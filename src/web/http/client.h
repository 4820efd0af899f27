// A blocking HTTP/1.1 client (libcurl) for programs of our own that talk to a Madang server: import, simulation, replay,
// benches, the local command line. Keep-alive; no proxy of the environment, no redirects; not thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "web/http/http.h"

namespace madang::web {

struct ClientResponse {
  int status = 0;
  Fields headers;  ///< names in lower case
  std::string body;

  /// Empty when it is not there.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

class HttpClient {
 public:
  struct Options {
    std::string bearer_key;  ///< sent as Authorization: Bearer when not empty
    std::chrono::milliseconds wait{30'000};  ///< to connect, and how long no byte may move; whole seconds count
    std::size_t response_bytes_max = 256UL * 1024 * 1024;
  };

  /// `base_url` is "http://HOST[:PORT][/PATH]", or https; a path stands before every target. Connects at the first request.
  /// kInvalid: not such a URL.
  static Result<HttpClient> to(std::string_view base_url, Options options);
  static Result<HttpClient> to(std::string_view base_url) { return to(base_url, Options{}); }
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&&) = delete;

  Result<ClientResponse> get(std::string_view target) { return send("GET", target, "", ""); }
  Result<ClientResponse> post(std::string_view target, std::string_view body,
                              std::string_view content_type = "application/json") {
    return send("POST", target, body, content_type);
  }
  /// `target` is sent as it is, behind the path of the base URL. Any final status is a value. kUnavailable: no connection, it broke, or no HTTP answer came;
  /// a request on a kept connection that the server had closed before any answer is sent once more on a new one.
  /// kLimit: the answer is above response_bytes_max.
  Result<ClientResponse> send(std::string_view method, std::string_view target, std::string_view body,
                              std::string_view content_type);

 private:
  struct Connection;  ///< what libcurl keeps between requests
  HttpClient(std::string base_url, std::string prefix, Options options);

  std::string base_url_;
  std::string prefix_;
  Options options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace madang::web
