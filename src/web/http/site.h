// What the connections of all network threads share: routes, rights, budgets, queues, counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/clock.h"
#include "runtime/pool.h"
#include "web/http/body_memory.h"
#include "web/http/budget.h"
#include "web/http/gzip.h"
#include "web/http/http.h"
#include "web/http/listeners.h"
#include "web/http/public_address.h"
#include "web/http/request_parser.h"
#include "web/http/router.h"
#include "web/http/seen_sessions.h"
#include "web/http/server.h"
#include "web/http/web_metrics.h"

namespace madang::web {

/// Either the route that shall answer, or the answer already.
struct Admission {
  Routes::Route const* route = nullptr;
  std::optional<Response> answer;
  bool cors = false;
};

/// Thread-safe.
class Site {
 public:
  Site(ServerOptions const& options, Router router, Authenticator& authenticator, runtime::Clock const& clock,
       runtime::Metrics& metrics);
  /// Before the first request; without it clients are told what they say themselves.
  void set_public_address(PublicAddress address) { public_address_ = std::move(address); }

  /// Finds the route, checks budget and access, fills path, query, path_parameters and who of `head.request`. Needs
  /// only the header, so a body is read for those alone who may send it.
  Admission admit(Head& head);
  /// The answer to a person's unsafe request without the session's token; needs the body.
  [[nodiscard]] std::optional<Response> check_csrf(Routes::Route const& route, Request const& request) const;
  /// A page in the reader's language for a browser that wants one, JSON for programs. Thread-safe.
  [[nodiscard]] Response refusal(Request const& request, Error const& error) const;
  /// The same of an address that cannot be read.
  [[nodiscard]] Response unreadable(Request const& request, Error const& error) const;
  /// What `refusal` must know of a request once it has gone to its handler; nullptr: a program asks, which gets JSON.
  [[nodiscard]] std::shared_ptr<Request const> reader_of_pages(Request const& request) const;
  /// Ends the stream when its listener's login or key ends, or lets him see something else.
  void watch(std::shared_ptr<EventQueue> const& events, Routes::Route const& route, Request const& request);
  [[nodiscard]] std::uint64_t body_bytes_max(Routes::Route const& route) const;
  [[nodiscard]] runtime::Pool& pool(Work work);
  /// To be held by a scan until it is done. It is of who has signed in, wherever that is, else of the address; whose address is
  /// exempt, is so signed in too. Empty: too many of his are under way.
  [[nodiscard]] Shares::Share scan_share(Request const& request);
  /// For streamed bodies.
  [[nodiscard]] runtime::Pool& flow() { return flow_; }

  [[nodiscard]] BodyShare body_share() const { return BodyShare(body_memory_); }
  [[nodiscard]] std::uint64_t next_id() { return next_id_.fetch_add(1, std::memory_order_relaxed); }

  Limits const limits;
  runtime::Clock const& clock;
  WebMetrics metrics;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> streams = 0;
  std::atomic<bool> stopping = false;   ///< no new requests
  std::atomic<bool> abandoned = false;  ///< waiting requests are not run any more

 private:
  void warn_of_unknown_proxy(Head const& head);
  std::optional<Response> check_public(Request& request);
  /// Whether what is shown is somebody's, who asks then. An error: it could not be looked up.
  Result<bool> identify(Credential const& shown, Request& request);
  std::optional<Response> authenticate(Routes::Route const& route, Head& head);
  [[nodiscard]] Response unknown_caller(Access const& access, Head const& head, bool given) const;
  [[nodiscard]] std::optional<Response> check_permission(Access const& access, Request const& request) const;
  /// For a page that has no route: reads the address, and who asks. False: a program asks.
  bool is_read_by_people(Head& head);
  Response missing(Head& head);
  std::optional<Response> charge(Request const& request);

  Router const router_;
  Authenticator& authenticator_;
  Budget budget_;
  std::vector<Response> const over_budget_;  ///< by the seconds to wait
  Shares scans_;
  SeenSessions seen_;
  PublicAddress public_address_;
  std::atomic<bool> proxy_warned_ = false;
  std::function<Response(Request const&)> const missing_page_;
  std::function<Response(Request const&, Error const&)> const refused_page_;
  std::function<Response(Request const&, Permission const&)> const denied_page_;
  std::function<Response(Request const&, Permission const&)> const denied_;
  std::shared_ptr<BodyMemory> const body_memory_;
  std::atomic<std::uint64_t> next_id_;
  // Last, so that their threads end before anything they use.
  runtime::Pool read_;
  runtime::Pool scan_;
  runtime::Pool write_;
  runtime::Pool password_;
  runtime::Pool bulk_;
  runtime::Pool flow_;
  Listeners listeners_;
};

/// The handler's answer; an exception becomes kInternal and is logged.
Result<Response> run_handler(Handler const& handler, Request const& request, std::string_view pattern);
/// The same on a pool's thread, where its turn came in time.
Result<Response> run_in_turn(Site const& site, Routes::Route const& route, Work work, Request const& request);
/// An exception becomes a log line, and `done` is dropped.
void run_async(Routes::Route const& route, Request request, Done done);
/// Unpacks the body in its place, and keeps its memory in `share` while it grows. The answer where that is not possible.
std::optional<Response> unpack_into(BodyShare& share, Request& request, Coding coding, std::size_t bytes_max);

}  // namespace madang::web
