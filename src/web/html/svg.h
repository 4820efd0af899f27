// Small drawings for pages that need no script: sizes and paths of SVG.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "web/html/html.h"

namespace madang::web::markup {

struct Point {
  double x = 0;
  double y = 0;
};

/// "12.5": at most `decimals` digits, without trailing zeros. NaN and infinity become "0".
std::string number_text(double value, int decimals = 1);

/// "M0 10L5 3": the `d` of a path through the points; a point with a NaN makes a gap.
std::string path_through(std::span<Point const> points);

/// An <svg> with a viewBox of that size and a title that screen readers say; an empty title hides it from them.
template <typename... Content>
Html drawing(double width, double height, std::string_view title, Content const&... content) {
  std::string box = "0 0 ";
  box += number_text(width);
  box += ' ';
  box += number_text(height);
  if (title.empty()) return element("svg", {{"viewBox", box}, {"aria-hidden", "true"}}, content...);
  return element("svg", {{"viewBox", box}, {"role", "img"}}, element("title", {}, title), content...);
}

}  // namespace madang::web::markup
