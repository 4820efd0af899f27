#include "web/http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>

namespace madang::web {

std::string budget_key(std::string_view address) {
  in6_addr six{};
  std::string text{address};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {  // they would all be one
    std::array<char, INET_ADDRSTRLEN> four{};
    return inet_ntop(AF_INET, &six.s6_addr[12], four.data(), four.size());
  }
  return {reinterpret_cast<char const*>(&six), 8};
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace madang::web
