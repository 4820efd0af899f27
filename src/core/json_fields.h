// The body of a request as one JSON object: fields are read by name, a wrong type and an unknown field are refused by name.
// Include it in .cc files only: simdjson is a large header.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/json_input.h"
#include "core/time.h"

namespace madang {

class JsonFields {
 public:
  /// An empty body is an empty object. kInvalid: no JSON object, or a field that is none of `known`.
  static Result<JsonFields> of(std::string_view body, std::initializer_list<std::string_view> known);

  /// Empty when it is not there or null.
  [[nodiscard]] Result<std::string> text(char const* name) const;
  [[nodiscard]] Result<std::optional<std::string>> text_if_any(char const* name) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> integer(char const* name) const;
  /// 0 when it is not there.
  [[nodiscard]] Result<double> number(char const* name) const;
  /// False when it is not there.
  [[nodiscard]] Result<bool> truth(char const* name) const;
  /// Milliseconds since 1970.
  [[nodiscard]] Result<std::optional<Instant>> time(char const* name) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(char const* name, std::size_t count_max) const;

  /// Not there, or null.
  [[nodiscard]] bool absent(char const* name) const;
  /// "name: a text expected"
  static std::unexpected<Error> wrong(char const* name, std::string_view expected);

 protected:
  JsonFields() = default;
  Result<void> read(std::string_view body, std::initializer_list<std::string_view> known);

  PaddedJson text_;
  std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::object root_;
};

}  // namespace madang
