#include "runtime/shipped.h"

#include <utility>

#include "embedded_locales.h"

namespace madang::runtime {

Messages const& shipped_messages() {
  static Messages const kAll = [] {
    auto all = Messages::load(embedded_locales(), "UTC");
    if (!all) assertion_failed(all.error().sentence.c_str(), __FILE__, __LINE__);
    return *std::move(all);
  }();
  return kAll;
}

}  // namespace madang::runtime
