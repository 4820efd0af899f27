// Any city's CSV by a mapping file: one reading, in which stations are made as they appear.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <unordered_map>

#include "core/csv.h"
#include "core/language.h"
#include "core/text.h"
#include "sensing/import/csv_columns.h"
#include "sensing/import/import.h"
#include "sensing/import/limits.h"
#include "sensing/import/mapping.h"
#include "sensing/import/number_text.h"
#include "sensing/import/positions.h"
#include "sensing/import/short_rows.h"
#include "sensing/import/text_file.h"
#include "sensing/rules.h"
#include "sensing/import/stream_unit.h"

namespace madang::sensing {
namespace {

Result<Mapping> load_mapping(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::kNotFound, fmt::format("{}: cannot be read", path));
  std::string text(kMappingBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_mapping(text, path);
}

/// "sep=;" in the first line: Excel's way to say the separator. Saved again it may come with empty fields behind it.
std::optional<char> stated_separator(std::string_view line) {
  if (line.size() >= 2 && line.starts_with('"') && line.ends_with('"')) line = line.substr(1, line.size() - 2);
  bool const stated = line.size() >= 5 && (line.starts_with("sep=") || line.starts_with("SEP=") || line.starts_with("Sep="));
  if (!stated || line.substr(5).find_first_not_of(line[4]) != std::string_view::npos) return std::nullopt;
  return std::string_view{";,|\t "}.contains(line[4]) ? std::optional{line[4]} : std::nullopt;
}

bool is_serial(std::string_view text) {
  auto const fits = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && std::string_view{"/+#\""}.find(c) == std::string_view::npos; };
  return !text.empty() && text.size() <= kSerialBytesMax && !text.contains("\xEF\xBF\xBD") && std::ranges::all_of(text, fits);
}

/// A cell without a digit is a word, and a mapping may say which words mean that there is no value.
std::string_view hint_of_words(std::string_view cell) {
  bool const digits = cell.find_first_of("0123456789") != std::string_view::npos;
  return digits ? "" : "; where it means that there is no value, name it in texts of [missing]";
}

class MappedImport {
 public:
  MappedImport(ImportTarget& target, CsvImportOptions const& options, Mapping mapping)
      : target_(target), options_(options), mapping_(std::move(mapping)), feeder_(target, options.import) {
    for (auto const& c : mapping_.channels) {
      city::Datastream stream;
      stream.channel = c.channel;
      rules_.push_back(channel_rules(&mapping_.sensor, stream));
    }
  }

  Result<ImportSummary> run() {
    if (options_.import.files.empty()) return fail(Code::kInvalid, "no file to import");
    for (auto const& path : options_.import.files) {
      MADANG_TRY(auto const file, TextFile::open(path, mapping_.encoding));
      feeder_.expect(file->bytes_total());
    }
    for (auto const& path : options_.import.files) MADANG_CHECK(import_file(path));
    feeder_.summary().files = options_.import.files.size();
    return feeder_.finish();
  }

 private:
  struct Stream {
    DatastreamId id;
    UnitConversion from_mapping;  ///< to the unit that the Datastream has already
    std::string unfit;            ///< why it takes no value of the file; empty: it does
  };
  struct Station {
    ThingId thing;
    std::vector<Stream> streams;  ///< by channel of the mapping
    bool located = false;
    /// Its last row's place as it stood there, so that the same one is read and told once.
    std::string latitude = {};
    std::string longitude = {};
  };

  Result<void> import_file(std::string const& path) {
    MADANG_TRY(auto const file, TextFile::open(path, mapping_.encoding));
    CsvReader csv{file->source(), {.separator = mapping_.separator}};
    auto note = path + ": ";
    MADANG_TRY(auto const columns, columns_of(csv, path, note));
    last_times_.clear();
    shape_ = {};
    for (std::size_t rows = 0;; ++rows) {
      if (rows % 512 == 0) feeder_.report_progress("storing", path, file->bytes_done());
      MADANG_TRY(auto const event, csv.next());
      if (event == CsvReader::Event::kEnd) break;
      if (event == CsvReader::Event::kProblem)
        MADANG_CHECK(feeder_.reject_row(path, csv.problem().at, csv.problem().reason, csv.problem().text));
      else
        MADANG_CHECK(take_row(path, csv, columns));
    }
    feeder_.done_with(file->bytes_total());
    note += name_of(file->encoding());
    if (file->lines_repaired() > 0) note += fmt::format(", {} lines with bytes that cannot be read", file->lines_repaired());
    if (shape_.rows_cut_short > 0) note += fmt::format(", {} rows without their last fields, which are missing", shape_.rows_cut_short);
    feeder_.summary().notes.push_back(std::move(note));
    return {};
  }

