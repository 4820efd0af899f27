// Text beside marks in a small drawing, so that nothing covers anything: what finds no room is left out. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/html/svg.h"

namespace madang::situations {

/// About how wide a text is, rather too wide: nobody knows the reader's font here.
double text_width(std::string_view text, double font_size);
/// Lines of at most `width` pixels, broken at spaces, or inside a word that is longer than a line.
std::vector<std::string> wrapped(std::string_view text, double font_size, double width);

/// Pixels; y grows downward.
struct Rect {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

Rect rect_around(web::markup::Point middle, double width, double height);
inline Rect square_around(web::markup::Point middle, double half) { return rect_around(middle, 2 * half, 2 * half); }

/// Keeps what is reserved already.
class LabelRoom {
 public:
  explicit LabelRoom(Rect edge) : edge_(edge) {}

  void reserve(Rect area) { reserved_.push_back(area); }
  /// The middle of the text, first beside the mark of that half size, then above, below and at its corners. Reserved at once.
  std::optional<web::markup::Point> beside(web::markup::Point mark, double half, double width, double height);
  /// Around the place itself, or a little above or below.
  std::optional<web::markup::Point> over(web::markup::Point place, double width, double height);

 private:
  bool try_at(web::markup::Point middle, double width, double height);

  Rect edge_;
  std::vector<Rect> reserved_;
};

}  // namespace madang::situations
