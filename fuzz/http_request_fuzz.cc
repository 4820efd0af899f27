// Bytes of a client, cut into two reads: parser, router, access checks and writer of a whole connection, without a
// socket. The first byte says where the cut is.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "web/http/connection.h"

namespace {

using namespace madang;

inline constexpr web::Permission kWork{"fuzz.work"};

class Nobody final : public web::Authenticator {
 public:
  Result<web::Principal> principal_of_key(std::string_view key) override {
    if (key != "k") return fail(Code::kUnauthorized, "unknown");
    web::Principal who;
    who.kind = web::Principal::Kind::kDevice;
    return who;
  }
  Result<web::Principal> principal_of_session(std::string_view) override { return fail(Code::kUnauthorized, "unknown"); }
};

/// Hands over the bytes as the connection asks for them, and swallows the answers.
class FuzzTransport final : public web::Transport {
 public:
  FuzzTransport(std::string_view first, std::string_view second) : left_{first, second} {}

  void open(std::shared_ptr<web::TransportUser> user) override { user->on_open(); }
  void read(std::span<char> into, std::shared_ptr<web::TransportUser> user) override {
    into_ = into;
    reader_ = std::move(user);
  }
  Written write(std::span<std::string_view const> parts, std::shared_ptr<web::TransportUser>) override {
    for (auto const part : parts) written_ += part.size();
    return Written::kNow;
  }
  void finish_sending() override {}
  void close() override { reader_.reset(); }

  /// False when the connection wants no more or there is no more.
  bool step() {
    if (!reader_) return false;
    auto& source = left_[0].empty() ? left_[1] : left_[0];
    auto const size = std::min(source.size(), into_.size());
    source.copy(into_.data(), size);
    source.remove_prefix(size);
    auto const user = std::move(reader_);
    user->on_read(size);
    return size > 0;
  }
  [[nodiscard]] std::size_t written() const { return written_; }

 private:
  std::string_view left_[2];
  std::span<char> into_;
  std::shared_ptr<web::TransportUser> reader_;
  std::size_t written_ = 0;
};

web::Routes fuzz_routes() {
  using web::Access;
  using web::Request;
  using web::Response;
  web::Routes r;
  auto echo = [](Request const& q) -> Result<Response> {
    MADANG_ASSERT(q.body.size() <= 64 * 1024);
    auto response = web::json("\"" + q.path + "\"");
    if (auto const next = q.query_value("next")) response.headers.emplace_back("location", std::string{*next});
    return web::with_range(q, web::with_etag(q, std::move(response)));
  };
  r.get<Access::kPublic>("/", echo, web::Work::kInline);
  r.get<Access::kPublic>("/a/{id}", echo, web::Work::kInline);
  r.get<Access::kPublic>("/sta/{rest*}", echo, web::Work::kInline);
  r.post<Access::kPublic>("/a/{id}", echo, web::Work::kInline);
  r.post<Access::kDevice>("/device", echo, web::Work::kInline);
  r.put<kWork>("/work", echo, web::Work::kInline);
  r.get<Access::kSignedIn>("/operator", echo, web::Work::kInline);
  r.upload<Access::kPublic>(web::Method::kPut, "/upload", [](Request const&, web::BodyReader&) -> Result<Response> { return Response{}; });
  r.get<Access::kPublic>(
      "/poured",
      [](Request const&) -> Result<Response> {
        Response response;
        response.content = [](web::BodyWriter& out) { return out.write("x"); };
        return response;
      },
      web::Work::kInline);
  r.stream<Access::kPublic>("/live", [](Request const&, std::shared_ptr<web::EventSink> const& sink) -> Result<void> {
    sink->send({"e", "1\r2"});
    return {};
  });
  return r;
}

web::Site& site() {
  static Nobody nobody;
  static runtime::ManualClock clock(instant_of_millis(1'800'000'000'000));
  static runtime::Metrics metrics;
  static auto const options = [] {
    web::ServerOptions o;
    o.read.threads = o.scan.threads = o.write.threads = o.password.threads = o.bulk.threads = o.flow.threads = 0;
    o.limits.flow_bytes = 8;
    return o;
  }();
  static web::Site instance(options, web::Router::build(fuzz_routes()).value(), nobody, clock, metrics);
  static bool const believes_the_peer = [] {
    instance.set_public_address(web::PublicAddress::of("", "127.0.0.1").value());
    return true;
  }();
  (void)believes_the_peer;
  return instance;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const bytes(reinterpret_cast<char const*>(data + 1), size - 1);
  auto const cut = std::min<std::size_t>(bytes.size(), data[0]);
  web::Loop loop{.site = site(), .mailbox = std::make_shared<web::Mailbox>([] {})};
  auto transport = std::make_unique<FuzzTransport>(bytes.substr(0, cut), bytes.substr(cut));
  auto& wire = *transport;
  auto connection = std::make_shared<web::Connection>(loop, std::move(transport), web::Peer{.address = "127.0.0.1"}, 1);
  loop.connections.add(1, connection);
  connection->open();
  while (wire.step()) {
  }
  connection->close();
  MADANG_ASSERT(loop.connections.empty());
  return 0;
}
