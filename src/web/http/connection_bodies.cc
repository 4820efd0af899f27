// Streamed bodies of a connection: a request's while it comes, an answer's while it is made.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/log.h"
#include "runtime/refusal.h"
#include "web/http/connection.h"

namespace madang::web {
namespace {

Result<Response> run_upload(Routes::Route const& route, Request const& request, Inflow& body) {
  try {
    return route.upload_handler(request, body);
  } catch (std::exception const& e) {
    runtime::log_error("web", "handler_threw", {{"route", route.pattern}, {"what", e.what()}});
    return runtime::refuse(Code::kInternal, "refusal.request.failed");
  }
}

Result<void> run_content(Response const& response, std::string const& pattern, Outflow& body) {
  try {
    return response.content(body);
  } catch (std::exception const& e) {
    runtime::log_error("web", "handler_threw", {{"route", pattern}, {"what", e.what()}});
    return fail(Code::kInternal, "the handler threw");
  }
}

}  // namespace

void Connection::resume() {
  if (phase_ == Phase::kStreaming) return send_events();
  if (phase_ == Phase::kSendingBody) return send_body();
  if (phase_ != Phase::kUploading || !full_since_) return;
  deadline_ += site_.clock.tick() - *full_since_;
  full_since_.reset();
  needs_bytes_ = buffered() == 0;
  process_input();
}

void Connection::start_upload() {
  phase_ = Phase::kUploading;
  auto& head = parser_.head();
  inflow_ = std::make_shared<Inflow>(loop_.mailbox, id_, site_.limits.flow_bytes);
  Completer done{loop_.mailbox, id_, runtime::refuse(Code::kUnavailable, "refusal.busy.uploads").error()};
  auto job = [&site = site_, route = current_.route, body = inflow_, request = std::exchange(head.request, {}),
              done = std::move(done)]() mutable {
    if (site.abandoned) return done(runtime::refuse(Code::kUnavailable, "refusal.busy.stopping"));
    done(run_upload(*route, request, *body));
  };
  if (!site_.flow().try_submit(std::move(job))) site_.metrics.refused("queue");
  set_deadline(site_.limits.body_wait);
  if (!head.has_body) return void(feed());
  if (head.expects_continue && head.http11) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

bool Connection::feed() {
  auto const piece = std::exchange(parser_.head().request.body, {});
  bool const whole = parser_.state() == RequestParser::State::kDone;
  // A client that keeps up the least pace is never too late, however long its body is.
  auto const earned = std::chrono::milliseconds{piece.size() * 1000 / site_.limits.body_bytes_per_second};
  deadline_ = std::min(deadline_ + earned, site_.clock.tick() + site_.limits.body_wait);
  bool const room = piece.empty() || inflow_->put(piece);
  if (whole) {
    inflow_->finish();
    inflow_.reset();
    phase_ = Phase::kWorking;
    return true;
  }
  if (!room) full_since_ = site_.clock.tick();
  return room;
}

void Connection::end_flows() {
  if (inflow_) inflow_->fail_with({Code::kUnavailable, "the client is gone, or the server stops"});
  if (outflow_) outflow_->close();
}

/// Answers of which nobody knows how long they become: HTTP/1.1 has chunks for them, before it the end of the connection.
void Connection::start_body(Response response) {
  auto flow = std::make_shared<Outflow>(loop_.mailbox, id_, site_.limits.flow_bytes);
  auto job = [&site = site_, flow, response, pattern = current_.route == nullptr ? std::string{} : current_.route->pattern] {
    if (site.abandoned) return flow->finish(runtime::refuse(Code::kUnavailable, "refusal.busy.stopping"));
    flow->finish(run_content(response, pattern, *flow));
  };
  if (!site_.flow().try_submit(std::move(job))) {
    site_.metrics.refused("queue");
    return write_answer(refusal(runtime::refuse(Code::kUnavailable, "refusal.busy.bodies").error()));
  }
  if (!current_.http11) current_.keep_alive = false;
  outflow_ = std::move(flow);
  phase_ = Phase::kSendingBody;
  body_status_ = response.status;
  append_answer(out_, std::move(response), style());
}

void Connection::send_body() {
  if (writing_) return;
  auto const pending = outflow_->take();
  if (pending.failure) {
    runtime::log_warning("web", "body_broken_off", {{"id", fmt::format("{:016x}", current_.id)}, {"why", pending.failure->sentence}});
    return close();
  }
  if (!current_.http11)
    out_.append(pending.bytes);
  else if (!pending.bytes.empty())
    append_chunk(out_, pending.bytes);
  if (!pending.ended) return flush();
  if (current_.http11) out_.append("0\r\n\r\n");
  outflow_.reset();
  phase_ = Phase::kReading;
  if (site_.stopping) current_.keep_alive = false;
  end_answer(body_status_);
  needs_bytes_ = buffered() == 0;
  process_input();
}

}  // namespace madang::web
