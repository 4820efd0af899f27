#include "situations/picture/labels.h"

#include <algorithm>
#include <array>
#include <utility>

namespace madang::situations {
namespace {

using web::markup::Point;

constexpr double kGap = 3;

/// In the font's size.
double width_of(std::string_view letter) {
  char const c = letter.front();
  if (letter.size() >= 3) return 1.0;  // Hangul and the like
  if (letter.size() == 2) return 0.65;
  if (c == ' ' || c == '.' || c == ',' || c == '(' || c == ')') return 0.36;
  if (c >= 'A' && c <= 'Z') return 0.72;
  return c == 'm' || c == 'w' ? 0.9 : 0.6;
}

std::size_t letter_size(char first) {
  auto const byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

template <typename Take>
void each_letter(std::string_view text, Take take) {
  for (std::size_t i = 0; i < text.size();) {
    auto const letter = text.substr(i, letter_size(text[i]));
    take(letter);
    i += letter.size();
  }
}

bool overlap(Rect const& a, Rect const& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

bool inside(Rect const& a, Rect const& edge) {
  return a.left >= edge.left && a.right <= edge.right && a.top >= edge.top && a.bottom <= edge.bottom;
}

}  // namespace

double text_width(std::string_view text, double font_size) {
  double width = 0;
  each_letter(text, [&](std::string_view letter) { width += width_of(letter); });
  return width * font_size;
}

std::vector<std::string> wrapped(std::string_view text, double font_size, double width) {
  std::vector<std::string> lines;
  std::string line;
  std::string word;
  auto const end_word = [&] {
    bool const fits = text_width(line, font_size) + text_width(word, font_size) <= width;
    if (!fits && !line.empty()) lines.push_back(std::exchange(line, {}));
    line += std::exchange(word, {});
  };
  each_letter(text, [&](std::string_view letter) {
    if (text_width(word, font_size) + text_width(letter, font_size) > width) end_word();
    word += letter;
    if (letter == " ") end_word();
  });
  end_word();
  if (!line.empty() || lines.empty()) lines.push_back(line);
  for (auto& each : lines)
    while (each.ends_with(' ')) each.pop_back();
  return lines;
}

Rect rect_around(Point middle, double width, double height) {
  return {middle.x - width / 2, middle.y - height / 2, middle.x + width / 2, middle.y + height / 2};
}

bool LabelRoom::try_at(Point middle, double width, double height) {
  auto const wanted = rect_around(middle, width, height);
  if (!inside(wanted, edge_)) return false;
  if (std::ranges::any_of(reserved_, [&](Rect const& other) { return overlap(wanted, other); })) return false;
  reserved_.push_back(wanted);
  return true;
}

std::optional<Point> LabelRoom::beside(Point mark, double half, double width, double height) {
  double const x = half + kGap + width / 2;
  double const y = half + height / 2;
  for (auto const& [dx, dy] : std::array{Point{x, 0}, Point{-x, 0}, Point{0, -y}, Point{0, y}, Point{x, -y}, Point{x, y},
                                         Point{-x, -y}, Point{-x, y}}) {
    Point const middle{mark.x + dx, mark.y + dy};
    if (try_at(middle, width, height)) return middle;
  }
  return std::nullopt;
}

std::optional<Point> LabelRoom::over(Point place, double width, double height) {
  for (double const dy : {0.0, -1.0, 1.0, -2.0, 2.0}) {
    Point const middle{place.x, place.y + dy * height};
    if (try_at(middle, width, height)) return middle;
  }
  return std::nullopt;
}

}  // namespace madang::situations
