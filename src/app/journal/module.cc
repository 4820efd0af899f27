#include "app/journal/module.h"

#include <optional>

#include "app/journal/routes.h"
#include "modules/api_document.h"
#include "runtime/log.h"
#include "storage/journal/journal.h"
#include "storage/journal/signer.h"

namespace madang::app {
namespace {

constexpr Millis kSignEvery{60'000};

using Signing = std::optional<storage::journal::Signer>;

Result<modules::Opened> open_journal(Signing& signer, modules::Ground const& ground) {
  MADANG_CHECK(storage::journal::migrate(ground.records));
  MADANG_TRY(auto ready, storage::journal::Signer::open(ground.records, ground.directory, ground.clock));
  signer.emplace(std::move(ready));
  modules::Opened opened;
  opened.routes = journal_routes(ground.records);
  opened.jobs.push_back({kSignEvery, "journal", [&signer] { return signer->sign_new(); }});
  opened.finish = [&signer] {
    auto const signed_now = signer->sign_new();
    if (!signed_now) runtime::log_error("journal", "not_signed", {{"error", signed_now.error().sentence}});
  };
  return opened;
}

}  // namespace

modules::Module journal_module() {
  auto const signer = std::make_shared<Signing>();
  modules::Module module;
  module.name = "journal";
  module.api = modules::api_of("app/journal");
  module.permissions = {{kSeeJournal, "permission.journal.see"}};
  module.commands = {{modules::HelpSection::kData, add_journal}};
  module.open = [signer](modules::Ground const& ground) { return open_journal(*signer, ground); };
  module.close = [signer] { signer->reset(); };
  return module;
}

}  // namespace madang::app
