#include "modules/local_request.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "web/http/client.h"

namespace madang::modules {
namespace {

/// A backup of a large city takes its time.
constexpr std::chrono::minutes kWait{30};
constexpr std::chrono::seconds kWaitForAnswer{5};

std::string sentence_of(std::string const& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view message;
  if (parser.parse(body).get(root) == simdjson::SUCCESS && root["message"].get(message) == simdjson::SUCCESS)
    return std::string{message};
  return body.substr(0, 200);
}

Result<std::string> ask(LocalServer const& server, std::string_view method, std::string_view target, std::string_view body,
                        std::chrono::milliseconds wait) {
  MADANG_TRY(auto client, web::HttpClient::to(server.http, {.bearer_key = server.key, .wait = wait}));
  MADANG_TRY(auto response, client.send(method, target, body, body.empty() ? "" : "application/json"));
  if (response.status / 100 == 2) return std::move(response.body);
  return fail(Code::kUnavailable, fmt::format("the running server answers {}: {}", response.status, sentence_of(response.body)));
}

}  // namespace

Result<std::string> get_from_local_server(LocalServer const& server, std::string_view target) {
  return ask(server, "GET", target, "", kWaitForAnswer);
}

Result<std::string> post_to_local_server(LocalServer const& server, std::string_view target, std::string_view body) {
  return ask(server, "POST", target, body, kWait);
}

}  // namespace madang::modules
