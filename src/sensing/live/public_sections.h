// One section of the public page: a quantity with its value, a sentence, a small map of districts and a table.
#pragma once

#include <string>
#include <string_view>

#include "runtime/messages.h"
#include "sensing/live/district_shapes.h"
#include "sensing/live/now.h"
#include "web/html/page_frame.h"

namespace madang::sensing {

namespace markup = web::markup;
using web::age_text;
using web::Voice;

/// "1,234.5" with a true minus sign, rounded half away from zero as browsers do.
std::string value_text(double value, int decimals);

/// How one section differs from another. Keys are whole, so that a test can find them.
struct SectionPlan {
  std::string_view id;             ///< of the section, for links
  std::string_view heading_key;
  std::string_view steps_key;      ///< says where the steps come from
  std::string_view channel;
  char colour = 's';               ///< CSS class of step 0 is this letter and '0'
  /// Steps of `people` are multiples of the city's middle.
  bool relative = false;
  std::string_view dark_text;      ///< one character per step: 'w' white text on the map, 'b' black
};

/// `more` stands below the sentence: companions of the quantity and advice.
markup::Html section_of(Voice const& voice, SectionPlan const& plan, QuantityNow const& q, DistrictShapes const& shapes,
                      markup::Html const& more);

/// That all or some of the stations are simulated; empty when none is.
markup::Html simulated_notice(Voice const& voice, CityNow const& now);

/// The step's word for a city-wide value; "level.none" without steps.
std::string_view step_key(SectionPlan const& plan, QuantityNow const& q, double value);

}  // namespace madang::sensing
