// Makes transports of accepted sockets. Only for source files that include Asio anyway.
#pragma once

#include <memory>

#include "web/http/transport.h"
#include "web/net/socket.h"

namespace madang::web {

/// `tls`: none for a plain one.
std::unique_ptr<Transport> socket_transport(net::Tcp::socket socket, std::shared_ptr<net::TlsContext> tls);

}  // namespace madang::web
