// Header fields of an answer: handlers may spell names as they like.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "web/http/http.h"

namespace madang::web {

inline bool same_name(std::string_view a, std::string_view b) {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// The first value of that name in any spelling; nullptr when there is none.
inline std::string* field_named(Fields& fields, std::string_view name) {
  auto const found = std::ranges::find_if(fields, [&](auto const& field) { return same_name(field.first, name); });
  return found == fields.end() ? nullptr : &found->second;
}
inline std::string const* field_named(Fields const& fields, std::string_view name) {
  return field_named(const_cast<Fields&>(fields), name);
}
inline void erase_field(Fields& fields, std::string_view name) {
  std::erase_if(fields, [&](auto const& field) { return same_name(field.first, name); });
}

/// To what the answer depends on besides, in the one field that there is.
inline void add_vary(Fields& fields, std::string_view name) {
  if (auto* const vary = field_named(fields, "vary"))
    vary->append(", ").append(name);
  else
    fields.emplace_back("vary", name);
}

}  // namespace madang::web
