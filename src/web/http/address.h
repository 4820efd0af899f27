// Whose an address is, as far as budgets and throttles can tell.
#pragma once

#include <string>
#include <string_view>

namespace madang::web {

/// An IPv4 address as it is, an IPv6 address as its /64: one household or server, not one of its 2^64 addresses.
std::string budget_key(std::string_view address);
bool is_loopback(std::string_view address);

}  // namespace madang::web