  /// Reads up to the header. Titles above it are passed over where it is found below them.
  Result<CsvColumns> columns_of(CsvReader& csv, std::string const& path, std::string& note) const {
    MADANG_CHECK(csv.skip_lines(mapping_.skip_lines));
    if (!mapping_.header) return find_csv_columns({}, mapping_);
    std::optional<Error> first_problem;
    std::pair<std::size_t, std::size_t> likeliest;
    for (std::size_t line = 0; line < kHeaderLinesMax; ++line) {
      MADANG_TRY(auto const event, csv.next());
      if (event == CsvReader::Event::kEnd) break;
      if (event == CsvReader::Event::kProblem) continue;
      if (auto const separator = stated_separator(csv.text())) {
        csv.set_separator(*separator);
        note += fmt::format("separated by \"{}\" as its line {} says, ", *separator, csv.line());
        continue;
      }
      auto columns = find_csv_columns(csv.fields(), mapping_);
      if (columns) {
        if (first_problem) note += fmt::format("header in line {}, ", csv.line());
        return columns;
      }
      // The header is what most of the names stand in, and else the line with the most columns: its fault is worth telling.
      std::pair const likely{count_csv_columns(csv.fields(), mapping_), csv.fields().size()};
      if (!first_problem || likely.first > likeliest.first || (likeliest.first == 0 && likely > likeliest)) {
        first_problem = Error{columns.error().code, fmt::format("{}: line {}: {}", path, csv.line(), columns.error().sentence)};
        likeliest = likely;
      }
    }
    if (first_problem) return fail(*std::move(first_problem));
    return fail(Code::kInvalid, fmt::format("{}: there is no header", path));
  }

  /// What stands in a column; nothing where the row ends before it.
  static std::string_view cell_of(std::span<std::string_view const> fields, std::size_t column) {
    return column < fields.size() ? bare(fields[column]) : std::string_view{};
  }

  Result<Zone::Moments> moments_of(std::span<std::string_view const> fields, CsvColumns const& columns) const {
    std::string text;
    for (auto const at : columns.time) {
      if (!text.empty()) text += ' ';
      text += bare(fields[at]);
    }
    return mapping_.pattern.read_moments(text, mapping_.zone);
  }

  /// The end of the row's interval; none where the cell is empty.
  Result<std::optional<Instant>> end_of(std::span<std::string_view const> fields, CsvColumns const& columns, Instant begin) const {
    if (!columns.end || is_missing(cell_of(fields, *columns.end))) return std::optional<Instant>{};
    MADANG_TRY(auto const moments, mapping_.pattern.read_moments(bare(fields[*columns.end]), mapping_.zone));
    auto const end = moments.earlier > begin ? moments.earlier : moments.later;
    if (end < begin) return fail(Code::kInvalid, "the interval ends before it starts");
    return end == begin ? std::optional<Instant>{} : std::optional{end};
  }

  /// In the hour that autumn repeats, the rows of a station come in their order: the first time 02:30 is the earlier one.
  Instant moment_in_order(std::string const& serial, Zone::Moments const& moments) {
    auto& last = last_times_.try_emplace(serial, LastTime{kInstantMin, false}).first->second;
    bool const behind = moments.earlier > last.at;   // both lie after the row before
    bool const before = moments.later < last.at;     // both lie before it: the newest comes first
    bool const between = !behind && !before && moments.later > last.at;
    auto const chosen = before || (between && !last.falling) ? moments.later : moments.earlier;
    last.falling = chosen < last.at;
    last.at = chosen;
    return chosen;
  }

