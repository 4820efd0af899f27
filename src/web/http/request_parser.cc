#include "web/http/request_parser.h"

#include <fmt/format.h>

#include <boost/beast/http/basic_parser.hpp>
#include <optional>

#include "core/text.h"
#include "web/http/public_address.h"
#include "web/http/url.h"

namespace madang::web {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using BeastError = boost::beast::error_code;

std::string_view std_view(string_view text) { return {text.data(), text.size()}; }

bool equals_ignoring_case(std::string_view a, std::string_view lower_case) {
  return a.size() == lower_case.size() && ascii_lower(a) == lower_case;
}

std::optional<Method> method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::kGet;
    case http::verb::head: return Method::kHead;
    case http::verb::post: return Method::kPost;
    case http::verb::put: return Method::kPut;
    case http::verb::patch: return Method::kPatch;
    case http::verb::delete_: return Method::kDelete;
    case http::verb::options: return Method::kOptions;
    default: return std::nullopt;
  }
}

struct Failure {
  int status;
  Error error;
};

/// Beast calls these while it parses; each fills `head` or sets `failure` and stops with an error.
class Parser final : public http::basic_parser<true> {
 public:
  Parser(Limits const& limits, Head& head, std::optional<Failure>& failure)
      : limits_(limits), head_(head), failure_(failure) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(boost::none);
    eager(false);
  }
  void limit_body(std::uint64_t bytes) { body_bytes_max_ = bytes; }

 private:
  void stop(BeastError& ec, int status, Code code, std::string sentence) {
    failure_ = Failure{.status = status, .error = {.code = code, .sentence = std::move(sentence)}};
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb verb, string_view, string_view target, int version, BeastError& ec) override {
    auto const method = method_of(verb);
    if (!method) return stop(ec, 501, Code::kUnsupported, "the method is not one of this server's");
    if (target.size() > limits_.target_bytes)
      return stop(ec, 414, Code::kLimit, fmt::format("the target of {} bytes is above {}", target.size(), limits_.target_bytes));
    head_.request.method = *method;
    head_.http11 = version >= 11;
    set_target(std_view(target), ec);
  }

  void set_target(std::string_view target, BeastError& ec) {
    std::string from_root;
    if (auto const scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
      auto const rest = target.substr(scheme + 3);
      auto const end = std::min(rest.find_first_of("/?"), rest.size());
      host_of_target_ = rest.substr(0, end);
      from_root = rest.substr(end);
      if (!from_root.starts_with('/')) from_root.insert(0, "/");
      target = from_root;
    }
    if (!target.starts_with('/') && !(target == "*" && head_.request.method == Method::kOptions))
      return stop(ec, 400, Code::kInvalid, "the target must start with '/'");
    auto const question = target.find('?');
    head_.raw_path = target.substr(0, question);
    if (question != std::string_view::npos) head_.raw_query = target.substr(question + 1);
  }

  void on_field_impl(http::field field, string_view name, string_view value, BeastError& ec) override {
    if (is_header_done()) return;  // trailers after chunks carry nothing we use
    if (head_.request.headers.size() == limits_.header_fields)
      return stop(ec, 431, Code::kLimit, fmt::format("more than {} header fields", limits_.header_fields));
    auto const text = std_view(value);
    if (field == http::field::host && ++hosts_ > 1) return stop(ec, 400, Code::kInvalid, "host: given twice");
    // It is printed into links without escapes.
    if (field == http::field::host && !is_plain_host(text)) return stop(ec, 400, Code::kInvalid, "host: not a host name");
    if (field == http::field::transfer_encoding && !equals_ignoring_case(text, "chunked"))
      return stop(ec, 501, Code::kUnsupported, "transfer-encoding: only chunked is understood");
    if (field == http::field::expect) head_.expects_continue = equals_ignoring_case(text, "100-continue");
    head_.request.headers.emplace_back(ascii_lower(std_view(name)), std::string{text});
  }

  void on_header_impl(BeastError& ec) override {
    if (head_.http11 && hosts_ == 0) return stop(ec, 400, Code::kInvalid, "host: missing");
    if (host_of_target_) return take_host_of_target(ec);
    finish_header();
  }

  /// An absolute target counts, whatever Host says beside it (RFC 9112, 3.2.2).
  void take_host_of_target(BeastError& ec) {
    if (host_of_target_->empty() || !is_plain_host(*host_of_target_)) return stop(ec, 400, Code::kInvalid, "host: not a host name");
    auto& headers = head_.request.headers;
    std::erase_if(headers, [](auto const& field) { return field.first == "host"; });
    headers.emplace_back("host", *std::move(host_of_target_));
    finish_header();
  }

  void finish_header() {
    head_.keep_alive = keep_alive();
    head_.content_length.reset();
    if (auto const length = content_length()) head_.content_length = *length;
    head_.has_body = chunked() || head_.content_length.value_or(0) > 0;
  }

  void on_body_init_impl(boost::optional<std::uint64_t> const& length, BeastError& ec) override {
    if (!length) return;
    if (*length > body_bytes_max_) return refuse_body(*length, ec);
    // Memory follows the bytes that arrive, not the length that is promised.
    head_.request.body.reserve(std::min<std::size_t>(static_cast<std::size_t>(*length), 64 * 1024));
  }

  std::size_t on_body_impl(string_view piece, BeastError& ec) override {
    if (body_bytes_ + piece.size() > body_bytes_max_) {
      refuse_body(body_bytes_ + piece.size(), ec);
      return 0;
    }
    body_bytes_ += piece.size();
    head_.request.body.append(piece.data(), piece.size());
    return piece.size();
  }

  void refuse_body(std::uint64_t bytes, BeastError& ec) {
    stop(ec, 413, Code::kLimit, fmt::format("the body of {} bytes or more is above {}", bytes, body_bytes_max_));
  }

  void on_chunk_header_impl(std::uint64_t size, string_view, BeastError& ec) override {
    if (size > body_bytes_max_ || body_bytes_ + size > body_bytes_max_) refuse_body(body_bytes_ + size, ec);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, BeastError& ec) override {
    return on_body_impl(piece, ec);
  }
  void on_finish_impl(BeastError&) override {}
  void on_response_impl(int, string_view, int, BeastError&) override {}

  Limits const& limits_;
  Head& head_;
  std::optional<Failure>& failure_;
  std::uint64_t body_bytes_max_ = 0;
  std::uint64_t body_bytes_ = 0;  ///< that came; a streamed body is taken away meanwhile
  int hosts_ = 0;
  std::optional<std::string> host_of_target_;
};

