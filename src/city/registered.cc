#include "city/registered.h"

#include <string>

#include "storage/records/rows.h"

namespace madang::city {
namespace {

struct RegisteredRow {
  DatastreamId id;
  Instant registered_at;
};
constexpr auto kRegistered = storage::table<RegisteredRow>("datastream_registered", storage::key("id", &RegisteredRow::id),
                                                           storage::column("registered_at", &RegisteredRow::registered_at));

}  // namespace

Result<void> each_registered(storage::Records& records, std::function<void(DatastreamId, Instant)> const& take) {
  return records.read([&take](soci::session& sql) -> Result<void> {
    return storage::for_each(sql, kRegistered, {},
                             [&take](RegisteredRow&& row) { take(row.id, row.registered_at); });
  });
}

}  // namespace madang::city
