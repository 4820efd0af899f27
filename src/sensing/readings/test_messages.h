// The real catalogue, for tests of pages and sentences.
#pragma once

#include <string>

#include "embedded_locales.h"
#include "runtime/messages.h"

namespace madang::sensing {

inline runtime::Messages test_messages(std::string const& zone = "Asia/Seoul") {
  return *runtime::Messages::load(embedded_locales(), zone);
}

}  // namespace madang::sensing