Failure failure_of(BeastError ec, Limits const& limits) {
  if (ec == http::error::header_limit)
    return {431, {Code::kLimit, fmt::format("the header is above {} bytes", limits.header_bytes)}};
  if (ec == http::error::bad_version) return {505, {Code::kUnsupported, "the request line does not end in HTTP/1.0 or HTTP/1.1"}};
  return {400, {Code::kInvalid, fmt::format("the request is not HTTP/1.1: {}", ec.message())}};
}

}  // namespace

class RequestParser::Impl {
 public:
  explicit Impl(Limits const& limits) : limits_(limits) { next(); }

  void next() {
    head_ = Head{};
    failure_.reset();
    state_ = State::kHeader;
    header_bytes_ = 0;
    parser_.emplace(limits_, head_, failure_);
  }

  std::size_t put(std::string_view bytes) {
    std::size_t taken = 0;
    // Empty lines before a request are to be ignored (RFC 9112 2.2).
    if (state_ == State::kHeader && header_bytes_ == 0)
      while (taken < bytes.size() && (bytes[taken] == '\r' || bytes[taken] == '\n')) ++taken;
    while (state_ != State::kDone && state_ != State::kFailed) {
      BeastError ec;
      auto const left = bytes.substr(taken);
      if (left.empty()) break;
      auto const used = parser_->put(boost::asio::const_buffer(left.data(), left.size()), ec);
      taken += used;
      if (advance(used, left.size(), ec)) break;
    }
    return taken;
  }

  State state_ = State::kHeader;
  Head head_;
  std::optional<Failure> failure_;
  std::optional<Parser> parser_;
  std::size_t header_bytes_ = 0;

 private:
  /// True: the caller shall return, with a new state or for more bytes.
  bool advance(std::size_t used, std::size_t offered, BeastError ec) {
    bool const in_header = state_ == State::kHeader;
    if (in_header) header_bytes_ += used;
    if (ec && ec != http::error::need_more) return stop(failure_ ? *std::move(failure_) : failure_of(ec, limits_));
    auto const unread = offered - used;
    if (in_header && header_bytes_ + (ec ? unread : 0) > limits_.header_bytes)
      return stop(failure_of(http::error::header_limit, limits_));
    // A chunk's header with its extensions, or the trailers, must fit as well.
    if (!in_header && ec && unread > limits_.header_bytes) return stop(failure_of(http::error::header_limit, limits_));
    if (in_header && parser_->is_header_done()) {
      state_ = State::kHeadDone;
      return true;
    }
    if (parser_->is_done()) state_ = State::kDone;
    return state_ == State::kDone || ec || used == 0;
  }

  bool stop(Failure failure) {
    failure_ = std::move(failure);
    state_ = State::kFailed;
    return true;
  }

  Limits const& limits_;
};

RequestParser::RequestParser(Limits const& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

std::size_t RequestParser::put(std::string_view bytes) { return impl_->put(bytes); }
RequestParser::State RequestParser::state() const { return impl_->state_; }
Error const& RequestParser::error() const { return impl_->failure_->error; }
int RequestParser::status() const { return impl_->failure_->status; }
Head& RequestParser::head() { return impl_->head_; }
void RequestParser::next() { impl_->next(); }
bool RequestParser::untouched() const { return impl_->state_ == State::kHeader && impl_->header_bytes_ == 0; }

void RequestParser::body_limit(std::uint64_t bytes) {
  impl_->parser_->limit_body(bytes);
  impl_->parser_->eager(true);
  impl_->state_ = impl_->parser_->is_done() ? State::kDone : State::kBody;
}

}  // namespace madang::web
