#include "web/http/accept.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"
#include "web/forms/forms.h"
#include "web/http/fields.h"

namespace madang::web {
namespace {

constexpr std::array<std::string_view, 2> kProgramsPaths{"/api", "/sta"};
constexpr std::size_t kAcceptBytesRead = 1024;

/// "text/html; q=.8": the range and its weight; one that cannot be read is nothing.
std::pair<std::string_view, double> range_of(std::string_view part) {
  auto const semicolon = part.find(';');
  auto const range = trim(part.substr(0, semicolon));
  if (semicolon == std::string_view::npos) return {range, 1};
  for (auto const parameter : split(part.substr(semicolon + 1), ';')) {
    auto const equals = parameter.find('=');
    if (equals == std::string_view::npos || !same_name(trim(parameter.substr(0, equals)), "q")) continue;
    return {range, parse_double(trim(parameter.substr(equals + 1))).value_or(0)};
  }
  return {range, 1};
}

}  // namespace

bool prefers_html(std::string_view accept) {
  double html = 0;
  double json = 0;
  double other = 0;
  for (auto const part : split(accept.substr(0, kAcceptBytesRead), ',')) {
    auto const [range, weight] = range_of(part);
    auto& best = same_name(range, "text/html") ? html : same_name(range, "application/json") ? json : other;
    best = std::max(best, weight);
  }
  return html > json && html >= other;
}

bool is_of_programs(std::string_view path) {
  return std::ranges::any_of(kProgramsPaths, [path](std::string_view above) {
    return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
  });
}

bool wants_page(Request const& request) {
  bool const reads = request.method == Method::kGet || request.method == Method::kHead;
  // A browser says of a form what it is; who says nothing of a body brings none, as `curl -X POST`.
  bool const brings_else = !request.header("content-type").empty() && !is_form(request);
  return (reads || !brings_else) && !is_of_programs(request.path) && prefers_html(request.header("accept"));
}

}  // namespace madang::web
