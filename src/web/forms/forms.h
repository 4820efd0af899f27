// What browsers send: urlencoded forms and cookies. Bounded by web/http/limits.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "web/http/http.h"

namespace madang::web {

/// The fields of an HTML form. Each name is looked up by its first occurrence.
class Form {
 public:
  explicit Form(Fields fields) : fields_(std::move(fields)) {}

  [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;
  /// kInvalid: "the form lacks the field name".
  [[nodiscard]] Result<std::string_view> required(std::string_view name) const;
  [[nodiscard]] Fields const& fields() const { return fields_; }

 private:
  Fields fields_;
};

/// Whether the body says that it is a form's.
bool is_form(Request const& request);

/// From a body of type application/x-www-form-urlencoded. kInvalid: another type, or a broken escape; kLimit: too many
/// fields.
Result<Form> parse_form(Request const& request);

/// The value of one cookie in a Cookie header, without surrounding quotes; the first of that name wins.
std::optional<std::string> cookie_value(std::string_view cookie_header, std::string_view name);

}  // namespace madang::web
