// What a connection has done by a pool, beside the network threads, and what becomes of it when its client goes.
#include <string>
#include <utility>

#include "runtime/awaited.h"
#include "runtime/log.h"
#include "runtime/refusal.h"
#include "web/http/connection.h"
#include "web/http/public_address.h"

namespace madang::web {
namespace {

/// To a client that sends nothing more: it tells who still reads, as every client of HTTP/1.1 may be sent it at any time, from who
/// has closed, whose side answers with a reset.
constexpr std::string_view kStillThere = "HTTP/1.1 100 Continue\r\n\r\n";

/// The handler's answer as it goes out, on the pool's thread.
Response finished(Site const& site, Routes::Route const& route, Work work, Request const& request, bool gzip) {
  auto answer = run_in_turn(site, route, work, request);
  auto response = answer ? *std::move(answer) : site.refusal(request, answer.error());
  prepend_prefix(response, request.prefix);
  negotiate_encoding(response, gzip);
  return response;
}

/// What is read for one client alone need not be read when it is gone. What writes has its outcome all the same.
bool is_for_its_client(Work work) { return work == Work::kRead || work == Work::kScan; }

}  // namespace

/// The answer, before which the share is given back: who has it may ask for the next. A refused job is destroyed, and answers by that.
struct Connection::Answering {
  Completer done;
  Shares::Share share;

  void operator()(Result<Response> answer) {
    share.give_back();
    done(std::move(answer));
  }
};

/// The one way into a pool for what has an answer, whatever must be done before its handler runs.
void Connection::run_on_pool(Request request, std::move_only_function<void(Request, Answering)> run) {
  phase_ = Phase::kWorking;
  auto const work = current_.work;
  Answering answering{Completer{loop_.mailbox, id_, queue_is_full()}, {}};
  if (work == Work::kScan) {
    // One address must not fill the queue that all others' scans wait in, nor have all its turns before theirs.
    answering.share = site_.scan_share(request);
    if (!answering.share) return site_.metrics.refused("scans");
  }
  std::string const account{answering.share.account()};
  auto const nobody_waits = is_for_its_client(work) ? std::make_shared<std::atomic<bool>>(false) : nullptr;
  auto job = [run = std::move(run), request = std::move(request), answering = std::move(answering), nobody_waits, work]() mutable {
    if (nobody_waits && nobody_waits->load()) return;
    // A plain read is short, and may make what is kept for others.
    runtime::Awaited const awaited(work == Work::kScan ? nobody_waits : nullptr);
    run(std::move(request), std::move(answering));
  };
  auto& pool = site_.pool(work == Work::kInline ? Work::kWrite : work);
  auto const ticket = pool.submit(std::move(job), account);
  if (!ticket) return site_.metrics.refused("queue");
  if (nobody_waits) awaiting_ = Awaiting{.nobody_waits = nobody_waits, .pool = &pool, .ticket = *ticket};
}

void Connection::submit(Request request) {
  auto run = [&site = site_, current = current_](Request asked, Answering answering) {
    answering(finished(site, *current.route, current.work, asked, current.gzip));
  };
  run_on_pool(std::move(request), std::move(run));
}

/// Unpacking megabytes would hold up every other connection of this thread.
void Connection::unpack_on_pool(Request request) {
  auto run = [&site = site_, current = current_](Request packed, Answering answering) {
    if (site.abandoned) return answering(runtime::refuse(Code::kUnavailable, "refusal.busy.stopping"));
    answering.done.set_if_dropped(no_answer());
    auto const& route = *current.route;
    auto body = site.body_share();
    if (auto refused = unpack_into(body, packed, current.coding, current.body_bytes_max)) {
      if (refused->status == 503) site.metrics.refused("memory");
      return answering(*std::move(refused));
    }
    if (auto refused = site.check_csrf(route, packed)) return answering(*std::move(refused));
    if (!route.async_handler) return answering(finished(site, route, current.work, packed, current.gzip));
    // The body's memory is given back with the answer.
    run_async(route, std::move(packed), [body = std::move(body), answering = std::move(answering)](Result<Response> answer) mutable {
      body.resize(0);
      answering(std::move(answer));
    });
  };
  run_on_pool(std::move(request), std::move(run));
}

/// A client that shut down its writing side may still read, and one that closed does not: from here both look the same until
/// something is written. So it is asked once; who has closed answers with a reset, which the next look sees. HTTP/1.0 knows no
/// question: its answer is made to the end.
void Connection::check_client() {
  switch (transport_->peer()) {
    case net::Peer::kThere: return;
    case net::Peer::kGone:
      site_.metrics.refused("gone");
      return close();
    case net::Peer::kHasFinished: break;
  }
  if (awaiting_->asked || !current_.http11 || writing_) return;
  awaiting_->asked = true;
  out_.append(kStillThere);
  flush();
}

/// Nobody waits any more: what has not begun leaves its place and its share to others, what has ends at its next turn.
void Connection::withdraw_job() {
  if (!awaiting_) return;
  awaiting_->nobody_waits->store(true);
  awaiting_->pool->withdraw(awaiting_->ticket);
  awaiting_.reset();
}

}  // namespace madang::web
