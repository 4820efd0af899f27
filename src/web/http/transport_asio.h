// Makes transports from accepted sockets. Only for source files that include Asio anyway.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "core/error.h"
#include "core/time.h"
#include "web/http/server.h"
#include "web/http/transport.h"

namespace madang::web {

std::unique_ptr<Transport> plain_transport(boost::asio::ip::tcp::socket socket);
std::unique_ptr<Transport> tls_transport(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context);

/// Of a connected socket; asks the kernel, and waits for nothing.
Transport::Client client_of(int socket);

/// TLS 1.2 and newer, with ALPN http/1.1; a certificate that is not valid at `now` is logged. kInvalid: names the file
/// that is wrong and why.
Result<std::unique_ptr<boost::asio::ssl::context>> tls_context(ServerOptions const& options, Instant now);

}  // namespace madang::web