  /// Another reading of the file at hand: only one that has short rows is worth it.
  std::size_t last_line_in_blocks_of(std::string const& path, std::size_t header_fields) {
    if (!shape_.last_line_in_blocks) shape_.last_line_in_blocks = read_last_line_in_blocks(path, header_fields).value_or(0);
    return *shape_.last_line_in_blocks;
  }

  Result<std::size_t> read_last_line_in_blocks(std::string const& path, std::size_t header_fields) const {
    MADANG_TRY(auto const again, TextFile::open(path, mapping_.encoding));
    CsvReader csv{again->source(), {.separator = mapping_.separator}};
    return last_line_in_blocks(csv, header_fields);
  }

  /// Empty: the row has the shape of the header.
  std::string shape_problem(std::string const& path, CsvReader const& csv, CsvColumns const& columns) {
    auto const fields = csv.fields();
    if (fields.size() < columns.fields && csv.ends_open())
      return fmt::format("the file ends in this row, after {} of {} fields", fields.size(), columns.fields);
    auto const wanted = std::max(columns.fields, columns.needed + 1);
    bool const is_short = fields.size() < wanted;
    // Spreadsheets leave out empty fields at the end of some rows. Of another row nobody knows which field it lost: what stood behind it
    // would stand under a wrong name.
    bool const is_cut_short = is_short && fields.size() > columns.kept && csv.line() <= last_line_in_blocks_of(path, wanted);
    if (is_short && !is_cut_short) {
      return fields.size() < columns.fields ? fmt::format("{} fields where the header has {}", fields.size(), columns.fields)
                                            : fmt::format("{} fields; the mapping needs {}", fields.size(), columns.needed + 1);
    }
    if (is_cut_short) {
      ++shape_.rows_cut_short;
      return {};
    }
    if (columns.fields == 0) return {};
    // Empty ones are what spreadsheets leave behind; a filled one means that the row's values stand under wrong names.
    for (auto i = columns.fields; i < fields.size(); ++i)
      if (!bare(fields[i]).empty()) return fmt::format("{} fields where the header has {}", fields.size(), columns.fields);
    return {};
  }

  Result<void> take_row(std::string const& path, CsvReader const& csv, CsvColumns const& columns) {
    auto const fields = csv.fields();
    if (is_blank_row(fields)) return {};
    if (auto const problem = shape_problem(path, csv, columns); !problem.empty())
      return feeder_.reject_row(path, csv.position(std::min(fields.size(), std::max(columns.needed + 1, columns.fields))), problem, csv.text());
    auto const moments = moments_of(fields, columns);
    if (!moments) return feeder_.reject_row(path, csv.position(columns.time[0]), moments.error().sentence, csv.text());
    auto const named = mapping_.serial.given() ? bare(fields[columns.serial]) : std::string_view{mapping_.serial_always};
    std::string const serial = mapping_.serial_prefix + std::string{named};
    if (named.empty() || !is_serial(serial))
      return feeder_.reject_row(path, csv.position(columns.serial), "not a serial (1 to 64 bytes without space, quote, / + #)", csv.text());
    // Asked once: behind a running server each look is a request.
    if (auto const known = unfit_.find(serial); known != unfit_.end())
      return feeder_.reject_row(path, csv.position(columns.serial), known->second, csv.text());
    auto const station = station_of(serial, fields, columns);
    if (!station) {
      if (station.error().code != Code::kInvalid) return fail(station.error());
      return feeder_.reject_row(path, csv.position(columns.serial), station.error().sentence, csv.text());
    }
    MADANG_CHECK(take_place(path, csv, columns, serial, **station));
    auto const time = moment_in_order(serial, *moments);
    auto const end = end_of(fields, columns, time);
    if (!end) return feeder_.reject_row(path, csv.position(*columns.end), end.error().sentence, csv.text());
    ++feeder_.summary().rows;
    for (std::size_t i = 0; i < columns.channels.size(); ++i)
      MADANG_CHECK(take_cell(path, csv, columns.channels[i], i, {(*station)->streams[i], time, *end}));
    return {};
  }

  bool is_missing(std::string_view cell) const {
    return is_missing_text(cell) || std::ranges::find(mapping_.missing_texts, cell) != mapping_.missing_texts.end();
  }

