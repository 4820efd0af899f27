// For tests of import: a target that keeps everything in memory and remembers what it was told.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

#include "runtime/clock.h"
#include "sensing/import/import.h"
#include "sensing/rules.h"
#include "storage/observations/memory_store.h"

namespace madang::sensing {

/// The midnight at which these tests import.
inline runtime::ManualClock const kImportClock{*parse_instant("2026-11-24T00:00:00Z")};

class TestTarget final : public ImportTarget {
 public:
  struct Kept {
    city::NewThing thing;
    KnownThing known;
  };

  Result<std::optional<KnownThing>> find(std::string_view serial) override {
    auto const found = things.find(std::string{serial});
    return found == things.end() ? std::optional<KnownThing>{} : found->second.known;
  }
  Result<void> add_things(std::vector<city::NewThing> more) override {
    for (auto& thing : more) {
      Kept kept{thing, {ThingId{static_cast<std::int64_t>(things.size()) + 1}, !thing.locations.empty(), {}}};
      for (auto const& stream : thing.datastreams) keep(kept.known, stream);
      things.emplace(thing.thing.serial, std::move(kept));
    }
    return {};
  }
  Result<void> add_datastream(ThingId id, city::NewDatastream stream) override {
    for (auto& [serial, kept] : things) {
      if (kept.known.id != id) continue;
      keep(kept.known, stream);
      kept.thing.datastreams.push_back(std::move(stream));
    }
    return {};
  }
  Result<void> add_location(ThingId id, city::Location location) override {
    for (auto& [serial, kept] : things) {
      if (kept.known.id != id) continue;
      kept.known.located = true;
      kept.thing.locations.push_back(std::move(location));
    }
    return {};
  }
  Result<Stored> append(storage::Batch const& batch) override {
    largest_batch = std::max(largest_batch, batch.observations.size());
    if (!keep_values) return Stored{batch.observations.size(), 0, 0, 0};
    MADANG_TRY(auto const appended, store.append(batch));
    Stored out;
    for (auto const& entry : appended.entries) {
      using enum storage::Appended::Outcome;
      ++(entry.outcome == kStored ? out.stored : entry.outcome == kRepeated ? out.repeated : out.superseded);
    }
    return out;
  }

  city::NewDatastream const* stream(std::string const& serial, std::string_view channel) const {
    auto const found = things.find(serial);
    if (found == things.end()) return nullptr;
    for (auto const& made : found->second.thing.datastreams)
      if (made.datastream.channel == channel) return &made;
    return nullptr;
  }
  /// Everything stored of one channel, oldest first.
  std::vector<storage::StoredObservation> values(std::string const& serial, std::string_view channel) {
    for (auto const& known : things.at(serial).known.streams)
      if (known.channel == channel) return *store.read(known.id, {kInstantMin, kInstantMax}, {});
    return {};
  }

  std::map<std::string, Kept> things;
  storage::MemoryStore store;
  std::size_t largest_batch = 0;
  bool keep_values = true;  ///< false: only counts, for millions of them

 private:
  void keep(KnownThing& known, city::NewDatastream const& stream) {
    known.streams.push_back({DatastreamId{++last_stream_}, stream.datastream.channel, stream.datastream.interval,
                             stream.datastream.fitted, stream.datastream.unit, takes_words(stream.datastream)});
  }
  std::int64_t last_stream_ = 0;
};

/// A folder of its own for one test, gone afterwards.
class TestFolder {
 public:
  TestFolder() {
    std::string made = (std::filesystem::temp_directory_path() / "madang-import-XXXXXX").string();
    path_ = ::mkdtemp(made.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(TestFolder const&) = delete;
  TestFolder& operator=(TestFolder const&) = delete;

  /// Writes a file and tells its path.
  [[nodiscard]] std::string file(std::string const& name, std::string_view bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path(std::string const& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string text_of_file(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace madang::sensing
