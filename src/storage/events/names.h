// What topics, handlers and leases may be called.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::storage::events {

/// Small letters, digits, '_', '.' and '-'. kInvalid, kLimit; the sentence begins with `what`.
inline Result<void> check_name(std::string_view what, std::string_view name, std::size_t longest) {
  if (name.size() > longest) return fail(Code::kLimit, std::string{what} + " is longer than " + std::to_string(longest) + " bytes");
  bool const fits = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == std::string_view::npos;
  if (name.empty() || !fits) {
    return fail(Code::kInvalid, std::string{what} + ": small letters, digits, '_', '.' and '-' expected, not \"" + std::string{name} + "\"");
  }
  return {};
}

}  // namespace madang::storage::events
