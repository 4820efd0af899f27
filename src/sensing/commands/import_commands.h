// madang import sdot|csv|areas: into the data directory, or through the server that holds it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "modules/commands.h"

namespace madang::sensing {

struct ImportCommandOptions {
  std::filesystem::path data_directory;
  modules::GroundSettings settings;
  std::vector<std::string> files;
  std::string rejects_file;  ///< empty: DATA/FILE.NUMBER.rejects.csv for each file
};

/// Each prints what became of it and returns the process's exit status: 0 when it ran to its end (rejects do not
/// change that), 1 when it could not or when nothing at all could be read.
int run_import_sdot(ImportCommandOptions const& options, std::string const& positions_file, bool keep_all);
int run_import_csv(ImportCommandOptions const& options, std::string const& mapping_file);
/// GeoJSON files of Areas of one level (1: districts, 2: neighbourhoods).
int run_import_areas(ImportCommandOptions const& options, int level);

/// import sdot|csv|areas.
void add_import(CLI::App& app, modules::Invocation& call);

}  // namespace madang::sensing