  /// Where a value belongs, and when it was observed.
  struct Place {
    Stream const& stream;
    Instant time;
    std::optional<Instant> end;
  };
  Result<void> take_cell(std::string const& path, CsvReader const& csv, std::size_t column, std::size_t channel,
                         Place const& place) {
    auto const cell = cell_of(csv.fields(), column);
    auto const& mapped = mapping_.channels[channel];
    auto& summary = feeder_.summary();
    ++summary.values;
    bool const missing = is_missing(cell);
    auto const number = missing ? Result<double>{0} : read_number(cell, mapping_.numbers);
    if (!number) {
      return feeder_.reject_value(path, csv.position(column), fmt::format("{}: {}{}", mapped.channel, number.error().sentence, hint_of_words(cell)), csv.text());
    }
    if (missing || std::ranges::find(mapped.missing, *number) != mapped.missing.end()) {
      ++summary.missing;
      return {};
    }
    if (!place.stream.unfit.empty()) return feeder_.reject_value(path, csv.position(column), place.stream.unfit, csv.text());
    storage::Observation observation;
    observation.datastream = place.stream.id;
    observation.phenomenon_time = place.time;
    double const physical = *number * mapped.scale + mapped.offset;
    bool const none = means_no_value_on_the_wire(rules_[channel], *number, physical);
    observation.value = none ? *number : physical;
    observation.received_at = feeder_.received_at();
    if (!std::isfinite(observation.value)) {
      return feeder_.reject_value(path, csv.position(column), fmt::format("{}: too large a number", mapped.channel), csv.text());
    }
    observation.quality = judge(rules_[channel], observation.value, place.time, observation.received_at);
    if (observation.quality.flag != QualityFlag::kMissing) observation.value = place.stream.from_mapping(observation.value);
    return feeder_.add(observation, place.end);
  }

  /// The station with its Datastreams; made when they are not there. kInvalid: the row cannot make one.
  Result<Station*> station_of(std::string const& serial, std::span<std::string_view const> fields, CsvColumns const& columns) {
    if (auto const found = stations_.find(serial); found != stations_.end()) return &found->second;
    if (stations_.size() >= kImportSerialsMax)
      return fail(Code::kInvalid, fmt::format("more than {} stations", kImportSerialsMax));
    // A place that cannot be read costs the station nothing but its place: take_place sets that aside.
    auto const place = place_of(fields, columns).value_or(std::nullopt);
    MADANG_TRY(auto known, target_.find(serial));
    auto& summary = feeder_.summary();
    ++(known ? summary.things_known : summary.things_new);
    bool const located = place || (known && known->located);
    if (!located) ++summary.without_position;
    if (!known) {
      MADANG_CHECK(make_thing(serial, fields, columns, place));
    } else {
      if (place && !known->located) MADANG_CHECK(target_.add_location(known->id, location_at(*place, serial)));
      for (auto const& channel : mapping_.channels) MADANG_CHECK(complete(*known, channel));
    }
    MADANG_TRY(known, target_.find(serial));
    if (!known) return fail(Code::kInternal, fmt::format("the Thing \"{}\" is gone while it is imported", serial));
    Station station{known->id, {}, located};
    for (auto const& channel : mapping_.channels) {
      auto const stream = std::ranges::find(known->streams, channel.channel, &ImportTarget::KnownStream::channel);
      if (stream == known->streams.end())
        return fail(Code::kInternal, fmt::format("the Thing \"{}\" has no channel \"{}\"", serial, channel.channel));
      auto const from_mapping = conversion_to(*stream, channel.unit, serial);
      station.streams.push_back({stream->id, from_mapping.value_or(UnitConversion{}), from_mapping ? std::string{} : from_mapping.error().sentence});
    }
    // A column that does not fit is set aside cell by cell. Of a station that takes none there is no row to read.
    if (std::ranges::none_of(station.streams, &std::string::empty, &Stream::unfit)) {
      if (unfit_.size() < kImportSerialsMax) unfit_.emplace(serial, station.streams.front().unfit);
      return fail(Code::kInvalid, station.streams.front().unfit);
    }
    return &stations_.emplace(serial, std::move(station)).first->second;
  }

  /// A degree never has thousands: "40.416" is no riddle, whatever the file's other numbers look like.
  std::optional<double> degrees_of(std::string_view text) const {
    if (auto const number = read_number(text, mapping_.numbers)) return *number;
    return parse_double(text);
  }

