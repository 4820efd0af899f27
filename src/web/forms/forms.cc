#include "web/forms/forms.h"

#include <fmt/format.h>

#include "core/text.h"
#include "runtime/refusal.h"
#include "web/http/limits.h"
#include "web/http/url.h"

namespace madang::web {

std::optional<std::string_view> Form::value(std::string_view name) const {
  for (auto const& [key, text] : fields_)
    if (key == name) return text;
  return std::nullopt;
}

Result<std::string_view> Form::required(std::string_view name) const {
  if (auto found = value(name)) return *found;
  return fail(Code::kInvalid, fmt::format("the form lacks the field {}", name));
}

bool is_form(Request const& request) {
  auto const type = request.header("content-type");
  return trim(type.substr(0, type.find(';'))) == "application/x-www-form-urlencoded";
}

Result<Form> parse_form(Request const& request) {
  if (!is_form(request)) return runtime::refuse_field(Code::kInvalid, "content-type", "refusal.form.type");
  MADANG_TRY(auto fields, parse_urlencoded(request.body, kFormFieldsMax));
  return Form{std::move(fields)};
}

std::optional<std::string> cookie_value(std::string_view cookie_header, std::string_view name) {
  for (std::size_t count = 0; !cookie_header.empty() && count < kCookiesMax; ++count) {
    auto const end = cookie_header.find(';');
    auto const pair = trim(cookie_header.substr(0, end));
    cookie_header = end == std::string_view::npos ? std::string_view{} : cookie_header.substr(end + 1);
    auto const equals = pair.find('=');
    if (equals == std::string_view::npos || trim(pair.substr(0, equals)) != name) continue;
    auto value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string{value};
  }
  return std::nullopt;
}

}  // namespace madang::web
