// Any city's CSV by a mapping file: one reading, in which stations are made as they appear.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <unordered_map>

#include "core/csv.h"
#include "core/text.h"
#include "sensing/import/import.h"
#include "sensing/import/limits.h"
#include "sensing/import/mapping.h"
#include "sensing/import/positions.h"
#include "sensing/import/text_file.h"
#include "sensing/rules.h"

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

/// Column numbers, from 0, of one file.
struct Columns {
  std::size_t serial = 0;
  std::optional<std::size_t> station_name, latitude, longitude;
  std::vector<std::size_t> time;
  std::vector<std::size_t> channels;
  std::size_t largest = 0;
};

class ColumnFinder {
 public:
  explicit ColumnFinder(std::span<std::string_view const> header) : header_(header) {}

  Result<Columns> find(Mapping const& m) {
    Columns c;
    MADANG_TRY(c.serial, one(m.serial));
    MADANG_TRY(c.station_name, maybe(m.station_name));
    MADANG_TRY(c.latitude, maybe(m.latitude));
    MADANG_TRY(c.longitude, maybe(m.longitude));
    for (auto const& column : m.time) {
      MADANG_TRY(auto const at, one(column));
      c.time.push_back(at);
    }
    for (auto const& channel : m.channels) {
      MADANG_TRY(auto const at, one(channel.column));
      c.channels.push_back(at);
    }
    c.largest = largest_;
    return c;
  }

