#include "runtime/shipped.h"

#include <utility>

#include "embedded_locales.h"

namespace madang::runtime {

Messages const& shipped_messages() {
  static Messages const kAll = [] {
    auto all = Messages::load(embedded_locales(), "UTC");
    MADANG_ASSERT(all.has_value());
    return *std::move(all);
  }();
  return kAll;
}

}  // namespace madang::runtime
