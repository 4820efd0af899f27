#include "sensing/commands/import_commands.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>

#include "core/file_kind.h"
#include "core/text.h"
#include "modules/local_request.h"
#include "sensing/commands/offline_city.h"
#include "modules/local_access.h"
#include "runtime/clock.h"
#include "runtime/progress.h"
#include "sensing/import/import.h"
#include "sensing/import/rejects.h"

namespace madang::sensing {
namespace {

using sensing::ImportSummary;
using sensing::ImportTarget;

using ImportInto = std::function<Result<ImportSummary>(ImportTarget&, sensing::ImportOptions)>;

/// Opens what there is to import into, shows progress, closes in order.
Result<ImportSummary> import_with(ImportCommandOptions const& options, ImportInto const& import) {
  runtime::SystemClock const clock;
  OfflineCity offline;
  std::unique_ptr<ImportTarget> target;
  if (auto const server = modules::find_local_server(options.data_directory)) {
    fmt::print("through the running server at {}\n", server->http);
    MADANG_TRY(target, sensing::server_target(server->http, server->key, [](Millis wait) { std::this_thread::sleep_for(wait); }));
  } else {
    MADANG_CHECK(offline.open(options.data_directory, options.settings, clock, OfflineCity::Use::kWrite));
    target = sensing::direct_target(*offline.city, *offline.store);
  }
  runtime::Progress progress(clock, stderr);
  auto show = [&progress](sensing::ImportProgress const& p) {
    progress.show({p.doing, p.bytes_done, p.bytes_total, p.values, "values"});
  };
  return import(*target, {.files = options.files,
                          .rejects_file = options.rejects_file,
                          .progress = show,
                          .clock = clock,
                          .rejects_folder = options.data_directory.string()});
}

void print_row(std::string_view what, std::size_t count, std::string_view more = "") {
  fmt::print("  {:<22}{:>14}  {}\n", what, runtime::grouped(count), more);
}

/// "city/day.csv.1f3a9c20.rejects.csv and 2 more"
std::string named(std::vector<std::string> const& files) {
  if (files.empty()) return {};
  return files.size() == 1 ? files.front() : fmt::format("{} and {} more", files.front(), files.size() - 1);
}

void print_summary(ImportSummary const& s) {
  for (auto const& note : s.notes) fmt::print("{}\n", note);
  print_row("files", s.files);
  print_row("rows", s.rows);
  if (s.rejected_rows > 0) print_row("rows set aside", s.rejected_rows, "with all their values");
  print_row("values", s.values);
  print_row("  stored", s.stored);
  print_row("  repeated", s.repeated, "the same value was there");
  print_row("  superseded", s.superseded, "another value was there");
  if (s.doubled > 0) print_row("  doubled", s.doubled, "the file has the same time again, and the last counts");
  print_row("  missing", s.missing, "empty, or says that there is none; not stored");
  print_row("  not fitted", s.not_fitted, "the station has no such instrument");
  print_row("  rejected", s.rejected_values, "not a number, or refused by the server");
  print_row("out of range", s.out_of_range, "kept as they came, flagged as failed");
  if (s.flagged_missing > 0) print_row("no value", s.flagged_missing, "-999 and the like: kept as they came, flagged as missing");
  if (s.in_future > 0) print_row("in the future", s.in_future, "more than a day ahead: kept, flagged as suspect; is the time format right?");
  print_row("Things new", s.things_new);
  print_row("Things known", s.things_known);
  print_row("Datastreams new", s.datastreams_new);
  print_row("channels not fitted", s.channels_not_fitted);
  print_row("without position", s.without_position);
  if (s.rejected_places > 0) print_row("places set aside", s.rejected_places, "their stations' readings are stored; put them right and import again");
  print_row("rejects", s.rejects, named(s.rejects_files));
  auto const written = static_cast<double>(s.stored + s.repeated + s.superseded);
  auto const rate = s.seconds > 0 ? static_cast<std::size_t>(written / s.seconds) : 0;
  fmt::print("  {:<22}{:>14.1f}  {} values/s\n", "seconds", s.seconds, runtime::grouped(rate));
}

int run(ImportCommandOptions const& options, ImportInto const& import) {
  auto const summary = import_with(options, import);
  if (!summary) {
    fmt::print(stderr, "madang import: {}\n", summary.error().sentence);
    return 1;
  }
  print_summary(*summary);
  if (summary->rows > 0) return 0;
  if (summary->rejects == 0)
    fmt::print(stderr, "madang import: there is no row below the header\n");
  else
    fmt::print(stderr, "madang import: no row could be read; {} says why\n", named(summary->rejects_files));
  return 1;
}

/// What people send in its place; a parser of JSON would name a bracket.
std::optional<std::string> why_no_geojson(std::string_view bytes) {
  if (auto const why = why_no_json(bytes)) return why;
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  // One Feature a line may come with record separators (RFC 8142).
  auto const text = trim(bytes);
  if (text.empty() || text.starts_with('{') || text.starts_with('[') || text.starts_with('\x1e')) return std::nullopt;
  auto const line = text.substr(0, text.find('\n'));
  return line.find_first_of(",;\t") == std::string_view::npos ? "is no GeoJSON" : "is CSV; areas are GeoJSON, with the outline of each";
}

Result<std::string> read_whole(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::kNotFound, fmt::format("{}: cannot be read", path));
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

/// Through the server that holds the directory, which answers what became of the file.
Result<city::AreasImported> import_through(modules::LocalServer const& server, std::string_view geojson, int level) {
  MADANG_TRY(auto const answer, modules::post_to_local_server(server, fmt::format("/api/v1/areas?level={}", level), geojson));
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  city::AreasImported imported;
  std::uint64_t areas = 0;
  std::uint64_t set_aside = 0;
  simdjson::dom::array notes;
  if (parser.parse(answer).get(root) != simdjson::SUCCESS || root["areas"].get(areas) != simdjson::SUCCESS ||
      root["set_aside"].get(set_aside) != simdjson::SUCCESS || root["notes"].get(notes) != simdjson::SUCCESS)
    return fail(Code::kInternal, fmt::format("the server's answer is not understood: {}", answer.substr(0, 200)));
  imported.areas = areas;
  imported.set_aside = set_aside;
  for (auto const note : notes) {
    std::string_view text;
    if (note.get(text) == simdjson::SUCCESS) imported.notes.emplace_back(text);
  }
  return imported;
}

Result<void> import_area_files(ImportCommandOptions const& options, int level) {
  auto const server = modules::find_local_server(options.data_directory);
  runtime::SystemClock const clock;
  OfflineCity offline;
  if (!server) MADANG_CHECK(offline.open(options.data_directory, options.settings, clock, OfflineCity::Use::kWrite));
  Rejects rejects{{.file = options.rejects_file, .folder = options.data_directory}, options.files};
  for (auto const& path : options.files) {
    MADANG_TRY(auto const geojson, read_whole(path));
    if (auto const other = why_no_geojson(geojson)) return fail(Code::kUnsupported, fmt::format("{}: {}", path, *other));
    auto imported = server ? import_through(*server, geojson, level) : offline.city->import_areas(geojson, level);
    if (!imported) return fail(imported.error().code, fmt::format("{}: {}", path, imported.error().sentence));
    fmt::print("{}: {} areas of level {}", path, imported->areas, level);
    if (imported->set_aside > 0) fmt::print(", {} features set aside", imported->set_aside);
    fmt::print("\n");
    for (auto const& note : imported->notes) {
      fmt::print("  {}\n", note);
      if (imported->set_aside > 0) MADANG_CHECK(rejects.add(path, {}, note, ""));
    }
  }
  rejects.finish();
  if (!rejects.files().empty()) fmt::print("set aside: {}\n", named(rejects.files()));
  return {};
}

}  // namespace

int run_import_sdot(ImportCommandOptions const& options, std::string const& positions_file, bool keep_all) {
  return run(options, [&positions_file, keep_all](ImportTarget& target, sensing::ImportOptions import) {
    sensing::SdotOptions const sdot{.import = std::move(import), .positions_file = positions_file, .keep_all = keep_all};
    return sensing::import_sdot(target, sdot);
  });
}

int run_import_csv(ImportCommandOptions const& options, std::string const& mapping_file) {
  return run(options, [&mapping_file](ImportTarget& target, sensing::ImportOptions import) {
    sensing::CsvImportOptions const csv{.import = std::move(import), .mapping_file = mapping_file};
    return sensing::import_csv(target, csv);
  });
}

int run_import_areas(ImportCommandOptions const& options, int level) {
  if (auto const done = import_area_files(options, level); !done) {
    fmt::print(stderr, "madang import: {}\n", done.error().sentence);
    return 1;
  }
  return 0;
}

}  // namespace madang::sensing
