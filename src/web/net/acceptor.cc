#include "web/net/acceptor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "runtime/log.h"
#include "web/net/limits.h"

namespace madang::web::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

Result<asio::ip::address> listen_address(asio::io_context& io, std::string const& host) {
  error_code ec;
  auto const address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, ec);
  if (!ec) return address;
  auto const found = tcp::resolver{io}.resolve(host, "0", tcp::resolver::passive | tcp::resolver::numeric_service, ec);
  if (ec || found.empty()) return fail(Code::kInvalid, fmt::format("listen address {}: not an IP address, nor a name that this machine knows", host));
  return found.begin()->endpoint().address();
}

}  // namespace

Acceptor::Acceptor(std::string_view module, std::vector<NetworkThread*> threads, OnSocket on_socket)
    : module_(module), threads_(std::move(threads)), on_socket_(std::move(on_socket)), acceptor_(threads_.front()->io()),
      retry_(threads_.front()->io()) {}

Result<void> Acceptor::listen(std::string const& host, std::uint16_t port) {
  MADANG_TRY(auto const address, listen_address(threads_.front()->io(), host));
  error_code ec;
  tcp::endpoint const endpoint{address, port};
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(kBacklog, ec);
  if (ec) return fail(Code::kUnavailable, fmt::format("cannot listen on {}:{}: {}", host, port, ec.message()));
  port_ = acceptor_.local_endpoint(ec).port();
  return {};
}

void Acceptor::start() {
  threads_.front()->post([this] { accept(); });
}

void Acceptor::accept() {
  if (closed_) return;
  auto const thread = turn_++ % threads_.size();
  // Taken in on this loop and moved to the other one then: a wait that outlives its loop holds nothing of another that may be gone.
  acceptor_.async_accept([this, thread](error_code ec, tcp::socket accepted) {
    if (ec == asio::error::operation_aborted || closed_) return;
    if (ec) return wait_and_accept(ec.message());
    accept();  // first: what the socket does to somebody else keeps nobody out
    tcp::socket socket{threads_[thread]->io()};
    if (auto const fault = hand_over(std::move(accepted), socket); fault)
      return runtime::log_warning(module_, "accept_failed", {{"why", fault.message()}});
    on_socket_(std::move(socket), thread);
  });
}

/// Out of file descriptors, most likely: waiting lets some close.
void Acceptor::wait_and_accept(std::string_view why) {
  runtime::log_warning(module_, "accept_failed", {{"why", why}});
  retry_.expires_after(kAcceptRetry);
  retry_.async_wait([this](error_code stopped) {
    if (!stopped) accept();
  });
}

void Acceptor::close() {
  if (closed_.exchange(true)) return;
  threads_.front()->post([this] {
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
  });
}

error_code hand_over(tcp::socket from, tcp::socket& to) {
  error_code ec;
  auto const protocol = from.local_endpoint(ec).protocol();
  if (ec) return ec;
  auto const descriptor = from.release(ec);
  if (ec) return ec;
  to.assign(protocol, descriptor, ec);
  if (ec) ::close(descriptor);  // nobody else's now
  return ec;
}

std::string address_of_peer(tcp::socket const& socket) {
  error_code ec;
  auto const endpoint = socket.remote_endpoint(ec);
  if (ec) return {};
  auto const address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

}  // namespace madang::web::net
