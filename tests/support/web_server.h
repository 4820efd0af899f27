// A web server for tests: free port, loopback, a fake that knows two keys and one login.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "web/http/server.h"

namespace madang::test {

class FakeRights final : public web::Authenticator {
 public:
  static constexpr std::string_view kKey = "device-key";
  static constexpr std::string_view kSession = "session-token";
  static constexpr std::string_view kCsrf = "csrf-token";

  Result<web::Principal> principal_of_key(std::string_view key) override {
    if (key != kKey) return fail(Code::kUnauthorized, "unknown key");
    web::Principal who;
    who.kind = web::Principal::Kind::kDevice;
    who.name = "a device";
    return who;
  }
  Result<web::Principal> principal_of_session(std::string_view token) override {
    if (token != kSession) return fail(Code::kUnauthorized, "unknown session");
    web::Principal who;
    who.kind = web::Principal::Kind::kOperator;
    who.name = "an operator";
    who.csrf_token = kCsrf;
    return who;
  }
};

/// Throws when it cannot start.
class WebServer {
 public:
  explicit WebServer(web::Routes routes, web::ServerOptions options = {}) : WebServer(std::move(routes), std::move(options), system_) {}
  WebServer(web::Routes routes, web::ServerOptions options, runtime::Clock const& clock) {
    auto started = web::Server::start(std::move(options), std::move(routes), rights_, clock, metrics_);
    if (!started) throw std::runtime_error(started.error().sentence);
    server_ = *std::move(started);
  }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  web::Server& server() { return *server_; }
  runtime::Metrics& metrics() { return metrics_; }

 private:
  runtime::SystemClock system_;
  runtime::Metrics metrics_;
  FakeRights rights_;
  std::unique_ptr<web::Server> server_;
};

}  // namespace madang::test
