// One client's connection: reads requests in order, has them answered, writes the answers in batches. All calls
// come on the network thread it belongs to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/awaited.h"
#include "web/http/body_flow.h"
#include "web/http/event_queue.h"
#include "web/http/gzip.h"
#include "web/http/letters.h"
#include "web/http/output.h"
#include "web/http/request_parser.h"
#include "web/http/response_writer.h"
#include "web/http/site.h"
#include "web/http/transport.h"
#include "web/net/connections.h"

namespace madang::web {

class Connection;

inline constexpr std::string_view kLogModule = "web";

/// What the connections of one network thread share.
struct Loop {
  Site& site;
  std::shared_ptr<Mailbox> mailbox;
  net::Connections<Connection> connections{kLogModule};

  /// For the Date field; formatted once a second.
  std::string_view date();

  std::string date_text = {};
  std::int64_t date_second = -1;
};

struct Peer {
  std::string address;  ///< without port
  bool secure = false;
};

class Connection final : public TransportUser, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, std::unique_ptr<Transport> transport, Peer peer, std::uint64_t id);
  ~Connection() override;

  void open();
  void on_open() override;
  void on_read(std::size_t bytes) override;
  void on_written(bool ok) override;

  // close() lets go of the loop's reference, so whoever calls the following holds one of his own.
  /// From the mailbox.
  void answer(Result<Response> answer);
  /// Events wait to be sent, or a streamed body has something to send or room again.
  void resume();
  /// From the loop's timer: closes what waits too long, keeps streams alive.
  void check_time(Tick now);
  /// The server stops: an idle connection and a stream end now, a running request when it is answered.
  void stop();
  void close();

 private:
  enum class Phase : std::uint8_t {
    kOpening,
    kReading,
    kUploading,  ///< a handler reads the body while it comes
    kWorking,
    kSendingBody, ///< a handler writes the answer's body
    kStreaming,
    kDraining,
    kClosed,
  };

  /// The request that is being read or answered.
  struct Current {
    Routes::Route const* route = nullptr;
    Work work = Work::kInline;
    Tick started{};
    std::uint64_t id = 0;
    bool is_head = false;
    bool http11 = true;
    bool keep_alive = true;
    bool cors = false;
    bool gzip = false;
    Coding coding = Coding::kIdentity;  ///< of its body
    std::uint64_t body_bytes_max = 0;
    std::string prefix = {};
    std::shared_ptr<Request const> page_reader = nullptr;  ///< without body; none: a program, whose refusals are JSON
  };

  /// What is under way for this client alone.
  struct Awaiting {
    runtime::NobodyWaits nobody_waits;
    runtime::Pool* pool = nullptr;
    runtime::Pool::Ticket ticket = 0;
    bool asked = false;  ///< whether it is still there
  };

  /// The same without its barrier: what throws in there ends this connection and nothing else.
  void process_read(std::size_t bytes);
  void sent(bool ok);
  void process_input();
  void parse();
  void arm_read();
  void flush();
  void after_flush();
  void on_head();
  void on_request();
  void unpack_on_pool(Request request);
  void check_and_dispatch(Request request);
  void dispatch(Request request);
  void submit(Request request);
  struct Answering;
  void run_on_pool(Request request, std::move_only_function<void(Request, Answering)> run);
  void check_client();
  void withdraw_job();
  void start_stream(Request request);
  /// The handler took the sink, or refused.
  void open_stream(Result<Response> const& accepted);
  void drop_stream();
  void send_events();
  void start_upload();
  /// Hands over what the parser has; false: the handler must read first.
  bool feed();
  void start_body(Response response);
  void send_body();
  void end_answer(int status);
  /// Whoever waits for a streamed body waits no more.
  void end_flows();
  void refuse(int status, Error const& error);
  [[nodiscard]] Response refusal(Error const& error) const;
  void write_answer(Response response);
  void log_if_remarkable(int status, double seconds) const;
  [[nodiscard]] AnswerStyle style();
  void set_deadline(std::chrono::milliseconds wait);
  void account_body();
  void forget_body();
  [[nodiscard]] std::size_t buffered() const { return in_end_ - in_begin_; }
  void make_room();

  Loop& loop_;
  Site& site_;
  std::unique_ptr<Transport> transport_;
  Peer const peer_;
  std::uint64_t const id_;
  Phase phase_ = Phase::kOpening;
  RequestParser parser_;
  Current current_;
  std::optional<Awaiting> awaiting_;  ///< while kWorking
  std::shared_ptr<EventQueue> events_;
  std::shared_ptr<Inflow> inflow_;    ///< while kUploading
  std::shared_ptr<Outflow> outflow_;  ///< while kSendingBody
  int body_status_ = 200;
  std::optional<Tick> full_since_;    ///< the handler has not read what came: the client cannot help it

  std::string in_;  ///< bytes in_begin_ to in_end_ are read and not yet parsed
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  Output out_;      ///< collects
  Output sending_;  ///< in flight
  bool reading_ = false;
  bool needs_bytes_ = true;   ///< the parser can do nothing without more bytes
  bool between_requests_ = true;  ///< no byte of the next request has come
  bool writing_ = false;
  bool close_after_ = false;  ///< when everything is written
  bool unread_body_ = false;  ///< the client may still be sending: drain before closing
  BodyShare body_share_;        ///< of the request that is being read or answered
  Tick deadline_{};
  Tick write_deadline_{};
  Tick last_event_at_{};  ///< when the stream last got something
};

}  // namespace madang::web
