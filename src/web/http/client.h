// A small blocking HTTP/1.1 client for programs of our own that talk to a Madang server in the same room or city:
// import, simulation, replay, benches. http only; keep-alive; one connection; not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
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
    std::chrono::milliseconds wait{30'000};  ///< for each read or write
    std::size_t response_bytes_max = 256UL * 1024 * 1024;
  };

  /// `base_url` is "http://HOST[:PORT]". Connects at the first request. kInvalid: not such a URL.
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
  /// Any status is a value. kUnavailable: no connection, or it broke; a request on a kept connection that the server
  /// had closed before any answer is sent once more on a new one.
  Result<ClientResponse> send(std::string_view method, std::string_view target, std::string_view body,
                              std::string_view content_type);

 private:
  HttpClient(std::string host, std::string port, Options options)
      : host_(std::move(host)), port_(std::move(port)), options_(std::move(options)) {}
  Result<void> connect();
  void close();
  Result<void> write(std::string_view bytes) const;
  Result<void> read_more();
  Result<ClientResponse> read_response(bool head);
  Result<void> read_body(ClientResponse& response, bool head);
  Result<void> read_chunks(std::string& body);
  Result<std::string> take_line();
  Result<void> take_bytes(std::size_t count, std::string& out);

  std::string host_;
  std::string port_;
  Options options_;
  int socket_ = -1;
  std::string received_;  ///< read from the socket, not used yet
};

}  // namespace madang::web
