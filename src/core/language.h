// The one language that the program knows by name.
#pragma once

#include <string_view>

namespace madang {

/// Whose words the source speaks: what a reader of no language of ours is shown, what stands in the fields of standards that
/// take one text only, and the language of names that came without one. Which others there are is what locales/ says.
inline constexpr std::string_view kSourceLanguage = "en";

}  // namespace madang
