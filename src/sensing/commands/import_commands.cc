#include "sensing/commands/import_commands.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <thread>

#include "modules/local_request.h"
#include "sensing/commands/offline_city.h"
#include "modules/local_access.h"
#include "runtime/clock.h"
#include "runtime/progress.h"
#include "sensing/import/import.h"

namespace madang::sensing {
namespace {

using sensing::ImportSummary;
using sensing::ImportTarget;

using ImportInto = std::function<Result<ImportSummary>(ImportTarget&, sensing::ImportOptions)>;

/// Opens what there is to import into, shows progress, closes in order.
Result<ImportSummary> import_with(ImportCommandOptions const& options, std::string const& rejects, ImportInto const& import) {
  runtime::SystemClock const clock;
  OfflineCity offline;
  std::unique_ptr<ImportTarget> target;
  if (auto const server = modules::find_local_server(options.data_directory)) {
    fmt::print("through the running server at {}\n", server->http);
    MADANG_TRY(target, sensing::server_target(server->http, server->key, [](Millis wait) { std::this_thread::sleep_for(wait); }));
  } else {
    MADANG_CHECK(offline.open(options.data_directory, options.settings, clock));
    target = sensing::direct_target(*offline.city, *offline.store);
  }
  runtime::Progress progress(clock, stderr);
  auto show = [&progress](sensing::ImportProgress const& p) {
    progress.show({p.doing, p.bytes_done, p.bytes_total, p.values, "values"});
  };
  return import(*target, {.files = options.files, .rejects_file = rejects, .progress = show, .clock = clock});
}

void print_row(std::string_view what, std::size_t count, std::string_view more = "") {
  fmt::print("  {:<22}{:>14}  {}\n", what, runtime::grouped(count), more);
}

void print_summary(ImportSummary const& s, std::string const& rejects) {
  for (auto const& note : s.notes) fmt::print("{}\n", note);
  print_row("files", s.files);
  print_row("rows", s.rows);
  print_row("values", s.values);
  print_row("  stored", s.stored);
  print_row("  repeated", s.repeated, "the same value was there");
  print_row("  superseded", s.superseded, "another value was there");
  print_row("  missing", s.missing, "empty or a sentinel");
  print_row("  not fitted", s.not_fitted, "the station has no such instrument");
  print_row("  rejected", s.rejected_values, "not a number, or refused by the server");
  print_row("out of range", s.out_of_range, "kept as they came, flagged as failed");
  print_row("Things new", s.things_new);
  print_row("Things known", s.things_known);
  print_row("Datastreams new", s.datastreams_new);
  print_row("channels not fitted", s.channels_not_fitted);
  print_row("without position", s.without_position);
  print_row("rejects", s.rejects, s.rejects > 0 ? rejects : "");
  auto const written = static_cast<double>(s.stored + s.repeated + s.superseded);
  auto const rate = s.seconds > 0 ? static_cast<std::size_t>(written / s.seconds) : 0;
  fmt::print("  {:<22}{:>14.1f}  {} values/s\n", "seconds", s.seconds, runtime::grouped(rate));
}

int report(Result<ImportSummary> const& summary, std::string const& rejects) {
  if (!summary) {
    fmt::print(stderr, "madang import: {}\n", summary.error().sentence);
    return 1;
  }
  print_summary(*summary, rejects);
  if (summary->rows > 0) return 0;
  auto const where = summary->rejects > 0 ? fmt::format("; {} says why", rejects) : std::string{};
  fmt::print(stderr, "madang import: no row could be read{}\n", where);
  return 1;
}

std::string rejects_of(ImportCommandOptions const& options) {
  if (!options.rejects_file.empty()) return options.rejects_file;
  return (options.data_directory / "import-rejects.csv").string();
}

int run(ImportCommandOptions const& options, ImportInto const& import) {
  auto const rejects = rejects_of(options);
  return report(import_with(options, rejects, import), rejects);
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
  if (!server) MADANG_CHECK(offline.open(options.data_directory, options.settings, clock));
  for (auto const& path : options.files) {
    MADANG_TRY(auto const geojson, read_whole(path));
    auto imported = server ? import_through(*server, geojson, level) : offline.city->import_areas(geojson, level);
    if (!imported) return fail(imported.error().code, fmt::format("{}: {}", path, imported.error().sentence));
    fmt::print("{}: {} areas of level {}", path, imported->areas, level);
    if (imported->set_aside > 0) fmt::print(", {} features set aside", imported->set_aside);
    fmt::print("\n");
    for (auto const& note : imported->notes) fmt::print("  {}\n", note);
  }
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
