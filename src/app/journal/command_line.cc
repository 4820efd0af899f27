// madang verify; madang journal list|key|prove|grown|erase.
#include <CLI/CLI.hpp>
#include <memory>

#include "app/journal/commands.h"
#include "app/journal/module.h"

namespace madang::app {
namespace {

using Command = int (*)(JournalOptions const&);
using Options = std::shared_ptr<JournalOptions>;

CLI::App* add_command(CLI::App& parent, modules::Invocation& call, std::string const& name, std::string const& sentence, Command command,
                      Options const& options) {
  auto* sub = parent.add_subcommand(name, sentence);
  call.on_data<JournalOptions>(*sub, options, command);
  return sub;
}

}  // namespace

void add_journal(CLI::App& app, modules::Invocation& call) {
  auto const options = std::make_shared<JournalOptions>();
  auto* verify = add_command(app, call, "verify", "Check the journal of a data directory whole, or an exported proof", run_verify, options);
  verify->add_option("proof", options->proof, "A file that `madang journal prove` or `grown` printed; none: the data directory");
  verify->add_option("--key", options->key, "The key that you trust, as `madang journal key` prints it");
  verify->footer("Examples:\n  madang verify --data city\n  madang verify proof.json --key madang/journal/...+...+...");

  auto* journal = app.add_subcommand("journal", "Who did what: kept so that no change goes unseen");
  journal->require_subcommand(1);
  add_command(*journal, call, "list", "The newest entries", list_journal, options)
      ->add_option("--count", options->count, "How many")->capture_default_str()->check(CLI::Range(1, 1'000'000));
  add_command(*journal, call, "key", "The public key of this data directory, to be published", print_journal_key, options);
  add_command(*journal, call, "prove", "Print why an entry belongs to the newest signed tree", prove_entry, options)
      ->add_option("position", options->position, "The entry's number")->required();
  add_command(*journal, call, "grown", "Print why the newest signed tree grew from an earlier one", prove_growth, options)
      ->add_option("size", options->position, "How many entries the earlier one had")->required();
  auto* erase = add_command(*journal, call, "erase", "Destroy personal data of an entry; every proof stays", erase_from_journal, options);
  erase->add_option("position", options->position, "The entry's number")->required();
  erase->add_option("name", options->name, "What is erased, such as actor")->required();
}

}  // namespace madang::app
