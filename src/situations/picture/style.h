// How the pictures of Situations look on light and on dark paper. No script, nothing from elsewhere. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "situations/model.h"

namespace madang::situations {

/// kReaders: light, and dark where the reader's device asks for it.
enum class Theme : std::uint8_t { kReaders, kLight, kDark };
/// "light", "dark"; anything else: the reader's.
Theme theme_of(std::optional<std::string_view> word);

/// The style sheet of one picture, whose marks take the colour of that severity.
std::string picture_style(Theme theme, Severity severity);

/// Of marks, in a box of 20 by 20: each severity has a shape of its own.
std::string_view severity_shape(Severity severity);

}  // namespace madang::situations
