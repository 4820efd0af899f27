#include "web/http/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/text.h"
#include "runtime/log.h"
#include "runtime/refusal.h"
#include "storage/records/transactions.h"
#include "web/http/accept.h"
#include "web/http/fields.h"
#include "web/http/session.h"
#include "web/http/url.h"

namespace madang::web {
namespace {

runtime::Pool::Options pool_options(char const* name, WorkQueue const& queue) {
  return {.name = name, .threads = queue.threads, .queue_max = queue.waiting_max};
}

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

/// Escapes make a long target longer than what a browser may ask for: then the login leads where it leads by itself.
Response login_redirect(Head const& head, std::size_t bytes_max) {
  std::string target = head.raw_path;
  if (!head.raw_query.empty()) target += "?" + head.raw_query;
  auto login = fmt::format("{}?next={}", kLoginPath, percent_encode(target));
  bool const fits = head.request.prefix.size() + login.size() <= bytes_max;
  return redirect(fits ? std::move(login) : std::string{kLoginPath});
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

/// By the seconds until there is a token again, the first of one second. They come by the thousand, so none is put together when it
/// is needed: that takes a lock which all texts share.
std::vector<Response> refusals_over_budget(PublicBudget const& budget) {
  auto const longest = budget.requests_per_second > 0 ? std::ceil(1 / budget.requests_per_second) : static_cast<double>(kBudgetWaitSaidMax);
  auto const most = static_cast<std::int64_t>(std::clamp(longest, 1.0, static_cast<double>(kBudgetWaitSaidMax)));
  std::vector<Response> made;
  for (std::int64_t seconds = 1; seconds <= most; ++seconds) {
    made.push_back(error_response(runtime::refuse(Code::kOverloaded, "refusal.access.too_often", {{"seconds", seconds}}).error()));
    *field_named(made.back().headers, "retry-after") = std::to_string(seconds);
  }
  return made;
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
      over_budget_(refusals_over_budget(options.budget)),
      scans_(kScansOfOneAddressMax, budget_),
      missing_page_(options.missing_page),
      refused_page_(options.refused_page),
      denied_page_(options.denied_page),
      denied_(options.denied),
      body_memory_(std::make_shared<BodyMemory>(options.limits.body_bytes_all)),
      next_id_(first_id()),
      read_(pool_options("web_read", options.read)),
      scan_(pool_options("web_scan", options.scan)),
      write_(pool_options("web_write", options.write)),
      password_(pool_options("web_password", options.password)),
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
  if (!match) {
    Error const wrong{match.error().code, "path: " + match.error().sentence};
    request.path = head.raw_path;  // which cannot be decoded
    return {.route = nullptr, .answer = unreadable(request, wrong), .cors = is_safe(request.method)};
  }
  bool const cors = match->is_public && is_safe(request.method);
  if (match->route == nullptr) {
    if (auto refused = charge(request)) return {.route = nullptr, .answer = std::move(refused), .cors = cors};
    if (match->allow.empty() && head.raw_path != "*")
      return {.route = nullptr, .answer = missing(head), .cors = is_safe(request.method)};
    if (request.method == Method::kOptions) return {.route = nullptr, .answer = options_answer(*match), .cors = cors};
    is_read_by_people(head);
    auto wrong = refusal(request, runtime::refuse(Code::kInvalid, "refusal.request.method",
                                                  {{"method", name_of(request.method)}, {"allowed", match->allow}}).error());
    wrong.status = 405;
    wrong.headers.emplace_back("allow", match->allow);
    return {.route = nullptr, .answer = std::move(wrong), .cors = cors};
  }
  auto const& route = *match->route;
  if (auto filled = fill_path_and_query(head); !filled)
    return {.route = &route, .answer = unreadable(request, filled.error()), .cors = cors};
  request.path_parameters = std::move(match->parameters);
  auto refused = route.access.is_public() ? check_public(request) : authenticate(route, head);
  return {.route = &route, .answer = std::move(refused), .cors = cors};
}

Response Site::refusal(Request const& request, Error const& error) const {
  auto plain = error_response(error);
  if (!refused_page_ || is_of_programs(request.path)) return plain;
  if (!wants_page(request)) {
    add_vary(plain.headers, "Accept");
    return plain;
  }
  auto page = refused_page_(request, error);
  page.status = plain.status;
  add_vary(page.headers, "Accept");
  erase_field(plain.headers, "www-authenticate");  // a browser would ask for a password of its own
  for (auto& field : plain.headers) page.headers.push_back(std::move(field));
  return page;
}

/// Programs read what is wrong and at which byte, people what they can do about it.
Response Site::unreadable(Request const& request, Error const& error) const {
  if (!refused_page_ || !wants_page(request)) return refusal(request, error);
  return refusal(request, (error.code == Code::kLimit ? runtime::refuse(error.code, "refusal.request.address_fields", {{"max", kQueryFieldsMax}})
                                                      : runtime::refuse(error.code, "refusal.request.address")).error());
}

std::shared_ptr<Request const> Site::reader_of_pages(Request const& request) const {
  return refused_page_ && wants_page(request) ? std::make_shared<Request const>(request) : nullptr;
}

bool Site::is_read_by_people(Head& head) {
  auto& request = head.request;
  // Where no page is, nothing hangs on what cannot be read behind the '?'.
  (void)fill_path_and_query(head);
  if (!wants_page(request)) return false;
  // Where nobody can say whose a login is, the page greets nobody: nothing else of it depends on that.
  (void)identify(credential_of(Access::kPublic, request), request);
  return true;
}

Response Site::missing(Head& head) {
  bool const for_people = missing_page_ && is_read_by_people(head);
  auto answer = for_people ? missing_page_(head.request)
                           : error_response(runtime::refuse(Code::kNotFound, "refusal.request.nothing_there", {{"path", head.raw_path}}).error());
  if (missing_page_ && !is_of_programs(head.request.path)) add_vary(answer.headers, "Accept");
  return answer;
}

/// Public pages greet somebody who is signed in; a wrong or old cookie is no error there. Where nobody can say whose it is,
/// the public's answer might be the wrong one and look like the right one.
std::optional<Response> Site::check_public(Request& request) {
  // First: to look up a cookie may cost a look into the records, which nobody gets for more than his budget.
  if (auto refused = charge(request)) return refused;
  auto const known = identify(credential_of(Access::kPublic, request), request);
  if (!known) return refusal(request, known.error());
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
    return error_response(given ? runtime::refuse_field(Code::kUnauthorized, "authorization", "refusal.access.key_unknown").error()
                                : runtime::refuse_field(Code::kUnauthorized, "authorization", "refusal.access.key_needed").error());
  if (is_safe(head.request.method) && wants_page(head.request)) return login_redirect(head, limits.target_bytes);
  // A program that shows a key where a login would do as well looks for what is wrong with its key.
  bool const by_key = given && !credential_of(access, head.request).is_session;
  auto const unknown = by_key ? runtime::refuse_field(Code::kUnauthorized, "authorization", "refusal.access.key_unknown")
                              : runtime::refuse(Code::kUnauthorized, given ? "refusal.access.login_over" : "refusal.access.login_needed");
  auto refused = refusal(head.request, unknown.error());
  erase_field(refused.headers, "www-authenticate");  // a browser would ask for a password of its own
  return refused;
}

std::optional<Response> Site::check_permission(Access const& access, Request const& request) const {
  using Kind = Principal::Kind;
  auto const& who = request.who;
  switch (access.who) {
    case Access::Who::kEverybody: return std::nullopt;
    case Access::Who::kDevice: return std::nullopt;  // whoever showed a key
    case Access::Who::kSignedIn:
      if (who.kind == Kind::kPerson) return std::nullopt;
      return refusal(request, runtime::refuse(Code::kForbidden, "refusal.access.people_only").error());
    case Access::Who::kLocal:
      if (who.kind == Kind::kLocal) return std::nullopt;
      return refusal(request, runtime::refuse(Code::kForbidden, "refusal.access.local_only").error());
    case Access::Who::kHolder:
      if (who.may(access.permission)) return std::nullopt;
      break;
    case Access::Who::kHolderSomewhere:
      if (who.may_somewhere(access.permission)) return std::nullopt;
      break;
  }
  auto const& denied = denied_page_ && wants_page(request) ? denied_page_ : denied_;
  if (denied) {
    auto answer = denied(request, access.permission);
    if (!is_of_programs(request.path)) add_vary(answer.headers, "Accept");
    return answer;
  }
  return refusal(request, runtime::refuse(Code::kForbidden, "refusal.access.permission", {{"permission", access.permission.name()}}).error());
}

std::optional<Response> Site::authenticate(Routes::Route const& route, Head& head) {
  auto& request = head.request;
  auto const shown = credential_of(route.access, request);
  // Guessing costs the guesser's budget, and before the guess is looked up where that means the records.
  bool const is_new = shown.is_session && !seen_.contains(shown.secret);
  if (is_new)
    if (auto refused = charge(request)) return refused;
  auto const known = identify(shown, request);
  if (!known) return refusal(request, known.error());
  if (*known) return check_permission(route.access, request);
  if (!is_new)
    if (auto refused = charge(request)) return refused;
  bool const given = !bearer_key(request).empty() || (!route.access.wants_key() && request.cookie(kSessionCookie));
  return unknown_caller(route.access, head, given);
}

void Site::watch(std::shared_ptr<EventQueue> const& events, Routes::Route const& route, Request const& request) {
  listeners_.add(events, credential_of(route.access, request), request.who);
}

std::optional<Response> Site::charge(Request const& request) {
  auto const wait = budget_.take(request.remote_address, clock.tick());
  if (wait == 0) return std::nullopt;
  metrics.refused("budget");
  // JSON for browsers too: a page costs more than many an answer that the budget is there for.
  return over_budget_[std::min(static_cast<std::size_t>(wait), over_budget_.size()) - 1];
}

std::optional<Response> Site::check_csrf(Routes::Route const& route, Request const& request) const {
  // A key is shown on purpose; a cookie goes along with what another site's page makes a browser send.
  if (route.access.is_public() || is_safe(request.method) || request.who.kind != Principal::Kind::kPerson) return std::nullopt;
  auto const checked = check_csrf_token(request, request.who.csrf_token);
  if (checked) return std::nullopt;
  return refusal(request, checked.error());
}

std::uint64_t Site::body_bytes_max(Routes::Route const& route) const {
  if (route.upload_handler) return limits.body_bytes_upload;
  switch (service_of(&route, route.work)) {
    case Service::kWrite: return limits.body_bytes_write;
    case Service::kBulk: return limits.body_bytes_bulk;
    case Service::kAsync: return limits.body_bytes_async;
    default: return limits.body_bytes_read;
  }
}

Error const& queue_is_full() {
  static Error const kFull = runtime::refuse(Code::kUnavailable, "refusal.busy.queue").error();
  return kFull;
}

Shares::Share Site::scan_share(Request const& request) {
  auto const& who = request.who;
  if (who.kind != Principal::Kind::kPerson) return scans_.take(request.remote_address);
  return scans_.take(request.remote_address, fmt::format("{} {}", who.party.value(), who.name));
}

runtime::Pool& Site::pool(Work work) {
  switch (work) {
    case Work::kScan: return scan_;
    case Work::kWrite: return write_;
    case Work::kPassword: return password_;
    case Work::kBulk: return bulk_;
    case Work::kInline:
    case Work::kRead: break;
  }
  return read_;
}

Result<Response> run_handler(Handler const& handler, Request const& request, std::string_view pattern) {
  try {
    return handler(request);
  } catch (std::exception const& e) {
    runtime::log_error("web", "handler_threw", {{"route", pattern}, {"what", e.what()}});
    return runtime::refuse(Code::kInternal, "refusal.request.failed");
  }
}

void run_async(Routes::Route const& route, Request request, Done done) {
  try {
    route.async_handler(std::move(request), std::move(done));
  } catch (std::exception const& e) {
    runtime::log_error("web", "handler_threw", {{"route", route.pattern}, {"what", e.what()}});
  }
}

std::optional<Response> unpack_into(BodyShare& share, Request& request, Coding coding, std::size_t bytes_max) {
  if (auto refusal = unpack_body(request, coding, bytes_max, [&share](std::size_t bytes) { return share.resize(bytes); }))
    return refusal;
  share.resize(request.body.size());
  return std::nullopt;
}

Result<Response> run_in_turn(Site const& site, Routes::Route const& route, Work work, Request const& request) {
  if (site.abandoned) return runtime::refuse(Code::kUnavailable, "refusal.busy.stopping");
  if (work == Work::kBulk) return run_handler(route.handler, request, route.pattern);
  auto const waited = request.received ? site.clock.tick() - *request.received : Tick::duration{0};
  if (waited > site.limits.turn_wait)
    return runtime::refuse(Code::kUnavailable, "refusal.busy.waited");
  bool const reads = work == Work::kRead || work == Work::kScan;
  auto const left = std::chrono::floor<Millis>(site.limits.turn_wait - waited);
  storage::CallDeadline const soon(reads ? site.limits.records_wait_read : left);
  return run_handler(route.handler, request, route.pattern);
}

}  // namespace madang::web
