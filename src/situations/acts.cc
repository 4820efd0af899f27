#include "situations/acts.h"

#include "core/json_writer.h"
#include "situations/journal_acts.h"

namespace madang::situations {
namespace {

using storage::journal::Secret;

storage::journal::Event event_of(Entry const& entry) {
  JsonWriter facts;
  facts.begin_object().field("by", entry.by.value()).field("situation", entry.situation.value());
  facts.field("line", entry.number).end_object();
  std::vector<Secret> secrets{{"actor", actor_text(entry.by, entry.by_name)}};
  if (!entry.text.empty()) secrets.push_back({"words", entry.text});
  return {entry.at, "situation_" + std::string{name_of(entry.kind)}, facts.take(), std::move(secrets)};
}

}  // namespace

Result<void> record_acts(soci::session& sql, std::span<Step const> steps) {
  for (auto const& step : steps) {
    for (auto const& entry : step.entries) {
      if (entry.by) MADANG_CHECK(storage::journal::append(sql, event_of(entry)));
    }
  }
  return {};
}

}  // namespace madang::situations
