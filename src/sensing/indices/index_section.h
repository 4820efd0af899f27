// The public page's section about the air index of the city, and the sentences about noise, heat and crowds that need an
// index: the same answer that /api/v1/indices gives.
#pragma once

#include "sensing/indices/city_indices.h"
#include "web/html/page_frame.h"

namespace madang::sensing::indices {

/// Empty when the city shows no air index.
web::markup::Html air_section(web::Voice const& voice, CityIndices const& indices);
/// Empty where there is nothing to say.
web::markup::Html noise_paragraph(web::Voice const& voice, CityIndices const& indices);
web::markup::Html heat_paragraph(web::Voice const& voice, CityIndices const& indices);
web::markup::Html crowd_paragraph(web::Voice const& voice, CityIndices const& indices);

}  // namespace madang::sensing::indices
