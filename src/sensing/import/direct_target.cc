// Import into a city and a store that are open in this process.
#include "sensing/import/import.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

class DirectTarget final : public ImportTarget {
 public:
  DirectTarget(city::City& city, storage::ObservationStore& store) : city_(city), store_(store) {}

  Result<std::optional<KnownThing>> find(std::string_view serial) override {
    auto const thing = city_.thing_of_serial(serial);
    if (thing == nullptr) return std::optional<KnownThing>{};
    KnownThing known{thing->id, !city_.locations_of(thing->id).empty(), {}};
    auto const streams = city_.datastreams_of_serial(serial);
    for (auto const& stream : *streams)
      known.streams.push_back({stream->id, stream->channel, stream->interval, stream->fitted, stream->unit, takes_words(*stream)});
    return known;
  }

  Result<void> add_things(std::vector<city::NewThing> things) override {
    MADANG_CHECK(city_.add_things(std::move(things)));
    return {};
  }
  Result<void> add_datastream(ThingId thing, city::NewDatastream datastream) override {
    MADANG_CHECK(city_.add_datastream(thing, std::move(datastream)));
    return {};
  }
  Result<void> add_location(ThingId thing, city::Location location) override {
    MADANG_CHECK(city_.add_location(thing, std::move(location)));
    return {};
  }

  Result<Stored> append(storage::Batch const& batch) override {
    MADANG_TRY(auto const appended, store_.append(batch));
    Stored out;
    for (auto const& entry : appended.entries) switch (entry.outcome) {
        case storage::Appended::Outcome::kStored: ++out.stored; break;
        case storage::Appended::Outcome::kRepeated: ++out.repeated; break;
        case storage::Appended::Outcome::kSuperseded: ++out.superseded; break;
      }
    return out;
  }

 private:
  city::City& city_;
  storage::ObservationStore& store_;
};

}  // namespace

std::unique_ptr<ImportTarget> direct_target(city::City& city, storage::ObservationStore& store) {
  return std::make_unique<DirectTarget>(city, store);
}

}  // namespace madang::sensing
