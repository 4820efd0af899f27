// What was done to entries, read back; of those that are gone too.
#include <soci/soci.h>

#include <algorithm>

#include "city/limits.h"
#include "city/store.h"
#include "city/tables.h"
#include "core/json_input.h"

namespace madang::city {
namespace {

/// From what it said when it was deleted.
struct LastWords {
  ThingId thing;
  std::string channel;
};
LastWords last_words_of(std::string const& said) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  LastWords words;
  if (parser.parse(said).get(root) != simdjson::SUCCESS) return words;
  std::int64_t thing = 0;
  std::string_view channel;
  if (root["thing"].get(thing) == simdjson::SUCCESS) words.thing = ThingId{thing};
  if (root["channel"].get(channel) == simdjson::SUCCESS) words.channel = channel;
  return words;
}

}  // namespace

Result<HistoryPage> load_history(storage::Records& records, EntryKind kind, std::int64_t entry, std::int64_t before) {
  // Two shapes of a megabyte may stand in each: few are read at a time.
  constexpr std::size_t kTogether = 8;
  HistoryPage page;
  std::size_t bytes = 0;
  auto const read = [&](soci::session& sql) -> Result<void> {
    for (auto below = RegistryActId{before};;) {
      MADANG_TRY(auto rows, storage::select(sql, kActs, {"WHERE kind = :kind AND entry = :entry AND id < :below ORDER BY id DESC LIMIT " +
                                                            std::to_string(kTogether),
                                                        {{"kind", kind}, {"entry", entry}, {"below", below}}}));
      for (auto& row : rows) {
        bytes += row.said_before.size() + row.said_after.size() + row.actor.size();
        if (!page.entries.empty() && bytes > kHistoryBytesMax) {
          page.next = below.value();
          return {};
        }
        below = row.id;
        page.entries.push_back({row.kind, row.entry, row.act, row.at, std::move(row.actor), std::move(row.said_before),
                                std::move(row.said_after), row.journal});
      }
      if (rows.size() < kTogether) return {};
    }
  };
  MADANG_CHECK(records.read(read));
  return page;
}

Result<std::vector<DeletedDatastream>> load_deleted_datastreams(storage::Records& records, ThingId thing) {
  std::vector<DeletedDatastream> found;
  // Those from before the Thing was kept say it themselves.
  storage::Search const search{"WHERE of_thing IN (:thing, 0) AND kind = :kind AND act = :act ORDER BY entry",
                               {{"thing", thing}, {"kind", EntryKind::kDatastream}, {"act", Act::kDeleted}}};
  auto const read = [&](soci::session& sql) -> Result<void> {
    found.clear();
    return storage::for_each(sql, kActs, search, [&](ActRow&& row) {
      auto words = last_words_of(row.said_before);
      bool const is_its = row.of_thing == thing || words.thing == thing;
      if (is_its && found.size() < kDeletedDatastreamsShownMax) found.push_back({DatastreamId{row.entry}, std::move(words.channel)});
    });
  };
  MADANG_CHECK(records.read(read));
  return found;
}

}  // namespace madang::city
