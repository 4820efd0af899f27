// What the pictures of Situations say in words: to those who cannot see them, and below the map. Pure.
#pragma once

#include <string>

#include "city/city.h"
#include "situations/picture/moment.h"
#include "situations/situation_json.h"
#include "web/html/page_frame.h"

namespace madang::situations {

struct PictureContext {
  web::Voice voice;
  city::City const& city;
};

/// A circle that citizens and CAP are told; without one the whole Area is meant.
bool has_circle(Signal const& signal);
/// "people" in the reader's language, any other unit as it is.
std::string unit_text(std::string const& unit, web::Voice const& voice);
/// "Dust PM10", as the city's registry calls it, else the channel.
std::string quantity_text(EvidenceStream const& stream, PictureContext const& context);
/// "84.3"; empty: nothing was measured.
std::string measured_text(Shown const& shown, web::Voice const& voice);
/// "84.3 (21)": measured and usual.
std::string value_text(Shown const& shown, web::Voice const& voice);
/// "within 750 m"
std::string reach_text(double metres, web::Voice const& voice);
/// Those of the cause that the evidence has no series of.
std::int64_t stations_left_out(Situation const& s, EvidenceMoment const& moment);
/// The whole picture in some sentences; the public's does not speak of evidence.
std::string picture_words(Situation const& s, PictureContext const& context, Audience audience);

}  // namespace madang::situations
