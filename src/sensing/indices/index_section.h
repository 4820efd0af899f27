// The public page's section about the air index of the city, and the sentences about noise, heat and crowds that need an
// index: the same answer that /api/v1/indices gives.
#pragma once

#include <cstddef>

#include "sensing/indices/city_indices.h"
#include "web/html/page_frame.h"

namespace madang::sensing::indices {

/// Empty when the city shows no air index.
web::markup::Html air_section(web::Voice const& voice, CityIndices const& indices);
/// Empty where there is nothing to say.
web::markup::Html noise_paragraph(web::Voice const& voice, CityIndices const& indices);
web::markup::Html heat_paragraph(web::Voice const& voice, CityIndices const& indices);
/// `warnings`: how many public ones of a crowd stand now; nobody is told of room beside them.
web::markup::Html crowd_paragraph(web::Voice const& voice, CityIndices const& indices, std::size_t warnings);

}  // namespace madang::sensing::indices
