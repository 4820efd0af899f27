// The JSON texts of docs/control_room_api.md, from what the queries give. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "city/words.h"
#include "core/json_writer.h"
#include "runtime/messages.h"
#include "sensing/live/calendar_series.h"
#include "sensing/live/city_view.h"
#include "sensing/live/series.h"
#include "sensing/readings/unstored_messages.h"

namespace madang::sensing {

struct About;

using city::write_name;
/// {"total", "reporting", "late", "silent", "never_heard"}
void write_counts(JsonWriter& w, ReportCounts const& counts);
/// Rounded to two digits more than are worth showing, so that a mean does not carry 17.
double rounded(double value, int decimals);

std::string city_json(CityView const& view, StationIndex const& index);
std::string areas_json(city::City const& city);
std::string stations_json(StationIndex const& index);
/// `about`: what belongs to the numbers where they are a file, and not one of many events.
std::string now_json(QuantityNow const& now, bool live, About const* about = nullptr);
/// What belongs to the answer on one Thing beside its newest values.
struct ThingWords {
  runtime::Messages const* messages = nullptr;  ///< without them flagged values do not say why
  std::optional<UnstoredMessage> unstored = {}; ///< nothing of what it sends can be stored
  bool with_why = false;                        ///< and what it sent in its place: for operators
};
/// Of one Thing at `at`; `latest` in the order of the station's Datastreams.
std::string thing_json(CityView const& view, Station const& station, std::span<LatestValue const> latest, Instant at,
                       ThingWords const& words = {});
/// With messages, flagged values say why.
std::string series_json(SeriesAnswer const& answer, About const& about, runtime::Messages const* messages);
/// The buckets follow the clock of about.zone.
std::string calendar_series_json(CalendarSeries const& answer, About const& about);
std::string medians_json(MediansAnswer const& answer, About const& about);

/// The live event: changed values, and areas, city and stations where `sums` is given.
std::string values_event_json(Instant now, std::span<StationValue const> values, QuantityNow const* sums);

}  // namespace madang::sensing
