// What operators and the command line do to entries of the registry: refused by name, or an order that is whole.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "city/registry_orders.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  auto const order = city::parse_order({reinterpret_cast<char const*>(data), size});
  if (!order) return 0;
  MADANG_ASSERT(order->kind != city::RegistryOrder::Kind::kMove || order->point.has_value());
  MADANG_ASSERT(!order->unit || !order->channel.empty());
  return 0;
}