  PlaceReading reading_of(std::string_view cell) const { return {is_missing(cell), degrees_of(cell)}; }

  std::expected<std::optional<LatLon>, PlaceFault> place_of(std::span<std::string_view const> fields, CsvColumns const& columns) const {
    if (!columns.latitude) return std::optional<LatLon>{};
    PlaceCells const cells{cell_of(fields, *columns.latitude), cell_of(fields, *columns.longitude)};
    return read_place(cells, reading_of(cells.latitude), reading_of(cells.longitude));
  }

  /// Says what is wrong with a row's place, and gives the station the first one that is right.
  Result<void> take_place(std::string const& path, CsvReader const& csv, CsvColumns const& columns, std::string const& serial, Station& station) {
    if (!columns.latitude) return {};
    auto const latitude = cell_of(csv.fields(), *columns.latitude);
    auto const longitude = cell_of(csv.fields(), *columns.longitude);
    if (latitude == station.latitude && longitude == station.longitude) return {};
    station.latitude = latitude;
    station.longitude = longitude;
    auto const place = place_of(csv.fields(), columns);
    if (!place) {
      auto const at = csv.position(place.error().in_longitude ? *columns.longitude : *columns.latitude);
      return feeder_.reject_place(path, at, fmt::format("{}; readings of {} are stored, this place is not", place.error().sentence, serial), csv.text());
    }
    if (!*place || station.located) return {};
    MADANG_CHECK(target_.add_location(station.thing, location_at(**place, serial)));
    station.located = true;
    --feeder_.summary().without_position;
    return {};
  }

  Result<void> make_thing(std::string const& serial, std::span<std::string_view const> fields, CsvColumns const& columns,
                          std::optional<LatLon> place) {
    city::NewThing made;
    made.thing.serial = serial;
    auto const named = columns.station_name ? std::string{cell_of(fields, *columns.station_name)} : std::string{};
    made.thing.name.by_language[std::string{kSourceLanguage}] = named.empty() ? serial : named;
    if (place) made.locations.push_back(location_at(*place, serial));
    for (auto const& channel : mapping_.channels) made.datastreams.push_back(new_stream(channel));
    feeder_.summary().datastreams_new += made.datastreams.size();
    std::vector<city::NewThing> one;
    one.push_back(std::move(made));
    return target_.add_things(std::move(one));
  }

  Result<void> complete(ImportTarget::KnownThing const& known, CsvChannel const& channel) {
    if (std::ranges::find(known.streams, channel.channel, &ImportTarget::KnownStream::channel) != known.streams.end())
      return {};
    ++feeder_.summary().datastreams_new;
    return target_.add_datastream(known.id, new_stream(channel));
  }

  city::NewDatastream new_stream(CsvChannel const& channel) const {
    city::NewDatastream made;
    made.sensor = mapping_.sensor;
    made.observed_property.name = channel.name;
    made.observed_property.definition = channel.definition;
    made.datastream.channel = channel.channel;
    made.datastream.name = channel.name;
    made.datastream.unit = channel.unit;
    made.datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
    made.datastream.interval = mapping_.interval;
    return made;
  }

  /// What the rows of the file at hand looked like so far.
  struct Shape {
    std::optional<std::size_t> last_line_in_blocks;  ///< known once a row is short
    std::size_t rows_cut_short = 0;
  };
  struct LastTime {
    Instant at;
    bool falling;  ///< the newest row comes first
  };

  ImportTarget& target_;
  CsvImportOptions const& options_;
  Mapping mapping_;
  Feeder feeder_;
  std::vector<ChannelRules> rules_;
  std::unordered_map<std::string, Station> stations_;
  std::unordered_map<std::string, std::string> unfit_;  ///< serials that take no value of the file, and why
  Shape shape_;
  std::unordered_map<std::string, LastTime> last_times_;  ///< of the file at hand, by serial
};

}  // namespace

Result<ImportSummary> import_csv(ImportTarget& target, CsvImportOptions const& options) {
  MADANG_TRY(auto mapping, load_mapping(options.mapping_file));
  return MappedImport(target, options, std::move(mapping)).run();
}

}  // namespace madang::sensing
