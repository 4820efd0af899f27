#include "web/http/socket_transport.h"

#include <utility>

namespace madang::web {
namespace {

using boost::system::error_code;

class SocketTransport final : public Transport {
 public:
  SocketTransport(net::Tcp::socket socket, std::shared_ptr<net::TlsContext> tls) : socket_(std::move(socket), std::move(tls)) {}

  void open(std::shared_ptr<TransportUser> user) override {
    socket_.accept([user = std::move(user)](error_code ec) {
      if (ec)
        user->on_read(0);
      else
        user->on_open();
    });
  }
  void read(std::span<char> into, std::shared_ptr<TransportUser> user) override {
    socket_.read_some(into, [user = std::move(user)](error_code ec, std::size_t bytes) { user->on_read(ec ? 0 : bytes); });
  }
  Written write(std::span<std::string_view const> parts, std::shared_ptr<TransportUser> user) override {
    return socket_.write(parts, [user = std::move(user)](error_code ec) { user->on_written(!ec); });
  }
  void finish_sending() override { socket_.end_sending(); }
  net::Peer peer() override { return socket_.peer(); }
  void close() override { socket_.close(); }

 private:
  net::Socket socket_;
};

}  // namespace

std::unique_ptr<Transport> socket_transport(net::Tcp::socket socket, std::shared_ptr<net::TlsContext> tls) {
  return std::make_unique<SocketTransport>(std::move(socket), std::move(tls));
}

}  // namespace madang::web
