#include "opendata/sensorthings/result_types.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "core/text.h"

namespace madang::opendata {
namespace {

using Kind = storage::ObservationDetail::ResultKind;

constexpr std::array<std::pair<std::string_view, ResultType>, 5> kTypes = {{
    {"OM_Measurement", ResultType::kNumber}, {"OM_CountObservation", ResultType::kInteger},
    {"OM_TruthObservation", ResultType::kBoolean}, {"OM_CategoryObservation", ResultType::kText},
    {"OM_TextObservation", ResultType::kText},
}};

/// The digits of an integer, its sign and leading zeros left out.
std::string_view digits_of(std::string_view token) {
  if (!token.empty() && (token.front() == '-' || token.front() == '+')) token.remove_prefix(1);
  while (token.size() > 1 && token.front() == '0') token.remove_prefix(1);
  return token;
}

std::unexpected<Error> wanted(std::string_view what, double value, storage::ObservationDetail const& detail) {
  std::string given;
  switch (detail.result_kind) {
    case Kind::kNumber: given = fmt::format("{}", value); break;
    case Kind::kBoolean: given = value != 0 ? "true" : "false"; break;
    case Kind::kText: given = fmt::format("the text \"{}\"", repair_utf8(detail.result.substr(0, 60))); break;
    case Kind::kJson: given = "a JSON object or array"; break;
  }
  return fail(Code::kInvalid, fmt::format("result: {} expected by the Datastream's observationType, not {}", what, given));
}

void become_number(double number, double& value, storage::ObservationDetail& detail) {
  value = number;
  detail.result_kind = Kind::kNumber;
  detail.result.clear();
}

/// "21.1" and " 21.1 " are numbers; "2,1" may be two or twenty-one.
Result<void> fit_number(std::string_view what, double& value, storage::ObservationDetail& detail) {
  if (detail.result_kind == Kind::kNumber) return {};
  if (detail.result_kind != Kind::kText) return wanted(what, value, detail);
  auto text = trim(detail.result);
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-' && text[1] != '+') text.remove_prefix(1);
  auto const number = parse_double(text);
  if (!number) return wanted(what, value, detail);
  if (is_inexact_integer(text)) {
    return fail(Code::kInvalid, fmt::format("result: the integer {} cannot be kept exactly", text.substr(0, 60)));
  }
  become_number(*number, value, detail);
  return {};
}

}  // namespace

ResultType result_type_of(std::string_view observation_type) {
  auto const last = observation_type.substr(observation_type.find_last_of("/#:") + 1);
  for (auto const& [name, type] : kTypes) {
    if (name == last) return type;
  }
  return ResultType::kAny;
}

Result<void> fit_result(ResultType type, double& value, storage::ObservationDetail& detail) {
  switch (type) {
    case ResultType::kAny: return {};
    case ResultType::kNumber: return fit_number("a number", value, detail);
    case ResultType::kInteger: {
      MADANG_CHECK(fit_number("a whole number", value, detail));
      if (value != std::floor(value)) return wanted("a whole number", value, detail);
      return {};
    }
    case ResultType::kBoolean: {
      if (detail.result_kind == Kind::kBoolean) return {};
      auto const text = trim(detail.result);
      bool const named = detail.result_kind == Kind::kText && (text == "true" || text == "false");
      if (!named) return wanted("true or false", value, detail);
      value = text == "true" ? 1 : 0;
      detail.result_kind = Kind::kBoolean;
      detail.result.clear();
      return {};
    }
    case ResultType::kText:
      return detail.result_kind == Kind::kText ? Result<void>{} : wanted("a text", value, detail);
  }
  return {};
}

bool is_inexact_integer(std::string_view token) {
  token = trim(token);
  auto const digits = digits_of(token);
  // 2^53 has 16 digits: what is shorter is exact.
  if (digits.size() < 16 || digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  auto const number = parse_double(digits);
  return !number || fmt::format("{:.0f}", *number) != digits;
}

}  // namespace madang::opendata
