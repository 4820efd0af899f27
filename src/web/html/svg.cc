#include "web/html/svg.h"

#include <fmt/format.h>

#include <cmath>

namespace madang::web::markup {

std::string number_text(double value, int decimals) {
  if (!std::isfinite(value)) return "0";
  auto text = fmt::format("{:.{}f}", value, decimals);
  if (text.contains('.')) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string path_through(std::span<Point const> points) {
  std::string path;
  bool drawing_line = false;
  for (auto const& point : points) {
    bool const gap = !std::isfinite(point.x) || !std::isfinite(point.y);
    if (!gap) path += fmt::format("{}{} {}", drawing_line ? 'L' : 'M', number_text(point.x), number_text(point.y));
    drawing_line = !gap;
  }
  return path;
}

}  // namespace madang::web::markup
