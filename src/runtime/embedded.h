// A file that lives inside the binary: message catalogues, the control room's bundle.
#pragma once

#include <span>
#include <string_view>

namespace madang::runtime {

struct EmbeddedFile {
  std::string_view name;  ///< path relative to the embedded folder
  std::string_view bytes;
};

}  // namespace madang::runtime
