#include "core/json_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace madang {

Result<JsonFields> JsonFields::of(std::string_view body, std::initializer_list<std::string_view> known) {
  JsonFields fields;
  MADANG_CHECK(fields.read(body, known));
  return fields;
}

Result<void> JsonFields::read(std::string_view body, std::initializer_list<std::string_view> known) {
  auto const text = text_.assign(body.empty() ? std::string_view{"{}"} : body);
  simdjson::dom::element root;
  if (auto const error = parser_->parse(text.data(), text.length(), false).get(root)) return fail(json_error("body", error, 0));
  if (root.get(root_) != simdjson::SUCCESS) return fail(Code::kInvalid, "body: a JSON object expected");
  for (auto const [name, value] : root_)
    if (std::ranges::find(known, name) == known.end()) return fail(Code::kInvalid, fmt::format("{}: no such field", name.substr(0, 80)));
  return {};
}

bool JsonFields::absent(char const* name) const {
  simdjson::dom::element value;
  return root_[name].get(value) != simdjson::SUCCESS || value.is_null();
}

std::unexpected<Error> JsonFields::wrong(char const* name, std::string_view expected) {
  return fail(Code::kInvalid, fmt::format("{}: {} expected", name, expected));
}

Result<std::string> JsonFields::text(char const* name) const {
  MADANG_TRY(auto text, text_if_any(name));
  return std::move(text).value_or("");
}

Result<std::optional<std::string>> JsonFields::text_if_any(char const* name) const {
  std::string_view text;
  if (absent(name)) return std::optional<std::string>{};
  if (root_[name].get(text) != simdjson::SUCCESS) return wrong(name, "a text");
  return std::optional{std::string{text}};
}

Result<std::optional<std::int64_t>> JsonFields::integer(char const* name) const {
  std::int64_t number = 0;
  if (absent(name)) return std::optional<std::int64_t>{};
  if (root_[name].get(number) != simdjson::SUCCESS) return wrong(name, "a whole number");
  return std::optional{number};
}

Result<double> JsonFields::number(char const* name) const {
  double number = 0;
  if (absent(name)) return 0.0;
  if (root_[name].get(number) != simdjson::SUCCESS) return wrong(name, "a number");
  return number;
}

Result<bool> JsonFields::truth(char const* name) const {
  bool on = false;
  if (absent(name)) return false;
  if (root_[name].get(on) != simdjson::SUCCESS) return wrong(name, "true or false");
  return on;
}

Result<std::optional<Instant>> JsonFields::time(char const* name) const {
  MADANG_TRY(auto const millis, integer(name));
  if (!millis) return std::optional<Instant>{};
  auto const t = instant_of_millis(*millis);
  if (t < kInstantMin || t >= kInstantMax) return wrong(name, "milliseconds since 1970, in the years 1900 to 2199,");
  return std::optional{t};
}

Result<std::vector<std::string>> JsonFields::texts(char const* name, std::size_t count_max) const {
  std::vector<std::string> out;
  simdjson::dom::array list;
  if (absent(name)) return out;
  if (root_[name].get(list) != simdjson::SUCCESS) return wrong(name, "a list of texts");
  if (list.size() > count_max) return fail(Code::kLimit, fmt::format("{}: {} are more than {}", name, list.size(), count_max));
  for (auto const item : list) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return wrong(name, "a list of texts");
    out.emplace_back(text);
  }
  return out;
}

}  // namespace madang
