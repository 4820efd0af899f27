// What belongs to numbers that leave the house: where they come from, in which unit and clock, what must be said beside them,
// who may use them. The same for JSON and for files.
#pragma once

#include <string>
#include <string_view>

#include "core/json_writer.h"
#include "runtime/messages.h"
#include "sensing/live/calendar_series.h"
#include "sensing/live/city_view.h"
#include "sensing/live/series.h"

namespace madang::sensing {

struct About {
  city::Name station;
  std::string serial;
  city::Name quantity;
  std::string unit;
  std::string zone;          ///< of the city's clock; times are UTC
  std::string source;
  city::Name notice;         ///< must stand beside the numbers; may be empty
  std::size_t stations = 0;            ///< whose values these are
  std::size_t simulated_stations = 0;  ///< of those
  std::string licence;       ///< empty: the city has stated none
};

About about_stream(CityView const& view, city::Datastream const& datastream);
/// Of many stations: without station and serial; the sources of all of them.
About about_quantity(CityView const& view, std::string_view channel);

/// As a field "about", with the words of the quality flags' numbers.
void write_about(JsonWriter& w, About const& about);

/// RFC 4180 with a byte order mark, so that office programs read Korean; what belongs to the numbers stands above them in
/// lines that begin with '#', in the reader's language. Columns are named alike in every language. Times are UTC, RFC 3339;
/// `end` is empty for an instant.
std::string series_csv(SeriesAnswer const& answer, About const& about, runtime::Messages const& messages,
                       std::string_view language);

/// The same, by hours, days or months of the city's clock.
std::string calendar_series_csv(CalendarSeries const& answer, About const& about, runtime::Messages const& messages,
                                std::string_view language);

}  // namespace madang::sensing
