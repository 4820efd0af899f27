// Rows of the registry's tables as the entities that they are.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "city/tables.h"
#include "core/error.h"
#include "storage/records/rows.h"

namespace madang::city {

/// Those that `search` names, in its order. `finish` sees each before it is shared.
template <typename Row, typename... Ts, typename Entity, typename Finish>
Result<void> read_entities(soci::session& sql, storage::Table<Row, Ts...> const& table, storage::Search const& search,
                           std::vector<std::shared_ptr<Entity const>>& out, Finish const& finish) {
  Result<void> outcome;
  MADANG_CHECK(storage::for_each(sql, table, search, [&](Row&& row) {
    if (!outcome) return;
    auto const id = row.id.value();
    auto entity = entity_of(std::move(row));
    if (entity) {
      finish(*entity);
      out.push_back(std::make_shared<Entity const>(*std::move(entity)));
    } else {
      outcome = fail(Code::kCorrupt, std::string{table.name} + " " + std::to_string(id) + ": " + entity.error().sentence);
    }
  }));
  return outcome;
}

}  // namespace madang::city
