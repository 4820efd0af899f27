// A web server for tests: free port, loopback, a fake that knows some keys and logins.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "support/people.h"
#include "web/http/server.h"

namespace madang::test {

class FakeRights final : public web::Authenticator {
 public:
  static constexpr std::string_view kKey = "device-key";
  static constexpr std::string_view kLocalKey = "local-key";
  static constexpr std::string_view kSession = "session-token";  ///< of somebody who may do everything
  static constexpr std::string_view kReader = "reader-token";    ///< holds "NAME.see" of lamps and situations
  static constexpr std::string_view kWarden = "warden-token";    ///< may do everything in Area 1 and below
  static constexpr std::string_view kCsrf = "csrf-token";

  Result<web::Principal> principal_of_key(std::string_view key) override {
    if (key != kKey && key != kLocalKey) return fail(Code::kUnauthorized, "unknown key");
    web::Principal who;
    who.kind = key == kKey ? web::Principal::Kind::kDevice : web::Principal::Kind::kLocal;
    who.name = key == kKey ? "a device" : "the command line";
    return who;
  }
  Result<web::Principal> principal_of_session(std::string_view token) override {
    auto who = person(token);
    if (who.name.empty()) return fail(Code::kUnauthorized, "unknown session");
    who.csrf_token = kCsrf;
    return who;
  }

 private:
  static web::Principal person(std::string_view token) {
    if (token == kSession) return person_who_may("an operator", {web::Grants::kEvery});
    if (token == kReader) return person_who_may("a reader", {"lamps.see", "situations.see"});
    if (token == kWarden) return person_who_may("a warden", {web::Grants::kEvery}, AreaId{1});
    return {};
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