 private:
  Result<std::size_t> one(ColumnRef const& ref) {
    MADANG_TRY(auto const at, place_of(ref));
    largest_ = std::max(largest_, at);
    return at;
  }
  Result<std::optional<std::size_t>> maybe(ColumnRef const& ref) {
    if (!ref.given()) return std::optional<std::size_t>{};
    MADANG_TRY(auto const at, one(ref));
    return std::optional{at};
  }
  [[nodiscard]] Result<std::size_t> place_of(ColumnRef const& ref) const {
    if (ref.name.empty()) return ref.number - 1;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < header_.size(); ++i) {
      names.push_back(trim(header_[i]));
      if (names.back() == ref.name) return i;
    }
    auto const near = nearest_word(ref.name, names);
    return fail(Code::kInvalid, fmt::format("line 1: there is no column \"{}\"{}", ref.name,
                                            near ? fmt::format("; did you mean \"{}\"?", *near) : std::string{}));
  }

  std::span<std::string_view const> header_;
  std::size_t largest_ = 0;
};

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
      MADANG_TRY(auto const file, TextFile::open(path));
      feeder_.expect(file->bytes_total());
    }
    for (auto const& path : options_.import.files) MADANG_CHECK(import_file(path));
    feeder_.summary().files = options_.import.files.size();
    return feeder_.finish();
  }

 private:
  using Streams = std::vector<DatastreamId>;  ///< by channel of the mapping

  Result<void> import_file(std::string const& path) {
    MADANG_TRY(auto const file, TextFile::open(path));
    CsvReader csv{file->source(), {.separator = mapping_.separator}};
    MADANG_TRY(auto const columns, columns_of(csv, path));
    for (std::size_t rows = 0;; ++rows) {
      if (rows % 512 == 0) feeder_.tell("storing", path, file->bytes_done());
      MADANG_TRY(auto const event, csv.next());
      if (event == CsvReader::Event::kEnd) break;
      if (event == CsvReader::Event::kProblem)
        MADANG_CHECK(feeder_.reject(path, csv.problem().at, csv.problem().reason, csv.problem().text));
      else
        MADANG_CHECK(take_row(path, csv, columns));
    }
    feeder_.done_with(file->bytes_total());
    feeder_.summary().notes.push_back(fmt::format("{}: {}", path, name_of(file->encoding())));
    return {};
  }

  Result<Columns> columns_of(CsvReader& csv, std::string const& path) const {
    std::vector<std::string_view> header;
    if (mapping_.header) {
      MADANG_TRY(auto const first, csv.next());
      if (first != CsvReader::Event::kRecord) return fail(Code::kInvalid, fmt::format("{}: there is no header", path));
      header.assign(csv.fields().begin(), csv.fields().end());
    }
    auto columns = ColumnFinder(header).find(mapping_);
    if (!columns) return fail(columns.error().code, fmt::format("{}: {}", path, columns.error().sentence));
    return columns;
  }

  Result<Instant> time_of(std::span<std::string_view const> fields, Columns const& columns) const {
    std::string text;
    for (auto const at : columns.time) {
      if (!text.empty()) text += ' ';
      text += trim(fields[at]);
    }
    return mapping_.pattern.read(text, mapping_.zone);
  }

  Result<void> take_row(std::string const& path, CsvReader const& csv, Columns const& columns) {
    auto const fields = csv.fields();
    if (fields.size() <= columns.largest)
      return feeder_.reject(path, csv.position(fields.size()),
                            fmt::format("{} fields; the mapping needs {}", fields.size(), columns.largest + 1), csv.text());
    auto const time = time_of(fields, columns);
    if (!time) return feeder_.reject(path, csv.position(columns.time[0]), time.error().sentence, csv.text());
    std::string const serial = mapping_.serial_prefix + std::string{trim(fields[columns.serial])};
    auto const bare = trim(fields[columns.serial]);
    if (bare.empty() || serial.size() > kSerialBytesMax || serial.find_first_of("/+#\" \t\r\n") != std::string::npos)
      return feeder_.reject(path, csv.position(columns.serial),
                            "not a serial (1 to 64 bytes without space, quote, / + #)", csv.text());
    auto const streams = streams_of(serial, fields, columns);
    if (!streams) {
      if (streams.error().code != Code::kInvalid) return fail(streams.error());
      return feeder_.reject(path, csv.position(columns.serial), streams.error().sentence, csv.text());
    }
    ++feeder_.summary().rows;
    for (std::size_t i = 0; i < columns.channels.size(); ++i)
      MADANG_CHECK(take_cell(path, csv, columns.channels[i], i, (**streams)[i], *time));
    return {};
  }

  bool is_missing(std::string_view cell) const {
    return is_missing_text(cell) || std::ranges::find(mapping_.missing_texts, cell) != mapping_.missing_texts.end();
  }

  std::optional<double> number_of(std::string_view cell) const {
    if (!mapping_.decimal_comma) return parse_double(cell);
    std::string text{cell};
    std::ranges::replace(text, ',', '.');
    return parse_double(text);
  }

  Result<void> take_cell(std::string const& path, CsvReader const& csv, std::size_t column, std::size_t channel,
                         DatastreamId stream, Instant time) {
    auto const cell = trim(csv.fields()[column]);
    auto const& mapped = mapping_.channels[channel];
    auto& summary = feeder_.summary();
    ++summary.values;
    auto const number = is_missing(cell) ? std::optional<double>{} : number_of(cell);
    if (!number && !is_missing(cell)) {
      ++summary.rejected_values;
      return feeder_.reject(path, csv.position(column),
                            fmt::format("{}: \"{}\" is not a number", mapped.channel, cell.substr(0, 40)), csv.text());
    }
    if (!number || std::ranges::find(mapped.missing, *number) != mapped.missing.end()) {
      ++summary.missing;
      return {};
    }
    storage::Observation observation;
    observation.datastream = stream;
    observation.phenomenon_time = time;
    observation.value = *number * mapped.scale + mapped.offset;
    observation.received_at = feeder_.received_at();
    if (!std::isfinite(observation.value)) {
      ++summary.rejected_values;
      return feeder_.reject(path, csv.position(column), fmt::format("{}: too large a number", mapped.channel), csv.text());
    }
    observation.quality = judge(rules_[channel], observation.value, time, observation.received_at);
    return feeder_.add(observation);
  }

  /// The station's Datastreams; made, with the station, when they are not there. kInvalid: the row cannot make one.
  Result<Streams const*> streams_of(std::string const& serial, std::span<std::string_view const> fields,
                                    Columns const& columns) {
    if (auto const found = stations_.find(serial); found != stations_.end()) return &found->second;
    if (stations_.size() >= kImportSerialsMax)
      return fail(Code::kInvalid, fmt::format("more than {} stations", kImportSerialsMax));
    MADANG_TRY(auto const place, place_of(fields, columns));
    MADANG_TRY(auto known, target_.find(serial));
    auto& summary = feeder_.summary();
    ++(known ? summary.things_known : summary.things_new);
    if (!place && !(known && known->located)) ++summary.without_position;
    if (!known) {
      MADANG_CHECK(make_thing(serial, fields, columns, place));
    } else {
      if (place && !known->located) MADANG_CHECK(target_.add_location(known->id, location_at(*place, serial)));
      for (auto const& channel : mapping_.channels) MADANG_CHECK(complete(*known, channel));
    }
    MADANG_TRY(known, target_.find(serial));
    if (!known) return fail(Code::kInternal, fmt::format("the Thing \"{}\" is gone while it is imported", serial));
    Streams streams;
    for (auto const& channel : mapping_.channels) {
      auto const stream = std::ranges::find(known->streams, channel.channel, &ImportTarget::KnownStream::channel);
      if (stream == known->streams.end())
        return fail(Code::kInternal, fmt::format("the Thing \"{}\" has no channel \"{}\"", serial, channel.channel));
      streams.push_back(stream->id);
    }
    return &stations_.emplace(serial, std::move(streams)).first->second;
  }

  Result<std::optional<LatLon>> place_of(std::span<std::string_view const> fields, Columns const& columns) const {
    if (!columns.latitude) return std::optional<LatLon>{};
    auto const latitude = number_of(trim(fields[*columns.latitude]));
    auto const longitude = number_of(trim(fields[*columns.longitude]));
    if (!latitude || !longitude || !is_on_earth({*latitude, *longitude}))
      return fail(Code::kInvalid, "latitude is not within -90 to 90, or longitude not within -180 to 180");
    return std::optional{LatLon{*latitude, *longitude}};
  }

  Result<void> make_thing(std::string const& serial, std::span<std::string_view const> fields, Columns const& columns,
                          std::optional<LatLon> place) {
    city::NewThing made;
    made.thing.serial = serial;
    auto const named = columns.station_name ? std::string{trim(fields[*columns.station_name])} : std::string{};
    made.thing.name.by_language["en"] = named.empty() ? serial : named;
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

  ImportTarget& target_;
  CsvImportOptions const& options_;
  Mapping mapping_;
  Feeder feeder_;
  std::vector<ChannelRules> rules_;
  std::unordered_map<std::string, Streams> stations_;
};

}  // namespace

Result<ImportSummary> import_csv(ImportTarget& target, CsvImportOptions const& options) {
  MADANG_TRY(auto mapping, load_mapping(options.mapping_file));
  return MappedImport(target, options, std::move(mapping)).run();
}

}  // namespace madang::sensing
