// What a stored reason says, as a sentence for people. The number of a reason is stored with every judged value and never
// gets another meaning, so the sentences stand beside the numbers.
#pragma once

#include <cstdint>

#include "city/model.h"
#include "core/quality.h"

namespace madang::sensing {

/// In English and Korean. Empty for 0; of a number that this version does not know, a sentence that says so.
city::Name reason_sentence(std::uint8_t reason);

/// The sentence of a value that is suspect, failed or missing; also where no test said why. Empty for others.
city::Name reason_sentence(Quality const& quality);

}  // namespace madang::sensing
