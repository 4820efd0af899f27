#include "web/http/connection.h"

#include <fmt/format.h>

#include <cstring>
#include <exception>
#include <utility>

#include "runtime/log.h"
#include "runtime/refusal.h"
#include "storage/records/transactions.h"
#include "web/http/public_address.h"

namespace madang::web {
namespace {

constexpr std::size_t kReadBytesIdle = 4 * 1024;
constexpr std::size_t kReadBytesMax = 64 * 1024;
constexpr std::chrono::milliseconds kDrainWait{2'000};
constexpr double kSlowSeconds = 2;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::chrono::milliseconds wait_for(std::chrono::milliseconds base, std::size_t bytes, std::size_t bytes_per_second) {
  return base + std::chrono::milliseconds{bytes * 1000 / bytes_per_second};
}

bool is_pooled(Routes::Route const* route) {
  return route != nullptr && route->handler && route->work != Work::kInline;
}

/// What the handler says to somebody who wants to listen; empty when it took the sink.
Result<Response> accepted_stream(Routes::Route const& route, Request const& request, std::shared_ptr<EventSink> events) {
  try {
    MADANG_CHECK(route.stream_handler(request, std::move(events)));
    return Response{};
  } catch (std::exception const& e) {
    runtime::log_error("web", "handler_threw", {{"route", route.pattern}, {"what", e.what()}});
    return runtime::refuse(Code::kInternal, "refusal.request.failed");
  }
}

/// A body that is read as it comes is not unpacked, and it cannot hold the login's token.
std::optional<Response> refused_upload(Site const& site, Head const& head, Coding coding, Routes::Route const& route) {
  if (head.has_body && coding != Coding::kIdentity) {
    auto refusal = error_response({Code::kUnsupported, "content-encoding: this body is read as it comes; send it unpacked"});
    refusal.status = 415;
    return refusal;
  }
  return site.check_csrf(route, head.request);
}

std::optional<Response> refused_coding(Head const& head) {
  auto const named = head.request.header("content-encoding");
  if (!head.has_body || coding_of(named)) return std::nullopt;
  auto refusal = error_response({Code::kUnsupported, fmt::format("content-encoding: \"{}\" is not read here, only {}",
                                                                 named.substr(0, 40), kCodings)});
  refusal.status = 415;
  refusal.headers.emplace_back("accept-encoding", kCodings);
  return refusal;
}

}  // namespace

std::string_view Loop::date() {
  auto const now = site.clock.now();
  auto const second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (second == date_second) return date_text;
  date_text = format_http_date(now);
  date_second = second;
  return date_text;
}

Connection::Connection(Loop& loop, std::unique_ptr<Transport> transport, Peer peer, std::uint64_t id)
    : loop_(loop), site_(loop.site), transport_(std::move(transport)), peer_(std::move(peer)), id_(id),
      parser_(loop.site.limits), body_share_(loop.site.body_share()) {
  ++site_.connections;
  site_.metrics.connections().Increment();
  set_deadline(site_.limits.header_wait);
}

Connection::~Connection() {
  end_flows();
  forget_body();
  --site_.connections;
  site_.metrics.connections().Decrement();
}

void Connection::open() { transport_->open(shared_from_this()); }

void Connection::on_open() {
  if (phase_ != Phase::kOpening) return;
  phase_ = Phase::kReading;
  set_deadline(site_.limits.idle_wait);
  arm_read();
}

void Connection::on_read(std::size_t bytes) {
  net::guarded(kLogModule, [&] { process_read(bytes); }, [&] { close(); });
}

void Connection::on_written(bool ok) {
  net::guarded(kLogModule, [&] { sent(ok); }, [&] { close(); });
}

void Connection::process_read(std::size_t bytes) {
  reading_ = false;
  if (phase_ == Phase::kClosed) return;
  if (bytes == 0) return close();
  if (phase_ == Phase::kStreaming || phase_ == Phase::kDraining) return arm_read();
  if (between_requests_) set_deadline(site_.limits.header_wait);
  between_requests_ = false;
  in_end_ += bytes;
  process_input();
}

/// Parses and answers as long as there are bytes and the answers are ready at once; writes them in batches.
void Connection::process_input() {
  do {
    parse();
    if (phase_ == Phase::kClosed) return;
    flush();
  } while (phase_ == Phase::kReading && !needs_bytes_ && !writing_ && !close_after_);
}

void Connection::parse() {
  needs_bytes_ = false;
  while ((phase_ == Phase::kReading || phase_ == Phase::kUploading) && !close_after_ && out_.size() <= site_.limits.unsent_bytes) {
    if (full_since_) return;
    needs_bytes_ = buffered() == 0;
    if (needs_bytes_) break;
    in_begin_ += parser_.put(std::string_view{in_}.substr(in_begin_, buffered()));
    switch (parser_.state()) {
      case RequestParser::State::kHeadDone: on_head(); continue;
      case RequestParser::State::kDone:
        if (inflow_)
          (void)feed();
        else
          on_request();
        continue;
      case RequestParser::State::kFailed: refuse(parser_.status(), parser_.error()); continue;
      case RequestParser::State::kBody:
        if (inflow_ && !feed()) continue;
        if (!inflow_) account_body();
        break;
      case RequestParser::State::kHeader: break;
    }
    needs_bytes_ = true;
    break;
  }
  if (buffered() == 0) in_begin_ = in_end_ = 0;
}

void Connection::make_room() {
  if (in_begin_ > 0) {
    std::memmove(in_.data(), in_.data() + in_begin_, buffered());
    in_end_ = buffered();
    in_begin_ = 0;
  }
  bool const body = parser_.state() == RequestParser::State::kBody;
  if (in_end_ == 0 && !body && in_.size() > kReadBytesIdle) in_ = std::string(kReadBytesIdle, '\0');
  if (in_.size() < kReadBytesIdle) in_.resize(kReadBytesIdle);
  if (body || in_end_ == in_.size()) in_.resize(std::max(in_.size(), std::max(kReadBytesMax, in_end_ + kReadBytesIdle)));
}

void Connection::arm_read() {
  if (reading_ || phase_ == Phase::kWorking || phase_ == Phase::kSendingBody || phase_ == Phase::kClosed) return;
  make_room();
  reading_ = true;
  transport_->read(std::span{in_}.subspan(in_end_), shared_from_this());
}

void Connection::flush() {
  if (writing_ || phase_ == Phase::kClosed) return;
  if (out_.empty()) return after_flush();
  std::swap(out_, sending_);
  switch (transport_->write(sending_.views(), shared_from_this())) {
    case Transport::Written::kNow:
      sending_.clear();
      return after_flush();
    case Transport::Written::kFailed:
      return close();
    case Transport::Written::kLater:
      writing_ = true;
      auto const wait = wait_for(site_.limits.write_wait, sending_.size(), site_.limits.body_bytes_per_second);
      write_deadline_ = site_.clock.tick() + wait;
  }
}

void Connection::sent(bool ok) {
  writing_ = false;
  if (phase_ == Phase::kClosed) return;
  if (!ok) return close();
  sending_.clear();
  if (phase_ == Phase::kStreaming || phase_ == Phase::kSendingBody) return resume();
  if (phase_ != Phase::kReading) return flush();
  // Parsing may have paused because the answers were not read.
  if (between_requests_) set_deadline(site_.limits.idle_wait);
  process_input();
}

void Connection::after_flush() {
  if (!close_after_) {
    bool const wants_bytes = (phase_ == Phase::kReading || phase_ == Phase::kUploading) && needs_bytes_;
    if (wants_bytes || phase_ == Phase::kStreaming) arm_read();
    return;
  }
  if (!unread_body_) return close();
  // Closing with unread bytes would reset the connection, and the client might never see why it was refused.
  phase_ = Phase::kDraining;
  in_begin_ = in_end_ = 0;
  transport_->finish_sending();
  set_deadline(kDrainWait);
  arm_read();
}

void Connection::on_head() {
  auto& head = parser_.head();
  current_ = {.route = nullptr, .work = Work::kInline, .started = site_.clock.tick(), .id = site_.next_id(),
              .is_head = head.request.method == Method::kHead, .http11 = head.http11,
              .keep_alive = head.keep_alive && !site_.stopping, .cors = false,
              .gzip = accepts_gzip(head.request.header("accept-encoding"))};
  head.request.remote_address = peer_.address;
  head.request.secure = peer_.secure;
  auto admission = site_.admit(head);
  current_.route = admission.route;
  if (admission.route != nullptr) current_.work = admission.route->work;
  current_.cors = admission.cors;
  current_.prefix = head.request.prefix;
  current_.page_reader = site_.reader_of_pages(head.request);
  current_.coding = coding_of(head.request.header("content-encoding")).value_or(Coding::kIdentity);
  std::uint64_t const body_max = admission.route == nullptr ? 0 : site_.body_bytes_max(*admission.route);
  current_.body_bytes_max = body_max;
  if (!admission.answer) admission.answer = refused_coding(head);
  if (!admission.answer && head.content_length.value_or(0) > body_max) {
    Error const too_large = runtime::refuse(Code::kLimit, "refusal.request.body_size",
                                            {{"bytes", *head.content_length}, {"max", body_max}}).error();
    admission.answer = site_.refusal(head.request, too_large);
  }
  bool const uploads = admission.route != nullptr && admission.route->upload_handler;
  if (!admission.answer && uploads) admission.answer = refused_upload(site_, head, current_.coding, *admission.route);
  if (admission.answer) {
    // The rest of the request is not worth reading.
    unread_body_ = head.has_body;
    if (head.has_body) current_.keep_alive = false;
    write_answer(*std::move(admission.answer));
    return;
  }
  parser_.body_limit(body_max);
  if (uploads) return start_upload();
  if (!head.has_body) return on_request();
  set_deadline(site_.limits.body_wait);
  if (head.expects_continue && head.http11) out_.append(kContinue);
}

void Connection::account_body() {
  auto const bytes = parser_.head().request.body.size();
  if (bytes > body_share_.bytes() && !body_share_.resize(bytes)) {
    site_.metrics.refused("memory");
    return refuse(503, runtime::refuse(Code::kUnavailable, "refusal.busy.large").error());
  }
  auto const wait = wait_for(site_.limits.body_wait, bytes, site_.limits.body_bytes_per_second);
  deadline_ = current_.started + wait;
}

Response Connection::refusal(Error const& error) const {
  return current_.page_reader ? site_.refusal(*current_.page_reader, error) : error_response(error);
}

void Connection::forget_body() { body_share_.resize(0); }

/// A request that cannot be read to its end: answered, then the connection ends.
void Connection::refuse(int status, Error const& error) {
  if (inflow_) {
    inflow_->fail_with(error);
    inflow_.reset();
    full_since_.reset();
    phase_ = Phase::kReading;
  }
  if (current_.id == 0) {  // its header never came to an end
    current_.started = site_.clock.tick();
    current_.id = site_.next_id();
  }
  current_.keep_alive = false;
  unread_body_ = true;
  auto response = refusal(error);
  response.status = status;
  write_answer(std::move(response));
}

void Connection::on_request() {
  auto request = std::move(parser_.head().request);
  request.received = site_.clock.tick();
  current_.work = current_.route->work_for(request);
  bool const packed = current_.coding != Coding::kIdentity && !request.body.empty();
  if (!packed) return check_and_dispatch(std::move(request));
  if (request.body.size() > kUnpackInlineBytesMax) return unpack_on_pool(std::move(request));
  auto refused = unpack_into(body_share_, request, current_.coding, current_.body_bytes_max);
  if (!refused) return check_and_dispatch(std::move(request));
  if (refused->status == 503) site_.metrics.refused("memory");
  write_answer(*std::move(refused));
}

void Connection::check_and_dispatch(Request request) {
  if (auto refused = site_.check_csrf(*current_.route, request)) return write_answer(*std::move(refused));
  dispatch(std::move(request));
}

void Connection::dispatch(Request request) {
  auto const& route = *current_.route;
  if (route.stream_handler) return start_stream(std::move(request));
  if (route.async_handler) {
    phase_ = Phase::kWorking;
    Completer done{loop_.mailbox, id_, no_answer()};
    return run_async(route, std::move(request), std::move(done));
  }
  if (route.work != Work::kInline) return submit(std::move(request));
  auto answer = run_handler(route.handler, request, route.pattern);
  write_answer(answer ? *std::move(answer) : refusal(answer.error()));
}

void Connection::answer(Result<Response> answer) {
  if (phase_ != Phase::kWorking && phase_ != Phase::kUploading) return;
  awaiting_.reset();
  if (phase_ == Phase::kUploading) {  // before the body's end, whose rest is not worth reading
    inflow_.reset();
    full_since_.reset();
    current_.keep_alive = false;
    unread_body_ = true;
  }
  phase_ = Phase::kReading;
  if (events_)
    open_stream(answer);
  else
    write_answer(answer ? *std::move(answer) : refusal(answer.error()));
  process_input();
}

AnswerStyle Connection::style() {
  bool const mine = current_.route != nullptr && !current_.route->access.is_public();
  return {.head = current_.is_head, .http11 = current_.http11, .keep_alive = current_.keep_alive,
          .cors = current_.cors, .no_store = mine, .date = loop_.date(), .request_id = current_.id};
}

/// Queues the answer and makes ready for the next request.
void Connection::write_answer(Response response) {
  if (site_.stopping) current_.keep_alive = false;
  prepend_prefix(response, current_.prefix);
  if (!is_pooled(current_.route)) negotiate_encoding(response, current_.gzip);  // else the pool's thread did it
  if (response.content && !current_.is_head) return start_body(std::move(response));
  auto const status = response.status;
  append_answer(out_, std::move(response), style());
  end_answer(status);
}

void Connection::end_answer(int status) {
  auto const seconds = std::chrono::duration<double>(site_.clock.tick() - current_.started).count();
  site_.metrics.request(service_of(current_.route, current_.work), status, seconds);
  log_if_remarkable(status, seconds);
  if (!current_.keep_alive) close_after_ = true;
  forget_body();
  current_ = {};
  if (close_after_) return;
  parser_.next();
  between_requests_ = buffered() == 0;
  set_deadline(between_requests_ ? site_.limits.idle_wait : site_.limits.header_wait);
}

/// Refusals under load are counted, not logged: they come by the thousand.
void Connection::log_if_remarkable(int status, double seconds) const {
  bool const failed = status == 500 || status == 507;
  if (!failed && seconds < kSlowSeconds) return;
  runtime::log(failed ? runtime::LogLevel::kError : runtime::LogLevel::kWarning, "web",
               failed ? "request_failed" : "request_slow",
               {{"id", fmt::format("{:016x}", current_.id)},
                {"route", current_.route == nullptr ? "" : current_.route->pattern},
                {"status", status}, {"seconds", seconds}});
}

/// What there is to tell first may be the whole city: it is put together beside the network threads, as every read is.
void Connection::start_stream(Request request) {
  if (current_.is_head) {
    Response head_only;
    head_only.content_type = kEventStream;
    head_only.headers = {{"cache-control", std::string{kEventStreamCaching}}, {"x-accel-buffering", "no"}};
    return write_answer(std::move(head_only));
  }
  if (++site_.streams > site_.limits.streams) {
    --site_.streams;
    site_.metrics.refused("streams");
    return write_answer(refusal(runtime::refuse(Code::kUnavailable, "refusal.busy.listeners").error()));
  }
  site_.metrics.streams().Increment();
  events_ = std::make_shared<EventQueue>(loop_.mailbox, id_, site_.limits.stream_queue_bytes);
  site_.watch(events_, *current_.route, request);
  phase_ = Phase::kWorking;
  Completer done{loop_.mailbox, id_, queue_is_full()};
  auto job = [&site = site_, route = current_.route, events = events_, request = std::move(request), done = std::move(done)]() mutable {
    if (site.abandoned) return done(runtime::refuse(Code::kUnavailable, "refusal.busy.stopping"));
    done.set_if_dropped(no_answer());
    storage::CallDeadline const soon(site.limits.records_wait_read);
    done(accepted_stream(*route, request, std::move(events)));
  };
  if (!site_.pool(Work::kRead).try_submit(std::move(job))) site_.metrics.refused("queue");
}

void Connection::drop_stream() {
  if (!events_) return;
  events_->close();
  events_.reset();
  --site_.streams;
  site_.metrics.streams().Decrement();
}

void Connection::open_stream(Result<Response> const& accepted) {
  if (events_->closed()) {
    drop_stream();
    return write_answer(refusal(runtime::refuse(Code::kUnauthorized, "refusal.access.ended").error()));
  }
  if (!accepted || site_.stopping) {
    drop_stream();
    return write_answer(refusal(accepted ? runtime::refuse(Code::kUnavailable, "refusal.busy.stopping").error() : accepted.error()));
  }
  site_.metrics.request(Service::kStream, 200, 0);
  current_.keep_alive = false;
  append_stream_head(out_, style());
  phase_ = Phase::kStreaming;
  in_begin_ = in_end_ = 0;
  last_event_at_ = site_.clock.tick();
  out_.append_owned(events_->take());
}

void Connection::send_events() {
  if (events_->closed()) close_after_ = true;  // ended by who watches what lets it be heard
  if (writing_) return;
  if (auto const dropped = events_->take_dropped(); dropped > 0)
    site_.metrics.dropped_events().Increment(static_cast<double>(dropped));
  auto events = events_->take();
  if (!events.empty()) last_event_at_ = site_.clock.tick();
  out_.append_owned(std::move(events));
  flush();
}

void Connection::set_deadline(std::chrono::milliseconds wait) { deadline_ = site_.clock.tick() + wait; }

void Connection::check_time(Tick now) {
  if (writing_ && now > write_deadline_) return close();
  if (awaiting_) return check_client();
  if (phase_ == Phase::kStreaming) {
    if (now - last_event_at_ < site_.limits.heartbeat || writing_) return;
    last_event_at_ = now;
    out_.append(": beat\n\n");
    return send_events();
  }
  bool const uploads = phase_ == Phase::kUploading && !full_since_;
  bool const waits = phase_ == Phase::kOpening || phase_ == Phase::kDraining || uploads || (phase_ == Phase::kReading && !writing_);
  if (!waits || now <= deadline_) return;
  bool const half_a_request = uploads || (phase_ == Phase::kReading && !between_requests_);
  if (!half_a_request) return close();
  refuse(408, {Code::kLimit, "the request took too long to arrive"});
  flush();
}

void Connection::stop() {
  if (phase_ == Phase::kWorking || phase_ == Phase::kUploading || phase_ == Phase::kSendingBody || phase_ == Phase::kClosed) return;
  bool const half_a_request = phase_ == Phase::kReading && parser_.state() == RequestParser::State::kBody;
  if (half_a_request) return;
  close_after_ = true;
  if (!writing_) after_flush();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  withdraw_job();
  drop_stream();
  end_flows();
  forget_body();
  transport_->close();
  loop_.connections.forget(id_);
}

}  // namespace madang::web
