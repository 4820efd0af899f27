// A picture of the map that stands with a Situation: the place, its reach, and what the evidence said at the worst
// moment beside what was usual. Drawn from what is stored with the Situation and the city's Areas alone, so it shows the
// same moment as often as it is asked for. SVG without script and without anything from elsewhere. Pure.
#pragma once

#include <string>

#include "situations/picture/style.h"
#include "situations/picture/words.h"

namespace madang::situations {

/// There is a place or an Area to show to everybody.
bool has_public_picture(Situation const& s);

struct PictureWish {
  Audience audience = Audience::kPublic;  ///< the public sees place, reach and severity; evidence is for operators
  Theme theme = Theme::kReaders;
};
/// A document of at most about 80 KB. A text without room in the map is left out, and how many is said below.
std::string evidence_picture(Situation const& s, PictureContext const& context, PictureWish wish);

inline constexpr int kPictureWidth = 420;  ///< pixels; its height depends on the text below the map

}  // namespace madang::situations
