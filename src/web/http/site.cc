#include "web/http/site.h"

#include <fmt/format.h>

#include <random>

#include "core/text.h"
#include "runtime/log.h"
#include "web/forms/forms.h"
#include "web/http/fields.h"
#include "web/http/session.h"
#include "web/http/url.h"

namespace madang::web {
namespace {

runtime::Pool::Options pool_options(char const* name, WorkQueue const& queue) {
  return {.name = name, .threads = queue.threads, .queue_max = queue.waiting_max};
}

Response answer(Code code, std::string sentence) { return error_response({code, std::move(sentence)}); }

bool is_safe(Method method) { return method == Method::kGet || method == Method::kHead || method == Method::kOptions; }

std::string_view bearer_key(Request const& request) {
  auto const text = request.header("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (text.size() < kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i)
    if ((text[i] | 0x20) != (kScheme[i] | 0x20)) return {};
  return trim(text.substr(kScheme.size()));
}

/// On public routes a key means nothing; where a key is asked for, a login does.
Credential credential_of(Access const& access, Request const& request) {
  if (!access.wants_key())
    if (auto session = request.cookie(kSessionCookie); session && !session->empty()) return {.is_session = true, .secret = *std::move(session)};
  if (access.is_public()) return {};
  return {.is_session = false, .secret = std::string{bearer_key(request)}};
}

Response login_redirect(Head const& head) {
  std::string target = head.raw_path;
  if (!head.raw_query.empty()) target += "?" + head.raw_query;
  return redirect(fmt::format("{}?next={}", kLoginPath, percent_encode(target)));
}

/// Every answer to OPTIONS: which methods there are, and whether another site's page may read.
Response options_answer(Router::Match const& match) {
  Response response;
  response.status = 204;
  response.headers.emplace_back("allow", match.allow);
  if (match.is_public) {
    response.headers.emplace_back("access-control-allow-methods", "GET, HEAD, OPTIONS");
    response.headers.emplace_back("access-control-allow-headers", "*");
    response.headers.emplace_back("access-control-max-age", "86400");
  }
  return response;
}

Result<void> fill_path_and_query(Head& head) {
  MADANG_TRY(head.request.path, percent_decode(head.raw_path));
  auto query = parse_urlencoded(head.raw_query, kQueryFieldsMax);
  if (!query) return fail(query.error().code, fmt::format("query: {}", query.error().sentence));
  head.request.query = *std::move(query);
  return {};
}

std::uint64_t first_id() {
  // The upper part tells runs of the server apart in the log.
  return static_cast<std::uint64_t>(std::random_device{}()) << 32;
}

}  // namespace

Site::Site(ServerOptions const& options, Router router, Authenticator& authenticator, runtime::Clock const& the_clock,
           runtime::Metrics& the_metrics)
    : limits(options.limits),
      clock(the_clock),
      metrics(the_metrics),
      router_(std::move(router)),
      authenticator_(authenticator),
      budget_(options.budget),
      missing_page_(options.missing_page),
      denied_(options.denied),
      body_memory_(std::make_shared<BodyMemory>(options.limits.body_bytes_all)),
      next_id_(first_id()),
      read_(pool_options("web_read", options.read)),
      write_(pool_options("web_write", options.write)),
      bulk_(pool_options("web_bulk", options.bulk)),
      flow_(pool_options("web_flow", options.flow)),
      listeners_(authenticator, options.limits.listener_asked) {}

/// Once in the life of the server: behind such a proxy all clients share one budget and one throttle of logins.
void Site::warn_of_unknown_proxy(Head const& head) {
  if (proxy_warned_ || !public_address_.is_forwarded_by_a_stranger(head) || proxy_warned_.exchange(true)) return;
  runtime::log_warning("web", "proxy_not_trusted",
                       {{"hint", "a proxy sends X-Forwarded-For, and http.trusted_proxies does not name it"}});
}

Admission Site::admit(Head& head) {
  auto& request = head.request;
  warn_of_unknown_proxy(head);
  public_address_.resolve(head);
  auto match = router_.find(request.method, head.raw_path);
  if (!match)
    return {.route = nullptr, .answer = answer(match.error().code, "path: " + match.error().sentence), .cors = is_safe(request.method)};
  bool const cors = match->is_public && is_safe(request.method);
  if (match->route == nullptr) {
    if (auto refusal = charge(request.remote_address)) return {.route = nullptr, .answer = std::move(refusal), .cors = cors};
    if (match->allow.empty() && head.raw_path != "*")
      return {.route = nullptr, .answer = missing(head), .cors = is_safe(request.method)};
    if (request.method == Method::kOptions) return {.route = nullptr, .answer = options_answer(*match), .cors = cors};
    auto wrong = answer(Code::kInvalid, fmt::format("{} is not possible here, only {}", name_of(request.method), match->allow));
    wrong.status = 405;
    wrong.headers.emplace_back("allow", match->allow);
    return {.route = nullptr, .answer = std::move(wrong), .cors = cors};
  }
  auto const& route = *match->route;
  if (auto filled = fill_path_and_query(head); !filled)
    return {.route = &route, .answer = error_response(filled.error()), .cors = cors};
  request.path_parameters = std::move(match->parameters);
  auto refusal = route.access.is_public() ? welcome(request) : authenticate(route, head);
  return {.route = &route, .answer = std::move(refusal), .cors = cors};
}

Response Site::missing(Head& head) const {
  bool const for_people = is_safe(head.request.method) && head.request.header("accept").contains("text/html");
  if (missing_page_ && for_people && fill_path_and_query(head)) return missing_page_(head.request);
  return answer(Code::kNotFound, fmt::format("there is nothing at {}", head.raw_path));
}

/// Public pages greet somebody who is signed in; a wrong or old cookie is no error there. Where nobody can say whose it is,
/// the public's answer might be the wrong one and look like the right one.
std::optional<Response> Site::welcome(Request& request) {
  // First: to look up a cookie may cost a look into the records, which nobody gets for more than his budget.
  if (auto refusal = charge(request.remote_address)) return refusal;
  auto const known = identify(credential_of(Access::kPublic, request), request);
  if (!known) return error_response(known.error());
  return std::nullopt;
}

Result<bool> Site::identify(Credential const& shown, Request& request) {
  if (shown.secret.empty()) return false;
  auto who = shown.is_session ? authenticator_.principal_of_session(shown.secret) : authenticator_.principal_of_key(shown.secret);
  if (!who && who.error().code != Code::kUnauthorized) return fail(who.error());
  if (shown.is_session) who ? seen_.add(shown.secret) : seen_.forget(shown.secret);
  if (!who) return false;
  request.who = *std::move(who);
  return true;
}

Response Site::unknown_caller(Access const& access, Head const& head, bool given) const {
  if (access.wants_key())
    return answer(Code::kUnauthorized, given ? "authorization: the key is unknown or revoked"
                                             : "authorization: a key is needed, as \"Bearer KEY\"");
  if (is_safe(head.request.method) && head.request.header("accept").contains("text/html")) return login_redirect(head);
  auto refusal = answer(Code::kUnauthorized, given ? "the login has expired" : "a login is needed");
  erase_field(refusal.headers, "www-authenticate");  // a browser would ask for a password of its own
  return refusal;
}

std::optional<Response> Site::check_permission(Access const& access, Request const& request) const {
  using Kind = Principal::Kind;
  auto const& who = request.who;
  switch (access.who) {
    case Access::Who::kEverybody: return std::nullopt;
    case Access::Who::kDevice: return std::nullopt;  // whoever showed a key
    case Access::Who::kSignedIn:
      if (who.kind == Kind::kPerson) return std::nullopt;
      return answer(Code::kForbidden, "this is for somebody who has signed in");
    case Access::Who::kLocal:
      if (who.kind == Kind::kLocal) return std::nullopt;
      return answer(Code::kForbidden, "only the command line of the server's own user may do this");
    case Access::Who::kHolder:
      if (who.may(access.permission)) return std::nullopt;
      break;
    case Access::Who::kHolderSomewhere:
      if (who.may_somewhere(access.permission)) return std::nullopt;
      break;
  }
  if (denied_) return denied_(request, access.permission);
  return answer(Code::kForbidden, fmt::format("the permission {} is needed", access.permission.name()));
}

std::optional<Response> Site::authenticate(Routes::Route const& route, Head& head) {
  auto& request = head.request;
  auto const shown = credential_of(route.access, request);
  // Guessing costs the guesser's budget, and before the guess is looked up where that means the records.
  bool const is_new = shown.is_session && !seen_.contains(shown.secret);
  if (is_new)
    if (auto refusal = charge(request.remote_address)) return refusal;
  auto const known = identify(shown, request);
  if (!known) return error_response(known.error());
  if (*known) return check_permission(route.access, request);
  if (!is_new)
    if (auto refusal = charge(request.remote_address)) return refusal;
  bool const given = !bearer_key(request).empty() || (!route.access.wants_key() && request.cookie(kSessionCookie));
  return unknown_caller(route.access, head, given);
}

void Site::watch(std::shared_ptr<EventQueue> const& events, Routes::Route const& route, Request const& request) {
  listeners_.add(events, credential_of(route.access, request), request.who);
}

std::optional<Response> Site::charge(std::string_view address) {
  auto const wait = budget_.take(address, clock.tick());
  if (wait == 0) return std::nullopt;
  metrics.refused("budget");
  auto refusal = answer(Code::kOverloaded, fmt::format("this address asks too often; try again in {} s", wait));
  if (auto* const field = field_named(refusal.headers, "retry-after")) *field = std::to_string(wait);
  return refusal;
}

std::optional<Response> Site::check_csrf(Routes::Route const& route, Request const& request) {
  // A key is shown on purpose; a cookie goes along with what another site's page makes a browser send.
  if (route.access.is_public() || is_safe(request.method) || request.who.kind != Principal::Kind::kPerson) return std::nullopt;
  std::string token{request.header(kCsrfHeader)};
  if (token.empty())
    if (auto const form = parse_form(request)) token = form->value(kCsrfField).value_or("");
  if (!request.who.csrf_token.empty() && same_secret(token, request.who.csrf_token)) return std::nullopt;
  return answer(Code::kForbidden, fmt::format("the header {} or the form field {} must carry the login's token",
                                              kCsrfHeader, kCsrfField));
}

std::uint64_t Site::body_bytes_max(Routes::Route const& route) const {
  if (route.upload_handler) return limits.body_bytes_upload;
  switch (service_of(&route)) {
    case Service::kWrite: return limits.body_bytes_write;
    case Service::kBulk: return limits.body_bytes_bulk;
    case Service::kAsync: return limits.body_bytes_async;
    default: return limits.body_bytes_read;
  }
}

runtime::Pool& Site::pool(Work work) {
  if (work == Work::kBulk) return bulk_;
  return work == Work::kWrite ? write_ : read_;
}

Result<Response> run_handler(Handler const& handler, Request const& request, std::string_view pattern) {
  try {
    return handler(request);
  } catch (std::exception const& e) {
    runtime::log_error("web", "handler_threw", {{"route", pattern}, {"what", e.what()}});
    return fail(Code::kInternal, "the server failed at this request; its id is in the header x-request-id");
  }
}

}  // namespace madang::web
