#include "situations/picture/style.h"

#include <fmt/format.h>

#include <array>

namespace madang::situations {
namespace {

struct Palette {
  std::string_view paper, land, line, text, quiet, cause, neighbour, other, tag, tag_text;
  std::array<std::string_view, 4> severity;
};
constexpr Palette kLight{"#e3e9ef", "#f8fafb", "#a9b7c4", "#14202c", "#46566a", "#b3360a", "#0b5cad", "#6b4a9e", "#8a4b00", "#ffffff",
                         {"#0b5cad", "#8a6100", "#b0400a", "#b3123a"}};
constexpr Palette kDark{"#0a0f15", "#18222d", "#44566a", "#eaf0f6", "#b3c0cd", "#ff9a6b", "#7ab8ff", "#c8aaff", "#f3bd6c", "#20160a",
                        {"#7ab8ff", "#f5c542", "#ff9350", "#ff6680"}};

/// Literal colours and no variables: not every program that shows an SVG knows those.
std::string colours(Palette const& p, Severity severity) {
  auto const reach = p.severity[static_cast<std::size_t>(severity) - 1];
  return fmt::format(
      ".paper{{fill:{0}}}.sheet{{fill:{1}}}.land{{fill:{1};stroke:{2}}}.line,.edge{{stroke:{2}}}.text{{fill:{3}}}.quiet{{fill:{4}}}"
      ".over{{stroke:{1}}}.cause{{fill:{5};stroke:{1}}}.neighbour{{fill:{6};stroke:{1}}}.other{{fill:{7};stroke:{1}}}"
      ".cause.open{{stroke:{5}}}.neighbour.open{{stroke:{6}}}.other.open{{stroke:{7}}}.open{{fill:{1}}}"
      ".reach{{fill:{10};stroke:{10}}}.ruler{{stroke:{3}}}.tag{{fill:{8}}}.tagged{{fill:{9}}}",
      p.paper, p.land, p.line, p.text, p.quiet, p.cause, p.neighbour, p.other, p.tag, p.tag_text, reach);
}

constexpr std::string_view kShared =
    "text{font:12px -apple-system,\"Segoe UI\",Roboto,\"Apple SD Gothic Neo\",\"Noto Sans KR\",\"NanumSquare\","
    "\"NanumBarunGothic\",\"Malgun Gothic\",system-ui,sans-serif;font-variant-numeric:tabular-nums}"
    ".value{font-size:13px;font-weight:700}.middle{text-anchor:middle}.over{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}"
    ".land{stroke-linejoin:round;stroke-width:1.6px}.line{stroke-linejoin:round;stroke-width:.8px}.line,.edge,.ruler{fill:none}.cause,.neighbour,.other{stroke-width:1.5px}"
    ".open{stroke-width:2px}.reach{fill-opacity:.16;stroke-width:1.8px}.dashed{stroke-dasharray:6 4}.solid{fill-opacity:1}"
    ".ruler{stroke-width:2px}";

}  // namespace

Theme theme_of(std::optional<std::string_view> word) {
  if (word == "light") return Theme::kLight;
  return word == "dark" ? Theme::kDark : Theme::kReaders;
}

std::string picture_style(Theme theme, Severity severity) {
  std::string style{kShared};
  style += colours(theme == Theme::kDark ? kDark : kLight, severity);
  if (theme == Theme::kReaders) style += "@media (prefers-color-scheme:dark){" + colours(kDark, severity) + "}";
  return style;
}

std::string_view severity_shape(Severity severity) {
  switch (severity) {
    case Severity::kNotice: return "M10 2a8 8 0 1 0 .01 0z";
    case Severity::kCaution: return "M10 2L19 18H1z";
    case Severity::kSerious: return "M10 1L19 10L10 19L1 10z";
    case Severity::kCritical: return "M6 1h8l5 5v8l-5 5H6l-5-5V6z";
  }
  return {};
}

}  // namespace madang::situations
